#include "orogen/nuclear/phases/phases.hpp"

#include <algorithm>
#include <cmath>

#include "orogen/base/errors.hpp"

namespace orogen::nuclear {
namespace {

using Complex = std::complex<double>;
constexpr Complex i{0, 1};

struct Matrix2 {
  Complex a, b, d;
};  // symmetric

Matrix2 scattering(const OnShell& k) {
  // S = (1 + iR)(1 − iR)⁻¹ of a symmetric 2×2 matrix.
  const auto [r1, r12, r2] = k.R;
  const Complex det = (1.0 - i * r1) * (1.0 - i * r2) + r12 * r12;
  return {((1.0 + i * r1) * (1.0 - i * r2) - r12 * r12) / det, 2.0 * i * r12 / det,
          ((1.0 - i * r1) * (1.0 + i * r2) - r12 * r12) / det};
}

}  // namespace

BlockPhases stapp(const Block& b, const OnShell& k) {
  if (!b.coupled()) return {{std::atan(k.R[0]), 0}, 0};
  const Matrix2 s = scattering(k);
  const double d1 = 0.5 * std::arg(s.a), d2 = 0.5 * std::arg(s.d);
  const double sine = std::real(s.b / (i * std::polar(1.0, d1 + d2)));
  return {{d1, d2}, 0.5 * std::asin(std::clamp(sine, -1.0, 1.0))};
}

PhaseDerivative stapp_derivative(const Block& b, const OnShell& k) {
  PhaseDerivative out{};
  if (!b.coupled()) {
    out.value[0][0] = 1 / (1 + k.R[0] * k.R[0]);
    return out;
  }
  // dS = 2i (1 − iR)⁻¹ dR (1 − iR)⁻¹.
  const auto [r1, r12, r2] = k.R;
  const Complex det = (1.0 - i * r1) * (1.0 - i * r2) + r12 * r12;
  const Complex m1 = (1.0 - i * r2) / det, m12 = i * r12 / det, m2 = (1.0 - i * r1) / det;
  const Matrix2 s = scattering(k);
  const BlockPhases p = stapp(b, k);
  const Complex turn = i * std::polar(1.0, p.delta[0] + p.delta[1]);
  const double cosine = std::cos(2 * p.epsilon);
  for (int c = 0; c < 3; ++c) {
    Matrix2 ds;
    if (c == 0) ds = {m1 * m1, m1 * m12, m12 * m12};
    if (c == 1) ds = {2.0 * m1 * m12, m1 * m2 + m12 * m12, 2.0 * m12 * m2};
    if (c == 2) ds = {m12 * m12, m12 * m2, m2 * m2};
    const Complex a = 2.0 * i * ds.a, x = 2.0 * i * ds.b, d = 2.0 * i * ds.d;
    const double d1 = 0.5 * std::imag(a / s.a), d2 = 0.5 * std::imag(d / s.d);
    out.value[0][c] = d1, out.value[2][c] = d2;
    out.value[1][c] = 0.5 * std::real((x - i * (d1 + d2) * s.b) / turn) / cosine;
  }
  return out;
}

BlockPhases eigenphases(const Block& b, const BlockPhases& p) {
  if (!b.coupled()) return p;
  // With mean and half difference of the phases: tan 2ε' = tan 2ε / sin(δ1 − δ2), sin(δa − δb) = sin 2ε / sin 2ε'.
  const double difference = p.delta[0] - p.delta[1], sum = p.delta[0] + p.delta[1];
  const double angle = 0.5 * std::atan2(std::tan(2 * p.epsilon), std::sin(difference));
  double mixing = angle;
  if (mixing > std::numbers::pi / 4) mixing -= std::numbers::pi / 2;
  if (mixing < -std::numbers::pi / 4) mixing += std::numbers::pi / 2;
  const double cosine = std::cos(2 * p.epsilon) * std::cos(difference);
  const double sine = std::abs(std::sin(2 * mixing)) > 1e-12 ? std::sin(2 * p.epsilon) / std::sin(2 * mixing)
                                                             : std::cos(2 * p.epsilon) * std::sin(difference);
  const double d = std::atan2(sine, cosine);
  return {{(sum + d) / 2, (sum - d) / 2}, mixing};
}

SMatrix s_matrix(const Block& b, const BlockPhases& p) {
  if (!b.coupled()) return {{std::polar(1.0, 2 * p.delta[0]), 0, 0}};
  const double c = std::cos(2 * p.epsilon), s = std::sin(2 * p.epsilon);
  return {{c * std::polar(1.0, 2 * p.delta[0]), i * s * std::polar(1.0, p.delta[0] + p.delta[1]),
           c * std::polar(1.0, 2 * p.delta[1])}};
}

int PhaseTable::find(const Block& b) const {
  const auto it = std::find(blocks.begin(), blocks.end(), b);
  return it == blocks.end() ? -1 : int(it - blocks.begin());
}

void make_continuous(PhaseTable& table, bool bound_deuteron) {
  const double pi = std::numbers::pi;
  for (std::size_t b = 0; b < table.blocks.size(); ++b) {
    const Block& block = table.blocks[b];
    const bool deuteron = bound_deuteron && block.S == 1 && block.J == 1 && block.coupled();
    for (std::size_t e = 0; e < table.T_lab.size(); ++e) {
      BlockPhases& p = table.at(e, b);
      for (int c = 0; c < block.waves; ++c) {
        const double before = e > 0 ? table.at(e - 1, b).delta[c] : deuteron && c == 0 ? pi / 2 : 0;
        const double turns = std::round((before - p.delta[c]) / pi);
        p.delta[c] += turns * pi;
        if (block.coupled() && std::fmod(std::abs(turns), 2) == 1) p.epsilon = -p.epsilon;
      }
    }
  }
}

EnergyLadder::EnergyLadder(std::span<const double> energies) {
  if (!std::is_sorted(energies.begin(), energies.end()))
    throw InputError(
        "phases: laboratory energies in no order; expected ascending ones, so that branches can be followed");
  double last = 1 / 1.5;  // MeV
  for (double T : energies) {
    const int between = T > last ? int(std::ceil(std::log(T / last) / std::log(1.5))) - 1 : 0;
    for (int k = 1; k <= between; ++k) T_lab.push_back(last * std::pow(T / last, k / (between + 1.0)));
    asked.push_back(T_lab.size());
    T_lab.push_back(last = T);
  }
}

PhaseTable EnergyLadder::rows(const PhaseTable& all) const {
  PhaseTable out{all.pair, {}, all.blocks, {}};
  const std::size_t n = all.blocks.size();
  for (std::size_t e : asked) {
    out.T_lab.push_back(all.T_lab[e]);
    out.value.insert(out.value.end(), all.value.begin() + std::ptrdiff_t(e * n),
                     all.value.begin() + std::ptrdiff_t((e + 1) * n));
  }
  return out;
}

}  // namespace orogen::nuclear
