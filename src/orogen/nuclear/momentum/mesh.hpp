// Points and weights: Gauss–Legendre, and its map to all momenta.
#pragma once
#include <vector>

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

/// k = scale · tan(π/4 (1 + x)) [MeV], weights for ∫ dk over (0, ∞). Throws InputError unless points ≥ 2 and scale > 0. [T15.5]
Quadrature momentum_points(const MomentumMesh&);

}  // namespace orogen::nuclear
