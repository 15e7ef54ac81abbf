// Contact constants of chiral forces from phases: the exact emulation against the solver, posteriors with all nine
// constants.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "nuclear/nuclear_checkpoints.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/nuclear/inference/contacts/contact_phases.hpp"
#include "orogen/nuclear/inference/contacts/prediction.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/momentum/solvers/scattering.hpp"

using namespace orogen;
using namespace orogen::nuclear;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

const std::vector<std::string> nine{"Ct_1S0np", "Ct_3S1", "C_1S0", "C_3P0", "C_1P1", "C_3P1", "C_3S1", "C_SD", "C_3P2"};
const std::vector<std::string> waves{"1S0", "3P0", "1P1", "3P1", "3S1", "E1", "3D1", "3P2"};

std::vector<double> values_of(const std::vector<std::string>& free, int order) {
  const auto names = contact_names(order);
  const auto all = emn_constants(order, 500);
  std::vector<double> values;
  for (const auto& name : free)
    values.push_back(all[std::size_t(std::find(names.begin(), names.end(), name) - names.begin())]);
  return values;
}

std::vector<PhasePoint> points(const std::vector<std::string>& names, const std::vector<double>& T_lab) {
  std::vector<PhasePoint> all;
  for (double T : T_lab)
    for (const auto& name : names) all.push_back(phase_point(name, T));
  return all;
}

ContactPhases emn(int order, std::vector<PhasePoint> at, const std::vector<std::string>& free = nine, int mesh = 40) {
  return ContactPhases(emn_form(order, 500), Pair::np, std::move(at), emn_constants(order, 500), free, {mesh, 700});
}

}  // namespace

TEST(NuclearContactPhases, of_the_published_N2LO_force_are_its_phases_at_50_MeV) {
  const std::vector<std::string> names{"1S0", "3P0", "1P1", "3P1", "3S1", "E1",
                                       "3D1", "1D2", "3D2", "3P2", "E2",  "3F2"};
  const double expected[] = {40.00743, 11.72218, -9.75742, -8.01837, 62.23435, 2.03402,
                             -6.70874, 1.64934,  9.14266,  5.94561,  -1.64233, 0.31441};
  const auto model = emn(3, points(names, {50}), nine, 60);
  std::vector<double> phase(names.size());
  MatrixXd J(names.size(), 9);
  model.phases(values_of(nine, 3), phase, J);
  for (std::size_t i = 0; i < names.size(); ++i) EXPECT_NEAR(phase[i] / degree, expected[i], 2e-4) << names[i];
}

TEST(NuclearContactPhases, are_those_of_the_solver_for_any_constants) {
  const std::vector<double> T{1, 20, 100};
  auto free = values_of(nine, 3);
  for (std::size_t k = 0; k < free.size(); ++k) free[k] *= 1 + 0.1 * std::sin(3.0 * double(k));
  const auto names = contact_names(3);
  auto all = emn_constants(3, 500);
  for (std::size_t k = 0; k < nine.size(); ++k)
    all[std::size_t(std::find(names.begin(), names.end(), nine[k]) - names.begin())] = free[k];
  const MomentumInteraction force = chiral(emn_form(3, 500), all);
  const MomentumSolver solver(force, Pair::np, 2, {40, 700});
  const auto model = emn(3, points(waves, T));
  std::vector<double> phase(model.size());
  MatrixXd J(model.size(), 9);
  model.phases(free, phase, J);
  const auto at = points(waves, T);
  for (std::size_t i = 0; i < at.size(); ++i) {
    const BlockPhases p = stapp(at[i].block, solver.solve(at[i].block, at[i].T_lab));
    const double expected = at[i].part == 1 ? p.epsilon : p.delta[at[i].part / 2];
    // 3S1 may be on another branch, and ε change its sign with it
    const double other = at[i].part == 1 ? -expected : expected + std::numbers::pi;
    EXPECT_LT(std::min(std::abs(phase[i] - expected), std::abs(phase[i] - other)), 1e-8) << i;
  }
}

TEST(NuclearContactPhases, have_the_derivatives_of_their_values) {
  const auto model = emn(3, points(waves, {1, 50}));
  auto c = values_of(nine, 3);
  std::vector<double> up(model.size()), down(model.size());
  MatrixXd J(model.size(), 9), unused(model.size(), 9);
  model.phases(c, up, J);
  for (int k = 0; k < 9; ++k) {
    const double h = 1e-5 * std::abs(c[k]), middle = c[k];
    c[k] = middle + h;
    model.phases(c, up, unused);
    c[k] = middle - h;
    model.phases(c, down, unused);
    c[k] = middle;
    for (long i = 0; i < model.size(); ++i)
      EXPECT_NEAR(J(i, k), (up[i] - down[i]) / (2 * h), 1e-6 * J.row(i).cwiseAbs().maxCoeff() + 1e-9) << i << " " << k;
  }
}

TEST(NuclearContactPhases, of_the_1S0_wave_at_NLO_have_the_posterior_of_a_grid) {
  // np 1S0 of Navarro Perez et al., PRC 88, 064002 (2013): T_lab [MeV], phase, error [deg]
  const double table[][3] = {{1, 62.0766, 0.0183},  {5, 63.6604, 0.0440},  {10, 60.0201, 0.0626},
                             {25, 51.0708, 0.0987}, {50, 40.8849, 0.1473}, {100, 27.2101, 0.2305}};
  const std::vector<std::string> two{"Ct_1S0np", "C_1S0"};
  std::vector<PhaseDatum> data;
  std::vector<PhasePoint> at;
  for (const auto& [T, phase, error] : table) {
    data.push_back({0, T, relative_momentum(T, Pair::np, chiral_constants), phase * degree, error * degree});
    at.push_back(phase_point("1S0", T));
  }
  const auto model = emn(2, at, two, 60);
  PhaseResidual likelihood(model, data, phase_covariance(data, {.order = 2}), natural_units(two, 600));
  const std::vector<int> powers{0, 2};
  GaussianPrior prior = power_counting(powers, 1.0, 5.0);
  const auto posterior = lec_posterior(likelihood, prior, {-1.0, 3.0}, {.warm_up = 300, .draws = 2000, .seed = 4});
  EXPECT_NEAR(posterior.laplace.mean[0], -1.00892, 1e-4);
  EXPECT_NEAR(posterior.laplace.mean[1], 3.46123, 1e-3);
  const double mean[] = {-1.00914, 3.47068}, sd[] = {0.00612, 0.07939};
  for (int k = 0; k < 2; ++k) {
    const auto& s = posterior.summary[k];
    EXPECT_NEAR(s.mean, mean[k], 4 * s.sd / std::sqrt(s.effective_bulk));
    EXPECT_NEAR(s.sd / sd[k], 1, 4 / std::sqrt(s.effective_bulk));
  }
}

TEST(NuclearContactPhases, refuse_names_that_are_not_there) {
  EXPECT_THROW(emn(3, points({"1S0"}, {50}), {"C_4S0"}), InputError);
  EXPECT_THROW(phase_point("4S0", 50), InputError);
  EXPECT_EQ(phase_point("E2", 50).block, block_of(wave("3P2")));
  EXPECT_EQ(phase_point("3D1", 50).part, 2);
}
