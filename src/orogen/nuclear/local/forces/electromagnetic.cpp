#include "orogen/nuclear/local/forces/electromagnetic.hpp"

#include <cmath>

namespace orogen::nuclear {
namespace {

constexpr double inverse_size = 4.27;            // b [fm⁻¹] of the dipole form factors
constexpr double neutron_charge_slope = 0.0189;  // β_n [fm²]

// Form factors at r; X = b r. The 1 − polynomial e^−X is of fifth (F_t) and third (F_ls) order in X: harmless in double
// for r > 1e-3 fm.
struct FormFactors {
  double tensor, spin_orbit, delta, charge;
};
FormFactors form_factors(double r) {  // [T14.4]
  const double b = inverse_size, X = b * r, e = std::exp(-X), b3 = b * b * b, r3 = r * r * r;
  const double common = 1 + X + X * X / 2, X3 = X * X * X;
  return {(1 - (common + X3 / 6 + X * X3 / 24 + X * X * X3 / 144) * e) / r3,
          (1 - (common + 7 * X3 / 48 + X * X3 / 48) * e) / r3, b3 * (1 + X + X * X / 3) * e / 16,
          b3 * (15 + 15 * X + 6 * X * X + X3) * e / 384};
}

// Strengths of 1 (with F_np), 1 and σ1·σ2 (with F_δ), S12 (with F_t) and L·S (with F_ls).
struct OperatorStrengths {
  double charge = 0, darwin = 0, spin = 0, tensor = 0, spin_orbit = 0;
};
OperatorStrengths operator_strengths(Pair p, const Constants& k) {
  const double A = k.alpha * k.hbarc, B = A * k.hbarc * k.hbarc, mp = k.proton_moment, mn = k.neutron_moment;
  if (p == Pair::pp) return {0, -B / (4 * k.proton * k.proton), -B * mp * mp / (6 * k.proton * k.proton), 0, 0};
  if (p == Pair::nn) return {0, 0, -B * mn * mn / (6 * k.neutron * k.neutron), 0, 0};
  const double product = k.proton * k.neutron, reduced = product / (k.proton + k.neutron);
  return {neutron_charge_slope * A, 0, -B * mp * mn / (6 * product), -B * mp * mn / (4 * product),
          -B * mn / (2 * k.neutron * reduced)};
}

}  // namespace

void Electromagnetic::add(const Block& b, Pair p, std::span<const double> r, std::span<double> v) const {
  const OperatorStrengths s = operator_strengths(p, constants_);
  const Elements s12 = tensor(b), so = spin_orbit(b);
  for (std::size_t i = 0; i < r.size(); ++i) {
    const FormFactors f = form_factors(r[i]);
    const double central = s.charge * f.charge + (s.darwin + s.spin * sigma_sigma(b.S)) * f.delta;
    double* at = &v[3 * i];
    for (int c = 0; c < 3; ++c) at[c] += s.tensor * f.tensor * s12.value[c] + s.spin_orbit * f.spin_orbit * so.value[c];
    at[0] += central;
    if (b.coupled()) at[2] += central;
  }
}

double coulomb_form_factor(double r) {
  const double X = inverse_size * r;
  return (1 - (1 + 11 * X / 16 + 3 * X * X / 16 + X * X * X / 48) * std::exp(-X)) / r;
}

}  // namespace orogen::nuclear
