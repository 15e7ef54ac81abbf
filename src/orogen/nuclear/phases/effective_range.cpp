#include "orogen/nuclear/phases/effective_range.hpp"

#include <fmt/format.h>

#include <cmath>
#include <complex>
#include <numbers>

#include "orogen/base/errors.hpp"

namespace orogen::nuclear {
namespace {

/// h(η) = Re ψ(1 + iη) − ln η, by the asymptotic series at 21 + iη.
double coulomb_h(double eta) {
  const std::complex<double> z(21, eta), s = 1.0 / (z * z);
  double psi = (std::log(z) - 0.5 / z - s * (1.0 / 12 - s * (1.0 / 120 - s / 252.0))).real();
  for (int k = 1; k <= 20; ++k) psi -= k / (k * k + eta * eta);
  return psi - std::log(eta);
}

/// C0² k cot δ + 2kη h(η) [fm⁻¹]. [T14.13]
double beside_coulomb(double k_cot, double q, const Constants& c) {
  const double eta = sommerfeld(q, c), turns = 2 * std::numbers::pi * eta;
  return turns / std::expm1(turns) * k_cot + 2 * q / c.hbarc * eta * coulomb_h(eta);
}

}  // namespace

double k_cot_delta(const Block& b, const OnShell& K, double k) {
  return b.coupled() ? k / std::tan(stapp(b, K).delta[0]) : k / K.R[0];
}

EffectiveRange effective_range(const std::function<double(double)>& k_cot, Pair p, const Constants& c) {
  const bool charged = p == Pair::pp && c.alpha != 0;
  const double T[] = {charged ? 0.05 : 0.005, charged ? 0.2 : 0.02, charged ? 0.5 : 0.05};
  double x[3], y[3];
  for (int i = 0; i < 3; ++i) {
    const double q = relative_momentum(T[i], p, c);
    x[i] = std::pow(q / c.hbarc, 2);
    y[i] = charged ? beside_coulomb(k_cot(T[i]), q, c) : k_cot(T[i]);
    if (!std::isfinite(y[i]))
      throw NumericalError(
          fmt::format("effective range: k cot δ at {:g} MeV is not a finite number (no interaction?)", T[i]));
  }
  // Newton's divided differences.
  const double d01 = (y[1] - y[0]) / (x[1] - x[0]), d12 = (y[2] - y[1]) / (x[2] - x[1]);
  const double v = (d12 - d01) / (x[2] - x[0]), slope = d01 - v * (x[0] + x[1]);
  return {-1 / (y[0] - x[0] * (slope + v * x[0])), 2 * slope, v};
}

EffectiveRange effective_range(const Block& b, const std::function<OnShell(double)>& K, Pair p, const Constants& c) {
  return effective_range([&](double T) { return k_cot_delta(b, K(T), relative_momentum(T, p, c) / c.hbarc); }, p, c);
}

}  // namespace orogen::nuclear
