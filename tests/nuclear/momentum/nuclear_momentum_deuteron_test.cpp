// The deuteron from momentum space.
#include <gtest/gtest.h>

#include <cmath>

#include "common/nuclear/yamaguchi.hpp"
#include "nuclear/nuclear_checkpoints.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/momentum/forces/chiral.hpp"
#include "orogen/nuclear/momentum/solvers/deuteron_momentum.hpp"

namespace orogen::nuclear {
namespace {

void expect(const Deuteron& d, double d_state, double radius, double quadrupole, double asymptotic_s, double eta) {
  EXPECT_NEAR(d.energy, -2.224575, 1e-6);
  EXPECT_NEAR(100 * d.d_state, d_state, 2e-4);
  EXPECT_NEAR(d.radius, radius, 2e-5);
  EXPECT_NEAR(d.quadrupole, quadrupole, 2e-5);
  EXPECT_NEAR(d.asymptotic_s, asymptotic_s, 2e-5);
  EXPECT_NEAR(d.eta, eta, 1e-5);
}

TEST(NuclearMomentumDeuteron, of_EMN_N2LO_500) {
  const Deuteron d = momentum_deuteron(chiral_emn(3, 500)).value();
  expect(d, 4.48798, 1.96797, 0.27273, 0.88440, 0.02570);
  EXPECT_NEAR(d.moment, 0.879805 - 1.5 * 0.379805 * 0.0448798, 1e-5);
  double norm = 0;
  for (std::size_t k = 0; k < d.r.size(); ++k) norm += d.weight[k] * (d.u[k] * d.u[k] + d.w[k] * d.w[k]);
  EXPECT_NEAR(norm, 1, 1e-6);
  EXPECT_GT(d.u[20], 0);
  EXPECT_GT(d.w[20], 0);
}

TEST(NuclearMomentumDeuteron, of_all_nine_EMN_forces_agrees_with_the_checkpoints) {
  const std::vector<Row> rows = checkpoint("ck_deuteron.csv");
  if (rows.empty()) GTEST_SKIP() << "no checkpoints under " << shared_folder() << "; set OROGEN_SHARED";
  int seen = 0;
  for (const Row& row : rows) {
    std::istringstream words(row.at("potential"));
    std::string family, order, cutoff;
    words >> family >> order >> cutoff;
    if (family != "EMN") continue;
    SCOPED_TRACE(row.at("potential"));
    const int n = order == "LO" ? 0 : order == "NLO" ? 2 : 3;
    const auto number = [&](const char* column) { return std::stod(row.at(column)); };
    expect(momentum_deuteron(chiral_emn(n, std::stod(cutoff.substr(7)))).value(), number("P_D_percent"),
           number("r_d_fm"), number("Q_fm2"), number("A_S_fm-1/2"), number("eta"));
    ++seen;
  }
  EXPECT_EQ(seen, 9);
}

TEST(NuclearMomentumDeuteron, of_the_simultaneous_fits) {
  // Constants of Carlsson et al. (2016), fitted up to 290 MeV; energies of an independent implementation.
  const std::vector<double> lo = {-0.107684493705, -0.107684493705, -0.107684493705, -0.0718085864416};
  EXPECT_NEAR(deuteron_energy(chiral(sim_form(0, 500), lo)).value(), -2.2226, 1e-4);
  const std::vector<double> nlo = {-0.150622563617, -0.148913883689, -0.149910297553, -0.184312357158,
                                   1.69350109345,   1.29979026293,   1.02509004868,   -0.336125941278,
                                   -0.217898416205, 0.263426092117,  -0.202924414604};
  EXPECT_NEAR(deuteron_energy(chiral(sim_form(2, 500), nlo)).value(), -2.22448, 1e-5);
}

TEST(NuclearMomentumDeuteron, of_yamaguchi_is_the_closed_form) {
  const double range = 1.4488 * 197.32698, M = mass(Pair::np, chiral_constants);
  MomentumInteraction v("Yamaguchi", chiral_constants);
  v += std::make_unique<Yamaguchi>(Yamaguchi::binding_strength(2.224575, range, M), range);
  const Deuteron d = momentum_deuteron(v).value();
  EXPECT_NEAR(d.energy, -2.224575, 1e-9);
  // Hulthén: u = A (e^{−γr} − e^{−βr}).
  const double gamma = std::sqrt(M * 2.224575) / 197.32698, beta = 1.4488;
  const double A = std::sqrt(2 * gamma * beta * (gamma + beta)) / (beta - gamma);
  EXPECT_NEAR(d.asymptotic_s, A, 1e-7);
  // A force without cut-off: what lies beyond the last momentum is missing at short distances.
  for (std::size_t k : {10u, 40u, 200u})
    EXPECT_NEAR(d.u[k], A * (std::exp(-gamma * d.r[k]) - std::exp(-beta * d.r[k])), k == 10 ? 5e-4 : 2e-5);
  EXPECT_EQ(d.d_state, 0);
  MomentumInteraction weak("weak", chiral_constants);
  weak += std::make_unique<Yamaguchi>(0.3 * Yamaguchi::binding_strength(2.224575, range, M), range);
  EXPECT_FALSE(momentum_deuteron(weak));
}

TEST(NuclearMomentumDeuteron, derivative_of_the_energy_is_that_of_differences) {
  MomentumInteraction v = chiral_emn(3, 500);
  const std::vector<double> lecs = v.parameters();
  std::vector<double> gradient(lecs.size(), 0.0);
  const MomentumMesh mesh{40, 700};
  deuteron_energy(v, gradient, 1, mesh);
  for (std::size_t k : {3u, 8u, 9u}) {
    const auto at = [&](double h) {
      std::vector<double> moved = lecs;
      moved[k] += h;
      v.set_parameters(moved);
      return deuteron_energy(v, {}, 1, mesh).value();
    };
    EXPECT_NEAR(gradient[k], (at(1e-5) - at(-1e-5)) / 2e-5, 1e-6 * std::abs(gradient[k])) << k;
  }
  EXPECT_EQ(gradient[0], 0);
}

}  // namespace
}  // namespace orogen::nuclear
