#include "orogen/nuclear/observables/one_pion_born.hpp"

#include <cmath>

#include "orogen/nuclear/kinematics/kinematics.hpp"

namespace orogen::nuclear {
namespace {

/// Elements of σ1·q σ2·q f(q²), f = 1/(q² + m²), between momenta of the same size, per U_l = 2π ∫ f P_l dz. [T16.4]
OnShell tensor_elements(const Block& b, double momentum, double pion) {
  const double q2 = momentum * momentum, x = 1 + pion * pion / (2 * q2);
  const std::vector<double> q = legendre_q(b.J + 1, x);
  const auto U = [&](int l) { return l < 0 ? 0.0 : 2 * std::numbers::pi * q[std::size_t(l)] / q2; };
  const double J = b.J, n = 2 * J + 1;
  const double zU = ((J + 1) * U(b.J + 1) + J * U(b.J - 1)) / n;
  if (b.S == 0) return {{-2 * q2 * (U(b.J) - zU), 0, 0}};
  const double upper = 2 * q2 * (U(b.J) - U(b.J + 1)) / n;
  if (b.coupled())  // the off-diagonal element with the sign of real radial functions
    return {{2 * q2 * (U(b.J - 1) - U(b.J)) / n,
             -2 * std::sqrt(J * (J + 1)) / n * q2 * (U(b.J - 1) + U(b.J + 1) - 2 * U(b.J)), upper}};
  if (b.L[0] != b.J) return {{upper, 0, 0}};  // 3P0
  return {{2 * q2 * (U(b.J) - (J * U(b.J + 1) + (J + 1) * U(b.J - 1)) / n), 0, 0}};
}

}  // namespace

std::vector<double> legendre_q(int most, double x) {
  // Q_l falls with l, so its ratios r_l = Q_l/Q_{l−1} come from the recurrence downwards.
  std::vector<double> q(std::size_t(most) + 1);
  double ratio = 0;
  for (int l = most + 200; l >= 1; --l) {
    ratio = l / ((2 * l + 1) * x - (l + 1) * ratio);
    if (l <= most) q[std::size_t(l)] = ratio;
  }
  q[0] = 0.5 * std::log1p(2 / (x - 1));
  for (std::size_t l = 1; l < q.size(); ++l) q[l] *= q[l - 1];
  return q;
}

OnShell one_pion_born(const Block& b, Pair pair, double q, const Constants& c, const PionCoupling& g) {
  const double M = mass(pair, c), energy = std::sqrt(M * M + q * q);
  // V = (2π)⁻³ (M/E) (−g_A²/4f²) × elements; the neutral and charged pions by isospin.
  const double neutral = pair != Pair::np ? 1 : -1;
  const double charged = pair != Pair::np ? 0 : b.isospin() == 1 ? 2 : -2;
  const double strength = -g.g_A * g.g_A / (4 * g.f_pi * g.f_pi) * M / energy / std::pow(2 * std::numbers::pi, 3);
  const OnShell zero = tensor_elements(b, q, c.neutral_pion), one = tensor_elements(b, q, c.charged_pion);
  OnShell out;
  for (int k = 0; k < 3; ++k)
    out.R[k] = -std::numbers::pi / 2 * M * q * strength * (neutral * zero.R[k] + charged * one.R[k]);
  return out;
}

std::vector<BlockPhases> one_pion_phases(std::span<const Block> blocks, Pair pair, double q, const Constants& c,
                                         const PionCoupling& g) {
  std::vector<BlockPhases> all;
  for (const Block& b : blocks) all.push_back(stapp(b, one_pion_born(b, pair, q, c, g)));
  return all;
}

}  // namespace orogen::nuclear
