// Spin algebra of two nucleons by brute force, for tests of amplitudes and observables.
#pragma once
#include <cmath>

#include "orogen/base/random.hpp"
#include "orogen/nuclear/observables/observable.hpp"

namespace orogen::nuclear {

using Complex = std::complex<double>;

inline std::vector<BlockPhases> random_phases(std::span<const Block> all, std::uint64_t seed) {
  Random random(seed);
  std::vector<BlockPhases> out;
  for (std::size_t b = 0; b < all.size(); ++b)
    out.push_back({{random.normal() * 0.4, random.normal() * 0.4}, random.normal() * 0.2});
  return out;
}

/// M in the basis ↑↑, ↑↓, ↓↑, ↓↓ from its elements in total spin; nothing here knows the amplitudes a … e.
inline Eigen::Matrix4cd full_matrix(std::span<const Block> all, const SElements& s, double theta, double k) {
  SElements t = s;
  for (std::size_t b = 0; b < all.size(); ++b)
    for (int c : {0, 2})
      if (c == 0 || all[b].coupled()) t[3 * Eigen::Index(b) + c] -= 1;
  const Eigen::VectorXcd e = spin_coefficients(all, theta) * t / Complex(0, 2 * k);
  Eigen::Matrix4cd m;  // rows and columns: singlet, m = 1, 0, −1
  m << e[0], 0, 0, 0, 0, e[1], e[4], e[2], 0, e[5], e[3], -e[5], 0, e[2], -e[4], e[1];
  Eigen::Matrix4cd u;  // columns: these states in the product basis
  const double h = std::sqrt(0.5);
  u << 0, 1, 0, 0, h, 0, h, 0, -h, 0, h, 0, 0, 0, 0, 1;
  return u * m * u.adjoint();
}

inline Eigen::Matrix2cd pauli(double x, double y, double z) {
  Eigen::Matrix2cd s;
  s << z, Complex(x, -y), Complex(x, y), -z;
  return s;
}

inline Eigen::Matrix4cd both(const Eigen::Matrix2cd& one, const Eigen::Matrix2cd& two) {
  Eigen::Matrix4cd m;
  for (int r = 0; r < 2; ++r)
    for (int c = 0; c < 2; ++c) m.block<2, 2>(2 * r, 2 * c) = one(r, c) * two;
  return m;
}

}  // namespace orogen::nuclear
