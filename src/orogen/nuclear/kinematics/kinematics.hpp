// From the energy in the laboratory to the momentum in the centre of mass. [T13.3]
#pragma once
#include "orogen/nuclear/channels.hpp"
#include "orogen/nuclear/kinematics/constants.hpp"

namespace orogen::nuclear {

/// M in p²/M + V: 2 Mp Mn/(Mp + Mn), Mp or Mn [MeV].
double mass(Pair, const Constants&);
/// Relative momentum [MeV] at kinetic energy T_lab [MeV] of the projectile, relativistic: q² = Mp² T (T + 2 Mn)/((Mp +
/// Mn)² + 2 T Mp) for neutrons on protons at rest, M T/2 for equal masses. Throws InputError unless T_lab is a finite
/// number > 0.
double relative_momentum(double T_lab, Pair, const Constants&);
/// α'/α of two protons at relative momentum q [MeV], (1 + 2x)/√(1 + x) with x = (q/M_p)², and Sommerfeld's η =
/// α'M_p/(2q). [T14.7]
double relativistic_charge(double q, const Constants&);
double sommerfeld(double q, const Constants&);

}  // namespace orogen::nuclear
