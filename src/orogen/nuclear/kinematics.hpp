// From the energy in the laboratory to the momentum in the centre of mass. [T13.3]
#pragma once
#include "orogen/nuclear/channels.hpp"
#include "orogen/nuclear/constants.hpp"

namespace orogen::nuclear {

/// M in p²/M + V: 2 Mp Mn/(Mp + Mn), Mp or Mn [MeV].
double mass(Pair, const Constants&);
/// Relative momentum [MeV] at kinetic energy T_lab [MeV] of the projectile, relativistic: q² = Mp² T (T + 2 Mn)/((Mp + Mn)² + 2 T Mp) for
/// neutrons on protons at rest, M T/2 for equal masses. Throws InputError unless T_lab is a finite number > 0.
double relative_momentum(double T_lab, Pair, const Constants&);
/// α'/α, the relativistic strength of the Coulomb force of pp: (1 + 2q²/M²)/√(1 + q²/M²). [T14.7]
double coulomb_strength(double q, const Constants&);
/// Sommerfeld's η = α' M/(2q) of pp.
double coulomb_parameter(double q, const Constants&);

}  // namespace orogen::nuclear
