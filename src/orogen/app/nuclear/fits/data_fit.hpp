// orogen nuclear fit with scattering data, whatever the form of the force: members one after the other, each kept on
// disk every few steps, all judged at the end.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "orogen/app/nuclear/fits/run_inputs.hpp"
#include "orogen/app/nuclear/forces/force_choice.hpp"
#include "orogen/app/verbs/verb.hpp"
#include "orogen/base/parallel/threads.hpp"
#include "orogen/nuclear/neural/fits/scattering_fit.hpp"

namespace orogen {

struct DataFitOptions {
  std::vector<std::string> data;  ///< files, for the notes
  std::string out = "force";
  int phase_steps = 30, steps = 75, members = 1;
  std::uint64_t seed = 1;  ///< of the first member
  bool restart = false, bootstrap = false;
};

/// Data of np, and perhaps of pp: what is learned from, and whole experiments kept apart.
struct FitData {
  std::vector<nuclear::ScatteringData> train, apart;
  bool with_pp() const { return train.size() > 1; }
};
/// np, and pp where the files have any, between two energies [MeV]. Throws InputError.
FitData read_fit_data(const std::vector<std::string>& files, double least, double most, double kept_apart,
                      std::uint64_t seed);

/// Phases of analyses with half their spread, a factor chosen by leaving out experiments in turn
/// (bench/nuclear_fit.cpp); none without a file. Isospin 1
/// beyond 1S0 is what proton–proton data determine: superfluous where they are fitted, and else all that `strict`
/// leaves.
std::vector<nuclear::TargetPhase> known_phases(const std::string& file, bool strict, bool with_pp);

/// One member, being fitted.
class MemberFit {
 public:
  virtual ~MemberFit() = default;
  /// Phases alone, to the parameters that fit() then begins with.
  virtual GaussNewtonResult begin(int steps, ProgressSink*) = 0;
  virtual nuclear::ScatteringFit& fit() = 0;
  /// With notes on where it comes from.
  virtual void save(const std::map<std::string, std::string>& notes, const std::filesystem::path&) = 0;
};

/// What a form of the force brings along.
class FitForm {
 public:
  virtual ~FitForm() = default;
  virtual const nuclear::Constants& constants() const = 0;
  virtual const nuclear::ScatteringFitOptions& options() const = 0;
  /// Weak data that stand beside the scattering.
  virtual const std::vector<nuclear::TargetPhase>& known() const = 0;
  /// The notes of a saved force. Throws InputError for a file of another form.
  virtual std::map<std::string, std::string> notes(const std::filesystem::path&) const = 0;
  virtual std::unique_ptr<TwoNucleonForce> force(const std::filesystem::path&) const = 0;
  /// A member from its start, or from the file of an earlier run. The threads must outlive it.
  virtual std::unique_ptr<MemberFit> member(std::uint64_t seed, const std::vector<nuclear::ScatteringData>& train,
                                            ThreadPool&) const = 0;
  virtual std::unique_ptr<MemberFit> member(const std::filesystem::path&,
                                            const std::vector<nuclear::ScatteringData>& train, ThreadPool&) const = 0;
  /// Other forces that are judged by the same data: name and phases at `T_lab`.
  virtual std::vector<std::pair<std::string, nuclear::PhaseTable>> beside(nuclear::Pair,
                                                                          std::span<const double> /*T_lab*/) const {
    return {};
  }
  /// HTML for the page, of the members' files.
  virtual std::string sections(const std::vector<std::filesystem::path>&) const { return ""; }
};

/// Writes force.safetensors (and force-2.safetensors, …, committee.json), residuals.csv, report.html and input.toml,
/// and tells χ² of fitted data and of those
/// kept apart, beside Argonne v18. Goes on where an earlier run with the same inputs ended. Throws InputError.
Outcome fit_to_data(const DataFitOptions&, const FitData&, const FitForm&, const RunInputs&, const Context&);

}  // namespace orogen
