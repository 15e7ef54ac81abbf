#include "orogen/nuclear/neural/fits/scattering_fit.hpp"

#include <algorithm>

#include "orogen/base/errors.hpp"

namespace orogen::nuclear {

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

ScatteringLikelihood ScatteringFit::likelihood(const ScatteringData& data) const {
  LikelihoodOptions options;
  options.constants = constants_;
  options.photons = photons(options_.neutron_moment);
  return {data, nodes_, options_.most_J, options};
}

void ScatteringFit::add(const ScatteringData& data, std::unique_ptr<NodePhases> phases) {
  parts_.push_back(std::unique_ptr<Part>(new Part{likelihood(data), std::move(phases), data.scalars}));
}

const ScatteringFit::Part& ScatteringFit::part(Pair pair) const {
  for (const auto& p : parts_)
    if (p->phases->pair() == pair) return *p;
  throw InputError(std::string("fit of a force: no data of ") + name(pair) + " are fitted");
}

GaussNewtonResult ScatteringFit::descend(std::vector<Residual*> terms, int steps, ProgressSink* progress) {
  GaussNewtonOptions options;
  options.tolerance = options_.tolerance;
  GaussNewtonResult result;
  terms.push_back(&prior_);
  for (int left = steps; left > 0;) {
    options.most_steps = std::min(left, options_.restart);
    result = minimise(terms, theta_, options, progress);
    left -= std::max(1, result.steps);
    if (result.end != GaussNewtonEnd::no_more_steps) break;
  }
  for (const auto& p : parts_) p->phases->at(theta_);  // what they are phases of is left at the best parameters
  return result;
}

GaussNewtonResult ScatteringFit::fit_data(std::span<const TargetPhase> known, int steps, ProgressSink* progress) {
  NodePhases& np = at_nodes(Pair::np);
  std::vector<std::unique_ptr<Residual>> more;
  if (options_.deuteron_error > 0)
    more.push_back(std::make_unique<DeuteronResidual>(np, measured_deuteron_energy, options_.deuteron_error));
  for (const auto& p : parts_) more.push_back(std::make_unique<ScatteringResidual>(*p->phases, p->data));
  for (const ScalarDatum& s : part(Pair::np).scalars)
    if (s.code == "asl")  // the singlet's is negative
      more.push_back(std::make_unique<ScatteringLengthResidual>(np, s.value < 0 ? 0 : 1, s.value, s.error));
  if (!known.empty()) more.push_back(std::make_unique<TargetPhaseResidual>(np, known));
  std::vector<Residual*> terms;
  for (auto& m : more) terms.push_back(m.get());
  return descend(std::move(terms), steps, progress);
}

}  // namespace orogen::nuclear
