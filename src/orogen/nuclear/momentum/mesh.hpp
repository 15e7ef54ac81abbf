// Points and weights: Gauss–Legendre, and its map to all momenta.
#pragma once
#include <span>
#include <vector>

#include "orogen/nuclear/channels.hpp"
#include "orogen/nuclear/kinematics/constants.hpp"

namespace orogen::nuclear {

struct Quadrature {
  std::vector<double> x, w;
};

/// n ≥ 1 points on (−1, 1), ascending; exact for polynomials of degree 2n − 1. Throws InputError for n < 1.
Quadrature gauss_legendre(int n);

struct MomentumMesh {
  int points = 60;
  double scale = 700;  ///< MeV: half of the points lie below
};

/// k = scale · tan(π/4 (1 + x)) [MeV], weights for ∫ dk over (0, ∞). Throws InputError unless points ≥ 2 and scale > 0.
/// [T15.5]
Quadrature momentum_points(const MomentumMesh&);

/// Is a momentum q on shell within 2e-5 q of a point of the mesh? 1/(q² − k²) then drowns in rounding, which grows as
/// 1e-16 over the square of the distance.
bool too_near(const Quadrature& mesh, std::span<const double> q);
/// The mesh itself or, where it has a point too near to the momentum of one of the energies [MeV], the one with the
/// next larger scale, by 6 % at most, that has none. Throws NumericalError, naming an energy, where there is no such
/// scale.
MomentumMesh clear_of(const MomentumMesh&, std::span<const double> T_lab, Pair, const Constants&);

}  // namespace orogen::nuclear
