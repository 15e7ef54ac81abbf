// The bound state of neutron and proton, 3S1-3D1: what every solver answers.
#pragma once
#include <vector>

namespace orogen::nuclear {

/// Measured energy of the deuteron [MeV] (van der Leun and Alderliesten 1982).
inline constexpr double measured_deuteron_energy = -2.224575;

/// [T14.10] gives the definitions; radius and quadrupole are those of the wave function, without exchange currents.
struct Deuteron {
  double energy = 0;        ///< MeV, negative
  double d_state = 0;       ///< P_D, a fraction
  double radius = 0;        ///< matter radius r_d [fm]
  double quadrupole = 0;    ///< Q_d [fm²]
  double asymptotic_s = 0;  ///< A_S [fm^−1/2]
  double eta = 0;           ///< A_D/A_S
  double moment = 0;        ///< μ_d [nuclear magnetons]
  /// u(r), w(r) [fm^−1/2], u > 0 far out, at radii r [fm]; Σ weight (u² + w²) = 1. `weight` is empty where r is no
  /// quadrature.
  std::vector<double> r, weight, u, w;
};

}  // namespace orogen::nuclear
