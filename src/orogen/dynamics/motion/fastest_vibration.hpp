// The fastest vibration of a structure, for the choice of a time step.
#pragma once
#include "orogen/dynamics/motion/md_state.hpp"

namespace orogen {

/// Period [fs] of the fastest harmonic vibration at the state's structure, a little too long (some per cent): Lanczos
/// on the mass-weighted Hessian by differences of forces, `evaluations` of them. 0 when no direction is convex. Leaves
/// the state as it was; the potential's caches are used. Throws what the potential throws.
double fastest_period(const MdState& state, Potential& potential, AtomLoops& loops, int evaluations = 10);

}  // namespace orogen
