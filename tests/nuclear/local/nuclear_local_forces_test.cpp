// Argonne v18, AV8', Minnesota and pion exchange in coordinate space, against values of an independent implementation.
#include <gtest/gtest.h>

#include <cmath>

#include "nuclear/nuclear_checkpoints.hpp"
#include "orogen/nuclear/local/forces/argonne.hpp"
#include "orogen/nuclear/local/forces/electromagnetic.hpp"
#include "orogen/nuclear/local/forces/minnesota.hpp"
#include "orogen/nuclear/local/forces/pion_exchange.hpp"

namespace orogen::nuclear {
namespace {

// The elements of a block at one radius.
std::array<double, 3> elements(const LocalInteraction& force, const char* wave_name, Pair p, double r) {
  std::array<double, 3> v{};
  force.add(block_of(wave(wave_name)), p, std::span(&r, 1), std::span(v));
  return v;
}

// v_c11 t11 ls11 l211 ls211 c10 t10 ls10 l210 ls210 c01 l201 c00 l200 of np.
std::vector<double> v18_row(double r) {
  const auto f11 = argonne_v18_functions(1, 1, Pair::np, r), f10 = argonne_v18_functions(1, 0, Pair::np, r);
  const auto f01 = argonne_v18_functions(0, 1, Pair::np, r), f00 = argonne_v18_functions(0, 0, Pair::np, r);
  return {f11.c, f11.t, f11.ls, f11.l2, f11.ls2, f10.c, f10.t, f10.ls, f10.l2, f10.ls2, f01.c, f01.l2, f00.c, f00.l2};
}

TEST(NuclearArgonne, functions_of_v18_at_half_a_fm_and_three_fm_are_those_of_an_independent_code) {
  const std::vector<double> half{189.36403, 97.687341, -371.67672, 174.65401, 79.955789, 442.69043, -95.271311,
                                 42.765675, 133.33768, -118.62687, 457.71224, 26.371425, 440.79552, 88.011508};
  const std::vector<double> three{-0.010923471, 0.60731753,   -0.0118175,    -0.005155506,  0.018389006,
                                  -0.84829177,  -1.7945107,   -0.0018020713, -0.0023591229, 0.00099922749,
                                  -0.91647793,  0.0042545266, 1.713926,      -0.0086595198};
  const auto a = v18_row(0.5), b = v18_row(3);
  for (std::size_t k = 0; k < half.size(); ++k) {
    EXPECT_NEAR(a[k], half[k], 1e-7 * std::abs(half[k])) << k;
    EXPECT_NEAR(b[k], three[k], 1e-7 * std::abs(three[k])) << k;
  }
}

TEST(NuclearArgonne, functions_of_v18_are_those_of_the_whole_checkpoint_file) {
  const auto table = read_checkpoints("ck_av18_potential.csv");
  if (table.empty()) GTEST_SKIP() << "the checkpoint files are not here";
  ASSERT_EQ(table.size(), 7u);
  for (const auto& row : table) {
    const auto v = v18_row(number(row[0]));
    for (std::size_t k = 0; k < v.size(); ++k)
      EXPECT_NEAR(v[k], number(row[k + 1]), 1e-7 * std::abs(number(row[k + 1]))) << row[0] << " " << k;
  }
}

TEST(NuclearArgonne, v8p_keeps_the_waves_it_promises_and_changes_others) {
  const auto v18 = argonne_v18(false), v8 = argonne_v8p();
  const double r = 0.8;
  const auto mean = [&](const char* w, int c) {
    double sum = 0;
    for (Pair p : {Pair::np, Pair::pp, Pair::nn}) sum += elements(v18, w, p, r)[std::size_t(c)] / 3;
    return sum;
  };
  for (const char* w : {"1S0", "3P0", "3P1", "3P2"})
    EXPECT_NEAR(elements(v8, w, Pair::np, r)[0], mean(w, 0), 1e-10) << w;
  for (const char* w : {"1P1", "3S1"})
    for (std::size_t c = 0; c < 3; ++c)
      EXPECT_NEAR(elements(v8, w, Pair::np, r)[c], elements(v18, w, Pair::np, r)[c], 1e-10) << w;
  EXPECT_GT(std::abs(elements(v8, "3P2", Pair::np, r)[1] - mean("3P2", 1)), 1);
  EXPECT_GT(std::abs(elements(v8, "1D2", Pair::np, r)[0] - mean("1D2", 0)), 1);
}

TEST(NuclearArgonne, v18_of_protons_and_of_neutrons_differ_in_the_core_only) {
  const auto force = argonne_v18(false);
  const double pp = elements(force, "1S0", Pair::pp, 1)[0], nn = elements(force, "1S0", Pair::nn, 1)[0];
  // Only the flat core differs: 3346.6874 − 3342.7664 MeV times W (1 + βr).
  const double W = 1 / (1 + std::exp(2.5)), beta = std::exp(-2.5) / (1 + std::exp(-2.5)) / 0.2;
  EXPECT_NEAR(pp - nn, 3.9210 * W * (1 + beta), 1e-10);
}

TEST(NuclearPionExchange, becomes_the_unregularised_one_far_out) {
  const PionExchange pion(argonne_constants);
  const double r = 4, x = 134.9739 / 197.327053 * r;
  const double strength = 0.075 * std::pow(134.9739 / 139.5675, 2) * 134.9739 / 3 * std::exp(-x) / x;
  const PionFunctions f = pion.at(Pair::pp, 1, r);
  EXPECT_NEAR(f.spin, strength, 1e-12);
  EXPECT_NEAR(f.tensor, strength * (1 + 3 / x + 3 / (x * x)), 1e-12);
  // An isotensor and an isoscalar: np(T=1) + 2 pp is 2 v(mc) + v(m0), minus np(T=0).
  EXPECT_NEAR(pion.at(Pair::np, 1, r).tensor + 2 * f.tensor, -pion.at(Pair::np, 0, r).tensor, 1e-14);
}

TEST(NuclearElectromagnetic, contact_terms_have_the_published_volumes) {
  // ∫ F_δ d³r = 4π whatever the size: it sets the shift of every S wave by the moments.
  const auto& k = argonne_constants;
  LocalInteraction force("moments", k);
  force += std::make_unique<Electromagnetic>(k);
  const double h = 0.002, pi = std::acos(-1.0);
  double volume = 0, coulomb = 0;
  for (double r = h; r < 15; r += h) {
    volume += 4 * pi * r * r * h * elements(force, "1S0", Pair::nn, r)[0];
    coulomb += (1 / r - coulomb_form_factor(r)) * r * r * h;
  }
  const double B = k.alpha * std::pow(k.hbarc, 3);
  EXPECT_NEAR(volume, 3 * B * std::pow(k.neutron_moment, 2) / (6 * k.neutron * k.neutron) * 4 * pi, 1e-6);
  // The mean square charge radius of the pair, 2·12/b², is six times ∫ (1/r − F_C) r² dr.
  EXPECT_NEAR(6 * coulomb, 24 / (4.27 * 4.27), 1e-4);
}

TEST(NuclearMinnesota, acts_in_even_waves_only) {
  const auto force = minnesota();
  EXPECT_NEAR(elements(force, "1S0", Pair::np, 1)[0], 200 * std::exp(-1.487) - 91.85 * std::exp(-0.465), 1e-12);
  EXPECT_NEAR(elements(force, "3S1", Pair::np, 1)[0], 200 * std::exp(-1.487) - 178 * std::exp(-0.639), 1e-12);
  EXPECT_EQ(elements(force, "1P1", Pair::np, 1)[0], 0);
  EXPECT_NEAR(force.constants.hbarc * force.constants.hbarc / force.constants.proton, 41.47, 1e-12);
}

}  // namespace
}  // namespace orogen::nuclear
