#include "orogen/nuclear/neural/force_fit.hpp"

#include <algorithm>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/local/argonne.hpp"

namespace orogen::nuclear {
namespace {

constexpr double deuteron_energy = -2.224575;  // MeV

GaussianPrior prior_of(const NeuralLocalTerm& term, double lambda) {
  std::vector<double> precision;
  for (double s : term.size()) precision.push_back(lambda / (s * s));
  return {term.centre(), std::move(precision)};
}

void check(const NeuralForce& start, const std::vector<ScatteringData>& train) {
  if (train.empty() || train[0].pair != Pair::np || train.size() > 2 ||
      (train.size() == 2 && train[1].pair != Pair::pp))
    throw InputError("fit of a force: expected data of np, and perhaps of pp after them");
  if (train.size() < 2) return;
  if (!start.network.charge_dependence)
    throw InputError(
        "fit of a force: data of pp need the charge-dependent functions of the network; expected charge_dependence");
  if (start.constants.alpha == 0) throw InputError("fit of a force: data of pp, but its protons have no charge");
}

std::vector<TargetPhase> start_of_pp(const ForceFitOptions& options) {
  const LocalInteraction v18 = argonne_v18(true);
  const std::vector<double> T{0.5, 1, 2, 5, 10, 25, 50, 100, 150, 200, 250, 300, 350};
  PhaseFile file{LocalSolver(v18, Pair::pp, options.most_J).phases(T), {}, {}};
  file.present.assign(3 * file.phases.value.size(), 1);
  return with_errors(file, options.phase_floor, options.phase_relative);
}

ScatteringLikelihood likelihood_of(const ScatteringData& data, const Constants& c, const ForceFitOptions& fit) {
  LikelihoodOptions options;
  options.constants = c;
  options.photons = photons(fit.neutron_moment);
  return {data, fit_energies(), fit.most_J, options};
}

}  // namespace

Photons photons(bool neutron_moment, bool argonne) {
  if (!neutron_moment) return {};
  return {true, true, argonne ? NeutronMoment::beyond_phases : NeutronMoment::in_all_waves};
}

std::vector<double> fit_energies() {
  std::vector<double> all = recommended_energies();
  all.insert(all.end(), {25, 150, 250});
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

ForceFit::ForceFit(const NeuralForce& start, const std::vector<ScatteringData>& train, const ForceFitOptions& options,
                   ThreadPool& threads)
    : force_(start),
      options_(options),
      sum_(interaction(start)),
      theta_(sum_.parameters()),
      prior_(prior_of(learned_term(sum_), options.prior)) {
  check(start, train);
  for (const ScatteringData& data : train) {
    ScatteringLikelihood likelihood = likelihood_of(data, start.constants, options);
    ForcePhases phases(sum_, data.pair, fit_energies(), options.most_J, threads, options.mesh);
    parts_.push_back(std::unique_ptr<Part>(new Part{std::move(likelihood), std::move(phases), data.scalars}));
  }
}

ForceFit::Part& ForceFit::part(Pair pair) const {
  for (const auto& p : parts_)
    if (p->phases.solver().pair() == pair) return *p;
  throw InputError(std::string("fit of a force: no data of ") + name(pair) + " are fitted");
}

NeuralForce ForceFit::force() const {
  NeuralForce now = force_;
  now.theta = theta_;
  return now;
}

ScatteringLikelihood ForceFit::likelihood(const ScatteringData& data) const {
  return likelihood_of(data, force_.constants, options_);
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
  for (const auto& p : parts_) p->phases.at(theta_);  // the interaction is left at the best parameters
  return result;
}

GaussNewtonResult ForceFit::fit_phases(std::span<const TargetPhase> targets, int steps, ProgressSink* progress) {
  TargetPhaseResidual np(part(Pair::np).phases, targets);
  if (parts_.size() < 2) return descend({&np}, steps, progress);
  TargetPhaseResidual pp(part(Pair::pp).phases, start_of_pp(options_));
  return descend({&np, &pp}, steps, progress);
}

GaussNewtonResult ForceFit::fit_data(std::span<const TargetPhase> known, int steps, ProgressSink* progress) {
  ForcePhases& np = part(Pair::np).phases;
  DeuteronResidual bound(np, deuteron_energy, options_.deuteron_error);
  std::vector<std::unique_ptr<Residual>> more;
  for (const auto& p : parts_) more.push_back(std::make_unique<ScatteringResidual>(p->phases, p->data));
  for (const ScalarDatum& s : part(Pair::np).scalars)
    if (s.code == "asl")  // the singlet's is negative
      more.push_back(std::make_unique<ScatteringLengthResidual>(np, s.value < 0 ? 0 : 1, s.value, s.error));
  if (!known.empty()) more.push_back(std::make_unique<TargetPhaseResidual>(np, known));
  std::vector<Residual*> terms{&bound};
  for (auto& m : more) terms.push_back(m.get());
  return descend(std::move(terms), steps, progress);
}

}  // namespace orogen::nuclear
