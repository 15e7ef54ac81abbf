#include "orogen/fit/sampling/sampler.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/base/parallel/threads.hpp"
#include "orogen/fit/linear_algebra.hpp"

namespace orogen {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr long first_window =
    50;  // transitions before the first window of the mass: the chain has not yet reached the bulk of the density
constexpr double shrinkage = 5;          // the old mass counts like this many draws
constexpr double last_part = 0.9;        // of the warm-up: after it the mass stays and only the step adapts
constexpr long transitions_a_call = 25;  // between two looks at the progress

/// Windows end after 100, 200, 400, … transitions.
bool window_ends(long transitions, long warm_up) {
  if (double(transitions) > last_part * double(warm_up)) return false;
  long end = 2 * first_window;
  while (end < transitions) end *= 2;
  return end == transitions;
}

void renew_mass(const LogDensity& density, Chain& chain, Random& random) {
  const double n = double(chain.window.n);
  const MatrixXd old = product_with_transposed(chain.factor, chain.factor);
  const MatrixXd covariance = (chain.window.sum * (n / (n - 1)) + shrinkage * old) / (n + shrinkage);
  const Cholesky cholesky(covariance);
  if (cholesky.positive_definite()) chain.factor = cholesky.lower();
  chain.window = {};
  chain.step = reasonable_step(density, chain.factor, random, chain.at);
  chain.adaptation.start(chain.step);
}

void adapt(const LogDensity& density, const SamplerOptions& options, double acceptance, Chain& chain, Random& random) {
  chain.adaptation.update(acceptance, options.acceptance);
  chain.step = std::exp(chain.adaptation.log_step);
  if (options.adapt_mass) {
    if (chain.transitions > first_window) chain.window.add(chain.at.theta);
    if (window_ends(chain.transitions, options.warm_up)) renew_mass(density, chain, random);
  }
  if (chain.transitions == options.warm_up) chain.step = std::exp(chain.adaptation.log_mean);
}

void record(const SamplerOptions& options, const Transition& made, Chain& chain) {
  const long row = chain.transitions - options.warm_up - 1;
  if (chain.draws.rows() <= row) {
    const long rows = std::max(options.draws, row + 1);
    chain.draws.conservativeResize(rows, chain.at.theta.size());
    chain.log_density.conservativeResize(rows);
  }
  chain.draws.row(row) = chain.at.theta.transpose();
  chain.log_density[row] = chain.at.log_density;
  chain.divergences += made.divergent;
  chain.deepest += made.deepest;
  chain.gradients += made.gradients;
  chain.acceptance += (made.acceptance - chain.acceptance) / double(row + 1);
}

/// Drops the rows that were reserved for draws to come.
void trim(const SamplerOptions& options, std::vector<Chain>& chains) {
  for (Chain& chain : chains) {
    const long kept = std::max(0L, chain.transitions - options.warm_up);
    if (chain.draws.rows() == kept) continue;
    chain.draws.conservativeResize(kept, chain.at.theta.size());
    chain.log_density.conservativeResize(kept);
  }
}

/// Says when it is time to save the chains.
class Watch {
 public:
  bool due() {
    const double now = std::chrono::duration<double>(Clock::now() - began_).count();
    if (now - saved_ < std::clamp(0.1 * now, 0.2, 10.0)) return false;
    saved_ = now;
    return true;
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point began_ = Clock::now();
  double saved_ = 0;  // when it was last due, s after the beginning
};

}  // namespace

void RunningCovariance::add(const VectorXd& theta) {
  if (n == 0) {
    mean = VectorXd::Zero(theta.size());
    sum = MatrixXd::Zero(theta.size(), theta.size());
  }
  ++n;
  const VectorXd before = theta - mean;
  mean += before / double(n);
  sum += before * (theta - mean).transpose();
}

void StepAdaptation::start(double step) {
  *this = {};
  centre = std::log(10 * step);
  log_step = log_mean = std::log(step);
}

void StepAdaptation::update(double acceptance, double target) {
  ++n;
  const double weight = 1 / (double(n) + 10);
  deficit += weight * (target - acceptance - deficit);
  log_step = centre - std::sqrt(double(n)) / 0.05 * deficit;
  log_mean += std::pow(double(n), -0.75) * (log_step - log_mean);
}

MatrixXd mass_factor(const MatrixXd& precision) {
  const Cholesky cholesky(precision);
  if (!cholesky.positive_definite())
    throw NumericalError(
        "sampler: the precision matrix is not positive definite; some combination of parameters is not "
        "determined: add a prior or drop it");
  return cholesky.inverse_factor();
}

std::vector<Chain> start_chains(const LogDensity& density, std::span<const double> mean, const MatrixXd& factor,
                                const SamplerOptions& options) {
  const Eigen::Map<const VectorXd> centre(mean.data(), long(mean.size()));
  std::vector<Chain> chains(options.chains);
  for (std::size_t k = 0; k < chains.size(); ++k) {
    Chain& chain = chains[k];
    chain.stream = k;
    chain.factor = factor;
    chain.at.log_density = -INFINITY;
    Random random(options.seed, chain.stream);
    for (int trial = 0; trial < 100 && !std::isfinite(chain.at.log_density); ++trial) {
      VectorXd z(centre.size());
      for (double& x : z) x = random.normal();
      chain.at = place_at(density, centre + factor * z);
    }
    if (!std::isfinite(chain.at.log_density))
      throw NumericalError(
          fmt::format("sampler: chain {}: no start with a finite density in 100 trials; the mean or the covariance of "
                      "the start does not fit the density",
                      k));
    chain.step = reasonable_step(density, chain.factor, random, chain.at);
    chain.adaptation.start(chain.step);
    chain.position = random.position();
  }
  return chains;
}

void advance(const LogDensity& density, const SamplerOptions& options, Chain& chain) {
  Random random(options.seed, chain.stream, chain.position);
  const Transition made = nuts(density, chain.factor, chain.step, options.most_depth, random, chain.at);
  ++chain.transitions;
  if (chain.transitions <= options.warm_up)
    adapt(density, options, made.acceptance, chain, random);
  else
    record(options, made, chain);
  chain.position = random.position();
}

void sample(const LogDensity& density, const SamplerOptions& options, std::vector<Chain>& chains,
            ProgressSink* progress, const SaveChains& save) {
  const long end = options.warm_up + options.draws;
  ThreadPool pool(options.threads);
  Watch watch;
  for (long done = 0; done < end; done += transitions_a_call) {
    pool.run([&](int thread) {
      for (std::size_t k = std::size_t(thread); k < chains.size(); k += std::size_t(pool.size()))
        while (chains[k].transitions < std::min(end, done + transitions_a_call)) advance(density, options, chains[k]);
    });
    if (save && watch.due()) {
      trim(options, chains);
      save(chains);
    }
    if (!progress) continue;
    progress->update("sample", double(std::min(end, done + transitions_a_call)), double(end),
                     fmt::format("step {:.3g}, {} divergent", chains[0].step, chains[0].divergences));
    if (progress->stop_requested()) break;
  }
  trim(options, chains);
  if (save) save(chains);
}

double ResidualDensity::value(std::span<const double> theta, std::span<double> gradient) const {
  const double F = objective(terms_, theta, gradient);
  for (double& g : gradient) g = -g;
  return -F;
}

}  // namespace orogen
