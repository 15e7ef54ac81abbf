// Emulated contacts against the full solver.
#include <gtest/gtest.h>

#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/momentum/forces/chiral.hpp"
#include "orogen/nuclear/momentum/solvers/contact_emulator.hpp"
#include "orogen/nuclear/momentum/solvers/deuteron_momentum.hpp"

namespace orogen::nuclear {
namespace {

const std::vector<double> T = {1, 50, 200};
constexpr MomentumMesh mesh{40, 700};

void expect_exact(const ChiralForm& form, const std::vector<double>& lecs, Pair pair) {
  const MomentumInteraction v = chiral(form, lecs);
  const MomentumSolver solver(v, pair, 4, mesh);
  const ContactEmulator emulator(chiral_pions(form), form.contacts, pair, 4, T, mesh);
  for (std::size_t b = 0; b < emulator.blocks().size(); ++b)
    for (std::size_t e = 0; e < T.size(); ++e) {
      const OnShell full = solver.solve(emulator.blocks()[b], T[e]), fast = emulator.solve(b, e, lecs);
      const double size = std::abs(full.R[0]) + std::abs(full.R[2]);
      for (int c = 0; c < 3; ++c)
        EXPECT_NEAR(fast.R[c], full.R[c], 1e-9 * (size + size * size))
            << name(emulator.blocks()[b]) << " " << T[e] << " MeV";
    }
}

TEST(NuclearContactEmulator, is_exact_for_published_and_for_arbitrary_constants) {
  const ChiralForm form = emn_form(3, 500);
  std::vector<double> lecs = emn_constants(3, 500);
  expect_exact(form, lecs, Pair::np);
  expect_exact(form, lecs, Pair::nn);
  for (std::size_t k = 0; k < lecs.size(); ++k) lecs[k] = (k < 4 ? 0.2 : 1.5) * std::sin(3.1 * double(k + 1));
  expect_exact(form, lecs, Pair::np);
  expect_exact(form, std::vector<double>(11, 0.0), Pair::np);
}

TEST(NuclearContactEmulator, is_exact_with_contacts_of_N3LO) {
  ChiralForm form = emn_form(3, 450);
  form.contacts.order = 4;
  std::vector<double> lecs = emn_constants(3, 450);
  for (std::size_t k = lecs.size(); k < 26; ++k) lecs.push_back(std::cos(1.7 * double(k)));
  expect_exact(form, lecs, Pair::np);
}

TEST(NuclearContactEmulator, moves_its_mesh_off_its_energies) {
  const ChiralForm form = emn_form(3, 500);
  const std::vector<double> lecs = emn_constants(3, 500);
  const double M = mass(Pair::nn, form.constants), q = momentum_points(mesh).x[12], on = 2 * q * q / M;
  const double T[] = {on * 0.9999, on, on * 1.0001};
  const ContactEmulator emulator(chiral_pions(form), form.contacts, Pair::nn, 0, T, mesh);
  const double low = emulator.solve(0, 0, lecs).R[0], high = emulator.solve(0, 2, lecs).R[0];
  EXPECT_NEAR(emulator.solve(0, 1, lecs).R[0], (low + high) / 2, 1e-8);
}

TEST(NuclearContactEmulator, derivatives_are_those_of_differences) {
  const ChiralForm form = emn_form(3, 500);
  const std::vector<double> lecs = emn_constants(3, 500);
  const ContactEmulator emulator(chiral_pions(form), form.contacts, Pair::np, 2, T, mesh);
  const double weight[3] = {0.4, -0.9, 1.1};
  for (std::size_t b = 0; b < emulator.blocks().size(); ++b) {
    Eigen::MatrixXd derivative;
    const OnShell at = emulator.solve(b, 1, lecs, derivative);
    EXPECT_NEAR(at.R[0], emulator.solve(b, 1, lecs).R[0], 1e-13 * (1 + std::abs(at.R[0])));
    std::vector<double> gradient(lecs.size(), 0.0);
    emulator.pull(b, 1, lecs, weight, gradient);
    for (std::size_t k = 0; k < lecs.size(); ++k) {
      const double h = 1e-6;
      std::vector<double> up = lecs, down = lecs;
      up[k] += h, down[k] -= h;
      const OnShell u = emulator.solve(b, 1, up), d = emulator.solve(b, 1, down);
      double sum = 0;
      for (int c = 0; c < 3; ++c) {
        EXPECT_NEAR(derivative(c, long(k)), (u.R[c] - d.R[c]) / (2 * h), 1e-7 * (1 + std::abs(derivative(c, long(k)))));
        sum += weight[c] * derivative(c, long(k));
      }
      EXPECT_NEAR(gradient[k], sum, 1e-12 * (1 + std::abs(sum)));
    }
  }
}

TEST(NuclearContactEmulator, finds_the_deuteron) {
  const ChiralForm form = emn_form(3, 500);
  std::vector<double> lecs = emn_constants(3, 500);
  const ContactEmulator emulator(chiral_pions(form), form.contacts, Pair::np, 1, T, {80, 700});
  const double published = emulator.bound(lecs), energy = emulator.deuteron_energy(lecs).value();
  EXPECT_NEAR(energy, deuteron_energy(chiral(form, lecs)).value(), 1e-9);
  EXPECT_NEAR(energy, -2.224575, 1e-6);
  lecs[3] *= 1.02;
  EXPECT_NEAR(emulator.deuteron_energy(lecs).value(), deuteron_energy(chiral(form, lecs)).value(), 1e-9);
  EXPECT_LT(std::abs(published), 1e-5 * std::abs(emulator.bound(lecs)));
  const std::vector<double> repulsive = {1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_FALSE(emulator.deuteron_energy(repulsive));
}

TEST(NuclearContactEmulator, gives_the_effective_range) {
  const ChiralForm form = emn_form(3, 500);
  const std::vector<double> low = {0.005, 0.02, 0.05}, lecs = emn_constants(3, 500);
  const ContactEmulator emulator(chiral_pions(form), form.contacts, Pair::np, 0, low);
  const auto K = [&](double T) {
    return emulator.solve(0, std::size_t(std::find(low.begin(), low.end(), T) - low.begin()), lecs);
  };
  const EffectiveRange singlet = effective_range(emulator.blocks()[0], K, Pair::np, form.constants);
  EXPECT_NEAR(singlet.a, -23.7380, 2e-3);
  EXPECT_NEAR(singlet.r, 2.6868, 2e-3);
}

TEST(NuclearContactEmulator, refuses_what_it_does_not_have) {
  const ChiralForm form = emn_form(0, 500);
  const ContactEmulator emulator(chiral_pions(form), form.contacts, Pair::pp, 1, T, mesh);
  const std::vector<double> lecs = emn_constants(0, 500), few = {1.0};
  EXPECT_THROW(emulator.solve(0, 0, few), InputError);
  EXPECT_THROW(emulator.solve(99, 0, lecs), InputError);
  EXPECT_THROW(emulator.solve(0, 99, lecs), InputError);
  EXPECT_THROW(emulator.bound(lecs), InputError);
}

}  // namespace
}  // namespace orogen::nuclear
