// Argonne v18 (Wiringa, Stoks, Schiavilla, PRC 51, 38 (1995)) and its reprojection AV8' (Pudliner et al., PRC 56, 1720
// (1997)).
#pragma once
#include "orogen/nuclear/interaction.hpp"

namespace orogen::nuclear {

/// V = c + t S12 + ls L·S + l2 L² + ls2 (L·S)² in a state of given spin, isospin and pair [MeV]. [T14.2]
struct OperatorFunctions {
  double c = 0, t = 0, ls = 0, l2 = 0, ls2 = 0;
};

/// The strong part of Argonne v18 at r > 0 [fm].
OperatorFunctions argonne_v18_functions(int spin, int isospin, Pair, double r);
/// AV8': the mean of v18 over the three pairs, without L² and (L·S)². [T14.3]
OperatorFunctions argonne_v8p_functions(int spin, int isospin, double r);

/// v18; its electromagnetic part (local/electromagnetic.hpp, without the Coulomb force of pp, which belongs to the
/// solver) on request.
LocalInteraction argonne_v18(bool with_electromagnetic);
LocalInteraction argonne_v8p();

}  // namespace orogen::nuclear
