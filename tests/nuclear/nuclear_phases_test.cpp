// Waves, blocks, and phases from the K matrix.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/phases/phases.hpp"

namespace orogen::nuclear {
namespace {

TEST(NuclearWaves, names_read_back_and_wrong_ones_are_refused) {
  for (Pair p : {Pair::np, Pair::pp})
    for (const Block& b : blocks(p, 8))
      for (int i = 0; i < b.waves; ++i) {
        EXPECT_EQ(wave(name(b.wave(i))), b.wave(i)) << name(b);
        EXPECT_EQ(block_of(b.wave(i)), b) << name(b);
      }
  EXPECT_EQ(name(Wave{6, 1, 5}), "3I5");
  for (const char* wrong : {"", "1S", "2S1", "1S1", "3S0", "3Z1", "3P", "3P-1", "1P2", "3F1"})
    EXPECT_THROW(wave(wrong), InputError) << wrong;
}

TEST(NuclearWaves, pairs_of_like_nucleons_have_isospin_one_only) {
  std::string all;
  for (const Block& b : blocks(Pair::pp, 4)) all += name(b) + " ";
  EXPECT_EQ(all, "1S0 3P0 3P1 1D2 3P2-3F2 3F3 1G4 3F4-3H4 ");
  EXPECT_EQ(blocks(Pair::np, 4).size(), 14u);
}

TEST(NuclearWaves, momentum_of_50_MeV_neutrons) {
  EXPECT_NEAR(relative_momentum(50, Pair::np, chiral_constants), 153.15609, 5e-6);
  EXPECT_THROW(relative_momentum(-1, Pair::np, chiral_constants), InputError);
}

OnShell from_phases(const BlockPhases& p) {
  // R = −i (S − 1)(S + 1)⁻¹ of a symmetric matrix.
  const SMatrix s = s_matrix({1, 1, 2, {0, 2}}, p);
  const auto [a, b, d] = s.value;
  const std::complex<double> det = (a + 1.0) * (d + 1.0) - b * b, i{0, 1};
  return {{std::real(-i * ((a - 1.0) * (d + 1.0) - b * b) / det), std::real(-i * 2.0 * b / det),
           std::real(-i * ((a + 1.0) * (d - 1.0) - b * b) / det)}};
}

TEST(NuclearPhases, k_matrix_and_phases_are_inverse) {
  const Block b{1, 1, 2, {0, 2}};
  const BlockPhases p{{0.7, -0.3}, 0.05};
  const BlockPhases q = stapp(b, from_phases(p));
  EXPECT_NEAR(q.delta[0], 0.7, 1e-14);
  EXPECT_NEAR(q.delta[1], -0.3, 1e-14);
  EXPECT_NEAR(q.epsilon, 0.05, 1e-14);
}

TEST(NuclearPhases, derivatives_are_those_of_differences) {
  const Block b{1, 1, 2, {0, 2}};
  const OnShell k = from_phases({{1.1, -0.4}, 0.2});
  const PhaseDerivative d = stapp_derivative(b, k);
  for (int c = 0; c < 3; ++c) {
    const double h = 1e-6;
    OnShell up = k, down = k;
    up.R[c] += h, down.R[c] -= h;
    const BlockPhases u = stapp(b, up), v = stapp(b, down);
    EXPECT_NEAR(d.value[0][c], (u.delta[0] - v.delta[0]) / (2 * h), 1e-9);
    EXPECT_NEAR(d.value[1][c], (u.epsilon - v.epsilon) / (2 * h), 1e-9);
    EXPECT_NEAR(d.value[2][c], (u.delta[1] - v.delta[1]) / (2 * h), 1e-9);
  }
}

TEST(NuclearPhases, eigenphases_are_the_eigenvalues_of_the_k_matrix) {
  const Block b{1, 1, 2, {0, 2}};
  for (const BlockPhases p :
       {BlockPhases{{1.1, -0.4}, 0.2}, BlockPhases{{0.3, 0.9}, -0.15}, BlockPhases{{0.2, 0.1}, 0.3}}) {
    const auto [r1, r12, r2] = from_phases(p).R;
    const BlockPhases e = eigenphases(b, p);
    const double mean = (r1 + r2) / 2, spread = std::hypot((r1 - r2) / 2, r12);
    const double high = std::max(std::tan(e.delta[0]), std::tan(e.delta[1])),
                 low = std::min(std::tan(e.delta[0]), std::tan(e.delta[1]));
    EXPECT_NEAR(high, mean + spread, 1e-12);
    EXPECT_NEAR(low, mean - spread, 1e-12);
    EXPECT_NEAR(e.delta[0] + e.delta[1], p.delta[0] + p.delta[1], 1e-12);
    EXPECT_NEAR(std::tan(2 * e.epsilon) * (r1 - r2), 2 * r12, 1e-10);
  }
}

TEST(NuclearPhases, branches_follow_on_with_energy) {
  PhaseTable t{Pair::np, {1, 50, 200}, {{1, 1, 2, {0, 2}}}, {}};
  for (double d : {148.0, 62.0, -20.0}) {
    const BlockPhases p{{d * degree, -0.1}, 0.03};
    t.value.push_back(stapp(t.blocks[0], from_phases(p)));
  }
  make_continuous(t);
  EXPECT_NEAR(t.at(0, 0).delta[0] / degree, 148, 1e-9);
  EXPECT_NEAR(t.at(1, 0).delta[0] / degree, 62, 1e-9);
  EXPECT_NEAR(t.at(2, 0).delta[0] / degree, -20, 1e-9);
  for (std::size_t e = 0; e < 3; ++e) EXPECT_NEAR(t.at(e, 0).epsilon, 0.03, 1e-12);
}

}  // namespace
}  // namespace orogen::nuclear
