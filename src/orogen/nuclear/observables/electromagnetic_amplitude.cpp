#include "orogen/nuclear/observables/electromagnetic_amplitude.hpp"

#include <algorithm>
#include <cmath>

#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/local/forces/vacuum_polarisation.hpp"
#include "orogen/nuclear/observables/one_pion_born.hpp"

namespace orogen::nuclear {
namespace {

using Complex = std::complex<double>;
using namespace std::complex_literals;
using std::numbers::pi;
constexpr double electron = electron_mass;
constexpr int vacuum_waves = 200;      // L of the phases of vacuum polarisation
constexpr int distorted_waves = 3;     // of these feel Coulomb's repulsion
constexpr int spin_orbit_waves = 100;  // L of what η adds to ∫F²/ρ³

/// Q_0 … Q_most at any x > 1: upwards where Legendre functions of the first kind have not yet grown, else downwards.
std::vector<double> legendre_q_near(int most, double x) {
  const double rate = std::acosh(x);
  if (most * rate > 5) {
    std::vector<double> q = legendre_q(most + std::max(0, int(20 / rate) - 200), x);
    q.resize(std::size_t(most) + 1);
    return q;
  }
  std::vector<double> q{0.5 * std::log1p(2 / (x - 1))};
  q.push_back(x * q[0] - 1);
  for (int l = 1; l < most; ++l)
    q.push_back(((2 * l + 1) * x * q[std::size_t(l)] - l * q[std::size_t(l) - 1]) / (l + 1));
  return q;
}

/// τ_L of plane waves. [T16.11]
std::vector<double> plane_vacuum_phases(double q, double eta, double alpha) {
  std::vector<double> tau(vacuum_waves, 0.0);
  each_vacuum_mass(std::log(40 * q / electron) + 3, [&](double x, double weight) {
    const auto Q = legendre_q_near(vacuum_waves - 1, 1 + 2 * std::pow(electron * x / q, 2));
    for (std::size_t l = 0; l < tau.size(); ++l) tau[l] -= eta * 2 * alpha / (3 * pi) * weight * Q[l];
  });
  return tau;
}

/// F(X): f = −αη/(3πk) F/(1 − cos θ). [T16.11]
double vacuum_form(double X) {
  const double root = std::sqrt(1 + X);
  if (X > 1e3) return 4 / (5 * X);  // the terms cancel
  return -5.0 / 3 + X + (1 - X / 2) * root * std::log((root + 1) * (root + 1) / X);
}

}  // namespace

std::vector<double> coulomb_phase_differences(int most, double eta) {
  std::vector<double> sigma{0};
  for (int n = 1; n <= most; ++n) sigma.push_back(sigma.back() + std::atan2(eta, n));
  return sigma;
}

double inverse_cube(int L, double eta) {
  const double plain = 1 / (2.0 * L * (L + 1));
  if (eta == 0) return plain;
  double sum = 0;
  for (int n = 0; n <= L; ++n) sum += 1 / (double(n) * n + eta * eta);
  return plain +
         (1 - pi * eta + pi * eta / std::tanh(pi * eta) - 2 * eta * eta * sum) / (2.0 * L * (L + 1) * (2 * L + 1));
}

double inverse_cube_mixed(int L, double eta) { return 1 / (6 * std::hypot(L + 1, eta) * std::hypot(L + 2, eta)); }

ElectromagneticScattering::ElectromagneticScattering(Pair pair, double q, const Constants& c, int most_J,
                                                     Photons photons)
    : pair_(pair), photons_(photons), q_(q), k_(q / c.hbarc), alpha_(c.alpha) {
  if (pair == Pair::np && photons.neutron_moment != NeutronMoment::absent)
    spin_orbit_length_ = c.alpha * c.hbarc * c.neutron_moment / c.neutron;
  if (pair != Pair::pp || c.alpha == 0) return;
  eta_ = sommerfeld(q, c);
  sigma_ = coulomb_phase_differences(std::max(vacuum_waves, most_J + 1), eta_);
  if (photons.vacuum_polarisation) {
    vacuum_ = vacuum_plane_ = plane_vacuum_phases(q, eta_, c.alpha);
    if (eta_ > 0.02)
      for (int L = 0; L < distorted_waves; ++L) vacuum_[std::size_t(L)] = vacuum_phase(L, q, eta_, c.alpha);
  }
  if (photons.magnetic_moments) {
    const double unit = c.alpha * c.hbarc / c.proton, mu = c.proton_moment;
    tensor_length_ = unit * mu * mu / 4, spin_orbit_length_ = unit * (4 * mu - 1) / 2;
    blocks_ = nuclear::blocks(pair, most_J);
  }
}

SElements ElectromagneticScattering::factors(std::span<const Block> blocks) const {
  SElements out = SElements::Constant(3 * Eigen::Index(blocks.size()), 1.0 / (2.0 * 1i * k_));
  if (pair_ == Pair::np) return out;
  const auto of = [&](int L) { return phase(L) + (L < int(vacuum_.size()) ? vacuum_[std::size_t(L)] : 0.0); };
  for (std::size_t b = 0; b < blocks.size(); ++b)
    for (int c = 0; c < 3; ++c) {
      const int first = blocks[b].L[c == 2], second = blocks[b].L[c != 0];
      out[3 * Eigen::Index(b) + c] *=
          2.0 *
          std::polar(1.0, blocks[b].coupled() || c == 0 ? of(first) + of(blocks[b].coupled() ? second : first) : 0.0);
    }
  return out;
}

Complex ElectromagneticScattering::vacuum(double theta, double s2, Complex turn) const {
  const double z = std::cos(theta), X = electron * electron / (q_ * q_ * s2);
  double rest = -alpha_ * eta_ / (3 * pi) * vacuum_form(X) / (2 * s2);
  Complex waves = 0;
  double before = 0, P = 1;
  for (int L = 0; L < vacuum_waves; ++L) {
    const auto at = std::size_t(L);
    rest -= (2 * L + 1) * vacuum_plane_[at] * P;
    waves += (2 * L + 1) * vacuum_[at] * P * std::polar(1.0, 2 * sigma_[at]);
    const double next = ((2 * L + 1) * z * P - L * before) / (L + 1);
    before = P, P = next;
  }
  return (turn * rest + waves) / k_;
}

Complex ElectromagneticScattering::central(double theta) const {
  if (eta_ == 0) return 0;
  const double half = std::sin(theta / 2), s2 = half * half;
  const Complex turn = std::polar(1.0, -eta_ * std::log(s2));
  const Complex coulomb = -eta_ / (2 * k_ * s2) * turn;
  return vacuum_.empty() ? coulomb : coulomb + vacuum(theta, s2, turn);
}

OnShell ElectromagneticScattering::tensor_born(const Block& b) const {
  // R = −(M/ħ²) ∫ F V F dr/k with V = −tensor_length_ (ħ²/M) S12/r³.
  const Elements s12 = tensor(b);
  const double unit = tensor_length_ * k_;
  OnShell out;
  if (b.S == 0) return out;
  out.R[0] = unit * s12.value[0] * inverse_cube(b.L[0], eta_);
  if (!b.coupled()) return out;
  out.R[1] = unit * s12.value[1] * inverse_cube_mixed(b.L[0], eta_);
  out.R[2] = unit * s12.value[2] * inverse_cube(b.L[1], eta_);
  return out;
}

/// e of all odd waves: a closed form for the plain 1/(2L(L + 1)), and a sum of what charge adds. [T16.13]
Complex ElectromagneticScattering::spin_orbit(double theta) const {
  const double z = std::cos(theta), sine = std::sin(theta), u = (1 - z) / 2, v = (1 + z) / 2;
  Complex sum = 2.0 / sine * (1.0 - std::polar(1.0, -eta_ * std::log(u)) - std::polar(1.0, -eta_ * std::log(v))) / 2.0;
  double before = 1, P = z;
  for (int L = 1; L <= spin_orbit_waves; ++L) {
    const double slope = L * (z * P - before) / sine;  // dP_L/dθ
    if (L % 2)
      sum += 2.0 * (2 * L + 1) * (inverse_cube(L, eta_) - 1 / (2.0 * L * (L + 1))) * slope *
             std::polar(1.0, 2 * sigma_[std::size_t(L)]);
    const double next = ((2 * L + 1) * z * P - L * before) / (L + 1);
    before = P, P = next;
  }
  return -1i * spin_orbit_length_ * sum;
}

/// Schwinger's scattering of the neutron, ½ iλ cot(θ/2) σ1n, less what the phases already hold of it. [T16.14]
Amplitudes ElectromagneticScattering::neutron_moment(double theta, std::span<const Block> known) const {
  Amplitudes out = Amplitudes::Zero();
  if (spin_orbit_length_ == 0 || std::sin(theta / 2) < 1e-9) return out;
  SElements t = SElements::Zero(3 * Eigen::Index(known.size()));
  for (std::size_t b = 0; b < known.size() && photons_.neutron_moment == NeutronMoment::beyond_phases; ++b)
    for (int w = 0; w < known[b].waves; ++w)
      if (known[b].L[w] > 0)
        t[3 * Eigen::Index(b) + 2 * w] = -2.0 * 1i * spin_orbit_length_ * k_ *
                                         nuclear::spin_orbit(known[b]).value[2 * w] * inverse_cube(known[b].L[w], 0);
  out = combined(amplitude_coefficients(known, theta), factors(known).cwiseProduct(t));
  const Complex schwinger = 0.5 * 1i * spin_orbit_length_ / std::tan(theta / 2);
  out[4] += schwinger, out[5] += schwinger;
  return out;
}

Amplitudes ElectromagneticScattering::amplitude(double theta, std::span<const Block> known) const {
  if (pair_ == Pair::np) return neutron_moment(theta, known);
  Amplitudes out = Amplitudes::Zero();
  if (eta_ == 0) return out;
  const Complex direct = central(theta), exchanged = central(pi - theta);
  out << direct - exchanged, direct, -exchanged, 0, 0, 0;
  if (!photons_.magnetic_moments) return out;
  SElements t = SElements::Zero(3 * Eigen::Index(blocks_.size()));
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const OnShell R = tensor_born(blocks_[b]);
    for (int c = 0; c < 3; ++c) t[3 * Eigen::Index(b) + c] = 2.0 * 1i * R.R[c];
  }
  out += combined(amplitude_coefficients(blocks_, theta), factors(blocks_).cwiseProduct(t));
  out[4] += spin_orbit(theta);
  return out;
}

}  // namespace orogen::nuclear
