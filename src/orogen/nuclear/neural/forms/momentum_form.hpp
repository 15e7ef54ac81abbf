// Fits of chiral forces with a learned short range to scattering data. [T18.4, T18.7]
#pragma once
#include "orogen/nuclear/neural/fits/phase_fit.hpp"
#include "orogen/nuclear/neural/forms/fit_form.hpp"

namespace orogen::nuclear {

class MomentumForm final : public FitForm {
 public:
  /// A member starts at contacts fitted to the phases of `start` from 1 MeV on, none of which is kept apart; errors of
  /// omitted orders count for these phases alone. `known` are weak data beside the scattering.
  MomentumForm(const PhaseFitInputs& start, const ScatteringFitOptions&, std::vector<TargetPhase> known);
  const Constants& constants() const override { return constants_; }
  const ScatteringFitOptions& options() const override { return options_; }
  const std::vector<TargetPhase>& known() const override { return known_; }
  FitNotes notes(const std::filesystem::path&) const override;
  std::unique_ptr<MemberFit> member(const std::optional<std::filesystem::path>& earlier, std::uint64_t seed,
                                    const std::vector<ScatteringData>& train, ThreadPool&) const override;
  /// The contacts.
  std::vector<std::pair<std::string, PhaseTable>> beside(Pair, std::span<const double> T_lab) const override;

  /// What members start with.
  struct Start {
    PhaseFitInputs inputs;
    LecData phases;
    Eigen::MatrixXd covariance;
    std::vector<double> contacts;
  };

 private:
  Start start_;
  ScatteringFitOptions options_;
  Constants constants_;
  std::vector<TargetPhase> known_;
};

}  // namespace orogen::nuclear
