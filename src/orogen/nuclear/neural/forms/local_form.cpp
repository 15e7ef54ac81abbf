#include "orogen/nuclear/neural/forms/local_form.hpp"

#include "orogen/nuclear/neural/forces/force_file.hpp"

namespace orogen::nuclear {
namespace {

namespace fs = std::filesystem;

class LocalMember final : public MemberFit {
 public:
  LocalMember(const NeuralForce& start, const std::vector<ScatteringData>& train, const ForceFitOptions& options,
              const std::vector<TargetPhase>& analysis, ThreadPool& threads)
      : fit_(start, train, options, threads), analysis_(analysis) {}
  GaussNewtonResult begin(int steps, ProgressSink* progress) override {
    return fit_.fit_phases(analysis_, steps, progress);
  }
  ScatteringFit& fit() override { return fit_; }
  void save(const FitNotes& notes, const fs::path& file) override {
    NeuralForce now = fit_.force();
    now.title = "learned force", now.fit = notes;
    nuclear::save(now, file);
  }

 private:
  ForceFit fit_;
  const std::vector<TargetPhase>& analysis_;
};

}  // namespace

LocalForm::LocalForm(const NeuralForce& start, const ForceFitOptions& options, std::vector<TargetPhase> analysis,
                     std::vector<TargetPhase> known)
    : start_(start), options_(options), analysis_(std::move(analysis)), known_(std::move(known)) {}

FitNotes LocalForm::notes(const fs::path& file) const { return load_neural_force(file).fit; }

std::unique_ptr<MemberFit> LocalForm::member(const std::optional<fs::path>& earlier, std::uint64_t seed,
                                             const std::vector<ScatteringData>& train, ThreadPool& threads) const {
  NeuralForce start = earlier ? load_neural_force(*earlier) : start_;
  if (!earlier) start.network.seed = seed;
  return std::make_unique<LocalMember>(start, train, options_, analysis_, threads);
}

}  // namespace orogen::nuclear
