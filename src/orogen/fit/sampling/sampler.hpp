// Draws from a posterior: several chains of the No-U-Turn sampler, with adapted step and mass. A chain is a value: save
// it, and it goes on bit for bit.
#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "orogen/base/progress.hpp"
#include "orogen/fit/objective.hpp"
#include "orogen/fit/sampling/nuts.hpp"

namespace orogen {

struct SamplerOptions {
  int chains = 4;
  long warm_up = 500;       ///< transitions per chain that adapt and are thrown away
  long draws = 1000;        ///< per chain, kept
  double acceptance = 0.8;  ///< target of the adaptation of the step
  int most_depth = 10;      ///< of a trajectory: 2^depth − 1 gradients
  bool adapt_mass = true;   ///< from the covariance of the warm-up, in growing windows
  std::uint64_t seed = 1;
  int threads = 1;  ///< chains are independent: the numbers do not depend on it
};

/// Running mean and covariance (Welford).
struct RunningCovariance {
  long n = 0;
  Eigen::VectorXd mean;
  Eigen::MatrixXd sum;  ///< Σ (θ − mean)(θ − mean)ᵀ
  void add(const Eigen::VectorXd&);
};

/// Adaptation of log ε so that the acceptance meets its target (Nesterov's dual averaging; Hoffman and Gelman 2014).
/// [T17.4]
struct StepAdaptation {
  double centre = 0, log_step = 0, log_mean = 0, deficit = 0;
  long n = 0;
  void start(double step);
  void update(double acceptance, double target);
};

/// The whole state of one chain.
struct Chain {
  Place at;
  Eigen::MatrixXd factor;  ///< L, L Lᵀ ≈ covariance: inverse mass
  double step = 0;
  StepAdaptation adaptation;
  RunningCovariance window;  ///< of the present window of the warm-up
  std::uint64_t stream = 0, position = 0;
  long transitions = 0;
  long divergences = 0, deepest = 0, gradients = 0;  ///< after the warm-up
  double acceptance = 0;                             ///< mean after the warm-up
  Eigen::MatrixXd draws;                             ///< one row per draw kept
  Eigen::VectorXd log_density;                       ///< of the draws
};

/// L of a precision matrix (JᵀJ of the Laplace approximation): L Lᵀ = H⁻¹. Throws NumericalError unless H is positive
/// definite.
Eigen::MatrixXd mass_factor(const Eigen::MatrixXd& precision);

/// Chains that start at draws of N(mean, L Lᵀ) where p > 0. Throws NumericalError if none is found in 100 trials per
/// chain.
std::vector<Chain> start_chains(const LogDensity&, std::span<const double> mean, const Eigen::MatrixXd& factor,
                                const SamplerOptions&);
/// One transition, adapting during the warm-up.
void advance(const LogDensity&, const SamplerOptions&, Chain&);
/// Saves the chains, so that a run that is killed can go on from there.
using SaveChains = std::function<void(const std::vector<Chain>&)>;
/// Until every chain has its draws, or `progress` (may be null) asks to stop; called again, it goes on. `save` is given
/// all chains after the same number of transitions: at the end, and before that whenever a tenth of the time spent so
/// far (at least 0.2 s, at most 10 s) would be lost.
void sample(const LogDensity&, const SamplerOptions&, std::vector<Chain>&, ProgressSink* progress = nullptr,
            const SaveChains& save = {});

/// −½ Σ r² of residuals as a density. Residuals are not re-entrant unless they say so: use it with threads = 1
/// otherwise.
class ResidualDensity : public LogDensity {
 public:
  ResidualDensity(std::vector<Residual*> terms, long parameters) : terms_(std::move(terms)), parameters_(parameters) {}
  long size() const override { return parameters_; }
  double value(std::span<const double> theta, std::span<double> gradient) const override;

 private:
  std::vector<Residual*> terms_;
  long parameters_;
};

}  // namespace orogen
