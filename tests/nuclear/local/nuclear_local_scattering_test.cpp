// Phases of local forces, against values of an independent implementation, closed forms and derivatives by differences.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>

#include "nuclear/local/nuclear_local_adjustable.hpp"
#include "nuclear/nuclear_checkpoints.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/local/coulomb.hpp"
#include "orogen/nuclear/local/forces/argonne.hpp"
#include "orogen/nuclear/local/forces/electromagnetic.hpp"
#include "orogen/nuclear/local/forces/minnesota.hpp"
#include "orogen/nuclear/local/scattering.hpp"

namespace orogen::nuclear {
namespace {

// Phases in degrees by their name in tables.
std::map<std::string, double> degrees(const PhaseTable& t, std::size_t energy) {
  std::map<std::string, double> out;
  for (std::size_t b = 0; b < t.blocks.size(); ++b) {
    const auto names = phase_names(t.blocks[b]);
    const BlockPhases& p = t.at(energy, b);
    out[names[0]] = p.delta[0] / degree;
    if (t.blocks[b].coupled()) out[names[1]] = p.epsilon / degree, out[names[2]] = p.delta[1] / degree;
  }
  return out;
}

TEST(NuclearFreeWaves, are_those_of_an_independent_code) {
  // mpmath, 30 digits.
  struct {
    int L;
    double eta, rho, F, G;
  } const known[] = {{0, 0, 5, -0.95892427466313847, 0.28366218546322626},
                     {3, 0, 2, 0.12144419532574966, 2.9687331148861598},
                     {0, 0.158, 2.195, 0.99006671799898781, -0.30503463534592199},
                     {2, 0.158, 2.195, 0.43206754793034283, 1.4618975801126525},
                     {5, 0.0223, 15.5, 0.77083070595342598, -0.68989042653609739},
                     {0, 2.2, 0.5, 0.0046391866641627, 36.704261877613649},
                     {7, 0.03, 3, 0.0023877322808088425, 91.464542560271229},
                     {0, 0.01, 40, 0.77735569962553805, -0.62925998756302716},
                     {10, 0.02, 0.3, 1.2467747205213865e-16, 114622328574322.87}};
  for (const auto& k : known) {
    const FreeWaves w = free_waves(k.L, k.eta, k.rho);
    EXPECT_NEAR(w.F / k.F, 1, 1e-13) << k.L << " " << k.eta;
    EXPECT_NEAR(w.G / k.G, 1, 1e-13) << k.L << " " << k.eta;
  }
  EXPECT_THROW(free_waves(60, 0, 1e-6), NumericalError);
}

TEST(NuclearScattering, np_phases_of_v18_at_50_and_300_MeV_are_those_of_an_independent_code) {
  const auto force = argonne_v18(false);
  const std::vector<double> T{1, 50, 300};
  const auto t = LocalSolver(force, Pair::np, 3).phases(T);
  const auto at_50 = degrees(t, 1), at_300 = degrees(t, 2);
  const std::map<std::string, double> known_50{
      {"1S0", 39.98590}, {"3P0", 10.99263}, {"1P1", -9.85129}, {"3P1", -8.14531}, {"3S1", 62.95120}, {"E1", 2.08492},
      {"3D1", -6.31437}, {"1D2", 1.70245},  {"3D2", 8.93842},  {"3P2", 5.86315},  {"E2", -1.67788},  {"3F2", 0.28017}};
  const std::map<std::string, double> known_300{{"1S0", -4.59895}, {"3P0", -11.05564}, {"3S1", 8.15588},
                                                {"E1", 4.39162},   {"3P2", 16.90905},  {"E3", 7.16185}};
  for (const auto& [wave, value] : known_50) EXPECT_NEAR(at_50.at(wave), value, 3e-5) << wave;
  for (const auto& [wave, value] : known_300) EXPECT_NEAR(at_300.at(wave), value, 3e-5) << wave;
}

TEST(NuclearScattering, np_phases_of_v18_are_those_of_the_whole_checkpoint_file) {
  const auto table = read_checkpoints("ck_av18_np_phases.csv");
  if (table.empty()) GTEST_SKIP() << "the checkpoint files are not here";
  const std::vector<std::string> columns{"1S0", "3P0", "1P1", "3P1", "3S1", "E1",  "3D1", "1D2", "3D2",
                                         "3P2", "E2",  "3F2", "1F3", "3F3", "3D3", "E3",  "3G3"};
  const auto strong = argonne_v18(false), full = argonne_v18(true);
  std::vector<double> T;
  for (const auto& row : table) T.push_back(number(row[0]));
  const auto t = LocalSolver(strong, Pair::np, 3).phases(T), u = LocalSolver(full, Pair::np, 1).phases(T);
  for (std::size_t e = 0; e < T.size(); ++e) {
    const auto s = degrees(t, e), f = degrees(u, e);
    for (std::size_t c = 0; c < columns.size(); ++c)
      EXPECT_NEAR(s.at(columns[c]), number(table[e][c + 1]), 4e-5) << columns[c] << " " << T[e];
    std::size_t c = columns.size();
    for (const char* wave : {"1S0", "3S1", "E1", "3D1"})
      EXPECT_NEAR(f.at(wave), number(table[e][++c]), 4e-5) << wave << " " << T[e];
  }
}

TEST(NuclearScattering, electromagnetic_part_shifts_the_S_waves_of_np_as_an_independent_code_has_it) {
  const auto force = argonne_v18(true);
  const std::vector<double> T{1, 50};
  const auto t = LocalSolver(force, Pair::np, 1).phases(T);
  const auto p = degrees(t, 1);
  EXPECT_NEAR(degrees(t, 0).at("1S0"), 62.01521, 3e-5);
  EXPECT_NEAR(p.at("1S0"), 40.08785, 3e-5);
  EXPECT_NEAR(p.at("3S1"), 62.88886, 3e-5);
  EXPECT_NEAR(p.at("E1"), 2.11336, 3e-5);
  EXPECT_NEAR(p.at("3D1"), -6.27636, 3e-5);
}

TEST(NuclearScattering, phases_of_minnesota_are_those_of_an_independent_code) {
  const auto force = minnesota();
  const std::vector<double> T{1, 10, 50, 100, 200};  // E_cm = T_lab/2
  const auto t = LocalSolver(force, Pair::np, 1).phases(T);
  const double singlet[] = {54.95885, 54.91085, 31.71698, 16.83253, 3.06049};
  const double triplet[] = {147.69486, 102.29615, 61.98819, 43.75542, 27.75726};
  for (std::size_t e = 0; e < T.size(); ++e) {
    EXPECT_NEAR(degrees(t, e).at("1S0"), singlet[e], 3e-5);
    EXPECT_NEAR(degrees(t, e).at("3S1"), triplet[e], 3e-5);
    EXPECT_NEAR(degrees(t, e).at("E1"), 0, 1e-12);
  }
}

TEST(NuclearScattering, equidistant_and_stretched_mesh_agree) {
  const auto force = argonne_v18(true);
  const std::vector<double> T{5, 150, 350};
  for (Pair p : {Pair::np, Pair::pp}) {
    const auto a = LocalSolver(force, p, 4).phases(T), b = LocalSolver(force, p, 4, {0.01, 20, 1e6}).phases(T);
    for (std::size_t k = 0; k < a.value.size(); ++k) {
      EXPECT_NEAR(a.value[k].delta[0] / degree, b.value[k].delta[0] / degree, 1e-4) << k;
      EXPECT_NEAR(a.value[k].epsilon / degree, b.value[k].epsilon / degree, 1e-4) << k;
      EXPECT_NEAR(a.value[k].delta[1] / degree, b.value[k].delta[1] / degree, 1e-4) << k;
    }
  }
}

TEST(NuclearScattering, pp_phases_of_v18_are_those_of_another_method) {
  // scipy DOP853 to 20 fm (relative 1e-12), Coulomb functions of mpmath.
  const auto force = argonne_v18(true);
  const std::vector<double> T{1, 10, 50, 150, 350};
  const double singlet[] = {32.784432, 55.101718, 38.809528, 15.035780, -10.820687};
  const double triplet[] = {0.136041, 3.800466, 11.758619, 4.730709, -14.464226};
  const auto t = LocalSolver(force, Pair::pp, 0, {}, false).phases(T);  // of charge alone
  for (std::size_t e = 0; e < T.size(); ++e) {
    EXPECT_NEAR(degrees(t, e).at("1S0"), singlet[e], 4e-5) << T[e];
    EXPECT_NEAR(degrees(t, e).at("3P0"), triplet[e], 4e-5) << T[e];
  }
}

TEST(NuclearScattering, extended_protons_without_nuclear_force_scatter_as_born_has_it) {
  const LocalInteraction nothing("no force", argonne_constants);
  const double T = 20, M = argonne_constants.proton, hbarc = argonne_constants.hbarc;
  const double q = relative_momentum(T, Pair::pp, argonne_constants), k = q / hbarc, x = q * q / (M * M);
  const double alpha = argonne_constants.alpha * (1 + 2 * x) / std::sqrt(1 + x), eta = alpha * M / (2 * q);
  const LocalSolver solver(nothing, Pair::pp, 1, {0.01, 20, 1e6}, false);
  for (const char* wave_name : {"1S0", "3P0"}) {
    const Block b = block_of(wave(wave_name));
    double integral = 0;
    for (double r : solver.radii())
      integral += 0.01 * std::pow(free_waves(b.L[0], eta, k * r).F, 2) * (coulomb_form_factor(r) - 1 / r);
    const double born = -alpha * hbarc * integral * M / (hbarc * hbarc) / k;
    EXPECT_GT(born, 1e-5);
    EXPECT_NEAR(solver.solve(b, T).R[0] / born, 1, 0.01) << wave_name;
  }
}

TEST(NuclearScattering, no_charge_no_coulomb_force) {
  auto force = minnesota();
  force.constants.alpha = 0;
  const Block s{0, 0, 1, {0, 0}};
  EXPECT_EQ(LocalSolver(force, Pair::pp, 0).solve(s, 20).R[0], LocalSolver(force, Pair::nn, 0).solve(s, 20).R[0]);
}

/// Vacuum polarisation as a part of the force, to be solved as far as it reaches.
class Uehling final : public LocalTerm {
 public:
  explicit Uehling(double T)
      : strength_(relativistic_charge(relative_momentum(T, Pair::pp, argonne_constants), argonne_constants)) {}
  void add(const Block&, Pair, std::span<const double> r, std::span<double> v) const override {
    const Constants& c = argonne_constants;
    for (std::size_t i = 0; i < r.size(); ++i) {
      const double F = coulomb_form_factor(r[i]), two_photons = r[i] < 20 ? c.alpha * c.hbarc / c.proton * F * F : 0;
      v[3 * i] += strength_ * c.alpha * c.hbarc * (vacuum_form_factor(r[i], c) - two_photons);
    }
  }

 private:
  double strength_;
};

TEST(NuclearScattering, vacuum_polarisation_is_that_of_its_potential_as_far_as_it_reaches) {
  for (double T : {0.4, 2.0, 10.0}) {
    auto force = argonne_v18(true), vacuum = LocalInteraction("vacuum polarisation", argonne_constants);
    const Block S{0, 0, 1, {0, 0}};
    const double with = std::atan(LocalSolver(force, Pair::pp, 0).solve(S, T).R[0]);
    const double without = std::atan(LocalSolver(force, Pair::pp, 0, {}, false).solve(S, T).R[0]);
    const double q = relative_momentum(T, Pair::pp, argonne_constants);
    const double tau = vacuum_phase(0, q, sommerfeld(q, argonne_constants), argonne_constants.alpha);
    force += std::make_unique<Uehling>(T);
    const RadialMesh wide{0.005, 700, 30};
    const double all = std::atan(LocalSolver(force, Pair::pp, 0, wide, false).solve(S, T).R[0]);
    EXPECT_NEAR(with / degree, (all - tau) / degree, 2e-4) << T;
    EXPECT_GT(std::abs(with - without) / degree, 0.008) << T;
  }
}

class NuclearScatteringGradient : public testing::TestWithParam<std::tuple<const char*, Pair, double>> {};

TEST_P(NuclearScatteringGradient, is_that_of_central_differences) {
  const Pair pair = std::get<1>(GetParam());
  const double T = std::get<2>(GetParam());
  LocalInteraction force("adjustable", argonne_constants);
  force += std::make_unique<Adjustable>();
  const Block b = block_of(wave(std::get<0>(GetParam())));
  LocalSolver solver(force, pair, b.J, {0.02, 20, 6});
  const double dR[3] = {0.7, b.coupled() ? -1.3 : 0.0, b.coupled() ? 2.1 : 0.0};
  std::vector<double> w(3 * solver.radii().size(), 0.0), gradient(4, 0.0);
  solver.pull(b, T, dR, w);
  force.pull(b, pair, solver.radii(), std::span<const double>(w), gradient);
  const auto theta = force.parameters();
  const auto value = [&](std::size_t k, double step) {
    auto moved = theta;
    moved[k] += step;
    force.set_parameters(moved), solver.refresh();
    const OnShell s = solver.solve(b, T);
    return dR[0] * s.R[0] + dR[1] * s.R[1] + dR[2] * s.R[2];
  };
  double largest = 0;
  for (double g : gradient) largest = std::max(largest, std::abs(g));
  EXPECT_GT(largest, 1e-6);
  for (std::size_t k = 0; k < 4; ++k) {
    const double h = 1e-3 * std::abs(theta[k]);
    // Four points: an error of fifth order in h.
    const double d = (8 * (value(k, h) - value(k, -h)) - (value(k, 2 * h) - value(k, -2 * h))) / (12 * h);
    EXPECT_NEAR(gradient[k], d, 1e-8 * largest) << k;
  }
}

INSTANTIATE_TEST_SUITE_P(Waves, NuclearScatteringGradient,
                         testing::Values(std::tuple{"1S0", Pair::np, 50.0}, std::tuple{"1S0", Pair::pp, 10.0},
                                         std::tuple{"3P0", Pair::np, 150.0}, std::tuple{"3S1", Pair::np, 20.0},
                                         std::tuple{"3P2", Pair::pp, 200.0}, std::tuple{"3D3", Pair::np, 300.0}));

TEST(NuclearScatteringGradient, holds_for_every_single_point_of_the_table) {
  // One Dirac comb of potentials at a time: the last points, where the matching also depends on the potential, and one
  // inside.
  class Spike final : public LocalTerm {
   public:
    double at = 0, height = 0;
    int element = 0;
    void add(const Block&, Pair, std::span<const double> r, std::span<double> v) const override {
      for (std::size_t i = 0; i < r.size(); ++i) {
        const double x = -60 * std::exp(-r[i] * r[i]);
        v[3 * i] += x, v[3 * i + 1] += x / 3, v[3 * i + 2] += x;
        if (r[i] == at) v[3 * i + std::size_t(element)] += height;
      }
    }
  };
  LocalInteraction force("spike", argonne_constants);
  auto owned = std::make_unique<Spike>();
  Spike& spike = *owned;
  force += std::move(owned);
  LocalSolver solver(force, Pair::np, 1, {0.05, 10, 6});
  const Block b = block_of(wave("3S1"));
  const double dR[3] = {0.7, -1.3, 2.1};
  const std::size_t n = solver.radii().size();
  std::vector<double> w(3 * n, 0.0);
  solver.pull(b, 30, dR, w);
  for (std::size_t i : {std::size_t(0), std::size_t(20), n - 3, n - 2, n - 1})
    for (int c = 0; c < 3; ++c) {
      double value[2];
      for (int s : {0, 1}) {
        spike.at = solver.radii()[i], spike.element = c, spike.height = s ? 0.1 : -0.1;
        solver.refresh();
        const OnShell k = solver.solve(b, 30);
        value[s] = dR[0] * k.R[0] + dR[1] * k.R[1] + dR[2] * k.R[2];
      }
      const double d = (value[1] - value[0]) / 0.2;
      EXPECT_NEAR(w[3 * i + std::size_t(c)], d, 1e-6 * std::abs(d) + 1e-11) << i << " of " << n << ", " << c;
    }
}

TEST(NuclearScattering, triplet_starts_at_180_degrees_only_where_there_is_a_bound_state) {
  LocalInteraction force("adjustable", argonne_constants);
  force += std::make_unique<Adjustable>();
  const std::vector<double> T{1, 100};
  EXPECT_GT(degrees(LocalSolver(force, Pair::np, 1).phases(T), 0).at("3S1"), 90);
  force.set_parameters(std::vector<double>{900, 20, 0, 0});
  EXPECT_LT(degrees(LocalSolver(force, Pair::np, 1).phases(T), 0).at("3S1"), 0);
}

TEST(NuclearScattering, high_waves_at_low_energy_are_finite_and_small) {
  const auto force = argonne_v18(true);
  const std::vector<double> T{0.1, 1, 350};
  for (Pair p : {Pair::np, Pair::pp}) {
    const auto t = LocalSolver(force, p, 16).phases(T);
    for (const BlockPhases& x : t.value)
      for (double d : {x.delta[0], x.delta[1], x.epsilon}) ASSERT_TRUE(std::isfinite(d));
    const auto& last = t.at(2, t.blocks.size() - 1);
    EXPECT_LT(std::abs(last.delta[0]), 0.01);
    EXPECT_LT(std::abs(t.at(0, t.blocks.size() - 1).delta[0]), 1e-12);
  }
}

TEST(NuclearScattering, wrong_input_is_refused) {
  const auto force = minnesota();
  EXPECT_THROW(LocalSolver(force, Pair::np, 1, {0, 20, 6}), InputError);
  EXPECT_THROW(LocalSolver(force, Pair::np, 1, {0.01, 0.01, 6}), InputError);
  const LocalSolver solver(force, Pair::pp, 1);
  EXPECT_THROW(solver.solve(block_of(wave("3S1")), 10), InputError);
  EXPECT_THROW(solver.solve(block_of(wave("1D2")), 10), InputError);
  EXPECT_THROW(solver.solve(block_of(wave("1S0")), -1), InputError);
  EXPECT_THROW(solver.phases(std::vector<double>{10, 5}), InputError);
}

TEST(NuclearScattering, a_potential_that_is_no_number_is_refused) {
  class Broken final : public LocalTerm {
    void add(const Block&, Pair, std::span<const double>, std::span<double> v) const override { v[30] = NAN; }
  };
  LocalInteraction force("broken", argonne_constants);
  force += std::make_unique<Broken>();
  EXPECT_THROW(LocalSolver(force, Pair::np, 1), NumericalError);
}

}  // namespace
}  // namespace orogen::nuclear
