#include "orogen/nuclear/observables/electromagnetic_amplitude.hpp"

#include <algorithm>
#include <cmath>

#include "orogen/nuclear/kinematics.hpp"
#include "orogen/nuclear/local/coulomb.hpp"
#include "orogen/nuclear/observables/one_pion_born.hpp"

namespace orogen::nuclear {
namespace {

using Complex = std::complex<double>;
constexpr Complex i{0, 1};
constexpr double pi = std::numbers::pi;
constexpr double electron = 0.51099895;  // MeV
constexpr int vacuum_waves = 200;        // L of the phases of vacuum polarisation
constexpr int distorted_waves = 3;       // of these feel Coulomb's repulsion
constexpr int spin_orbit_waves = 100;    // L of what η adds to ∫F²/ρ³

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

/// visit(t, weight) of the trapezoidal rule for ∫ dx (1 + 1/2x²) √(x² − 1)/x² with x = cosh t, whose integrand is even in t.
template <class Visit> void each_mass(double most_t, const Visit& visit) {
  const double h = 0.1;
  for (double t = h; t < most_t; t += h) {
    const double c = std::cosh(t), th = std::tanh(t);
    visit(c, h * (1 + 0.5 / (c * c)) * th * th);
  }
}

/// τ_L of plane waves. [T16.12]
std::vector<double> plane_vacuum_phases(double q, double eta, double alpha) {
  std::vector<double> tau(vacuum_waves, 0.0);
  each_mass(std::log(40 * q / electron) + 3, [&](double x, double weight) {
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

/// τ_L of Coulomb waves, by integrating the equation of F_L outwards (Numerov), ρ = kr.
double distorted_vacuum_phase(int L, double q, double eta, double alpha) {
  const double reach = 6 * q / (2 * electron), h = 0.04;
  const auto n = std::size_t(std::max(reach, 60.0) / h), quarter = std::size_t(pi / 2 / h);
  const auto w = [&](double rho) { return 1 - h * h / 12 * (L * (L + 1) / (rho * rho) + 2 * eta / rho - 1); };
  const auto start = [&](double rho) { return std::pow(rho, L + 1) * (1 + eta * rho / (L + 1)); };
  std::vector<double> F{0, start(h), start(2 * h)};
  for (std::size_t j = 2; j < n; ++j)
    F.push_back(((12 - 10 * w(double(j) * h)) * F[j] - w(double(j - 1) * h) * F[j - 1]) / w(double(j + 1) * h));
  double sum = 0;
  for (std::size_t j = 1; j <= n; ++j) sum += F[j] * F[j] / double(j) * uehling(2 * electron / q * double(j) * h);
  const double end = free_waves(L, eta, double(n) * h).F, earlier = free_waves(L, eta, double(n - quarter) * h).F;
  const double norm = (end * end + earlier * earlier) / (F[n] * F[n] + F[n - quarter] * F[n - quarter]);
  return -2 * eta * 2 * alpha / (3 * pi) * sum * norm;
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

double uehling(double z) {
  // Between points equidistant in ln z, built once.
  constexpr int size = 600;
  constexpr double least = 1e-6, step = 0.03;
  static const std::vector<double> table = [] {
    std::vector<double> values;
    for (int k = 0; k < size; ++k) {
      double sum = 0, at = least * std::exp(step * k);
      each_mass(std::log(80 / at) + 1, [&](double x, double weight) { sum += weight * std::exp(-at * x); });
      values.push_back(sum);
    }
    return values;
  }();
  const double x = std::log(z / least) / step;
  const auto k = std::size_t(std::clamp(x, 1.0, double(size - 3)));
  const double t = x - double(k);  // cubic through four points
  return table[k - 1] * -t * (t - 1) * (t - 2) / 6 + table[k] * (t + 1) * (t - 1) * (t - 2) / 2 -
         table[k + 1] * (t + 1) * t * (t - 2) / 2 + table[k + 2] * (t + 1) * t * (t - 1) / 6;
}

ElectromagneticScattering::ElectromagneticScattering(Pair pair, double q, const Constants& c, int most_J,
                                                     Photons photons)
    : pair_(pair), photons_(photons), q_(q), k_(q / c.hbarc), alpha_(c.alpha) {
  if (pair != Pair::pp || c.alpha == 0) return;
  eta_ = sommerfeld(q, c);
  sigma_ = coulomb_phase_differences(std::max(vacuum_waves, most_J + 1), eta_);
  if (photons.vacuum_polarisation) {
    vacuum_ = vacuum_plane_ = plane_vacuum_phases(q, eta_, c.alpha);
    if (eta_ > 0.02)
      for (int L = 0; L < distorted_waves; ++L) vacuum_[std::size_t(L)] = distorted_vacuum_phase(L, q, eta_, c.alpha);
  }
  if (photons.magnetic_moments) {
    const double unit = c.alpha * c.hbarc / c.proton, mu = c.proton_moment;
    tensor_length_ = unit * mu * mu / 4, spin_orbit_length_ = unit * (4 * mu - 1) / 2;
    blocks_ = nuclear::blocks(pair, most_J);
  }
}

SElements ElectromagneticScattering::factors(std::span<const Block> blocks) const {
  SElements out = SElements::Constant(3 * Eigen::Index(blocks.size()), 1.0 / (2.0 * i * k_));
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
  return -i * spin_orbit_length_ * sum;
}

Amplitudes ElectromagneticScattering::amplitude(double theta) const {
  Amplitudes out = Amplitudes::Zero();
  if (eta_ == 0) return out;
  const Complex direct = central(theta), exchanged = central(pi - theta);
  out << direct - exchanged, direct, -exchanged, 0, 0;
  if (!photons_.magnetic_moments) return out;
  SElements t = SElements::Zero(3 * Eigen::Index(blocks_.size()));
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const OnShell R = tensor_born(blocks_[b]);
    for (int c = 0; c < 3; ++c) t[3 * Eigen::Index(b) + c] = 2.0 * i * R.R[c];
  }
  Amplitudes tensor = amplitude_coefficients(blocks_, theta) * factors(blocks_).cwiseProduct(t);
  tensor[4] *= i;
  out += tensor;
  out[4] += spin_orbit(theta);
  return out;
}

}  // namespace orogen::nuclear
