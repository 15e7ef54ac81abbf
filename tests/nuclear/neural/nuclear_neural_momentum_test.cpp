// The learned short range in momentum space: symmetries by brute force in spin space, contacts as its limit, natural
// sizes, derivatives.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <numbers>
#include <unsupported/Eigen/KroneckerProduct>

#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/nuclear/inference/contacts/contact_phases.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/neural/forces/momentum_force.hpp"

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

/// ⟨p'|V|p⟩ in spin space, for one isospin: the operators of S = 0 and of S = 1 with projectors around them.
Spin amplitude(const NeuralMomentumTerm& term, int isospin, const Vector3d& out, const Vector3d& in) {
  const Vector3d q = out - in, k = (out + in) / 2, n = q.cross(k);
  Spin ss = Spin::Zero(), sum = Spin::Zero();
  for (int c = 0; c < 3; ++c) ss += product(pauli(c), pauli(c));
  for (int spin : {0, 1}) {
    const auto f = term.coefficients(spin, isospin, out.norm(), in.norm(), out.dot(in) / (out.norm() * in.norm()));
    const Spin P = spin == 0 ? Spin((Spin::Identity() - ss) / 4) : Spin((3 * Spin::Identity() + ss) / 4);
    sum += P *
           (f[0] * Spin::Identity() + f[1] * ss - i * f[2] / 2.0 * (along(n, 0) + along(n, 1)) +
            f[3] * along(n, 0) * along(n, 1) + f[4] * along(q, 0) * along(q, 1) + f[5] * along(k, 0) * along(k, 1)) *
           P;
  }
  return sum;
}

NeuralMomentumTerm random_term() {
  NeuralMomentumOptions options;
  options.order = 4, options.width = 6, options.points = 12, options.natural = 1;
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

/// No network: values at rest only.
NeuralMomentumTerm without_network(const NeuralMomentumOptions& options) {
  NeuralMomentumTerm term(options, chiral_constants);
  term.set_parameters(std::vector<double>(term.parameters().size(), 0.0));
  return term;
}

Eigen::MatrixXd elements(const MomentumTerm& term, const Block& b, double out, double in) {
  Eigen::MatrixXd V = Eigen::MatrixXd::Zero(b.waves, b.waves);
  term.add_between(b, Pair::np, std::span(&out, 1), std::span(&in, 1), V);
  return V;
}

TEST(NuclearNeuralMomentum, values_at_rest_are_contact_constants_in_natural_units) {
  NeuralMomentumOptions options;
  options.order = 0;
  NeuralMomentumTerm term = without_network(options);
  std::vector<double> theta(term.parameters().size(), 0.0);
  theta[term.at_rest(ShortRange::c01)] = -1.03, theta[term.at_rest(ShortRange::c10)] = -0.7;
  term.set_parameters(theta);
  const std::vector<std::string> names{"Ct_1S0np", "Ct_3S1"};
  const auto unit = natural_units(names, options.breakdown);
  const Contacts contacts(chiral_constants, {0, 500, 2, 2, 2, 2},
                          std::vector<double>{-1.03 * unit[0], 0, 0, -0.7 * unit[1]});
  for (const char* wave_name : {"1S0", "3S1", "1P1", "3P1", "3P2"}) {
    const Block b = block_of(wave(wave_name));
    const Eigen::MatrixXd expected = elements(contacts, b, 110, 290);
    EXPECT_LT((elements(term, b, 110, 290) - expected).norm(), 1e-13 * unit[0]) << wave_name;
  }
}

TEST(NuclearNeuralMomentum, tensor_and_spin_orbit_values_at_rest_are_contacts_of_second_order) {
  NeuralMomentumOptions options;
  options.order = 2;
  NeuralMomentumTerm term = without_network(options);
  std::vector<double> theta(term.parameters().size(), 0.0);
  const double ls1 = 0.4, q1 = -0.8, k1 = 0.5, q0 = 0.9, k0 = -0.3;
  theta[term.at_rest(ShortRange::ls11)] = ls1, theta[term.at_rest(ShortRange::q11)] = q1;
  theta[term.at_rest(ShortRange::k11)] = k1, theta[term.at_rest(ShortRange::q10)] = q0;
  theta[term.at_rest(ShortRange::k10)] = k0;
  term.set_parameters(theta);
  // The operator form of contacts (Entem and Machleidt 2011): C5, C6, C7; names and units of contact_names.
  const double u = natural_unit(2, options.breakdown) / 1e-8;  // with its 4π
  std::vector<double> lecs(11, 0.0);
  lecs[5] = u * (-2 * ls1 / 3 + 2 * q1 - k1 / 2);         // C_3P0
  lecs[7] = u * (-ls1 / 3 - 4 * q1 / 3 + k1 / 3);         // C_3P1
  lecs[8] = u * (q0 / 3 + k0 / 12);                       // C_3S1
  lecs[9] = -u * std::sqrt(2.0) * (2 * q0 / 3 + k0 / 6);  // C_SD
  lecs[10] = u * ls1 / 3;                                 // C_3P2
  const Contacts contacts(chiral_constants, {2, 500, 2, 2, 2, 2}, lecs);
  for (const char* wave_name : {"3P0", "3P1", "3P2"}) {
    const Block b = block_of(wave(wave_name));
    const double expected = elements(contacts, b, 110, 290)(0, 0);
    EXPECT_NEAR(elements(term, b, 110, 290)(0, 0), expected, 1e-12 * std::abs(expected)) << wave_name;
  }
  const Block deuteron = block_of(wave("3S1"));
  const Eigen::MatrixXd found = elements(term, deuteron, 110, 290), expected = elements(contacts, deuteron, 110, 290);
  for (int x = 0; x < 3; ++x)  // the tensor operators reach 3D1-3D1 too, where contacts of this order do not
    EXPECT_NEAR(found(x / 2, x % 2), expected(x / 2, x % 2), 1e-12 * std::abs(expected(0, 1)));
}

TEST(NuclearNeuralMomentum, functions_of_an_order_are_absent_below_it) {
  NeuralMomentumOptions options;
  options.order = 0, options.natural = 1;
  NeuralMomentumTerm term(options, chiral_constants);
  std::vector<double> theta(term.size());
  term.set_parameters(theta);
  EXPECT_EQ(short_range_functions(0), 2);
  for (const char* odd : {"1P1", "3P0", "3P1", "3P2"})
    EXPECT_EQ(elements(term, block_of(wave(odd)), 200, 300).norm(), 0) << odd;
  EXPECT_NE(elements(term, block_of(wave("1D2")), 200, 300).norm(), 0);
  const auto f = term.coefficients(1, 0, 200, 300, 0.2);
  EXPECT_NE(f[0], 0);
  for (int o : {2, 3, 4, 5}) EXPECT_EQ(f[std::size_t(o)], 0);
  EXPECT_EQ(short_range_functions(2), 10);
  EXPECT_EQ(short_range_functions(3), 10);
  EXPECT_EQ(short_range_functions(4), 12);
  EXPECT_THROW(short_range_functions(1), InputError);
}

TEST(NuclearNeuralMomentum, prior_makes_values_and_slopes_at_rest_natural) {
  NeuralMomentumOptions options;
  options.order = 0, options.natural = 3;
  const double unit = natural_unit(0, options.breakdown) / (4 * std::numbers::pi), p = 0.03 * options.breakdown;
  double values = 0, slopes = 0;
  constexpr int draws = 1000;
  for (int k = 0; k < draws; ++k) {
    options.seed = std::uint64_t(k);
    NeuralMomentumTerm term(options, chiral_constants);
    std::vector<double> theta = term.centre();
    const std::vector<double> sd = term.size();
    Random random(std::uint64_t(k), 7);
    for (std::size_t i = theta.size() - 2 * 8 - 2; i < theta.size(); ++i) theta[i] += sd[i] * random.normal();
    term.set_parameters(theta);
    const double value = term.coefficients(0, 1, 1e-6, 1e-6, 0)[0] / unit,
                 off = term.coefficients(0, 1, p, p, -1)[0] / unit;  // q² = 4p², k² = 0
    values += value * value, slopes += std::pow((off - value) / (4 * 0.03 * 0.03), 2);
  }
  EXPECT_NEAR(std::sqrt(values / draws), 3, 0.3);
  EXPECT_NEAR(std::sqrt(slopes / draws), 3, 0.6);
}

TEST(NuclearNeuralMomentum, elements_and_their_jacobian_are_those_of_add_and_pull) {
  const NeuralMomentumTerm term = random_term();
  const std::vector<NeuralMomentumTerm::Momenta> pairs{{80, 350}, {210, 40}};
  for (const Block& b : {block_of(wave("3P1")), block_of(wave("3S1"))}) {
    NeuralMomentumTerm::Rows jacobian;
    const auto v = term.elements(b, Pair::np, pairs, &jacobian);
    for (long k = 0; k < 2; ++k) {
      const double out = pairs[std::size_t(k)].out, in = pairs[std::size_t(k)].in;
      const Eigen::MatrixXd V = elements(term, b, out, in);
      for (int x = 0; x < b.waves; ++x)
        for (int y = 0; y < b.waves; ++y) {
          EXPECT_EQ(v(k, b.waves * x + y), V(x, y));
          Eigen::MatrixXd W = Eigen::MatrixXd::Zero(b.waves, b.waves);
          W(x, y) = 1;
          std::vector<double> gradient(term.parameters().size(), 0.0);
          term.pull_between(b, Pair::np, std::span(&out, 1), std::span(&in, 1), W, gradient);
          for (std::size_t i = 0; i < gradient.size(); ++i)
            EXPECT_EQ(jacobian(b.waves * b.waves * k + b.waves * x + y, long(i)), gradient[i]);
        }
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
  wrong.breakdown = -1;
  EXPECT_THROW(NeuralMomentumTerm(wrong, chiral_constants), InputError);
  wrong = {};
  wrong.points = 2;
  EXPECT_THROW(NeuralMomentumTerm(wrong, chiral_constants), InputError);
}

}  // namespace
}  // namespace orogen::nuclear
