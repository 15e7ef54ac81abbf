// Solutions outside the nuclear force: Coulomb functions, with spherical Bessel functions as their uncharged case.
// [T14.7]
#pragma once

namespace orogen::nuclear {

/// Regular and irregular solution: F ~ sin(ρ − η ln 2ρ − Lπ/2 + σ_L), G ~ cos(…), with derivatives by ρ; η = 0: F = ρ
/// j_L, G = −ρ n_L.
struct WaveValues {
  double F, G;
};
struct FreeWaves : WaveValues {
  double dF, dG;
};
/// ρ > 0; |η| up to about 5 (its square is added to the radius where the asymptotic series starts). Throws
/// NumericalError where the result is not a finite number (ρ so small that G overflows).
FreeWaves free_waves(int L, double eta, double rho);

}  // namespace orogen::nuclear
