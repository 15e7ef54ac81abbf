#include "orogen/nuclear/observables/amplitudes.hpp"

#include <cmath>
#include <cstdlib>

namespace orogen::nuclear {
namespace {

using Complex = std::complex<double>;
using Column6 = Eigen::Matrix<double, 6, 1>;
using namespace std::complex_literals;

/// Y_lm(θ, 0), with the phase of Condon and Shortley.
double harmonic(int l, int m, double theta) {
  if (std::abs(m) > l) return 0;
  const double y = std::sph_legendre(unsigned(l), unsigned(std::abs(m)), theta);
  return m < 0 && m % 2 != 0 ? -y : y;
}

/// What wave L → L' of one J gives M_{m'm}, per (S − 1)/(2ik). [T16.1]
double triplet_element(int to, int m_to, int from, int m, int J, double theta) {
  const double sign = std::abs(from - to) == 2 ? -1 : 1;  // i^{L − L'}
  return sign * std::sqrt(4 * std::numbers::pi * (2 * from + 1)) * clebsch_gordan_spin_one(from, 0, m, J) *
         clebsch_gordan_spin_one(to, m - m_to, m_to, J) * harmonic(to, m - m_to, theta);
}

Column6 triplet(int to, int from, int J, double theta) {
  const auto of = [&](int m_to, int m) { return triplet_element(to, m_to, from, m, J, theta); };
  Column6 c;
  c << 0, of(1, 1), of(1, -1), of(0, 0), of(1, 0), of(0, 1);
  return c;
}

}  // namespace

double clebsch_gordan_spin_one(int L, int m_L, int m_S, int J) {
  const double m = m_L + m_S, l = L;
  if (std::abs(m_L) > L || std::abs(m_S) > 1 || std::abs(m_L + m_S) > J || std::abs(J - L) > 1 || J + L < 1) return 0;
  if (J == L + 1) {
    if (m_S == 0) return std::sqrt((l - m + 1) * (l + m + 1) / ((2 * l + 1) * (l + 1)));
    return std::sqrt((l + m_S * m) * (l + m_S * m + 1) / ((2 * l + 1) * (2 * l + 2)));
  }
  if (J == L) {
    if (m_S == 0) return m / std::sqrt(l * (l + 1));
    return -m_S * std::sqrt((l + m_S * m) * (l - m_S * m + 1) / (2 * l * (l + 1)));
  }
  if (m_S == 0) return -std::sqrt((l - m) * (l + m) / (l * (2 * l + 1)));
  return std::sqrt((l - m_S * m) * (l - m_S * m + 1) / (2 * l * (2 * l + 1)));
}

Eigen::Matrix<double, 6, Eigen::Dynamic> spin_coefficients(std::span<const Block> blocks, double theta) {
  Eigen::Matrix<double, 6, Eigen::Dynamic> c(6, 3 * Eigen::Index(blocks.size()));
  c.setZero();
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const Block& block = blocks[b];
    const Eigen::Index at = 3 * Eigen::Index(b);
    const int first = block.L[0], second = block.L[1];
    if (block.S == 0) {
      c(0, at) = std::sqrt(4 * std::numbers::pi * (2 * first + 1)) * harmonic(first, 0, theta);
      continue;
    }
    c.col(at) = triplet(first, first, block.J, theta);
    if (!block.coupled()) continue;
    c.col(at + 1) = triplet(first, second, block.J, theta) + triplet(second, first, block.J, theta);
    c.col(at + 2) = triplet(second, second, block.J, theta);
  }
  return c;
}

Eigen::Matrix<double, 5, Eigen::Dynamic> amplitude_coefficients(std::span<const Block> blocks, double theta) {
  const double half = 0.5, root = std::sqrt(half), cosine = std::cos(theta) / 2, sine = std::sin(theta) * root;
  Eigen::Matrix<double, 5, 6> from;              // of M_ss, M_11, M_1−1, M_00, M_10, M_01
  from << 0, half, -half, half, 0, 0,            //
      half, half, half, 0, 0, 0,                 //
      -half, half, half, 0, 0, 0,                //
      0, -cosine, cosine, cosine, -sine, -sine,  //
      0, 0, 0, 0, root, -root;
  return from * spin_coefficients(blocks, theta);
}

SElements s_elements(std::span<const Block> blocks, std::span<const BlockPhases> phases) {
  SElements s(3 * Eigen::Index(blocks.size()));
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const SMatrix m = s_matrix(blocks[b], phases[b]);
    for (int c = 0; c < 3; ++c) s[3 * Eigen::Index(b) + c] = m.value[c];
  }
  return s;
}

Amplitudes combined(const Eigen::Matrix<double, 5, Eigen::Dynamic>& coefficients, const SElements& t) {
  Amplitudes a = Amplitudes::Zero();
  a.head<5>() = coefficients * t;
  a[4] *= 1i;
  return a;
}

Amplitudes amplitudes(const Eigen::Matrix<double, 5, Eigen::Dynamic>& coefficients, std::span<const Block> blocks,
                      const SElements& s, const SElements& factors) {
  SElements t = s;
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    t[3 * Eigen::Index(b)] -= 1;
    if (blocks[b].coupled()) t[3 * Eigen::Index(b) + 2] -= 1;
  }
  return combined(coefficients, factors.cwiseProduct(t));
}

void pull_to_phases(const Block& block, const BlockPhases& p, const Complex g[3], double out[3]) {
  const SMatrix s = s_matrix(block, p);
  out[1] = out[2] = 0;
  out[0] = std::real(2.0 * 1i * g[0] * s.value[0]);
  if (!block.coupled()) return;
  const double sine = std::sin(2 * p.epsilon), cosine = std::cos(2 * p.epsilon);
  const double mixed = std::real(1i * g[1] * s.value[1]);
  out[0] += mixed;
  out[2] = std::real(2.0 * 1i * g[2] * s.value[2]) + mixed;
  out[1] = std::real(-2 * sine * (g[0] * std::polar(1.0, 2 * p.delta[0]) + g[2] * std::polar(1.0, 2 * p.delta[1])) +
                     2.0 * 1i * cosine * g[1] * std::polar(1.0, p.delta[0] + p.delta[1]));
}

}  // namespace orogen::nuclear
