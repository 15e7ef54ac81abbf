// Thermostats: both act on velocities in the middle of a step and report the heat that they gave.
#pragma once
#include "orogen/dynamics/motion/md_state.hpp"

namespace orogen {

/// Kinetic energy before and after a thermostat [eV].
struct KineticChange {
  double before = 0, after = 0;
};

/// Exact Ornstein–Uhlenbeck step of length dt (the O of BAOAB): v ← e^{−γ dt} v + √((1−e^{−2γ dt}) kT/m) ξ.
/// kt [eV], friction and dt in internal units of time.
struct Langevin {
  double friction, dt;
  std::uint64_t seed;
  KineticChange apply(MdState& state, double kt, Removal removal, AtomLoops& loops) const;
};

/// Stochastic velocity rescaling: all velocities times α, drawn so that the kinetic energy has its canonical
/// distribution. Bussi, Donadio, Parrinello 2007, doi:10.1063/1.2408420, eq. A7.
struct Csvr {
  double tau, dt;
  std::uint64_t seed;
  KineticChange apply(MdState& state, double kt, int freedom, AtomLoops& loops) const;
  /// The new kinetic energy in units of kT/2 per degree of freedom: drawn for `kinetic` of `freedom` at target `mean`.
  double draw(double kinetic, double mean, int freedom, long step) const;
};

}  // namespace orogen
