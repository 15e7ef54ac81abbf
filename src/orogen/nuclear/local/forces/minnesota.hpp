// The Minnesota potential (Thompson, LeMere, Tang, NPA 286, 53 (1977)): three Gaussians, even partial waves only (u =
// 1).
#pragma once
#include "orogen/nuclear/interaction.hpp"

namespace orogen::nuclear {

/// V = (V_R + (1 + P_σ)/2 V_t + (1 − P_σ)/2 V_s)(1 + P_r)/2; its masses give ħ²/M = 41.47 MeV fm², so E_cm = T_lab/2
/// exactly.
LocalInteraction minnesota();

}  // namespace orogen::nuclear
