#include "orogen/nuclear/neural/force_fit.hpp"

#include <algorithm>

namespace orogen::nuclear {
namespace {

constexpr double deuteron_energy = -2.224575;  // MeV

GaussianPrior prior_of(const NeuralLocalTerm& term, double lambda) {
  std::vector<double> precision;
  for (double s : term.size()) precision.push_back(lambda / (s * s));
  return {term.centre(), std::move(precision)};
}

ScatteringLikelihood likelihood_of(const ScatteringData& data, const Constants& c, int most_J) {
  LikelihoodOptions options;
  options.constants = c;
  return {data, fit_energies(), most_J, options};
}

}  // namespace

std::vector<double> fit_energies() {
  std::vector<double> all = recommended_energies();
  all.insert(all.end(), {25, 150, 250});
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

ForceFit::ForceFit(const NeuralForce& start, const ScatteringData& train, const ForceFitOptions& options,
                   ThreadPool& threads)
    : force_(start),
      options_(options),
      sum_(interaction(start)),
      theta_(sum_.parameters()),
      data_(likelihood_of(train, start.constants, options.most_J)),
      scalars_(train.scalars),
      phases_(sum_, train.pair, fit_energies(), options.most_J, threads, options.mesh),
      prior_(prior_of(learned_term(sum_), options.prior)) {}

NeuralForce ForceFit::force() const {
  NeuralForce now = force_;
  now.theta = theta_;
  return now;
}

ScatteringLikelihood ForceFit::likelihood(const ScatteringData& data) const {
  return likelihood_of(data, force_.constants, options_.most_J);
}

GaussNewtonResult ForceFit::descend(std::vector<Residual*> terms, int steps, ProgressSink* progress) {
  GaussNewtonOptions options;
  options.tolerance = options_.tolerance;
  GaussNewtonResult result;
  terms.push_back(&prior_);
  for (int left = steps; left > 0;) {
    options.most_steps = std::min(left, options_.restart);
    result = minimise(terms, theta_, options, progress);
    left -= std::max(1, result.steps);
    if (result.end != "no more steps") break;
  }
  phases_.at(theta_);  // the interaction is left at the best parameters
  return result;
}

GaussNewtonResult ForceFit::fit_phases(std::span<const TargetPhase> targets, int steps, ProgressSink* progress) {
  TargetPhaseResidual residual(phases_, targets);
  return descend({&residual}, steps, progress);
}

GaussNewtonResult ForceFit::fit_data(std::span<const TargetPhase> known, int steps, ProgressSink* progress) {
  ScatteringResidual scattering(phases_, data_);
  DeuteronResidual bound(phases_, deuteron_energy, options_.deuteron_error);
  std::vector<Residual*> terms{&scattering, &bound};
  std::vector<std::unique_ptr<Residual>> more;
  for (const ScalarDatum& s : scalars_)
    if (s.code == "asl")  // the singlet's is negative
      more.push_back(std::make_unique<ScatteringLengthResidual>(phases_, s.value < 0 ? 0 : 1, s.value, s.error));
  if (!known.empty()) more.push_back(std::make_unique<TargetPhaseResidual>(phases_, known));
  for (auto& m : more) terms.push_back(m.get());
  return descend(std::move(terms), steps, progress);
}

}  // namespace orogen::nuclear
