#include "orogen/nuclear/momentum/mesh.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"

namespace orogen::nuclear {
namespace {

using std::numbers::pi;
constexpr double nearest = 2e-5;     // relative distance of a point and a momentum on shell
constexpr double by = 1e-4;          // relative step from scale to scale
constexpr int most_scales = 600;     // beyond, the mesh would be another one
constexpr double of_rounding = 1.1;  // so that a scale once chosen stays clear

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

/// Index of the first momentum with one of the ascending points k, times `factor`, within a relative distance; none:
/// their number.
std::size_t first_near(std::span<const double> k, double factor, std::span<const double> q, double distance) {
  for (std::size_t e = 0; e < q.size(); ++e) {
    const auto above = std::lower_bound(k.begin(), k.end(), q[e] * (1 - distance) / factor);
    if (above != k.end() && *above * factor < q[e] * (1 + distance)) return e;
  }
  return q.size();
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

bool too_near(const Quadrature& mesh, std::span<const double> q) {
  return first_near(mesh.x, 1, q, nearest) < q.size();
}

MomentumMesh clear_of(const MomentumMesh& mesh, std::span<const double> T_lab, Pair pair, const Constants& c) {
  std::vector<double> q;
  for (double T : T_lab) q.push_back(relative_momentum(T, pair, c));
  const std::vector<double> k = momentum_points(mesh).x;
  const std::size_t near = first_near(k, 1, q, nearest);
  if (near == q.size()) return mesh;
  for (int step = 1; step <= most_scales; ++step)
    if (first_near(k, 1 + by * step, q, of_rounding * nearest) == q.size())
      return {mesh.points, mesh.scale * (1 + by * step)};
  throw NumericalError(fmt::format(
      "T_lab = {:g} MeV: its relative momentum {:.6g} MeV is a point of the mesh of {} momenta, and no scale "
      "between {:g} and {:g} MeV keeps clear of all {} energies; take fewer energies or another number of "
      "momenta",
      T_lab[near], q[near], mesh.points, mesh.scale, mesh.scale * (1 + by * most_scales), q.size()));
}

}  // namespace orogen::nuclear
