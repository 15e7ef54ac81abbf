#include "orogen/nuclear/momentum/forces/pions.hpp"

#include <cmath>
#include <numbers>
#include <string>

#include "orogen/base/errors.hpp"

namespace orogen::nuclear {
namespace {

using std::numbers::pi;
using Array = Eigen::ArrayXd;

double fourth(double x) { return x * x * x * x; }

/// Points over z: the pole of one pion comes as near to z = 1 as 2m²/4p²; two pions stay away.
constexpr int one_pion_points = 48, two_pion_points = 24;
/// Below, loop functions are those at rest: they go with q², and q² is known to 1e-16 p² only.
constexpr double smallest_q2 = 1e-4;  // MeV²

}  // namespace

OnePionExchange::OnePionExchange(const Constants& c, const PionCouplings& pion, const Regulator& r)
    : OperatorTerm(c, r, {SpinOperator::sigma_q}, one_pion_points),
      strength_(-pion.axial * pion.axial / (4 * pion.decay * pion.decay)) {}

void OnePionExchange::coefficients(Pair pair, int isospin, const Array& q2, Eigen::ArrayXXd& c) const {
  const auto square = [](double x) { return x * x; };
  const double neutral = square(constants().neutral_pion), charged = square(constants().charged_pion);
  if (pair != Pair::np) {
    c.col(0) = strength_ / (q2 + neutral);
    return;
  }
  const double charged_share = isospin == 1 ? 2 : -2;
  c.col(0) = strength_ * (charged_share / (q2 + charged) - 1 / (q2 + neutral));
}

TwoPionExchange::TwoPionExchange(const Constants& c, const PionCouplings& pion, const Regulator& r, int order)
    : OperatorTerm(c, r, {SpinOperator::one, SpinOperator::sigma_sigma, SpinOperator::sigma_q}, two_pion_points),
      pion_(pion),
      order_(order) {
  if (order != 2 && order != 3)
    throw InputError("two-pion exchange of order " + std::to_string(order) + "; expected 2 (NLO) or 3 (N2LO)");
  if (!(pion.spectral_cutoff > 2 * pion.mass))
    throw InputError("spectral cut-off " + std::to_string(pion.spectral_cutoff) +
                     " MeV; expected more than two pions, " + std::to_string(2 * pion.mass) + " MeV");
}

void TwoPionExchange::coefficients(Pair, int isospin, const Array& exact_q2, Eigen::ArrayXXd& c) const {
  const Array q2 = exact_q2.max(smallest_q2), q = q2.sqrt();
  const double g2 = pion_.axial * pion_.axial, g4 = g2 * g2, f4 = fourth(pion_.decay), tau = tau_tau(isospin);
  const double m2 = pion_.mass * pion_.mass, cut = pion_.spectral_cutoff, cut2 = cut * cut;
  const Array w2 = q2 + 4 * m2, w = w2.sqrt();
  const Array L =
      w / (2 * q) *
      ((cut2 * (2 * m2 + q2) - 2 * m2 * q2 + cut * std::sqrt(cut2 - 4 * m2) * q * w) / (2 * m2 * (cut2 + q2))).log();
  c.col(0) = -tau / (384 * pi * pi * f4) * L *
             (4 * m2 * (5 * g4 - 4 * g2 - 1) + q2 * (23 * g4 - 10 * g2 - 1) + 48 * g4 * m2 * m2 / w2);
  c.col(2) = -3 * g4 / (64 * pi * pi * f4) * L;
  if (order_ == 3) {
    const double c1 = pion_.c1 / 1000, c3 = pion_.c3 / 1000, c4 = pion_.c4 / 1000;  // MeV⁻¹
    const Array A = (q * (cut - 2 * pion_.mass) / (q2 + 2 * cut * pion_.mass)).atan() / (2 * q);
    c.col(0) += 3 * g2 / (16 * pi * f4) * (2 * m2 * (c3 - 2 * c1) + c3 * q2) * (2 * m2 + q2) * A;
    c.col(2) -= tau * g2 * c4 / (32 * pi * f4) * w2 * A;
  }
  c.col(1) = -q2 * c.col(2);
}

}  // namespace orogen::nuclear
