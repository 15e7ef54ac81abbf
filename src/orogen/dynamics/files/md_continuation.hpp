// What it takes to continue a run: its marks, its restart files and which potential moved the atoms from which step on.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "orogen/dynamics/files/md_files.hpp"

namespace orogen {

class MdContinuation {
 public:
  /// `start` is the fingerprint of the structure that the run starts from; `potential` what moves it, "" where that is
  /// not known. The options are those of the run and live as long.
  MdContinuation(const MdOptions& options, std::string start, std::string potential)
      : options_(options), start_(std::move(start)), potential_(std::move(potential)) {}

  /// Goes on from a restart file, from the step at which it holds the state.
  void take(const MdOrigin& origin, long step);
  /// The potential is another one from `step` on.
  void replaced(long step, const std::string& potential);
  /// The same, noticed when a run was continued, by the energy.
  void found_replaced(long step);

  /// The caches were dropped at the state's step: the run can be continued from here to the last bit. The files have
  /// been flushed.
  void set_mark(const MdState& state, const MdFiles& files, std::vector<double> thermostat);
  /// Writes the restart file of this state. The files have been synced.
  void write(const MdState& state, const MdFiles& files, std::vector<double> thermostat);
  /// What is added to the thermo log from here on belongs to the end of this run alone and not to a longer one.
  void end_thermo(const MdFiles& files) { thermo_bytes_ = files.thermo_bytes(); }

  bool wanted() const { return !options_.restart.empty(); }
  long last_step() const { return last_step_; }  ///< of the restart file; −1 where there is none
  const MdClock& clock() const { return clock_; }

 private:
  const MdOptions& options_;
  std::string start_, potential_;
  std::optional<MdMark> mark_;
  std::vector<std::pair<long, std::string>> segments_;
  MdClock clock_;
  long last_step_ = -1;
  std::optional<std::uint64_t> thermo_bytes_;
};

}  // namespace orogen
