// Scattering of like nucleons: antisymmetry, Coulomb's force, vacuum polarisation and magnetic moments.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "nuclear/nuclear_spin_algebra.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/local/forces/argonne.hpp"
#include "orogen/nuclear/local/forces/vacuum_polarisation.hpp"
#include "orogen/nuclear/local/scattering.hpp"
#include "orogen/nuclear/observables/data/chi_squared.hpp"

namespace orogen::nuclear {
namespace {

constexpr double pi = std::numbers::pi;
constexpr HighWaves none{0, {}};
constexpr Photons charge_alone{false, false};
const double hbarc = chiral_constants.hbarc;

double momentum(double T) { return relative_momentum(T, Pair::pp, chiral_constants); }

double value(Observable o, double T, double theta, std::span<const Block> all, const SElements& s, Photons photons = {},
             Pair pair = Pair::pp, Constants c = chiral_constants) {
  return ObservableAt(o, T, theta, all, pair, c, none, photons).value(s);
}

TEST(NuclearProtons, without_a_nuclear_force_scatter_by_the_formula_of_Mott) {
  const auto all = blocks(Pair::pp, 2);
  const SElements s = s_elements(all, std::vector<BlockPhases>(all.size()));
  for (double T : {0.5, 10.0, 200.0})
    for (double theta : {0.3, 1.1, pi / 2, 2.8}) {
      const double q = momentum(T), x = q * q / std::pow(chiral_constants.proton, 2);
      const double eta = chiral_constants.alpha * (1 + 2 * x) / std::sqrt(1 + x) * chiral_constants.proton / (2 * q);
      const double s2 = std::pow(std::sin(theta / 2), 2), c2 = 1 - s2;
      const double mott = 10 * std::pow(eta / (2 * q / hbarc), 2) *
                          (1 / (s2 * s2) + 1 / (c2 * c2) - std::cos(eta * std::log(s2 / c2)) / (s2 * c2));
      EXPECT_NEAR(value(Observable::dsg, T, theta, all, s, charge_alone), mott, 1e-11 * mott);
    }
}

TEST(NuclearProtons, coulomb_amplitude_is_the_sum_of_its_waves) {
  // (1 − cos θ)³ times the sum over L converges; so the sign and the phase that waves of the nuclear force meet are
  // those of the closed form.
  const double q = momentum(3), k = q / hbarc, theta = 1.2, z = std::cos(theta);
  const ElectromagneticScattering photon(Pair::pp, q, chiral_constants, 4, charge_alone);
  const int most = 1200;
  const auto sigma = coulomb_phase_differences(most, photon.eta());
  std::vector<Complex> a;
  for (double x : sigma) a.push_back(std::polar(1.0, 2 * x));
  for (int power = 0; power < 3; ++power) {  // coefficients of (2L + 1)P_L after multiplication by 1 − z
    std::vector<Complex> b;
    for (std::size_t L = 0; L + 1 < a.size(); ++L)
      b.push_back(a[L] - (L ? double(L) / double(2 * L + 1) * a[L - 1] : 0.0) -
                  double(L + 1) / double(2 * L + 1) * a[L + 1]);
    a.swap(b);
  }
  Complex sum = 0;
  for (std::size_t L = 0; L < a.size(); ++L) sum += double(2 * L + 1) * a[L] * std::legendre(unsigned(L), z);
  const Complex expected = sum / (Complex(0, 2) * k * std::pow(1 - z, 3));
  EXPECT_LT(std::abs(photon.central(theta) - expected), 1e-6 * std::abs(expected));
}

/// M of two protons in the product basis as direct minus exchanged amplitude of unlike particles; waves that Pauli
/// forbids may be anything.
Eigen::Matrix4cd antisymmetrised(double T, double theta, std::span<const Block> of_np, const SElements& s) {
  const double q = momentum(T), k = q / hbarc;
  const ElectromagneticScattering photon(Pair::pp, q, chiral_constants, 4, charge_alone);
  const auto sigma = coulomb_phase_differences(8, photon.eta());
  const auto direct = [&](double angle) {
    SElements turned = s;  // full_matrix subtracts 1 from the diagonal: T = e^{iσ}(S − 1)e^{iσ'}
    for (std::size_t b = 0; b < of_np.size(); ++b)
      for (int c = 0; c < 3; ++c) {
        const Eigen::Index at = 3 * Eigen::Index(b) + c;
        const bool used = c == 0 || of_np[b].coupled();
        if (!used) continue;
        const double one = c == 1 ? 0 : 1;
        const double both_sigma = sigma[std::size_t(of_np[b].L[c == 2])] + sigma[std::size_t(of_np[b].L[c > 0])];
        turned[at] = one + std::polar(1.0, both_sigma) * (s[at] - one);
      }
    return Eigen::Matrix4cd(full_matrix(of_np, turned, angle, k) +
                            photon.central(angle) * Eigen::Matrix4cd::Identity());
  };
  Eigen::Matrix4cd exchange = Eigen::Matrix4cd::Zero();  // of the two spins
  exchange(0, 0) = exchange(3, 3) = exchange(1, 2) = exchange(2, 1) = 1;
  const Eigen::Matrix4cd turn = both(pauli(0, 0, 1), pauli(0, 0, 1));  // by π about the beam
  return direct(theta) - exchange * turn * direct(pi - theta) * turn.adjoint();
}

TEST(NuclearProtons, observables_are_those_of_the_antisymmetrised_amplitude_of_unlike_particles) {
  const double T = 7, theta = 0.8;
  const auto of_np = blocks(Pair::np, 4), of_pp = blocks(Pair::pp, 4);
  const auto phases = random_phases(of_np, 21);
  std::vector<BlockPhases> like;
  for (std::size_t b = 0; b < of_np.size(); ++b)
    if (of_np[b].isospin() == 1) like.push_back(phases[b]);
  const Eigen::Matrix4cd m = antisymmetrised(T, theta, of_np, s_elements(of_np, phases));
  const SElements s = s_elements(of_pp, like);
  const double intensity = (m * m.adjoint()).trace().real() / 4;
  EXPECT_NEAR(value(Observable::dsg, T, theta, of_pp, s, charge_alone) / (10 * intensity), 1, 1e-12);
  const Eigen::Matrix2cd one = Eigen::Matrix2cd::Identity(), x = pauli(1, 0, 0), y = pauli(0, 1, 0), z = pauli(0, 0, 1);
  const auto mean = [&](const Eigen::Matrix4cd& out, const Eigen::Matrix4cd& in) {
    return (out * m * in * m.adjoint()).trace().real() / 4 / intensity;
  };
  const Eigen::Matrix4cd nothing = Eigen::Matrix4cd::Identity();
  EXPECT_NEAR(value(Observable::p, T, theta, of_pp, s, charge_alone), mean(nothing, both(y, one)), 1e-12);
  EXPECT_NEAR(value(Observable::ayy, T, theta, of_pp, s, charge_alone), mean(nothing, both(y, y)), 1e-12);
  EXPECT_NEAR(value(Observable::axx, T, theta, of_pp, s, charge_alone), mean(nothing, both(x, x)), 1e-12);
  EXPECT_NEAR(value(Observable::azz, T, theta, of_pp, s, charge_alone), mean(nothing, both(z, z)), 1e-12);
  EXPECT_NEAR(value(Observable::d, T, theta, of_pp, s, charge_alone), mean(both(y, one), both(y, one)), 1e-12);
  EXPECT_NEAR(value(Observable::dt, T, theta, of_pp, s, charge_alone), mean(both(one, y), both(y, one)), 1e-12);
  EXPECT_GT(std::abs(mean(nothing, both(y, one))), 1e-3);
}

TEST(NuclearProtons, cross_sections_and_correlations_are_even_about_90_degrees_and_the_polarisation_odd) {
  const auto all = blocks(Pair::pp, 4);
  const SElements s = s_elements(all, random_phases(all, 9));
  for (double theta : {0.4, 1.3}) {
    const auto at = [&](Observable o, double angle) {
      return ObservableAt(o, 25, angle, all, Pair::pp, chiral_constants).value(s);  // with all photons and high waves
    };
    for (Observable o : {Observable::dsg, Observable::ayy, Observable::axx, Observable::azz})
      EXPECT_NEAR(at(o, theta) / at(o, pi - theta), 1, 1e-10) << name(o);
    EXPECT_NEAR(at(Observable::p, theta), -at(Observable::p, pi - theta), 1e-12);
    EXPECT_NEAR(at(Observable::azx, theta), -at(Observable::azx, pi - theta), 1e-12);
    EXPECT_NEAR(at(Observable::d, theta), at(Observable::dt, pi - theta), 1e-12);  // the other proton is looked at
  }
}

TEST(NuclearProtons, without_charge_scatter_like_twice_the_waves_of_isospin_one_of_np) {
  Constants c = chiral_constants;
  c.alpha = 0, c.neutron = c.proton;
  const auto of_np = blocks(Pair::np, 5), of_pp = blocks(Pair::pp, 5);
  const auto like = random_phases(of_pp, 13);
  std::vector<BlockPhases> padded;
  std::size_t next = 0;
  for (const Block& b : of_np) padded.push_back(b.isospin() == 1 ? like[next++] : BlockPhases{});
  const SElements one = s_elements(of_np, padded), two = s_elements(of_pp, like);
  for (Observable o : observables()) {
    const double factor = o == Observable::dsg ? 4 : has_angle(o) ? 1 : 2;
    const double expected = factor * value(o, 90, 0.9, of_np, one, {}, Pair::np, c);
    EXPECT_NEAR(value(o, 90, 0.9, of_pp, two, {}, Pair::pp, c), expected, 1e-12 * std::max(1.0, std::abs(expected)));
  }
}

TEST(NuclearProtons, of_no_charge_and_neutrons_keep_unitarity) {
  // Every pair of like particles counts twice in the integral over all angles.
  const auto all = blocks(Pair::nn, 6);
  const SElements s = s_elements(all, random_phases(all, 7));
  const int n = 400;
  double sum = 0;
  for (int j = 0; j <= n; ++j) {
    const double theta = pi * j / n, weight = j == 0 || j == n ? 1 : j % 2 ? 4 : 2;
    sum += weight * pi / n / 3 * 2 * pi * std::sin(theta) / 2 *
           ObservableAt(Observable::dsg, 180, theta, all, Pair::nn, chiral_constants).value(s);
  }
  EXPECT_NEAR(sum / ObservableAt(Observable::sgt, 180, 0, all, Pair::nn, chiral_constants).value(s), 1, 1e-7);
}

TEST(NuclearProtons, derivatives_are_those_of_central_differences) {
  const auto all = blocks(Pair::pp, 4);
  std::vector<BlockPhases> phases = random_phases(all, 11);
  const double h = 1e-4;
  for (Observable o : {Observable::dsg, Observable::p, Observable::rp, Observable::ayy}) {
    const ObservableAt at(o, 6, 2.0, all, Pair::pp, chiral_constants);
    SElements g;
    const double x = at.value(s_elements(all, phases), g);
    for (std::size_t b = 0; b < all.size(); ++b) {
      double out[3];
      pull_to_phases(all[b], phases[b], &g[3 * Eigen::Index(b)], out);
      double* part[3] = {&phases[b].delta[0], &phases[b].epsilon, &phases[b].delta[1]};
      for (int c = 0; c < (all[b].coupled() ? 3 : 1); ++c) {
        const double old = *part[c];
        double f[4];
        for (int j = 0; j < 4; ++j)
          *part[c] = old + h * (j < 2 ? j - 2 : j - 1), f[j] = at.value(s_elements(all, phases));
        *part[c] = old;
        EXPECT_NEAR(out[c], (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h), 1e-9 * std::max(1.0, std::abs(x)));
      }
    }
  }
}

TEST(NuclearProtons, integrals_of_coulomb_functions_over_the_inverse_cube_are_those_of_quadrature) {
  const auto integral = [](int L, int other, double eta) {
    const double step = 0.02, last = 120;
    double sum = 0;
    for (int j = 0; j < int(last / step); ++j) {  // midpoints
      const double rho = (j + 0.5) * step;
      sum += step * free_waves(L, eta, rho).F * free_waves(other, eta, rho).F / (rho * rho * rho);
    }
    return sum + (L == other ? 1 : -1) / (4 * last * last);  // the mean of F² or F_L F_{L+2} far out
  };
  for (double eta : {0.05, 0.4}) {
    EXPECT_NEAR(inverse_cube(1, eta), integral(1, 1, eta), 1e-5);
    EXPECT_NEAR(inverse_cube(3, eta), integral(3, 3, eta), 1e-5);
    EXPECT_NEAR(inverse_cube_mixed(1, eta), integral(1, 3, eta), 1e-5);
  }
  EXPECT_NEAR(inverse_cube(2, 0), 1 / 12.0, 1e-15);
}

TEST(NuclearProtons, amplitude_of_the_magnetic_moments_is_the_sum_of_its_waves) {
  const double q = momentum(10), k = q / hbarc, theta = 0.7;
  const Photons moments{false, true};
  const ElectromagneticScattering photon(Pair::pp, q, chiral_constants, 6, moments);
  const double mu = chiral_constants.proton_moment;
  const double length = chiral_constants.alpha * hbarc * (4 * mu - 1) / (2 * chiral_constants.proton);
  // One wave: the sum over J with ⟨L·S⟩ in the block machinery is e alone, in the closed form of one L.
  const auto all = blocks(Pair::pp, 2);
  SElements t = SElements::Zero(3 * Eigen::Index(all.size()));
  for (std::size_t b = 0; b < all.size(); ++b)
    if (all[b].S == 1 && all[b].L[0] == 1)
      t[3 * Eigen::Index(b)] = Complex(0, 2) * length * k * spin_orbit(all[b]).value[0] * inverse_cube(1, photon.eta());
  const Amplitudes e = combined(amplitude_coefficients(all, theta), photon.factors(all).cwiseProduct(t));
  const auto sigma = coulomb_phase_differences(6000, photon.eta());
  const Complex one_wave =
      Complex(0, -2) * length * 3.0 * inverse_cube(1, photon.eta()) * -std::sin(theta) * std::polar(1.0, 2 * sigma[1]);
  EXPECT_LT(e.head(4).norm(), 1e-15);
  EXPECT_LT(std::abs(e[4] - one_wave), 1e-14);
  // All waves: Σ c_L sin θ dP_L/dθ = Σ (c_{m−1} − c_{m+1}) P_m with c_L for odd L.
  const auto c = [&](int L) {
    return L < 1 ? Complex(0)
                 : 2.0 * L * (L + 1) * inverse_cube(L, photon.eta()) * std::polar(1.0, 2 * sigma[std::size_t(L)]);
  };
  Complex sum = 0;
  double before = 0, P = 1;
  for (int m = 0; m < 5000; ++m) {
    if (m % 2 == 0) sum += (c(m - 1) - c(m + 1)) * P;
    const double next = ((2 * m + 1) * std::cos(theta) * P - m * before) / (m + 1);
    before = P, P = next;
  }
  SElements tensor = SElements::Zero(3 * Eigen::Index(blocks(Pair::pp, 6).size()));
  const auto of_6 = blocks(Pair::pp, 6);
  for (std::size_t b = 0; b < of_6.size(); ++b)
    for (int part = 0; part < 3; ++part)
      tensor[3 * Eigen::Index(b) + part] = Complex(0, 2) * photon.tensor_born(of_6[b]).R[part];
  const Amplitudes rest = combined(amplitude_coefficients(of_6, theta), photon.factors(of_6).cwiseProduct(tensor));
  const Complex expected = Complex(0, -1) * length * sum / std::sin(theta);
  const Complex got = photon.amplitude(theta, of_6)[4] - rest[4];
  EXPECT_LT(std::abs(got - expected), 2e-4 * std::abs(expected));
}

/// (1 + 1/2x²) √(x² − 1)/x².
double spectrum(double x) { return (1 + 0.5 / (x * x)) * std::sqrt(x * x - 1) / (x * x); }

/// ∫_1^∞ f(x) dx by the trapezoidal rule in t, x = cosh(t³).
template <class F> double from_one(const F& f) {
  double sum = 0;
  const double h = 2e-4;
  for (double t = h / 2; t < 3.3; t += h) {
    const double x = std::cosh(t * t * t);
    if (std::isfinite(x)) sum += h * 3 * t * t * std::sinh(t * t * t) * f(x);
  }
  return sum;
}

TEST(NuclearProtons, scatter_neutrons_by_their_moment_as_Schwinger_has_it) {
  const double T = 20, theta = 0.4, q = relative_momentum(T, Pair::np, chiral_constants), k = q / hbarc;
  const auto all = blocks(Pair::np, 3);
  const double gamma =
      chiral_constants.neutron_moment * chiral_constants.alpha * hbarc / chiral_constants.neutron;  // fm
  const SElements nothing = s_elements(all, std::vector<BlockPhases>(all.size()));
  const auto dsg = [&](Photons photons) {
    return ObservableAt(Observable::dsg, T, theta, all, Pair::np, chiral_constants, none, photons).value(nothing);
  };
  const Photons moment{true, true, NeutronMoment::in_all_waves};
  EXPECT_NEAR(dsg(moment) / (10 * std::pow(gamma / (2 * std::tan(theta / 2)), 2)), 1, 1e-12);
  EXPECT_EQ(dsg({}), 0);
  // Beside any other force, the neutron's spin alone feels it: σ1n, not σ2n.
  const auto phases = random_phases(all, 5);
  const SElements s = s_elements(all, phases);
  const Eigen::Matrix2cd one = Eigen::Matrix2cd::Identity(), y = pauli(0, 1, 0);
  const Eigen::Matrix4cd m =
      full_matrix(all, s, theta, k) + Complex(0, 0.5 * gamma / std::tan(theta / 2)) * both(y, one);
  const auto mean = [&](const Eigen::Matrix4cd& out, const Eigen::Matrix4cd& in) {
    return (out * m * in * m.adjoint()).trace().real() / (m * m.adjoint()).trace().real();
  };
  const auto at = [&](Observable o) { return value(o, T, theta, all, s, moment, Pair::np); };
  EXPECT_NEAR(at(Observable::p), mean(both(one, one), both(y, one)), 1e-12);
  EXPECT_NEAR(at(Observable::d), mean(both(y, one), both(y, one)), 1e-12);
  EXPECT_GT(std::abs(at(Observable::p) - value(Observable::p, T, theta, all, s, {}, Pair::np)), 1e-4);
  // Phases that hold it: what waves of the spin-orbit force have, R = λk⟨L·S⟩/(2L(L + 1)), is not counted again.
  const ElectromagneticScattering photon(Pair::np, q, chiral_constants, 3, {true, true, NeutronMoment::beyond_phases});
  const std::vector<Block> p_waves{block_of(wave("3P0")), block_of(wave("3P1")), {2, 1, 1, {1, 0}}};
  const Complex whole = Complex(0, 0.5) * gamma / std::tan(theta / 2);
  const Complex of_p = Complex(0, -0.5) * gamma * 1.5 * -std::sin(theta);  // −(iλ/2)(2L + 1)/(L(L + 1)) dP_1/dθ
  const Amplitudes rest = photon.amplitude(theta, p_waves);
  EXPECT_LT(std::abs(rest[4] - (whole - of_p)), 1e-15);
  EXPECT_LT(std::abs(rest[5] - whole), 1e-15);
}

TEST(NuclearProtons, vacuum_polarisation_has_the_potential_of_Uehling_and_its_phases) {
  for (double z : {3e-4, 0.02, 0.7, 5.0})
    EXPECT_NEAR(uehling(z) / from_one([&](double x) { return spectrum(x) * std::exp(-z * x); }), 1, 1e-5) << z;
  const double T = 2, q = momentum(T), k = q / hbarc, alpha = chiral_constants.alpha;
  const ElectromagneticScattering photon(Pair::pp, q, chiral_constants, 4, {true, false});
  for (int L : {0, 2}) {  // τ = −(M/ħ²k) ∫ F² V dr, a slow sum over Coulomb functions
    double sum = 0;
    const double h = 0.1;
    for (double rho = h / 2; rho < 120; rho += h)
      sum += h * std::pow(free_waves(L, photon.eta(), rho).F, 2) / rho * uehling(2 * 0.51099895 / hbarc * rho / k);
    const double tau = -4 * photon.eta() * alpha / (3 * pi) * sum;
    EXPECT_NEAR(photon.vacuum_phases()[std::size_t(L)] / tau, 1, 2e-3) << L;
    EXPECT_LT(tau, 0);  // repulsion
  }
}

TEST(NuclearProtons, vacuum_polarisation_scatters_by_the_amplitude_of_Durand_and_as_the_sum_of_its_waves) {
  const double q = momentum(100), k = q / hbarc, alpha = chiral_constants.alpha;
  const ElectromagneticScattering with(Pair::pp, q, chiral_constants, 4, {true, false});
  const ElectromagneticScattering without(Pair::pp, q, chiral_constants, 4, charge_alone);
  const int most = 4000;
  const auto sigma = coulomb_phase_differences(most, with.eta());
  std::vector<double> tau(most, 0.0);
  for (double t = 0.05; t < 10; t += 0.1) {
    const double x = std::cosh(t);
    const auto Q = legendre_q(most, 1 + 2 * std::pow(0.51099895 * x / q, 2));
    for (int L = 0; L < most; ++L)
      tau[std::size_t(L)] -= with.eta() * 2 * alpha / (3 * pi) * 0.1 * std::sinh(t) * spectrum(x) * Q[std::size_t(L)];
  }
  for (int L = 0; L < 17; ++L) EXPECT_NEAR(with.vacuum_phases()[std::size_t(L)] / tau[std::size_t(L)], 1, 1e-4) << L;
  for (double theta : {0.1, 0.6, 2.0}) {
    const double s2 = std::pow(std::sin(theta / 2), 2), X = std::pow(0.51099895 / q, 2) / s2;
    const double F = 2 * from_one([&](double x) { return spectrum(x) / (1 + X * x * x); });
    const double durand = alpha * with.eta() / (3 * pi * k) * F / (2 * s2);
    const Complex got = with.central(theta) - without.central(theta);
    EXPECT_NEAR(std::abs(got) / durand, 1, 0.03) << theta;  // up to η², of the distorted waves
    Complex sum = 0;
    double before = 0, P = 1;
    for (int L = 0; L < most; ++L) {
      sum += (2 * L + 1) * tau[std::size_t(L)] * P * std::polar(1.0, 2 * sigma[std::size_t(L)]) / k;
      const double next = ((2 * L + 1) * std::cos(theta) * P - L * before) / (L + 1);
      before = P, P = next;
    }
    EXPECT_LT(std::abs(got - sum), 0.05 * std::abs(sum)) << theta;
  }
}

TEST(NuclearProtons, measured_scattering_is_described_by_v18_as_published) {
  // χ²/N 1.35 of all pp data up to 1999 (Machleidt, Phys. Rev. C 63 (2001) 024001), 1.10 of those it was fitted to.
  const char* given = std::getenv("OROGEN_SHARED");
  const auto shared = given ? std::filesystem::path(given) : std::filesystem::path(OROGEN_TEST_DIR) / "../../shared";
  const auto file = shared / "data/nuclear/granada_scattering_pp.csv";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there; OROGEN_SHARED may name its folder";
  const auto force = argonne_v18(true);
  const PhaseTable phases = LocalSolver(force, Pair::pp, 6).phases(recommended_energies());
  LikelihoodOptions options;
  options.constants = force.constants;
  const ScatteringLikelihood data(select(read_scattering(file, Pair::pp), 0.1, 350), recommended_energies(), 6,
                                  options);
  const Chi2Summary all = data.summary(phases, std::vector<double>{0, 10, 125, 350});
  EXPECT_EQ(all.data, 2296);
  EXPECT_LT(all.chi2 / double(all.data), 1.36);
  EXPECT_LT(all.by_energy[0].chi2 / double(all.by_energy[0].data), 1.0);  // 4 without vacuum polarisation
  EXPECT_LT(all.by_energy[1].chi2 / double(all.by_energy[1].data), 1.1);  // 2.5 without magnetic moments
}

TEST(NuclearProtons, total_cross_sections_and_angles_where_the_amplitude_is_infinite_are_refused) {
  const auto all = blocks(Pair::pp, 1);
  EXPECT_THROW(ObservableAt(Observable::sgt, 50, 0, all, Pair::pp, chiral_constants), InputError);
  EXPECT_THROW(ObservableAt(Observable::dsg, 50, 0, all, Pair::pp, chiral_constants), InputError);
  EXPECT_THROW(ObservableAt(Observable::dsg, 50, pi, all, Pair::pp, chiral_constants), InputError);
  EXPECT_NO_THROW(ObservableAt(Observable::sgt, 50, 0, blocks(Pair::nn, 1), Pair::nn, chiral_constants));
}

}  // namespace
}  // namespace orogen::nuclear
