// Guards: what must hold after every step, and which atom breaks it.
#pragma once
#include <optional>
#include <string>

#include "orogen/dynamics/motion/md_state.hpp"
#include "orogen/dynamics/run/md.hpp"

namespace orogen {

/// What the guards saw of one step.
struct GuardReport {
  double max_force = 0;  ///< eV/Å, of the worst atom
  std::optional<MdFinding> finding;
};

class Guards {
 public:
  /// `start` sets the extent beyond which atoms of an isolated molecule are lost; `dt` is internal.
  Guards(const MdOptions& options, const Structure& start, double dt);

  /// The first guard that the state breaks. `temperature` [K] of this step; no allocation where all is well.
  GuardReport check(const MdState& state, double temperature, AtomLoops& loops) const;

 private:
  GuardReport check_forces(const MdState& state, AtomLoops& loops) const;
  std::optional<MdFinding> check_velocities(const MdState& state, double temperature, AtomLoops& loops) const;
  std::optional<MdFinding> check_uncertainty(const MdState& state, AtomLoops& loops) const;
  std::optional<MdFinding> check_distances(const MdState& state, AtomLoops& loops) const;
  const MdOptions& options_;
  double dt_, max_temperature_, extent_ = 0;
};

}  // namespace orogen
