// The expansion of k cot δ at low energy: scattering length and effective range. [T14.11]
#pragma once
#include <functional>

#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/phases/phases.hpp"

namespace orogen::nuclear {

/// k cot δ = −1/a + r k²/2 + v k⁴; with the sign of nuclear physics a < 0 without and a > 0 with a bound state.
struct EffectiveRange {
  double a;  ///< scattering length [fm]
  double r;  ///< effective range [fm]
  double v;  ///< [fm³]
};

/// k cot δ [fm⁻¹] of the first wave of a block (nuclear-bar) from its K matrix; k in fm⁻¹.
double k_cot_delta(const Block&, const OnShell&, double k);

/// The expansion through T_lab = 0.005, 0.02 and 0.05 MeV of a function of T_lab [MeV] that gives k cot δ [fm⁻¹]. For
/// pp, unless constants.alpha = 0, δ is that with respect to Coulomb functions, and what is expanded, through 0.05, 0.2
/// and 0.5 MeV, is C0² k cot δ + 2kη h(η), of S waves. [T14.13]
EffectiveRange effective_range(const std::function<double(double)>& k_cot_delta, Pair, const Constants&);

/// The same for K(T_lab) of a block.
EffectiveRange effective_range(const Block&, const std::function<OnShell(double)>& K, Pair, const Constants&);

}  // namespace orogen::nuclear
