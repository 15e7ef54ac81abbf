#include "orogen/nuclear/local/forces/pion_exchange.hpp"

#include <cmath>

namespace orogen::nuclear {

double tensor_yukawa(double x, double C) { return (1 + 3 / x + 3 / (x * x)) * std::exp(-x) / x * C * C; }

PionFunctions PionExchange::at(Pair pair, int isospin, double r) const {  // [T14.1]
  const Constants& k = constants_;
  const double C = -std::expm1(-cutoff_ * r * r), ratio = k.neutral_pion / k.charged_pion;
  const double x0 = k.neutral_pion / k.hbarc * r, xc = k.charged_pion / k.hbarc * r;
  const double s0 = coupling_ * ratio * ratio * k.neutral_pion / 3, sc = coupling_ * k.charged_pion / 3;
  return {charge_combination(pair, isospin, s0 * std::exp(-x0) / x0 * C, sc * std::exp(-xc) / xc * C),
          charge_combination(pair, isospin, s0 * tensor_yukawa(x0, C), sc * tensor_yukawa(xc, C))};
}

void PionExchange::add(const Block& b, Pair pair, std::span<const double> r, std::span<double> v) const {
  const Elements s12 = tensor(b);
  for (std::size_t i = 0; i < r.size(); ++i) {
    const PionFunctions f = at(pair, b.isospin(), r[i]);
    for (int c = 0; c < 3; ++c) v[3 * i + std::size_t(c)] += f.tensor * s12.value[c];
    v[3 * i] += sigma_sigma(b.S) * f.spin;
    if (b.coupled()) v[3 * i + 2] += sigma_sigma(b.S) * f.spin;
  }
}

}  // namespace orogen::nuclear
