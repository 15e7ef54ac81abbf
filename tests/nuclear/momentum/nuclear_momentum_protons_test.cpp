// Two protons in momentum space, beside coordinate space.
#include <gtest/gtest.h>

#include <cmath>

#include "nuclear/local/nuclear_local_adjustable.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/local/coulomb.hpp"
#include "orogen/nuclear/local/forces/argonne.hpp"
#include "orogen/nuclear/local/forces/minnesota.hpp"
#include "orogen/nuclear/local/scattering.hpp"
#include "orogen/nuclear/momentum/forces/chiral.hpp"
#include "orogen/nuclear/momentum/solvers/scattering.hpp"

namespace orogen::nuclear {
namespace {

const Block s_wave{0, 0, 1, {0, 0}};

double worst_degrees(const PhaseTable& a, const PhaseTable& b) {
  double worst = 0;
  for (std::size_t k = 0; k < a.value.size(); ++k) {
    for (int c = 0; c < 2; ++c) worst = std::max(worst, std::abs(a.value[k].delta[c] - b.value[k].delta[c]));
    worst = std::max(worst, std::abs(a.value[k].epsilon - b.value[k].epsilon));
  }
  return worst / degree;
}

/// pp phases of a local force solved in both spaces, with the same Coulomb force.
template <class Make> double between_spaces(Make make, int most_J, double radius, MomentumMesh mesh) {
  const double T[] = {1, 5, 25, 100, 300};
  const LocalInteraction local = make();
  MomentumInteraction same(local.title, local.constants);
  same += std::make_unique<LocalInMomentum>(make(), 18, 340);
  return worst_degrees(LocalSolver(local, Pair::pp, most_J, {}, false).phases(T),
                       MomentumSolver(same, Pair::pp, most_J, mesh, {radius, true}).phases(T));
}

TEST(NuclearProtonsInMomentum, have_the_phases_of_coordinate_space) {
  EXPECT_LT(between_spaces(minnesota, 2, 10, {80, 700}), 5e-5);
  EXPECT_LT(between_spaces(minnesota, 2, 12, {80, 700}), 5e-5);
  EXPECT_LT(between_spaces(argonne_v8p, 2, 12, {120, 1000}), 2e-4);  // coupled waves, one-pion exchange
}

TEST(NuclearProtonsInMomentum, do_not_depend_on_the_radius) {
  const MomentumInteraction force = chiral_emn(3, 500);
  const double T[] = {1, 5, 25, 100, 300};
  const PhaseTable at12 = MomentumSolver(force, Pair::pp, 2, {80, 700}).phases(T);
  EXPECT_LT(worst_degrees(MomentumSolver(force, Pair::pp, 2, {80, 700}, {10, false}).phases(T), at12), 6e-4);
  EXPECT_LT(worst_degrees(MomentumSolver(force, Pair::pp, 2, {100, 700}, {14, false}).phases(T), at12), 1e-4);
}

TEST(NuclearProtonsInMomentum, scatter_with_the_length_that_was_measured) {
  // a = −7.8149 ± 0.0029 fm (Machleidt and Entem 2011), to which the constants Ct_1S0pp were fitted with point charges.
  for (int order : {0, 2, 3}) {
    const MomentumInteraction force = chiral_emn(order, 500);
    const EffectiveRange e = effective_range(MomentumSolver(force, Pair::pp, 0, {80, 700}), s_wave);
    EXPECT_NEAR(e.a, -7.8149, 0.0029) << order;
    if (order == 3) {
      EXPECT_NEAR(e.r, 2.769, 0.014);
    }
  }
}

TEST(NuclearProtonsInMomentum, effective_range_is_the_same_in_both_spaces) {
  const LocalInteraction local = minnesota();
  MomentumInteraction same(local.title, local.constants);
  same += std::make_unique<LocalInMomentum>(minnesota(), 18, 340);
  const LocalSolver in_space(local, Pair::pp, 0, {}, false);
  const auto K = [&](double T) { return in_space.solve(s_wave, T); };
  const EffectiveRange a = effective_range(s_wave, K, Pair::pp, local.constants),
                       b = effective_range(MomentumSolver(same, Pair::pp, 0, {120, 700}, {12, true}), s_wave);
  EXPECT_NEAR(a.a, b.a, 2e-5);
  EXPECT_NEAR(a.r, b.r, 2e-5);
  // v18 with two photons and vacuum polarisation, which are not here: −7.8064 and 2.788 fm (Wiringa et al. 1995).
  const LocalInteraction v18 = argonne_v18(true);
  const LocalSolver of_v18(v18, Pair::pp, 0, {}, false);
  const EffectiveRange e = effective_range(
      s_wave, [&](double T) { return of_v18.solve(s_wave, T); }, Pair::pp, v18.constants);
  EXPECT_NEAR(e.a, -7.8064, 0.02);
  EXPECT_NEAR(e.r, 2.788, 0.003);
}

TEST(NuclearProtonsInMomentum, without_charge_are_like_neutrons_of_their_mass) {
  LocalInteraction local = argonne_v8p();
  local.constants.alpha = 0;
  local.constants.neutron = local.constants.proton;
  MomentumInteraction force(local.title, local.constants);
  force += std::make_unique<LocalInMomentum>(std::move(local), 18, 340);
  const double T[] = {5, 50};
  EXPECT_EQ(worst_degrees(MomentumSolver(force, Pair::pp, 2).phases(T), MomentumSolver(force, Pair::nn, 2).phases(T)),
            0);
}

TEST(NuclearProtonsInMomentum, pull_is_the_derivative_beside_the_coulomb_force) {
  LocalInteraction local("adjustable", chiral_constants);
  local += std::make_unique<Adjustable>();
  MomentumInteraction force(local.title, local.constants);
  force += std::make_unique<LocalInMomentum>(std::move(local), 12, 100);
  const std::vector<double> theta = force.parameters();
  MomentumSolver solver(force, Pair::pp, 2, {30, 700});
  const double dR[3] = {0.7, -0.4, 0.9};
  for (const Block& b : {s_wave, block_of({1, 1, 2})})
    for (double T : {2.0, 60.0}) {
      const auto sum = [&](std::size_t k, double by) {
        std::vector<double> moved = theta;
        moved[k] += by;
        force.set_parameters(moved);
        solver.refresh();
        const OnShell R = solver.solve(b, T);
        return dR[0] * R.R[0] + dR[1] * R.R[1] + dR[2] * R.R[2];
      };
      sum(0, 0);
      std::vector<double> gradient(theta.size(), 0.0);
      solver.pull(b, T, dR, gradient);
      for (std::size_t k = 0; k < theta.size(); ++k) {
        const double h = 1e-2, d = (8 * (sum(k, h) - sum(k, -h)) - sum(k, 2 * h) + sum(k, -2 * h)) / (12 * h);
        EXPECT_NEAR(gradient[k], d, 1e-10 + 1e-7 * std::abs(d)) << name(b) << T << " " << k;
      }
    }
}

TEST(NuclearProtonsInMomentum, coulomb_functions_come_with_their_derivatives) {
  for (int L : {0, 1, 4})
    for (double rho : {0.7, 5.0, 14.0}) {
      const double eta = 0.8, h = 1e-3;
      const auto at = [&](int k) { return free_waves(L, eta, rho + k * h); };
      const FreeWaves w = at(0);
      EXPECT_NEAR(w.dF, (8 * (at(1).F - at(-1).F) - at(2).F + at(-2).F) / (12 * h), 1e-9 * (1 + std::abs(w.dF)));
      EXPECT_NEAR(w.dG, (8 * (at(1).G - at(-1).G) - at(2).G + at(-2).G) / (12 * h), 1e-9 * (1 + std::abs(w.dG)));
    }
}

TEST(NuclearProtonsInMomentum, refuse_a_radius_that_is_none) {
  const MomentumInteraction force = chiral_emn(0, 500);
  EXPECT_THROW(MomentumSolver(force, Pair::pp, 0, {}, {0, false}), InputError);
}

}  // namespace
}  // namespace orogen::nuclear
