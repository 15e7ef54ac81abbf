// Restart files: everything that the next step depends on, to the last bit.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orogen/dynamics/motion/md_state.hpp"

namespace orogen {

/// Where the clock stands: `time` at `step`; the time step may have changed there.
struct MdClock {
  long step = 0;
  double time = 0;  ///< fs
  double at(long now, double timestep) const { return time + double(now - step) * timestep; }
};

/// What a restart file holds beside the state. Random numbers are keyed by seed and step and need nothing more.
struct MdOrigin {
  std::uint64_t seed = 0;
  std::string ensemble;
  double timestep = 0;  ///< fs
  std::string start;    ///< fingerprint of the structure that the run started from
  std::uint64_t trajectory_bytes = 0, thermo_bytes = 0;
  MdClock clock = {};
  /// Options that act in this ensemble, as texts; empty in older files.
  std::map<std::string, std::string> physics = {};
  /// Which potential moved the atoms from which step on, where it was replaced on the way; else empty.
  std::vector<std::pair<long, std::string>> segments = {};
  std::vector<double> thermostat = {};  ///< what the thermostat saved
};

/// The last step at which the potential's caches were dropped. A run that ended between two such steps is continued
/// from here: only so do the numbers become those of a run that did not end.
struct MdMark {
  std::vector<Vec3> positions, velocities;  ///< as in MdState
  Mat3 cell = Mat3::Zero();                 ///< rows
  long step = 0;
  double heat = 0, energy = 0;  ///< eV
  std::uint64_t trajectory_bytes = 0, thermo_bytes = 0;
  std::vector<double> thermostat;
};

struct MdRestart {
  MdState state;  ///< of the evaluation only the energy, which shows whether the potential is the same
  MdOrigin origin;
  std::optional<MdMark> mark = {};  ///< where it is another step than that of `state`
  /// Makes the mark the state from which the run goes on.
  void return_to_mark();
};

/// A text that differs between any two structures (all bits of positions, cell and species).
std::string fingerprint(const Structure& structure);

/// Writes atomically, in the safetensors layout. `mark` is left out where it is the state's own step.
void write_restart(const std::filesystem::path& path, const MdState& state, const MdOrigin& origin,
                   const std::optional<MdMark>& mark = {});

/// Throws InputError for a file that is no restart file of this kind.
MdRestart read_restart(const std::filesystem::path& path);

}  // namespace orogen
