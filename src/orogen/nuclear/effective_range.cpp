#include "orogen/nuclear/effective_range.hpp"

#include <fmt/format.h>

#include <cmath>

#include "orogen/base/errors.hpp"

namespace orogen::nuclear {

double k_cot_delta(const Block& b, const OnShell& K, double k) {
  return b.coupled() ? k / std::tan(stapp(b, K).delta[0]) : k / K.R[0];
}

EffectiveRange effective_range(const std::function<double(double)>& k_cot, Pair p, const Constants& c) {
  if (p == Pair::pp && c.alpha != 0)
    throw InputError(
        "effective range of pp: k cot δ has no such expansion beside the Coulomb force; expected np, nn, or constants "
        "with alpha = 0");
  constexpr double T[] = {0.005, 0.02, 0.05};
  double x[3], y[3];
  for (int i = 0; i < 3; ++i) {
    x[i] = std::pow(relative_momentum(T[i], p, c) / c.hbarc, 2);
    y[i] = k_cot(T[i]);
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
