// What a fit to scattering data needs to know of the form of a force: functions of r, or elements between momenta.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "orogen/base/parallel/threads.hpp"
#include "orogen/nuclear/neural/fits/scattering_fit.hpp"

namespace orogen::nuclear {

/// Texts about a saved force: where it comes from and how far it is.
using FitNotes = std::map<std::string, std::string>;

/// The fit of one force.
class MemberFit {
 public:
  virtual ~MemberFit() = default;
  /// Phases alone, to the parameters that fit() then begins with.
  virtual GaussNewtonResult begin(int steps, ProgressSink*) = 0;
  virtual ScatteringFit& fit() = 0;
  /// Writes the force with its notes. Throws InputError.
  virtual void save(const FitNotes&, const std::filesystem::path&) = 0;
};

class FitForm {
 public:
  virtual ~FitForm() = default;
  virtual const Constants& constants() const = 0;
  virtual const ScatteringFitOptions& options() const = 0;
  /// Weak data that stand beside the scattering.
  virtual const std::vector<TargetPhase>& known() const = 0;
  /// The notes of a saved force. Throws InputError for a file of another form.
  virtual FitNotes notes(const std::filesystem::path&) const = 0;
  /// A fit from the file of an earlier run, or from a start drawn with `seed`. The threads must outlive it.
  virtual std::unique_ptr<MemberFit> member(const std::optional<std::filesystem::path>& earlier, std::uint64_t seed,
                                            const std::vector<ScatteringData>& train, ThreadPool&) const = 0;
  /// Other forces that are judged by the same data: name and phases at `T_lab`.
  virtual std::vector<std::pair<std::string, PhaseTable>> beside(Pair, std::span<const double> /*T_lab*/) const {
    return {};
  }
};

}  // namespace orogen::nuclear
