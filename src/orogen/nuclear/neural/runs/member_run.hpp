// Fits to scattering data that can be interrupted: each is saved every few steps and goes on from its file.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "orogen/base/options/run_inputs.hpp"
#include "orogen/base/progress.hpp"
#include "orogen/nuclear/neural/forms/fit_form.hpp"

namespace orogen::nuclear {

/// One of the fits of a run: a member of a committee, or the fit without one fold of the data.
struct MemberTask {
  int number = 1;
  std::string who;             ///< before its messages: "member 2, ", or empty
  std::filesystem::path file;  ///< where its force is
  std::uint64_t seed = 1;      ///< of its network
  std::vector<ScatteringData> train;
};

/// What the file of a member says.
struct MemberRecord {
  int steps = 0;  ///< on the data
  double objective = 0;
  GaussNewtonEnd end = GaussNewtonEnd::no_more_steps;
};

class MemberRun {
 public:
  struct Limits {
    int phase_steps = 30, steps = 75;
    std::string data;  ///< for the notes: names of files
  };
  /// All must outlive this. `inputs`: what the numbers depend on.
  MemberRun(const FitForm&, const RunInputs& inputs, Limits, int threads, ProgressSink&);

  /// The record of an earlier run; nothing where there is no file. Throws InputError for a file of other inputs, of
  /// another form or a damaged one, with the ways on.
  std::optional<MemberRecord> earlier(const MemberTask&) const;
  /// From the start, or from where an earlier run saved, until the steps are done, the descent ends or the user asks to
  /// stop: then completed is false, and `steps` on the data are saved.
  struct Progress {
    bool completed = true;
    int steps = 0;
  };
  Progress learn(const MemberTask&) const;

 private:
  Progress descend(const MemberTask&, MemberFit&, int done) const;
  void save(const MemberTask&, MemberFit&, int steps, const GaussNewtonResult&) const;

  const FitForm& form_;
  const RunInputs& inputs_;
  Limits limits_;
  int threads_;
  ProgressSink& progress_;
};

}  // namespace orogen::nuclear
