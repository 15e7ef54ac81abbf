#include "orogen/nuclear/neural/forms/momentum_form.hpp"

#include <algorithm>

#include "orogen/nuclear/momentum/solvers/scattering.hpp"
#include "orogen/nuclear/neural/forces/force_file.hpp"

namespace orogen::nuclear {
namespace {

namespace fs = std::filesystem;

constexpr double least_phase_energy = 1;  // MeV, from where on the branch of 3S1 is known

MomentumForm::Start start_of(PhaseFitInputs inputs) {
  MomentumForm::Start start{completed(std::move(inputs)), {}, {}, {}};
  LecDataOptions& data = start.inputs.data;
  data.least_T = std::max(least_phase_energy, data.least_T);
  data.kept_apart = 0;  // phases are a start here
  start.phases = read_lec_data(data, Pair::np, form(start.inputs.force).constants).known;
  start.covariance = phase_covariance(start.phases.data, start.inputs.theory);
  start.contacts = best_contacts(start.inputs, start.phases, start.covariance);
  return start;
}

class MomentumMember final : public MemberFit {
 public:
  /// A force without parameters still has to begin.
  MomentumMember(const MomentumForm::Start& start, const ScatteringFitOptions& options, ShortRangeForce force,
                 const ScatteringData& train, ThreadPool& threads)
      : start_(start), options_(options), force_(std::move(force)), train_(train), threads_(threads) {
    if (!force_.theta.empty()) fit_scattering();
  }
  GaussNewtonResult begin(int steps, ProgressSink* progress) override {
    PhasePosterior posterior(force_, start_.phases, start_.covariance);
    force_.theta = posterior.like_contacts(force_, start_.contacts);
    ShortRangeFitOptions options = start_.inputs.fit;
    options.steps = steps, options.deuteron_steps = std::min(options.deuteron_steps, steps);
    const auto r = posterior.fit(force_.theta, options, progress);
    fit_scattering();
    return r;
  }
  ScatteringFit& fit() override { return *fit_; }
  void save(const FitNotes& notes, const fs::path& file) override {
    ShortRangeForce now = fit_->force();
    now.title = title_of(start_.inputs), now.fit = notes;
    fit_charge_dependence(now);
    nuclear::save(now, file);
  }

 private:
  /// Scattering is fitted from the present parameters on.
  void fit_scattering() {
    fit_ = std::make_unique<ShortRangeScatteringFit>(force_, train_, start_.inputs.data.most_T, options_, threads_);
  }

  const MomentumForm::Start& start_;
  const ScatteringFitOptions& options_;
  ShortRangeForce force_;
  ScatteringData train_;
  ThreadPool& threads_;
  std::unique_ptr<ShortRangeScatteringFit> fit_;
};

}  // namespace

MomentumForm::MomentumForm(const PhaseFitInputs& start, const ScatteringFitOptions& options,
                           std::vector<TargetPhase> known)
    : start_(start_of(start)),
      options_(options),
      constants_(form(start_.inputs.force).constants),
      known_(std::move(known)) {}

FitNotes MomentumForm::notes(const fs::path& file) const { return load_short_range_force(file).fit; }

std::unique_ptr<MemberFit> MomentumForm::member(const std::optional<fs::path>& earlier, std::uint64_t seed,
                                                const std::vector<ScatteringData>& train, ThreadPool& threads) const {
  ShortRangeForce force = earlier ? load_short_range_force(*earlier) : start_.inputs.force;
  if (!earlier) force.network.seed = seed;
  return std::make_unique<MomentumMember>(start_, options_, std::move(force), train.at(0), threads);
}

std::vector<std::pair<std::string, PhaseTable>> MomentumForm::beside(Pair pair, std::span<const double> T_lab) const {
  const MomentumInteraction force = chiral(form(start_.inputs.force), start_.contacts);
  return {{"contacts", MomentumSolver(force, pair, options_.most_J).phases(T_lab)}};
}

}  // namespace orogen::nuclear
