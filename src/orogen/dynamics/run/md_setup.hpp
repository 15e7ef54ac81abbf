// From options and a structure to a state and a step; everything that can be wrong is found here.
#pragma once
#include <map>
#include <span>
#include <string>

#include "orogen/dynamics/files/md_restart.hpp"
#include "orogen/dynamics/motion/md_step.hpp"
#include "orogen/dynamics/run/md.hpp"

namespace orogen {

/// Throws InputError with all problems of the options and of their fit to the structure.
void check_options(const MdOptions& options, const Structure& start);

/// Steps in all, for a run whose clock was set as `clock` says.
long total_steps(const MdOptions& options, const MdClock& clock = {});
/// True where the potential's caches are dropped, drift is removed, files are flushed and the run may stop: it depends
/// on the step alone.
bool is_checkpoint(const MdOptions& options, long step);
/// True for a checkpoint at which a restart file is due.
bool is_restart(const MdOptions& options, long step);
/// k_B T [eV] of a step, on the ramp to step `total` where there is one.
double thermal_energy(const MdOptions& options, long step, long total);
/// The options that act in this ensemble, by key, as texts with units.
std::map<std::string, std::string> physics(const MdOptions& options);

MdStep make_step(const MdOptions& options, const MdState& state);
/// The state at step 0: velocities [Å/fs] taken or, where there are none, drawn; nothing evaluated. Throws InputError
/// for velocities that are not one finite vector per atom.
MdState make_state(const MdOptions& options, const Structure& start, std::span<const Vec3> velocities,
                   AtomLoops& loops);
/// Reads the restart file and compares it with the options. Throws InputError when it belongs to another run; reports
/// to `sink` what changed; the clock is set anew where the time step did. A run that ended between two checkpoints and
/// is to be extended goes back to the last of them, unless something changed. `potential` is what moves the atoms now,
/// "" where that is not known.
MdRestart resume(const MdOptions& options, const Structure& start, const std::string& potential, ProgressSink& sink);
/// The motions that are taken out.
Removal removal(const MdOptions& options, const Structure& structure);
/// What is left of the state's degrees of freedom. Throws InputError where that is nothing.
Freedom freedom(const MdOptions& options, const MdState& state);

}  // namespace orogen
