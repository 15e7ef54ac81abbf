// Amplitudes and observables of np scattering against an independent calculation, brute-force spin algebra and
// differences.
#include "orogen/nuclear/observables/observable.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "nuclear/nuclear_spin_algebra.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"

namespace orogen::nuclear {
namespace {

constexpr double pi = std::numbers::pi;

/// Nijmegen PWA93 np phases at 50 MeV, degrees (Stoks et al., Phys. Rev. C 48 (1993) 792; digits from NN-OnLine).
const std::map<std::string, double> pwa93_at_50 = {
    {"1S0", 40.54454}, {"3P0", 10.69779}, {"1P1", -9.66989}, {"3P1", -8.25309}, {"3S1", 62.76672}, {"E1", 2.10927},
    {"3D1", -6.43265}, {"1D2", 1.72609},  {"3D2", 8.96632},  {"3P2", 5.88592},  {"E2", -1.63014},  {"3F2", 0.30312},
    {"1F3", -1.10074}, {"3F3", -0.62008}, {"3D3", 0.32368},  {"E3", 1.60033},   {"3G3", -0.25848}, {"1G4", 0.13342},
    {"3G4", 0.71578},  {"3F4", 0.09775},  {"E4", -0.16724},  {"3H4", 0.02038},  {"1H5", -0.16277}, {"3H5", -0.06927},
    {"3G5", -0.04892}, {"E5", 0.20330},   {"3I5", -0.02239}, {"1I6", 0.01739},  {"3I6", 0.08975},  {"3H6", 0.00532},
    {"E6", -0.02075},  {"3J6", 0.00185},  {"1J7", -0.02463}, {"3J7", -0.00865}, {"3I7", -0.00616}, {"1K8", 0.00242},
    {"3J8", 0.00052}};

std::vector<BlockPhases> phases_at_50(std::span<const Block> all) {
  std::vector<BlockPhases> out;
  for (const Block& b : all) {
    const auto names = phase_names(b);
    double v[3] = {0, 0, 0};
    for (std::size_t k = 0; k < names.size(); ++k)
      if (const auto it = pwa93_at_50.find(names[k]); it != pwa93_at_50.end()) v[k] = it->second * degree;
    out.push_back({{v[0], v[2]}, v[1]});
  }
  return out;
}

TEST(NuclearObservables, of_pwa93_at_50_MeV_agree_with_an_independent_calculation) {
  // dsg, P, Ayy, Axx, Azz, D by θ; waves absent from the table are zero, no waves beyond J = 8.
  const double expected[][7] = {{10, 16.506810, 0.045994, 0.295054, 0.271641, 0.168608, 0.875343},
                                {60, 12.403204, 0.206561, 0.414820, 0.129051, 0.066690, 0.959485},
                                {90, 11.679859, 0.173084, 0.404908, -0.012362, 0.099051, 0.796857},
                                {150, 16.220473, 0.024329, 0.016336, -0.265632, -0.007558, 0.701364},
                                {170, 19.153535, 0.005590, -0.201553, -0.239398, -0.121967, 0.810322}};
  const auto all = blocks(Pair::np, 8);
  const SElements s = s_elements(all, phases_at_50(all));
  const Observable codes[] = {Observable::dsg, Observable::p,   Observable::ayy,
                              Observable::axx, Observable::azz, Observable::d};
  for (const auto& row : expected)
    for (int k = 0; k < 6; ++k) {
      const ObservableAt at(codes[k], 50, row[0] * degree, all, Pair::np, chiral_constants, {0, {}});
      EXPECT_NEAR(at.value(s), row[k + 1], 2e-6 * std::max(1.0, row[k + 1])) << name(codes[k]) << " at " << row[0];
    }
  const ObservableAt total(Observable::sgt, 50, 0, all, Pair::np, chiral_constants, {0, {}});
  EXPECT_NEAR(total.value(s), 167.8166, 1e-3);
}

struct Lab {
  double angle, spin;  ///< of the momentum, and of that direction in the spin space of the centre of mass
};

/// A particle at angle θ in the centre of mass of equal masses, by Lorentz transformations of two-component spinors.
Lab boosted(double theta, double gamma) {
  const double rapidity = std::acosh(gamma);
  const auto boost = [](double y, double angle) -> Eigen::Matrix2cd {
    return std::cosh(y / 2) * Eigen::Matrix2cd::Identity() +
           std::sinh(y / 2) * pauli(std::sin(angle), 0, std::cos(angle));
  };
  const double p = std::sinh(rapidity), z = gamma * p * std::cos(theta) + p * gamma, x = p * std::sin(theta);
  const double angle = std::atan2(x, z), y = std::asinh(std::hypot(x, z));
  const Eigen::Matrix2cd w = boost(-y, angle) * boost(rapidity, 0) * boost(rapidity, theta);  // a rotation about y
  return {angle, angle - 2 * std::atan2(w(1, 0).real(), w(0, 0).real())};
}

TEST(NuclearObservables, all_agree_with_traces_over_both_spins_and_turned_frames) {
  const auto all = blocks(Pair::np, 5);
  const SElements s = s_elements(all, random_phases(all, 3));
  const double T = 250, theta = 1.1;
  const double gamma = std::sqrt(1 + T / (chiral_constants.proton + chiral_constants.neutron));
  const double k = relative_momentum(T, Pair::np, chiral_constants) / chiral_constants.hbarc;
  const Eigen::Matrix4cd m = full_matrix(all, s, theta, k);
  const Lab scattered = boosted(theta, gamma), recoil = boosted(theta - pi, gamma);
  EXPECT_GT(std::abs(scattered.spin - scattered.angle), 0.02);  // the frames do turn
  const auto along = [&](char c, double spin) -> Eigen::Matrix2cd {
    const double angle = c == 'k' ? 0 : c == 's' ? pi / 2 : c == 'K' ? spin : spin + pi / 2;
    if (c == '0') return Eigen::Matrix2cd::Identity();
    return c == 'n' ? pauli(0, 1, 0) : pauli(std::sin(angle), 0, std::cos(angle));
  };
  const auto trace = [&](const std::string& c) {
    const Eigen::Matrix4cd x = both(along(c[0], scattered.spin), along(c[1], recoil.spin)) * m *
                               both(along(c[2], 0), along(c[3], 0)) * m.adjoint();
    return x.trace().real() / (m * m.adjoint()).trace().real();
  };
  const std::map<std::string, std::string> spins = {
      {"p", "00n0"},    {"d", "n0n0"},    {"dt", "0nn0"},   {"ayy", "00nn"},  {"axx", "00ss"},
      {"azz", "00kk"},  {"azx", "00sk"},  {"r", "S0s0"},    {"a", "S0k0"},    {"rp", "K0s0"},
      {"ap", "K0k0"},   {"rt", "0Ss0"},   {"at", "0Sk0"},   {"d0sk", "0S0k"}, {"nskn", "0Skn"},
      {"nssn", "0Ssn"}, {"nnkk", "0nkk"}, {"mskn", "S0kn"}, {"mssn", "S0sn"}};
  int compared = 0;
  for (Observable o : observables()) {
    if (!has_angle(o) || o == Observable::dsg) continue;
    const ObservableAt at(o, T, theta, all, Pair::np, chiral_constants, {0, {}});
    const double sign = o == Observable::at || o == Observable::azx ? -1 : 1;  // conventions of the database
    EXPECT_NEAR(at.value(s), sign * trace(spins.at(name(o))), 1e-12) << name(o);
    ++compared;
  }
  EXPECT_EQ(compared, 19);
  const ObservableAt dsg(Observable::dsg, T, theta, all, Pair::np, chiral_constants, {0, {}});
  EXPECT_NEAR(dsg.value(s), 10 * (m * m.adjoint()).trace().real() / 4, 1e-12);
}

TEST(NuclearObservables, differences_of_total_cross_sections_follow_the_forward_amplitude) {
  const auto all = blocks(Pair::np, 4);
  const SElements s = s_elements(all, random_phases(all, 5));
  const double T = 60, k = relative_momentum(T, Pair::np, chiral_constants) / chiral_constants.hbarc;
  const Eigen::Matrix4cd m = full_matrix(all, s, 0, k);
  const auto total = [&](double x, double z, double sign) {  // of polarised beam and target, by the optical theorem
    const Eigen::Matrix4cd rho = both((Eigen::Matrix2cd::Identity() + pauli(x, 0, z)) / 2,
                                      (Eigen::Matrix2cd::Identity() + sign * pauli(x, 0, z)) / 2);
    return 10 * 4 * pi / k * (rho * m).trace().imag();
  };
  const auto value = [&](Observable o) {
    return ObservableAt(o, T, 0, all, Pair::np, chiral_constants, {0, {}}).value(s);
  };
  EXPECT_NEAR(value(Observable::sgtt), total(1, 0, -1) - total(1, 0, 1), 1e-9);
  EXPECT_NEAR(value(Observable::sgtl), total(0, 1, -1) - total(0, 1, 1), 1e-9);
  double sum = 0;  // (π/2k²) Σ (2J + 1)(1 − Re S)
  for (std::size_t b = 0; b < all.size(); ++b)
    for (int c = 0; c < all[b].waves; ++c) sum += (2 * all[b].J + 1) * (1 - s[3 * Eigen::Index(b) + 2 * c].real());
  EXPECT_NEAR(value(Observable::sgt), 10 * pi / (2 * k * k) * sum, 1e-9);
}

TEST(NuclearObservables, the_integral_of_the_differential_cross_section_is_the_total_one) {
  const auto all = blocks(Pair::np, 6);
  const SElements s = s_elements(all, random_phases(all, 7));
  const int n = 400;  // Simpson in θ
  double sum = 0;
  for (int j = 0; j <= n; ++j) {
    const double theta = pi * j / n, weight = j == 0 || j == n ? 1 : j % 2 ? 4 : 2;
    const ObservableAt at(Observable::dsg, 180, theta, all, Pair::np, chiral_constants);
    sum += weight * pi / n / 3 * 2 * pi * std::sin(theta) * at.value(s);
  }
  const ObservableAt total(Observable::sgt, 180, 0, all, Pair::np, chiral_constants);
  EXPECT_NEAR(sum / total.value(s), 1, 1e-7);  // with the waves beyond J = 6
}

TEST(NuclearObservables, derivatives_are_those_of_central_differences) {
  const auto all = blocks(Pair::np, 4);
  std::vector<BlockPhases> phases = random_phases(all, 11);
  const double h = 1e-4;
  for (Observable o : observables()) {
    const ObservableAt at(o, 140, 2.0, all, Pair::np, chiral_constants);
    SElements g;
    const double value = at.value(s_elements(all, phases), g);
    EXPECT_EQ(value, at.value(s_elements(all, phases)));
    const double scale = std::max(1.0, std::abs(value));
    for (std::size_t b = 0; b < all.size(); ++b) {
      double out[3];
      pull_to_phases(all[b], phases[b], &g[3 * Eigen::Index(b)], out);
      double* x[3] = {&phases[b].delta[0], &phases[b].epsilon, &phases[b].delta[1]};
      for (int c = 0; c < (all[b].coupled() ? 3 : 1); ++c) {
        const double old = *x[c];
        double f[4];
        for (int j = 0; j < 4; ++j) {
          *x[c] = old + h * (j < 2 ? j - 2 : j - 1);
          f[j] = at.value(s_elements(all, phases));
        }
        *x[c] = old;
        EXPECT_NEAR(out[c], (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h), 1e-9 * scale)
            << name(o) << " " << name(all[b]);
      }
    }
  }
}

TEST(NuclearObservables, high_waves_are_those_of_one_pion_exchange) {
  const double x = 1.3;
  const auto q = legendre_q(20, x);
  const double q0 = 0.5 * std::log((x + 1) / (x - 1));
  EXPECT_NEAR(q[1], x * q0 - 1, 1e-14);
  EXPECT_NEAR(q[2], (3 * x * x - 1) / 2 * q0 - 1.5 * x, 1e-14);
  double integral = 0;  // Q_l = ½ ∫ P_l/(x − z) dz
  const int n = 4000;
  for (int j = 0; j <= n; ++j) {
    const double z = -1 + 2.0 * j / n;
    integral += (j == 0 || j == n ? 1 : j % 2 ? 4 : 2) * std::legendre(8, z) / (x - z) / (3 * n);
  }
  EXPECT_NEAR(q[8] / integral, 1, 1e-5);
  // The analysis takes one-pion exchange in these waves, with a coupling of its own.
  const double momentum = relative_momentum(50, Pair::np, chiral_constants);
  for (const Block& b : blocks(Pair::np, 7)) {
    if (b.J < 6) continue;
    const BlockPhases p = stapp(b, one_pion_born(b, Pair::np, momentum, chiral_constants));
    EXPECT_NEAR(p.delta[0] / degree / pwa93_at_50.at(name(b.wave(0))), 1, 0.06) << name(b);
    if (b.coupled() && b.J == 6) {
      EXPECT_NEAR(p.epsilon / degree / pwa93_at_50.at("E6"), 1, 0.06);
    }
  }
}

TEST(NuclearObservables, one_pion_exchange_has_the_elements_of_published_routines) {
  // ⟨100|V|100⟩ of the LO(500) force of Entem, Machleidt and Nosyk, pion part, MeV⁻², by an independent calculation
  // that agrees with the authors' routines to 2e-8; the regulator is taken out.
  const double regulator = std::exp(-2 * std::pow(100.0 / 500, 4));
  const struct {
    const char* wave;
    double V[3];
  } expected[] = {{"1S0", {1.081303170e-06, 0, 0}},
                  {"3P0", {-1.081303170e-06, 0, 0}},
                  {"1P1", {7.301728261e-07, 0, 0}},
                  {"3P1", {6.605077853e-07, 0, 0}},
                  {"3S1", {1.128511102e-06, -1.314288009e-06, 1.991691378e-07}},
                  {"1D2", {-5.020959075e-08, 0, 0}},
                  {"3D2", {-3.067256649e-07, 0, 0}},
                  {"3P2", {-3.621659662e-08, 7.056668649e-08, -7.407867496e-09}}};
  for (const auto& e : expected) {
    const OnShell k = one_pion_born(block_of(wave(e.wave)), Pair::np, 100, chiral_constants);
    for (int c = 0; c < 3; ++c) {
      const double V = k.R[c] / (-pi / 2 * mass(Pair::np, chiral_constants) * 100);
      EXPECT_NEAR(V, e.V[c] / regulator, 2e-9 * 1e-6) << e.wave << " " << c;
    }
  }
}

TEST(NuclearObservables, impossible_angles_and_energies_are_refused) {
  const auto all = blocks(Pair::np, 1);
  EXPECT_THROW(ObservableAt(Observable::dsg, 50, 3.3, all, Pair::np, chiral_constants), InputError);
  EXPECT_THROW(ObservableAt(Observable::dsg, 50, -0.1, all, Pair::np, chiral_constants), InputError);
  EXPECT_THROW(ObservableAt(Observable::dsg, -50, 1, all, Pair::np, chiral_constants), InputError);
  EXPECT_FALSE(find_observable("ckp"));
  for (Observable o : observables()) EXPECT_EQ(*find_observable(name(o)), o);
}

}  // namespace
}  // namespace orogen::nuclear
