// The enthalpy of a structure as a function of one vector: atoms and the logarithmic strain of the cell.
#pragma once
#include <Eigen/Dense>

#include "orogen/dynamics/relax/relax.hpp"

namespace orogen {

/// With the strain S (symmetric) and F = exp(S): cell vectors F h0, positions F q. Coordinates x = (q [Å, 3N]; s S [Å,
/// 9]) with s = √N Å, which makes the stiffness of strain that of an atom. Without a cell to relax x = q.
class RelaxObjective : public Objective {
 public:
  enum class CellMotion { fixed, isotropic, full };
  /// `pressure` in eV/Å³; no atom moves farther than `max_step` [Å] in one step.
  RelaxObjective(const Structure& start, Potential& potential, CellMotion motion, double pressure,
                 double max_step = 0.2);

  Eigen::VectorXd start() const;
  /// The enthalpy [eV] at x and its gradient [eV/Å].
  double evaluate(const Eigen::VectorXd& x, Eigen::VectorXd& gradient) override;

  const Structure& structure() const { return structure_; }
  const Evaluation& evaluation() const { return evaluation_; }
  long evaluations() const { return evaluations_; }
  double max_force() const;  ///< eV/Å at the last x
  double max_stress() const;  ///< eV/Å³: largest deviation of stress from −pressure at the last x; 0 with a fixed cell
  /// The factor ≤ 1 by which `step` must shrink so that no atom moves too far and the strain stays below 5 %.
  double shortened(const Eigen::VectorXd& step) const override;

 private:
  bool moves_cell() const { return motion_ != CellMotion::fixed; }
  Mat3 strain(const Eigen::VectorXd& x) const;
  Mat3 strain_gradient(const Mat3& strain) const;
  void place(const Eigen::VectorXd& x);
  Structure structure_;
  Mat3 first_cell_;
  Potential& potential_;
  CellMotion motion_;
  double pressure_, scale_, max_step_;
  Evaluation evaluation_;
  long evaluations_ = 0;
};

}  // namespace orogen
