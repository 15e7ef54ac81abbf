#include "orogen/nuclear/momentum/mesh.hpp"

#include <cmath>
#include <numbers>
#include <string>

#include "orogen/base/errors.hpp"

namespace orogen::nuclear {
namespace {

constexpr double pi = std::numbers::pi;

struct Legendre {
  double value, slope;
};

Legendre legendre(int n, double x) {
  double before = 1, p = x;
  for (int l = 2; l <= n; ++l) {
    const double next = ((2 * l - 1) * x * p - (l - 1) * before) / l;
    before = p, p = next;
  }
  return {p, n * (x * p - before) / (x * x - 1)};
}

}  // namespace

Quadrature gauss_legendre(int n) {
  if (n < 1) throw InputError("Gauss-Legendre rule of " + std::to_string(n) + " points; expected at least 1");
  Quadrature q{std::vector<double>(std::size_t(n)), std::vector<double>(std::size_t(n))};
  for (int i = 0; i < n; ++i) {
    double x = -std::cos(pi * (i + 0.75) / (n + 0.5));
    Legendre p = legendre(n, x);
    for (int step = 0; step < 20; ++step) {
      const double move = p.value / p.slope;
      x -= move;
      p = legendre(n, x);
      if (std::abs(move) < 1e-15) break;
    }
    q.x[std::size_t(i)] = x;
    q.w[std::size_t(i)] = 2 / ((1 - x * x) * p.slope * p.slope);
  }
  return q;
}

Quadrature momentum_points(const MomentumMesh& mesh) {
  if (mesh.points < 2 || !(mesh.scale > 0) || !std::isfinite(mesh.scale))
    throw InputError("mesh of " + std::to_string(mesh.points) + " momenta with scale " + std::to_string(mesh.scale) +
                     " MeV; expected at least 2 points and a scale > 0 (700 MeV serves chiral forces)");
  Quadrature q = gauss_legendre(mesh.points);
  for (std::size_t i = 0; i < q.x.size(); ++i) {
    const double angle = pi / 4 * (1 + q.x[i]), cosine = std::cos(angle);
    q.x[i] = mesh.scale * std::tan(angle);
    q.w[i] *= mesh.scale * pi / 4 / (cosine * cosine);
  }
  return q;
}

}  // namespace orogen::nuclear
