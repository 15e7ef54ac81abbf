// One order of a chiral force with everything that the posterior of its constants needs, and what it predicts.
#pragma once
#include <Eigen/Core>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "orogen/nuclear/inference/contacts/lec_data.hpp"
#include "orogen/nuclear/inference/contacts/prediction.hpp"
#include "orogen/nuclear/inference/size_of_orders.hpp"

namespace orogen::nuclear {

/// "lo", "nlo", "n2lo"; the power of Q of each, and the last one known then: there is no order 1, so that after LO the
/// first omitted one is Q².
const std::vector<std::string>& order_names();
int power_of(const std::string& order);
int last_known_power(const std::string& order);
/// The waves that an order has constants for.
std::vector<std::string> waves_of(const std::string& order, std::vector<std::string> waves);

struct LecTheory {
  std::string order;
  ChiralForm form;
  std::vector<std::string> names;       ///< of the constants that the waves depend on
  std::vector<double> published, unit;  ///< of `names`, 10⁴ GeV⁻²⁻ⁿ
  std::vector<int> powers;              ///< n of `names`

  LecTheory(const std::string& order, double cutoff, double breakdown, const std::vector<std::string>& waves);
  ContactPhases phases(const std::vector<PhasePoint>& at) const;
  GaussianPrior prior(double natural) const;
  /// The published constants in natural units.
  std::vector<double> start() const;
};

/// The maximum with its Gaussian approximation and evidence, with the size of the omitted orders fixed in `error`.
LecPosterior maximum(const LecTheory&, const LecData&, TheoryError error, double natural);
/// The size c̄ of ten between 0.25 and 12 with the largest evidence, and its logarithm.
std::pair<double, double> best_size(const LecTheory&, const LecData&, TheoryError error, double natural);
/// The same for many sizes c̄, and what their evidences say about it; sizes so small that no maximum is found are left
/// out.
SizePosterior sizes(const LecTheory&, const LecData&, TheoryError error, double natural, const Naturalness& prior);

/// What is sampled: the constants, with `sizes` c̄ too, and with a spread the breakdown scale; and where chains begin.
class LecTarget {
 public:
  /// `error.c_bar` counts only without `sizes` (may be null).
  LecTarget(const LecTheory&, const LecData&, TheoryError error, double natural, const Laplace&,
            const SizePosterior* sizes, const Naturalness& prior_of_size, double breakdown_spread);
  const LogDensity& density() const { return *density_; }
  const std::vector<double>& mean() const { return mean_; }
  const Eigen::MatrixXd& factor() const { return factor_; }  ///< L of the covariance L Lᵀ

 private:
  void add(double at, double sd);

  ContactPhases model_;
  GaussianPrior prior_;
  PhaseResidual fixed_;
  std::unique_ptr<LogDensity> density_;
  std::vector<double> mean_;
  Eigen::MatrixXd factor_;
};

/// Draws of the constants (natural units, one row each), and the size of the omitted orders and the breakdown scale
/// [MeV] of each.
struct LecDraws {
  Eigen::MatrixXd constants;
  Eigen::VectorXd c_bar, breakdown;
};
/// As `like`, but with constants of the Gaussian approximation.
LecDraws gaussian_draws(const Laplace&, LecDraws like, std::uint64_t seed);
/// Bands of constants, omitted orders (whose reference is the mean phase; Q ≤ 0.95) and, where `measured`, of the
/// errors that `at` brings.
Bands predicted(const LecTheory&, const LecDraws&, LecData at, TheoryError error, bool measured);

}  // namespace orogen::nuclear
