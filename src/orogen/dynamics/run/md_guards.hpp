// Guards: what must hold after every step, and which atom breaks it.
#pragma once
#include <optional>
#include <string>

#include "orogen/dynamics/motion/md_state.hpp"
#include "orogen/dynamics/run/md.hpp"

namespace orogen {

/// What a guard found.
struct Finding {
  std::string guard;  ///< as in MdStopped
  int atom = -1;      ///< 0-based
  std::string text;   ///< "the force on atom 17 (O) is 312.4 eV/Å, above max_force = 200 eV/Å"
};

class Guards {
 public:
  /// `start` sets the extent beyond which atoms of an isolated molecule are lost; `dt` is internal.
  Guards(const MdOptions& options, const Structure& start, double dt);

  /// The first guard that the state breaks. `temperature` [K] of this step; no allocation where all is well.
  std::optional<Finding> check(const MdState& state, double temperature, AtomLoops& loops) const;
  /// The largest force [eV/Å] that check() saw last.
  double max_force() const { return max_force_; }

 private:
  std::optional<Finding> check_forces(const MdState& state, AtomLoops& loops) const;
  std::optional<Finding> check_velocities(const MdState& state, double temperature, AtomLoops& loops) const;
  std::optional<Finding> check_uncertainty(const MdState& state, AtomLoops& loops) const;
  std::optional<Finding> check_distances(const MdState& state, AtomLoops& loops) const;
  const MdOptions& options_;
  double dt_, max_temperature_, extent_ = 0;
  mutable double max_force_ = 0;
};

}  // namespace orogen
