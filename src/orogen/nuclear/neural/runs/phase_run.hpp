// The fit of a learned short range to phases with errors as a run that can be interrupted.
#pragma once
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "orogen/base/options/run_inputs.hpp"
#include "orogen/base/progress.hpp"
#include "orogen/nuclear/neural/fits/phase_fit.hpp"

namespace orogen::nuclear {

/// Root mean square of differences in degrees, and χ² per datum with the errors of the table alone.
struct PhaseScore {
  double squares = 0, chi2 = 0;
  std::size_t n = 0;
  double rms() const;
  double per_datum() const { return n ? chi2 / double(n) : 0; }
};
PhaseScore score(const PhaseTable&, const LecData&);

class PhaseRun {
 public:
  /// Reads the data and the force of an earlier run in `file`, unless it is to be forgotten. Throws InputError, also
  /// where the earlier run had other inputs. The inputs must outlive this.
  PhaseRun(PhaseFitInputs, std::filesystem::path file, const RunInputs&, bool restart);
  bool goes_on() const { return goes_on_; }
  const SplitLecData& data() const { return data_; }
  const std::string& title() const { return o_.force.title; }

  /// Fits and saves, also what there is when the user asks to stop.
  GaussNewtonResult run(ProgressSink&);

  /// Phases of the force ("network") and of contacts fitted to the same data ("contacts"), at the energies of the data
  /// and between.
  std::vector<std::pair<std::string, PhaseTable>> phases() const;
  /// Energy of its deuteron [MeV]; nothing where neutron and proton are not bound.
  std::optional<double> deuteron_energy() const;

 private:
  void resume(bool restart);
  PhaseTable phases(const MomentumInteraction&) const;

  PhaseFitInputs o_;
  std::filesystem::path file_;
  const RunInputs& inputs_;
  SplitLecData data_;
  bool goes_on_ = false;
  std::vector<double> contacts_;
};

}  // namespace orogen::nuclear
