#include "orogen/nuclear/neural/runs/phase_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/momentum/solvers/deuteron_momentum.hpp"
#include "orogen/nuclear/momentum/solvers/scattering.hpp"
#include "orogen/nuclear/neural/forces/force_file.hpp"
#include "orogen/nuclear/neural/runs/run_record.hpp"

namespace orogen::nuclear {
namespace {

namespace fs = std::filesystem;

/// One phase of a table.
double phase_at(const PhaseTable& t, const PhasePoint& p) {
  const auto e = std::size_t(std::find(t.T_lab.begin(), t.T_lab.end(), p.T_lab) - t.T_lab.begin());
  const BlockPhases& found = t.at(e, std::size_t(t.find(p.block)));
  return p.part == 1 ? found.epsilon : found.delta[p.part / 2];
}

}  // namespace

double PhaseScore::rms() const { return n ? std::sqrt(squares / double(n)) : 0; }

PhaseScore score(const PhaseTable& t, const LecData& data) {
  PhaseScore s;
  for (std::size_t i = 0; i < data.data.size(); ++i, ++s.n) {
    const double off = std::remainder(phase_at(t, data.points[i]) - data.data[i].phase, std::numbers::pi);
    s.squares += std::pow(off / degree, 2), s.chi2 += std::pow(off / data.data[i].error, 2);
  }
  return s;
}

PhaseRun::PhaseRun(PhaseFitInputs inputs, fs::path file, const RunInputs& record, bool restart)
    : o_(completed(std::move(inputs))),
      file_(std::move(file)),
      inputs_(record),
      data_(read_lec_data(o_.data, Pair::np, form(o_.force).constants)) {
  resume(restart);
}

/// Takes the force of an earlier run with the same inputs.
void PhaseRun::resume(bool restart) {
  if (restart) fs::remove(file_);
  if (!fs::exists(file_)) return;
  const std::string file = file_.string();
  if (!is_in_momentum_space(file_))
    throw InputError(fmt::format("{}: a force of form=local is there; {}", file, ways_on));
  const ShortRangeForce there = load_short_range_force(file_);
  require_same_inputs(inputs_, there.fit, file);
  o_.force.theta = there.theta;
  if (entry(there.fit, "state", file) != text(GaussNewtonEnd::stopped)) o_.fit.steps = 0;  // the deuteron is there
  goes_on_ = true;
}

GaussNewtonResult PhaseRun::run(ProgressSink& progress) {
  const Eigen::MatrixXd covariance = phase_covariance(data_.known.data, o_.theory);
  contacts_ = best_contacts(o_, data_.known, covariance);
  PhasePosterior posterior(o_.force, data_.known, covariance);
  if (!goes_on_) o_.force.theta = posterior.like_contacts(o_.force, contacts_);
  const GaussNewtonResult r = posterior.fit(o_.force.theta, o_.fit, &progress);
  o_.force.title = title_of(o_);
  o_.force.fit = {{"data", o_.data.file}, {"objective", fmt::format("{:.6f}", r.objective)}, {"state", text(r.end)}};
  inputs_.put(o_.force.fit, inputs_prefix);
  if (r.end != GaussNewtonEnd::stopped) fit_charge_dependence(o_.force);
  save(o_.force, file_);
  return r;
}

PhaseTable PhaseRun::phases(const MomentumInteraction& force) const {
  std::vector<double> T;
  int most_J = 2;
  for (const LecData* some : {&data_.known, &data_.apart})
    for (const PhasePoint& p : some->points) T.push_back(p.T_lab), most_J = std::max(most_J, p.block.J);
  for (double at = 10; at < 1.3 * o_.data.most_T; at += 15) T.push_back(at);
  std::sort(T.begin(), T.end());
  T.erase(std::unique(T.begin(), T.end()), T.end());
  return MomentumSolver(force, Pair::np, most_J, {48, 700}).phases(T);
}

std::vector<std::pair<std::string, PhaseTable>> PhaseRun::phases() const {
  return {{"network", phases(interaction(o_.force))}, {"contacts", phases(chiral(form(o_.force), contacts_))}};
}

std::optional<double> PhaseRun::deuteron_energy() const { return nuclear::deuteron_energy(interaction(o_.force)); }

}  // namespace orogen::nuclear
