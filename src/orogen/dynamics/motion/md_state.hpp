// Positions and velocities on their way, and what follows from velocities alone.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "orogen/dynamics/motion/atom_loops.hpp"
#include "orogen/potential/potential.hpp"

namespace orogen {

/// Everything that a step changes. Internal unit of time √(amu Å²/eV) = 10.18 fs.
struct MdState {
  Structure structure;           ///< positions not wrapped
  std::vector<Vec3> velocities;  ///< Å per internal unit of time, N
  std::vector<double> mass;      ///< amu, N
  Evaluation evaluation;         ///< of `structure`
  long step = 0;
  double heat = 0;                   ///< eV that thermostat and barostat have given so far
  double kinetic_at_thermostat = 0;  ///< eV, where T and pressure are taken; of the full step in NVE

  long size() const { return long(velocities.size()); }
};

/// Adds atoms behind those that are there; `velocities` [Å per internal unit of time] are one per new atom. Forces must
/// be evaluated anew. Throws InputError for lengths that do not fit; the cell of `more` is not looked at.
void add_atoms(MdState& state, const Structure& more, std::span<const Vec3> velocities);
/// Takes out the atoms `which` (0-based, each once); the others keep their order. Throws InputError for an atom that is
/// not there or named twice, and where none would be left.
void remove_atoms(MdState& state, std::span<const int> which);

/// Streams of random numbers: a number is keyed by (seed, purpose and step, position).
enum class Draw : std::uint64_t { velocities, langevin, csvr, barostat, probe };
inline std::uint64_t stream(Draw purpose, long step) { return (std::uint64_t(step) << 4) | std::uint64_t(purpose); }

/// Σ ½ m v² [eV].
double kinetic_energy(const MdState& state, AtomLoops& loops);
/// Σ m v vᵀ [eV].
Mat3 kinetic_tensor(const MdState& state, AtomLoops& loops);

/// Which motions of the whole are taken out.
struct Removal {
  bool translation = true, rotation = false;
};
/// Takes the motion of the centre of mass, and the rotation about it, out of the velocities.
void remove_motion(MdState& state, Removal removal, AtomLoops& loops);
/// 3N less the removed degrees of freedom (a linear molecule has two rotations, an atom none).
int degrees_of_freedom(const MdState& state, Removal removal);

/// Velocities drawn at `temperature` [K], without the removed motions, scaled to that temperature exactly.
void draw_velocities(MdState& state, double temperature, std::uint64_t seed, Removal removal, AtomLoops& loops);

}  // namespace orogen
