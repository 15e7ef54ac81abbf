// Restart files: everything that the next step depends on, to the last bit.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

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
  std::map<std::string, std::string> physics =
      {};  ///< options that act in this ensemble, as texts; empty in older files
};
struct MdRestart {
  MdState state;  ///< without mass; of the evaluation only the energy, which shows whether the potential is the same
  MdOrigin origin;
};

/// A text that tells structures apart (all bits of positions, cell and species).
std::string fingerprint(const Structure& structure);

/// Writes atomically, in the safetensors layout.
void write_restart(const std::filesystem::path& path, const MdState& state, const MdOrigin& origin);

/// Throws InputError for a file that is no restart file of this kind.
MdRestart read_restart(const std::filesystem::path& path);

}  // namespace orogen
