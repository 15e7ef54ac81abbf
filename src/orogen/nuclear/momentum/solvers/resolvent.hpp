// (z − H)⁻¹ of a block on a mesh, for any number of energies z. [T15.7]
#pragma once
#include <Eigen/Core>
#include <span>
#include <vector>

#include "orogen/fit/linear_algebra.hpp"
#include "orogen/nuclear/momentum/mesh.hpp"
#include "orogen/nuclear/phases/phases.hpp"

namespace orogen::nuclear {

/// (H − z0)⁻¹ with z0 [MeV] below all bound states. H itself reaches k²/M of the last point, 10⁸ MeV, and would drown
/// low energies in rounding.
struct ShiftedInverse {
  double reference;
  Eigen::MatrixXd value;
};
/// Throws NumericalError where H binds below −10¹² MeV.
ShiftedInverse inverse_below(const Eigen::MatrixXd& H);

/// H = k²/M + s V s with s_i = √w_i k_i; (H − z0)⁻¹ is made tridiagonal once, and each energy then costs O(N²). Momenta
/// at which V vanishes to rounding are left out.
class Resolvent {
 public:
  /// V (waves · points)² [MeV⁻²] on the mesh; mass [MeV]. Throws NumericalError where V is not finite.
  Resolvent(const Eigen::MatrixXd& V, int waves, const Quadrature& mesh, double mass);

  /// Columns over the mesh (waves · points rows), weighted by s and turned to the tridiagonal basis.
  Eigen::MatrixXd turn(const Eigen::MatrixXd& columns) const;
  /// And back: s times the column, rows left out are 0.
  Eigen::MatrixXd turn_back(const Eigen::MatrixXd& turned) const;
  /// (z − H)⁻¹ on turned columns, z [MeV]. Throws NumericalError at an eigenvalue of H.
  Eigen::MatrixXd solve(double z, const Eigen::MatrixXd& turned) const;
  double mass() const { return mass_; }
  /// −M q² Σ w_i/(q² − k_i²): the weight of the on-shell point, which makes the integral a principal value. Throws
  /// NumericalError for q on the mesh.
  double on_shell_weight(double q) const;

 private:
  double mass_, reference_ = 0;  ///< z0, MeV
  Quadrature mesh_;
  long rows_ = 0;
  std::vector<long> kept_;
  Eigen::VectorXd scale_;  ///< s of the kept rows
  Tridiagonal tridiagonal_;
  Eigen::VectorXd diagonal_, beside_;
};

/// K on shell from the resolvent of the mesh: K = Kt (1 − d Kt)⁻¹, Kt = V_qq + V_qm s (q²/M − H)⁻¹ s V_mq. [T15.8]
struct OnShellSolution {
  Eigen::MatrixXd K;  ///< waves × waves, MeV⁻²
  /// e + D K on shell (waves × waves) and on the mesh (waves · points × waves): ∂K = yᵀ ∂V y. [T15.9]
  Eigen::MatrixXd shell, mesh;
};
/// column: V(mesh, q), (waves · points) × waves; corner: V(q, q).
OnShellSolution solve_on_shell(const Resolvent&, double q, const Eigen::MatrixXd& column,
                               const Eigen::MatrixXd& corner);
/// R = −(π/2) M q K.
OnShell reaction_matrix(const Eigen::MatrixXd& K, double q, double mass);

}  // namespace orogen::nuclear
