// The learned force in momentum space: symmetries by brute force in spin space, contact limits, derivatives.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <numbers>
#include <unsupported/Eigen/KroneckerProduct>

#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/nuclear/kinematics.hpp"
#include "orogen/nuclear/neural/momentum_force.hpp"

namespace orogen::nuclear {
namespace {

using Spin = Eigen::Matrix4cd;
using Eigen::Vector3d;
using Complex = std::complex<double>;
const Complex i{0, 1};

Eigen::Matrix2cd pauli(int k) {
  Eigen::Matrix2cd s;
  if (k == 0) s << 0, 1, 1, 0;
  if (k == 1) s << 0, -i, i, 0;
  if (k == 2) s << 1, 0, 0, -1;
  return s;
}

Spin product(const Eigen::Matrix2cd& a, const Eigen::Matrix2cd& b) { return Eigen::kroneckerProduct(a, b).eval(); }

/// σ·v of one particle.
Spin along(const Vector3d& v, int particle) {
  Eigen::Matrix2cd s = Eigen::Matrix2cd::Zero();
  for (int k = 0; k < 3; ++k) s += v[k] * pauli(k);
  const Eigen::Matrix2cd e = Eigen::Matrix2cd::Identity();
  return particle == 0 ? product(s, e) : product(e, s);
}

/// ⟨p'|V|p⟩ in spin space, for one isospin.
Spin amplitude(const NeuralMomentumTerm& term, int isospin, const Vector3d& out, const Vector3d& in) {
  const auto f = term.coefficients(isospin, out.norm(), in.norm(), out.dot(in) / (out.norm() * in.norm()));
  const Vector3d q = out - in, k = (out + in) / 2, n = q.cross(k);
  Spin ss = Spin::Zero();
  for (int c = 0; c < 3; ++c) ss += product(pauli(c), pauli(c));
  return f[0] * Spin::Identity() + f[1] * ss - i * f[2] / 2.0 * (along(n, 0) + along(n, 1)) +
         f[3] * along(n, 0) * along(n, 1) + f[4] * along(q, 0) * along(q, 1) + f[5] * along(k, 0) * along(k, 1);
}

NeuralMomentumTerm random_term() {
  NeuralMomentumOptions options;
  options.width = 6, options.points = 12;
  NeuralMomentumTerm term(options, chiral_constants);
  std::vector<double> theta = term.centre();
  const std::vector<double> size = term.size();
  Random random(11);
  for (std::size_t k = 0; k < theta.size(); ++k) theta[k] += size[k] * random.normal();
  term.set_parameters(theta);
  return term;
}

TEST(NuclearNeuralMomentum, amplitude_keeps_hermiticity_rotation_parity_time_reversal_and_exchange) {
  const NeuralMomentumTerm term = random_term();
  const Vector3d out(120, -40, 310), in(-75, 220, 60);
  const Eigen::Matrix2cd turn = i * pauli(1);
  const Spin U = product(turn, turn);
  Spin swap = Spin::Zero();
  swap(0, 0) = swap(1, 2) = swap(2, 1) = swap(3, 3) = 1;
  const double angle = 0.9;
  const Vector3d axis = Vector3d(1, 2, -1).normalized();
  const Eigen::Matrix3d R = Eigen::AngleAxisd(angle, axis).toRotationMatrix();
  Eigen::Matrix2cd half = std::cos(angle / 2) * Eigen::Matrix2cd::Identity();
  for (int k = 0; k < 3; ++k) half -= i * std::sin(angle / 2) * axis[k] * pauli(k);
  const Spin D = product(half, half);
  for (int isospin : {0, 1}) {
    const Spin M = amplitude(term, isospin, out, in);
    const double small = 1e-13 * M.norm();
    EXPECT_GT(M.norm(), 1e-6);
    EXPECT_LT((M - amplitude(term, isospin, in, out).adjoint()).norm(), small);
    EXPECT_LT((M - amplitude(term, isospin, -out, -in)).norm(), small);
    EXPECT_LT((M - U * amplitude(term, isospin, -in, -out).transpose() * U.adjoint()).norm(), small);
    EXPECT_LT((D * M * D.adjoint() - amplitude(term, isospin, R * out, R * in)).norm(), 10 * small);
    EXPECT_LT((M - swap * amplitude(term, isospin, -out, -in) * swap).norm(), small);
    EXPECT_GT((M - amplitude(term, isospin, in, out)).norm(), 1e-5 * M.norm());  // the spin-orbit part is there
  }
}

TEST(NuclearNeuralMomentum, elements_are_symmetric) {
  const NeuralMomentumTerm term = random_term();
  const std::vector<double> p{30, 170, 420};
  for (const Block& b : blocks(Pair::np, 3)) {
    const long n = b.waves * long(p.size());
    Eigen::MatrixXd V = Eigen::MatrixXd::Zero(n, n);
    term.add(b, Pair::np, p, V);
    EXPECT_GT(V.norm(), 0) << name(b);
    EXPECT_LT((V - V.transpose()).norm(), 1e-13 * V.norm()) << name(b);
  }
}

TEST(NuclearNeuralMomentum, constant_coefficients_are_contacts) {
  NeuralMomentumOptions options;
  options.width = 2;
  NeuralMomentumTerm term(options, chiral_constants);
  std::vector<double> theta(term.parameters().size(), 0.0);
  const std::size_t b3 = theta.size() - NeuralMomentumTerm::amplitudes;
  for (int o : {0, 1, 2, 4, 5})
    theta[b3 + 2 * std::size_t(o)] = 0.3 + 0.1 * o, theta[b3 + 2 * std::size_t(o) + 1] = 0.05 * o;
  term.set_parameters(theta);
  const double out = 110, in = 190, pi = std::numbers::pi;
  const auto element = [&](const char* wave_name, int row, int column) {
    const Block b = block_of(wave(wave_name));
    Eigen::MatrixXd V = Eigen::MatrixXd::Zero(b.waves, b.waves);
    term.add_between(b, Pair::np, std::vector<double>{out}, std::vector<double>{in}, V);
    const double M = mass(Pair::np, chiral_constants);
    return V(row, column) / (4 * pi * options.regulator(out, M) * options.regulator(in, M)) * std::pow(2 * pi, 3);
  };
  for (int isospin : {0, 1}) {
    const auto f = term.coefficients(isospin, out, in, 0.3);
    const double s = f[1], ls = f[2], q = f[4], k = f[5], sum = out * out + in * in;
    const auto near = [](double x, double y) { EXPECT_NEAR(x, y, 1e-12 * std::abs(y)); };
    if (isospin == 1) {
      near(element("1S0", 0, 0), f[0] - 3 * s - (q + k / 4) * sum);
      near(element("3P0", 0, 0), out * in * (-2 * ls / 3 + 2 * q - k / 2));
      near(element("3P1", 0, 0), out * in * (-ls / 3 - 4 * q / 3 + k / 3));
      near(element("3P2", 0, 0), out * in * ls / 3);
    } else {
      near(element("1P1", 0, 0), out * in * (2 * q / 3 - k / 6));
      near(element("3S1", 0, 0), f[0] + s + (q / 3 + k / 12) * sum);
      near(element("3S1", 1, 0), -std::sqrt(2.0) * out * out * (2 * q / 3 + k / 6));
      near(element("3S1", 0, 1), -std::sqrt(2.0) * in * in * (2 * q / 3 + k / 6));
    }
  }
}

TEST(NuclearNeuralMomentum, pull_is_the_derivative) {
  NeuralMomentumTerm term = random_term();
  const std::vector<double> theta(term.parameters().begin(), term.parameters().end()), p{80, 350};
  const Block b = block_of(wave("3S1"));
  Random random(2);
  Eigen::MatrixXd W(4, 4);
  for (int k = 0; k < 16; ++k) W(k / 4, k % 4) = random.normal();
  std::vector<double> gradient(theta.size(), 0.0);
  term.pull(b, Pair::np, p, W, gradient);
  const auto value = [&](std::size_t k, double by) {
    std::vector<double> moved = theta;
    moved[k] += by;
    term.set_parameters(moved);
    Eigen::MatrixXd V = Eigen::MatrixXd::Zero(4, 4);
    term.add(b, Pair::np, p, V);
    return W.cwiseProduct(V).sum();
  };
  double largest = 0;
  for (double g : gradient) largest = std::max(largest, std::abs(g));
  const double h = 1e-3;
  for (std::size_t k = 0; k < theta.size(); ++k) {
    const double d = (8 * (value(k, h) - value(k, -h)) - (value(k, 2 * h) - value(k, -2 * h))) / (12 * h);
    EXPECT_NEAR(gradient[k], d, 1e-8 * largest) << k;
  }
}

TEST(NuclearNeuralMomentum, starts_as_no_force_and_refuses_nonsense) {
  const NeuralMomentumTerm term(NeuralMomentumOptions{}, chiral_constants);
  Eigen::MatrixXd V = Eigen::MatrixXd::Zero(1, 1);
  term.add(block_of(wave("1S0")), Pair::np, std::vector<double>{100}, V);
  EXPECT_EQ(V(0, 0), 0);
  NeuralMomentumOptions wrong;
  wrong.scale = -1;
  EXPECT_THROW(NeuralMomentumTerm(wrong, chiral_constants), InputError);
  wrong = {};
  wrong.points = 2;
  EXPECT_THROW(NeuralMomentumTerm(wrong, chiral_constants), InputError);
}

}  // namespace
}  // namespace orogen::nuclear
