// Fits of learned functions of r to scattering data. [T18.4]
#pragma once
#include "orogen/nuclear/neural/fits/force_fit.hpp"
#include "orogen/nuclear/neural/forms/fit_form.hpp"

namespace orogen::nuclear {

class LocalForm final : public FitForm {
 public:
  /// Every member starts with the options of `start`, first fitted to the phases of an analysis; `known` are weak data
  /// beside the scattering.
  LocalForm(const NeuralForce& start, const ForceFitOptions&, std::vector<TargetPhase> analysis,
            std::vector<TargetPhase> known);
  const Constants& constants() const override { return start_.constants; }
  const ScatteringFitOptions& options() const override { return options_; }
  const std::vector<TargetPhase>& known() const override { return known_; }
  FitNotes notes(const std::filesystem::path&) const override;
  std::unique_ptr<MemberFit> member(const std::optional<std::filesystem::path>& earlier, std::uint64_t seed,
                                    const std::vector<ScatteringData>& train, ThreadPool&) const override;

 private:
  NeuralForce start_;
  ForceFitOptions options_;
  std::vector<TargetPhase> analysis_, known_;
};

}  // namespace orogen::nuclear
