// The learned local force against brute force: operators as matrices over spin, isospin and spherical harmonics.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <unsupported/Eigen/KroneckerProduct>

#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/nuclear/neural/forces/local_force.hpp"

namespace orogen::nuclear {
namespace {

using Matrix = Eigen::MatrixXcd;
using Complex = std::complex<double>;
const Complex i{0, 1};
constexpr int most_L = 3, states = (most_L + 1) * (most_L + 1);

Matrix kron(const Matrix& a, const Matrix& b) { return Eigen::kroneckerProduct(a, b).eval(); }
Matrix one(int n) { return Matrix::Identity(n, n); }

/// σ_k of one of two spins, 4 × 4.
Matrix pauli(int k, int particle) {
  Matrix s(2, 2);
  if (k == 0) s << 0, 1, 1, 0;
  if (k == 1) s << 0, -i, i, 0;
  if (k == 2) s << 1, 0, 0, -1;
  return particle == 0 ? kron(s, one(2)) : kron(one(2), s);
}

int harmonic(int l, int m) { return l * l + l + m; }

/// L_k over Y_lm, l ≤ most_L.
Matrix angular_momentum(int k) {
  Matrix plus = Matrix::Zero(states, states), z = plus;
  for (int l = 0; l <= most_L; ++l)
    for (int m = -l; m <= l; ++m) {
      z(harmonic(l, m), harmonic(l, m)) = m;
      if (m < l) plus(harmonic(l, m + 1), harmonic(l, m)) = std::sqrt(l * (l + 1) - m * (m + 1));
    }
  return k == 2 ? z : k == 0 ? Matrix((plus + plus.adjoint()) / 2) : Matrix((plus - plus.adjoint()) / (2.0 * i));
}

/// r̂_k over Y_lm, l ≤ most_L + 1.
Matrix direction(int k) {
  const int n = (most_L + 2) * (most_L + 2);
  Matrix z = Matrix::Zero(n, n), plus = z;  // plus = x + iy
  for (int l = 0; l <= most_L; ++l)
    for (int m = -l - 1; m <= l + 1; ++m) {
      const double d = (2 * l + 1) * (2 * l + 3);
      if (std::abs(m) <= l) {
        const double c = std::sqrt(((l + 1) * (l + 1) - m * m) / d);
        z(harmonic(l + 1, m), harmonic(l, m)) = z(harmonic(l, m), harmonic(l + 1, m)) = c;
        plus(harmonic(l + 1, m + 1), harmonic(l, m)) = -std::sqrt((l + m + 1) * (l + m + 2) / d);
      }
      if (std::abs(m + 1) <= l) plus(harmonic(l, m + 1), harmonic(l + 1, m)) = std::sqrt((l - m + 1) * (l - m) / d);
    }
  return k == 2 ? z : k == 0 ? Matrix((plus + plus.adjoint()) / 2) : Matrix((plus - plus.adjoint()) / (2.0 * i));
}

Matrix spin_part(const Matrix& m) { return kron(kron(one(states), m), one(4)); }
Matrix isospin_part(const Matrix& m) { return kron(one(states * 4), m); }
Matrix orbital_part(const Matrix& m) { return kron(m, one(16)); }

struct Space {
  Matrix L[3], S[3], tau_tau, sigma_sigma, tensor, spin_orbit, L2, T12;
  Space() {
    Matrix dot = Matrix::Zero(4, 4), s12 = Matrix::Zero(states * 4, states * 4);
    for (int k = 0; k < 3; ++k) {
      L[k] = orbital_part(angular_momentum(k));
      S[k] = spin_part((pauli(k, 0) + pauli(k, 1)) / 2);
      dot += pauli(k, 0) * pauli(k, 1);
      for (int j = 0; j < 3; ++j) {
        const Matrix rr = (direction(j) * direction(k)).topLeftCorner(states, states);
        s12 += 3 * kron(rr, pauli(j, 0) * pauli(k, 1));
      }
    }
    sigma_sigma = spin_part(dot), tau_tau = isospin_part(dot);
    tensor = kron(s12, one(4)) - sigma_sigma;
    spin_orbit = L[0] * S[0] + L[1] * S[1] + L[2] * S[2];
    L2 = L[0] * L[0] + L[1] * L[1] + L[2] * L[2];
    T12 = isospin_part(3 * pauli(2, 0) * pauli(2, 1) - dot);
  }
  /// Σ v_p O_p.
  Matrix sum(const std::array<double, 17>& v) const {
    const Matrix e = one(states * 16), ls2 = spin_orbit * spin_orbit, st = sigma_sigma * tau_tau;
    const Matrix with[4] = {e, tau_tau, sigma_sigma, st};
    Matrix out = v[14] * T12 + v[15] * sigma_sigma * T12 + v[16] * tensor * T12;
    for (std::size_t k = 0; k < 4; ++k) out += with[k] * v[k] + L2 * with[k] * v[8 + k];
    for (std::size_t k = 0; k < 2; ++k) out += (v[4 + k] * tensor + v[6 + k] * spin_orbit + v[12 + k] * ls2) * with[k];
    return out;
  }
};

const Space& space() {
  static const Space s;
  return s;
}

double factorial(int n) { return n < 2 ? 1 : n * factorial(n - 1); }

double clebsch(int j1, int m1, int j2, int m2, int J, int M) {
  if (m1 + m2 != M || std::abs(m1) > j1 || std::abs(m2) > j2 || std::abs(M) > J || J > j1 + j2 || J < std::abs(j1 - j2))
    return 0;
  double sum = 0;
  for (int k = 0; k <= j1 + j2 - J; ++k) {
    const int d[5] = {j1 + j2 - J - k, j1 - m1 - k, j2 + m2 - k, J - j2 + m1 + k, J - j1 - m2 + k};
    if (*std::min_element(d, d + 5) < 0) continue;
    double term = (k % 2 ? -1 : 1) / factorial(k);
    for (int x : d) term /= factorial(x);
    sum += term;
  }
  const double a = (2 * J + 1) * factorial(J + j1 - j2) * factorial(J - j1 + j2) * factorial(j1 + j2 - J) /
                   factorial(j1 + j2 + J + 1);
  return sum * std::sqrt(a * factorial(J + M) * factorial(J - M) * factorial(j1 - m1) * factorial(j1 + m1) *
                         factorial(j2 - m2) * factorial(j2 + m2));
}

/// |S M⟩ or |T T_z⟩ of two halves.
Eigen::Vector4cd pair_state(int total, int projection) {
  const double h = std::sqrt(0.5);
  if (total == 0) return {0, h, -h, 0};
  if (projection == 0) return {0, h, h, 0};
  return projection > 0 ? Eigen::Vector4cd{1, 0, 0, 0} : Eigen::Vector4cd{0, 0, 0, 1};
}

/// |(L S) J M; T T_z⟩.
Matrix state(Wave w, int M, int Tz) {
  Matrix out = Matrix::Zero(states * 16, 1);
  for (int m = -w.L; m <= w.L; ++m) {
    if (std::abs(M - m) > w.S) continue;
    Matrix y = Matrix::Zero(states, 1);
    y(harmonic(w.L, m), 0) = clebsch(w.L, m, w.S, M - m, w.J, M);
    out += kron(kron(y, pair_state(w.S, M - m)), pair_state(w.isospin(), Tz));
  }
  return out;
}

NeuralLocalTerm random_term(bool charge_dependence) {
  NeuralLocalOptions options;
  options.width = 7, options.charge_dependence = charge_dependence;
  NeuralLocalTerm term(options, argonne_constants);
  std::vector<double> theta = term.centre();
  const std::vector<double> size = term.size();
  Random random(5);
  for (std::size_t k = 0; k < theta.size(); ++k) theta[k] += size[k] * random.normal();
  term.set_parameters(theta);
  return term;
}

std::array<double, 17> coefficients(const NeuralLocalTerm& term, double r) {
  std::array<double, radial_functions> f{};
  term.evaluate(std::span(&r, 1), std::span(f).first(std::size_t(term.functions())));
  return operator_coefficients(f);
}

TEST(NuclearNeuralLocal, elements_are_those_of_the_operators_between_coupled_states) {
  const NeuralLocalTerm term = random_term(true);
  const double r = 0.8;
  const Matrix V = space().sum(coefficients(term, r));
  int checked = 0;
  for (Pair pair : {Pair::np, Pair::pp, Pair::nn})
    for (const Block& b : blocks(pair, 3)) {
      if (b.L[b.waves - 1] > most_L) continue;
      double v[3] = {0, 0, 0};
      term.add(b, pair, std::span(&r, 1), v);
      const int Tz = pair == Pair::np ? 0 : pair == Pair::pp ? 1 : -1;
      for (int M : {0, b.J}) {
        const Matrix first = state(b.wave(0), M, Tz), second = state(b.wave(b.waves - 1), M, Tz);
        EXPECT_NEAR((first.adjoint() * V * first)(0).real(), v[0], 1e-9) << name(b);
        if (b.coupled()) {
          EXPECT_NEAR((first.adjoint() * V * second)(0).real(), v[1], 1e-9) << name(b);
          EXPECT_NEAR((second.adjoint() * V * second)(0).real(), v[2], 1e-9) << name(b);
        }
        ++checked;
      }
    }
  EXPECT_GT(checked, 30);
}

TEST(NuclearNeuralLocal, force_is_hermitian_and_keeps_rotation_parity_time_reversal_and_exchange) {
  const Matrix V = space().sum(coefficients(random_term(true), 0.8));
  const double size = V.norm();
  EXPECT_GT(size, 1000);
  EXPECT_LT((V - V.adjoint()).norm(), 1e-12 * size);
  const auto commutator = [&](const Matrix& a) { return (a * V - V * a).norm() / size; };
  for (int k = 0; k < 3; ++k) EXPECT_LT(commutator(space().L[k] + space().S[k]), 1e-12);
  EXPECT_GT(commutator(space().L[2]), 1e-3);  // L alone is not kept: the tensor force is there

  Matrix parity = one(states), turn = Matrix::Zero(states, states);
  for (int l = 0; l <= most_L; ++l)
    for (int m = -l; m <= l; ++m) {
      parity(harmonic(l, m), harmonic(l, m)) = l % 2 ? -1 : 1;
      turn(harmonic(l, -m), harmonic(l, m)) = m % 2 ? -1 : 1;
    }
  EXPECT_LT(commutator(orbital_part(parity)), 1e-12);
  // Exchange of the particles: r → −r, spins and isospins swapped; time reversal: U V* U†, (iσ_y)(iσ_y) on the spins.
  Matrix swap = Matrix::Zero(4, 4);
  swap(0, 0) = swap(1, 2) = swap(2, 1) = swap(3, 3) = 1;
  EXPECT_LT(commutator(kron(kron(parity, swap), swap)), 1e-12);
  const Matrix U = kron(kron(turn, Matrix(-pauli(1, 0) * pauli(1, 1))), one(4));
  EXPECT_LT((U * V.conjugate() * U.adjoint() - V).norm(), 1e-12 * size);
}

TEST(NuclearNeuralLocal, without_charge_dependence_isospin_is_kept) {
  const Matrix V = space().sum(coefficients(random_term(false), 0.8));
  for (int k = 0; k < 3; ++k) {
    const Matrix T = isospin_part((pauli(k, 0) + pauli(k, 1)) / 2);
    EXPECT_LT((T * V - V * T).norm(), 1e-12 * V.norm());
  }
  const Matrix broken = space().sum(coefficients(random_term(true), 0.8));
  const Matrix T = isospin_part((pauli(0, 0) + pauli(0, 1)) / 2);
  EXPECT_GT((T * broken - broken * T).norm(), 1e-6 * broken.norm());
}

TEST(NuclearNeuralLocal, pull_is_the_derivative) {
  NeuralLocalTerm term = random_term(true);
  const std::vector<double> r{0.02, 0.4, 0.9, 1.7, 3.1, 7.0}, theta(term.parameters().begin(), term.parameters().end());
  const Block b = block_of(wave("3P2"));
  Random random(8);
  std::vector<double> w(3 * r.size());
  for (double& x : w) x = random.normal();
  std::vector<double> gradient(theta.size(), 0.0);
  term.pull(b, Pair::np, r, w, gradient);
  const auto value = [&](std::size_t k, double by) {
    std::vector<double> moved = theta, v(w.size(), 0.0);
    moved[k] += by;
    term.set_parameters(moved);
    term.add(b, Pair::np, r, v);
    double sum = 0;
    for (std::size_t j = 0; j < v.size(); ++j) sum += w[j] * v[j];
    return sum;
  };
  double largest = 0;
  for (double g : gradient) largest = std::max(largest, std::abs(g));
  for (std::size_t k = 0; k < theta.size(); ++k) {
    const double h = 1e-4;  // fourth-order difference
    const double d = (8 * (value(k, h) - value(k, -h)) - (value(k, 2 * h) - value(k, -2 * h))) / (12 * h);
    EXPECT_NEAR(gradient[k], d, 1e-8 * largest) << k;
  }
}

TEST(NuclearNeuralLocal, functions_are_flat_at_the_origin_and_end_before_the_pion) {
  const NeuralLocalTerm term = random_term(true);
  const auto n = std::size_t(term.functions());
  const std::vector<double> r{1e-4, 2e-4, 5.0};
  std::vector<double> f(r.size() * n);
  term.evaluate(r, f);
  for (std::size_t p = 0; p < n; ++p) {
    EXPECT_LT(std::abs(f[n + p] - f[p]), 1e-3) << name(Radial(p));  // MeV over 1e-4 fm: even in r
    EXPECT_LT(std::abs(f[2 * n + p]), 0.02) << name(Radial(p));     // one pion at 5 fm: 0.1 MeV
    const bool tensor = p == std::size_t(Radial::t11) || p == std::size_t(Radial::t10);
    EXPECT_TRUE(!tensor || std::abs(f[p]) < 1e-3) << f[p];
  }
}

TEST(NuclearNeuralLocal, starts_as_no_force_and_refuses_nonsense) {
  const NeuralLocalTerm term(NeuralLocalOptions{}, argonne_constants);
  const std::vector<double> r{0.5, 1.5};
  std::vector<double> v(6, 0.0);
  term.add(block_of(wave("3S1")), Pair::np, r, v);
  for (double x : v) EXPECT_EQ(x, 0);
  NeuralLocalOptions wrong;
  wrong.range = 30;
  EXPECT_THROW(NeuralLocalTerm(wrong, argonne_constants), InputError);
  wrong = {};
  wrong.width = 0;
  EXPECT_THROW(NeuralLocalTerm(wrong, argonne_constants), InputError);
  NeuralLocalTerm short_of = term;
  EXPECT_THROW(short_of.set_parameters(std::vector<double>(3)), InputError);
}

}  // namespace
}  // namespace orogen::nuclear
