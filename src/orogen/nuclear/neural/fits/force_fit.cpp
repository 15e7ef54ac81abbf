#include "orogen/nuclear/neural/fits/force_fit.hpp"

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/local/forces/argonne.hpp"

namespace orogen::nuclear {
namespace {

GaussianPrior prior_of(const LocalInteraction& sum, double lambda) {
  const NeuralLocalTerm& term = learned_term(sum);
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

}  // namespace

ForceFit::ForceFit(const NeuralForce& start, const std::vector<ScatteringData>& train, const ForceFitOptions& options,
                   ThreadPool& threads)
    : ScatteringFit(interaction(start).parameters(), prior_of(interaction(start), options.prior), start.constants,
                    fit_energies(), options),
      force_(start),
      options_(options),
      sum_(interaction(start)) {
  check(start, train);
  for (const ScatteringData& data : train)
    add(data,
        std::make_unique<LocalNodePhases>(sum_, data.pair, fit_energies(), options.most_J, threads, options.mesh));
}

NeuralForce ForceFit::force() const {
  NeuralForce now = force_;
  now.theta = theta();
  return now;
}

GaussNewtonResult ForceFit::fit_phases(std::span<const TargetPhase> targets, int steps, ProgressSink* progress) {
  TargetPhaseResidual np(at_nodes(Pair::np), targets);
  if (pairs() < 2) return descend({&np}, steps, progress);
  TargetPhaseResidual pp(at_nodes(Pair::pp), start_of_pp(options_));
  return descend({&np, &pp}, steps, progress);
}

}  // namespace orogen::nuclear
