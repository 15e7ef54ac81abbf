// χ² of phases on measured scattering, as residuals with their derivatives.
#pragma once
#include <Eigen/Core>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "orogen/nuclear/kinematics/constants.hpp"
#include "orogen/nuclear/observables/data/phase_interpolation.hpp"
#include "orogen/nuclear/observables/data/scattering_data.hpp"
#include "orogen/nuclear/observables/observable.hpp"

namespace orogen::nuclear {

struct LikelihoodOptions {
  Constants constants = chiral_constants;
  HighWaves high_waves;
  Photons photons;
  /// Beyond this relative error a normalisation carries no information.
  double most_normalisation_error = 0.25;
  /// A normalisation further than this many of its errors from 1 floats freely; infinity: never.
  double float_beyond = 3;
};

struct Chi2Line {
  std::string name;
  long data = 0;
  double chi2 = 0;
};

struct ExperimentChi2 {
  int id = 0;
  Observable observable = Observable::sgt;
  long data = 0;
  double chi2 = 0;           ///< with the normalisation's own term
  double normalisation = 1;  ///< z of z t
  bool floated = false;      ///< freely
};

/// χ² counts the normalisations' own terms; N counts data only.
struct Chi2Summary {
  long data = 0;
  double chi2 = 0;
  std::vector<Chi2Line> by_observable, by_energy;
  std::vector<ExperimentChi2> experiments;
};

/// χ² = Σ r². Residuals stand experiment by experiment, (y − z t)/e for the data and then, where the normalisation has
/// an error s, (z − 1)/s, with the z that makes χ² least. [T16.8] The phases are given at nodes and interpolated to the
/// energies of the data.
class ScatteringLikelihood {
 public:
  /// Blocks are blocks(data.pair, most_J). Data outside the nodes are left out (left_out()). Throws InputError when
  /// nothing is left.
  ScatteringLikelihood(const ScatteringData&, std::vector<double> nodes, int most_J, const LikelihoodOptions& = {});

  long residuals() const { return residuals_; }
  long data() const { return data_; }
  long left_out() const { return left_out_; }
  const std::vector<double>& nodes() const { return between_.nodes(); }
  const std::vector<Block>& blocks() const { return blocks_; }
  /// Columns of the Jacobian: nodes · blocks · 3.
  long parameters() const { return long(nodes().size() * blocks_.size() * 3); }
  /// Column of δ[0], ε, δ[1] (part = 0, 1, 2) of a block at a node.
  std::size_t column(std::size_t node, std::size_t block, int part) const {
    return 3 * (node * blocks_.size() + block) + std::size_t(part);
  }

  /// r (residuals()) and, unless null, their exact derivatives ∂r/∂phase (residuals() × parameters(), per radian).
  /// Phases must be continuous in energy.
  /// Throws InputError for a table of other blocks or energies, NumericalError naming the experiment where a residual
  /// is not finite.
  void evaluate(const PhaseTable& at_nodes, std::span<double> r, Eigen::MatrixXd* jacobian = nullptr) const;
  /// gradient (parameters()) += Jᵀ w, w of residuals(): the adjoint of evaluate without the matrix.
  void pull(const PhaseTable& at_nodes, std::span<const double> w, std::span<double> gradient) const;
  /// χ² and ∂χ²/∂phase (parameters()): Jᵀ 2r.
  double gradient(const PhaseTable& at_nodes, std::span<double> gradient) const;
  /// Values t of the observables, datum by datum, before normalisation.
  std::vector<double> predictions(const PhaseTable& at_nodes) const;
  /// By observable, by energy between `edges` [MeV], and by experiment; the term of a normalisation is shared by its
  /// data.
  Chi2Summary summary(const PhaseTable& at_nodes, std::span<const double> edges) const;

 private:
  struct Point {
    ObservableAt observable;
    double value, error;
    std::size_t energy;  ///< index into energies_
  };
  struct Set {
    int id;
    Observable observable;
    double normalisation_error;
    bool has_residual;        ///< of its normalisation
    std::size_t first, size;  ///< points
    std::size_t first_residual;
  };
  /// z that makes χ² least, and dz/dt.
  struct Normalisation {
    double z = 1;
    bool floated = false;
    std::vector<double> derivative;
  };
  /// Phases and S at the energies of the data.
  struct State {
    PhaseTable phases;
    std::vector<SElements> s;
  };
  State state(const PhaseTable& at_nodes) const;
  std::vector<double> predictions(const State&) const;
  Normalisation normalisation(const Set&, std::span<const double> t) const;
  void add_row(const State&, const Point&, const SElements& g, double factor, double* row) const;
  void check(const Set&, std::span<const double> r) const;

  LikelihoodOptions options_;
  Pair pair_;
  PhaseInterpolation between_;
  std::vector<Block> blocks_;
  std::vector<double> energies_;
  std::vector<PhaseInterpolation::Stencil> stencils_;  ///< energy · powers + L
  std::vector<Point> points_;
  std::vector<Set> sets_;
  long residuals_ = 0, data_ = 0, left_out_ = 0;
};

}  // namespace orogen::nuclear
