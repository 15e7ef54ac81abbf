// Phases from momentum space.
#include <gtest/gtest.h>

#include <cmath>

#include "common/nuclear/yamaguchi.hpp"
#include "nuclear/nuclear_checkpoints.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/momentum/forces/chiral.hpp"
#include "orogen/nuclear/momentum/solvers/scattering.hpp"

namespace orogen::nuclear {
namespace {

constexpr double range = 1.4488 * 197.32698;

MomentumInteraction yamaguchi() {
  MomentumInteraction v("Yamaguchi", chiral_constants);
  v += std::make_unique<Yamaguchi>(Yamaguchi::binding_strength(2.224575, range, mass(Pair::np, chiral_constants)),
                                   range);
  return v;
}

TEST(NuclearMomentumScattering, yamaguchi_phases_are_those_of_the_closed_form) {
  const MomentumInteraction v = yamaguchi();
  const MomentumSolver solver(v, Pair::np, 1, {40, 500});
  const double T[] = {1, 10, 50, 150, 300}, degrees[] = {147.986221, 103.096636, 64.187654, 37.307642, 22.845504};
  const PhaseTable table = solver.phases(T);
  const int sd = table.find(block_of(wave("3S1")));
  const auto& term = dynamic_cast<const Yamaguchi&>(v.term(0));
  for (std::size_t e = 0; e < 5; ++e) {
    EXPECT_NEAR(table.at(e, std::size_t(sd)).delta[0] / degree, degrees[e], 1e-6);
    const double q = relative_momentum(T[e], Pair::np, v.constants);
    const double R = solver.solve(block_of(wave("3S1")), T[e]).R[0];
    EXPECT_NEAR(q / R, term.momentum_cotangent(q, mass(Pair::np, v.constants)), 1e-5);
  }
}

TEST(NuclearMomentumScattering, EMN_N2LO_500_at_50_MeV) {
  const MomentumInteraction v = chiral_emn(3, 500);
  const MomentumSolver solver(v, Pair::np, 2);
  const double T[] = {50};
  const PhaseTable t = solver.phases(T);
  const auto phase = [&](const char* name) { return t.at(0, std::size_t(t.find(block_of(wave(name))))); };
  EXPECT_NEAR(phase("1S0").delta[0] / degree, 40.00743, 2e-4);
  EXPECT_NEAR(phase("3P0").delta[0] / degree, 11.72218, 2e-4);
  EXPECT_NEAR(phase("1P1").delta[0] / degree, -9.75742, 2e-4);
  EXPECT_NEAR(phase("3P1").delta[0] / degree, -8.01837, 2e-4);
  EXPECT_NEAR(phase("3S1").delta[0] / degree, 62.23435, 2e-4);
  EXPECT_NEAR(phase("3S1").epsilon / degree, 2.03402, 2e-4);
  EXPECT_NEAR(phase("3S1").delta[1] / degree, -6.70874, 2e-4);
  EXPECT_NEAR(phase("3P2").delta[0] / degree, 5.94561, 2e-4);
  EXPECT_NEAR(phase("3P2").epsilon / degree, -1.64233, 2e-4);
  EXPECT_NEAR(phase("3P2").delta[1] / degree, 0.31441, 2e-4);
}

TEST(NuclearMomentumScattering, phases_of_all_nine_EMN_forces_agree_with_the_checkpoints) {
  const std::vector<Row> rows = checkpoint("ck_emn_np_phases.csv");
  if (rows.empty()) GTEST_SKIP() << "no checkpoints under " << shared_folder() << "; set OROGEN_SHARED";
  double worst = 0;
  for (int order : {0, 2, 3})
    for (double cutoff : {450., 500., 550.}) {
      const MomentumInteraction v = chiral_emn(order, cutoff);
      const MomentumSolver solver(v, Pair::np, 3, {64, 700});
      std::vector<double> T;
      std::vector<Row> mine;
      for (const Row& r : rows)
        if (r.at("order") == (order == 0   ? "LO"
                              : order == 2 ? "NLO"
                                           : "N2LO") &&
            std::stod(r.at("Lambda_MeV")) == cutoff)
          T.push_back(std::stod(r.at("T_lab_MeV"))), mine.push_back(r);
      const PhaseTable table = solver.phases(T);
      for (std::size_t e = 0; e < T.size(); ++e)
        for (std::size_t b = 0; b < table.blocks.size(); ++b) {
          const BlockPhases& p = table.at(e, b);
          const double got[3] = {p.delta[0], p.epsilon, p.delta[1]};
          const auto names = phase_names(table.blocks[b]);
          for (std::size_t c = 0; c < names.size(); ++c) {
            const auto cell = mine[e].find(names[c] + "_deg");
            if (cell == mine[e].end() || cell->second.empty()) continue;
            const double difference = std::abs(got[c] / degree - std::stod(cell->second));
            worst = std::max(worst, difference);
            EXPECT_LT(difference, 1e-3) << v.title << " " << T[e] << " MeV " << names[c];
          }
        }
    }
  RecordProperty("worst_degrees", std::to_string(worst));
}

TEST(NuclearMomentumScattering, effective_range_of_EMN_N2LO_500) {
  const MomentumInteraction v = chiral_emn(3, 500);
  const MomentumSolver solver(v, Pair::np, 1);
  const EffectiveRange singlet = effective_range(solver, block_of(wave("1S0")));
  const EffectiveRange triplet = effective_range(solver, block_of(wave("3S1")));
  EXPECT_NEAR(singlet.a, -23.7380, 2e-3);
  EXPECT_NEAR(singlet.r, 2.6868, 2e-3);
  EXPECT_NEAR(triplet.a, 5.4177, 2e-4);
  EXPECT_NEAR(triplet.r, 1.7534, 2e-4);
}

TEST(NuclearMomentumScattering, gradient_is_that_of_differences_for_every_constant) {
  MomentumInteraction v = chiral_emn(3, 500);
  MomentumSolver solver(v, Pair::np, 2, {24, 700});
  const std::vector<double> lecs = v.parameters(), T = {20, 90};
  const OnShell weight{{0.7, -1.3, 0.4}};
  const std::vector<OnShell> weights = {weight, weight};
  for (const Block& b : solver.blocks()) {
    const auto sum = [&] {
      solver.refresh();
      double s = 0;
      for (double t : T) {
        const OnShell k = solver.solve(b, t);
        for (int c = 0; c < (b.coupled() ? 3 : 1); ++c) s += weight.R[c] * k.R[c];
      }
      return s;
    };
    v.set_parameters(lecs);
    solver.refresh();
    std::vector<double> gradient(lecs.size(), 0.0), one_by_one = gradient;
    solver.pull(b, T, weights, gradient);
    for (double t : T) solver.pull(b, t, weight.R, one_by_one);
    for (std::size_t k = 0; k < lecs.size(); ++k) {
      EXPECT_NEAR(one_by_one[k], gradient[k], 1e-12 * (1 + std::abs(gradient[k])));
      const double h = 1e-6;
      std::vector<double> moved = lecs;
      moved[k] += h;
      v.set_parameters(moved);
      const double up = sum();
      moved[k] -= 2 * h;
      v.set_parameters(moved);
      EXPECT_NEAR(gradient[k], (up - sum()) / (2 * h), 2e-6 * (1 + std::abs(gradient[k])))
          << name(b) << " constant " << k;
    }
  }
}

/// T_lab whose relative momentum is the k-th of the mesh.
double energy_on(const MomentumMesh& mesh, std::size_t k, Pair pair, const Constants& c) {
  double T = 100;
  const double q = momentum_points(mesh).x[k];
  for (int turn = 0; turn < 60; ++turn) T *= std::pow(q / relative_momentum(T, pair, c), 2);
  return T;
}

TEST(NuclearMomentumScattering, phases_at_a_point_of_the_mesh_lie_between_those_beside_it) {
  const MomentumInteraction v = chiral_emn(3, 500);
  for (Pair pair : {Pair::np, Pair::pp}) {
    const MomentumMesh mesh{80, 700};
    const double T = energy_on(mesh, 22, pair, v.constants), h = 0.01;
    const double around[] = {T - h, T + h};
    const MomentumSolver solver(v, pair, 1, mesh);
    EXPECT_NE(clear_of(mesh, std::span(&T, 1), pair, v.constants).scale, mesh.scale);
    EXPECT_EQ(clear_of(mesh, around, pair, v.constants).scale, mesh.scale);
    const PhaseTable at = solver.phases(std::span(&T, 1)), beside = solver.phases(around);
    for (std::size_t b = 0; b < at.blocks.size(); ++b) {
      const BlockPhases &p = at.at(0, b), &low = beside.at(0, b), &high = beside.at(1, b);
      for (int c = 0; c < 2; ++c) EXPECT_NEAR(p.delta[c], (low.delta[c] + high.delta[c]) / 2, 1e-6 * degree);
      EXPECT_NEAR(p.epsilon, (low.epsilon + high.epsilon) / 2, 1e-6 * degree);
    }
  }
}

TEST(NuclearMomentumScattering, a_mesh_of_400_momenta_serves_ordinary_energies) {
  const MomentumInteraction v = chiral_emn(3, 500);
  const double T[] = {140, 141, 142};  // 141 MeV is a point
  const PhaseTable fine = MomentumSolver(v, Pair::np, 0, {400, 700}).phases(T);
  const PhaseTable other = MomentumSolver(v, Pair::np, 0, {150, 650}).phases(T);
  for (std::size_t k = 0; k < fine.value.size(); ++k)
    EXPECT_NEAR(fine.value[k].delta[0], other.value[k].delta[0], 1e-6 * degree);
}

TEST(NuclearMomentumScattering, pulls_at_a_point_of_the_mesh) {
  MomentumInteraction v = chiral_emn(3, 500);
  const MomentumMesh mesh{24, 700};
  const double T[] = {20, energy_on(mesh, 7, Pair::np, v.constants)};
  const Block b = block_of(wave("3S1"));
  const OnShell dR[] = {{{0.7, 0.2, -0.4}}, {{-0.3, 0.6, 0.5}}};
  const std::vector<double> theta = v.parameters();
  std::vector<double> gradient(theta.size(), 0.0);
  const MomentumMesh clear = clear_of(mesh, T, Pair::np, v.constants);
  MomentumSolver(v, Pair::np, 1, mesh).pull(b, T, dR, gradient);
  std::vector<double> expected(theta.size(), 0.0);
  MomentumSolver(v, Pair::np, 1, clear).pull(b, T, dR, expected);
  EXPECT_NE(clear.scale, mesh.scale);
  EXPECT_EQ(gradient, expected);
}

TEST(NuclearMomentumScattering, energies_that_no_scale_keeps_clear_of_are_refused_by_name) {
  const MomentumInteraction v = yamaguchi();
  const MomentumMesh mesh{16, 500};
  const double middle = energy_on(mesh, 4, Pair::np, v.constants);
  std::vector<double> T;
  for (int k = -300; k < 3000; ++k) T.push_back(middle * (1 + 6e-5 * k));
  try {
    MomentumSolver(v, Pair::np, 1, mesh).phases(T);
    FAIL() << "a point lies on every scale";
  } catch (const NumericalError& e) {
    EXPECT_NE(std::string(e.what()).find("T_lab = "), std::string::npos) << e.what();
  }
}

TEST(NuclearMomentumScattering, momenta_on_the_mesh_are_moved_off_and_blocks_that_are_not_there_refused) {
  MomentumInteraction v = yamaguchi();
  v.constants.alpha = 0;
  const MomentumSolver solver(v, Pair::pp, 1, {16, 500});
  EXPECT_THROW(solver.solve(block_of(wave("3S1")), 50), InputError);
  EXPECT_THROW(solver.solve(block_of(wave("1S0")), -50), InputError);
  const Quadrature mesh = momentum_points({16, 500});
  const double T = 2 * mesh.x[4] * mesh.x[4] / mass(Pair::pp, v.constants);
  const auto& term = dynamic_cast<const Yamaguchi&>(v.term(0));
  for (double off : {-1e-4, 0.0, 1e-4}) {
    const double near = T * (1 + off), q = relative_momentum(near, Pair::pp, v.constants);
    const double exact = q / term.momentum_cotangent(q, mass(Pair::pp, v.constants));
    EXPECT_NEAR(solver.solve(block_of(wave("1S0")), near).R[0], exact, 1e-7);
  }
  const double falling[] = {50, 10};
  EXPECT_THROW(solver.phases(falling), InputError);
}

}  // namespace
}  // namespace orogen::nuclear
