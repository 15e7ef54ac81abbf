// A fit of the learned short range beside one of contact constants, from the same phases.
#include <gtest/gtest.h>

#include "orogen/base/random.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/local/forces/argonne.hpp"
#include "orogen/nuclear/local/scattering.hpp"
#include "orogen/nuclear/momentum/solvers/deuteron_momentum.hpp"
#include "orogen/nuclear/momentum/solvers/scattering.hpp"
#include "orogen/nuclear/neural/fits/short_range_fit.hpp"

namespace orogen::nuclear {
namespace {

constexpr MomentumMesh mesh{32, 600};

/// Phases of Argonne v18 of the waves that contacts of NLO act in, with errors of half a degree.
struct Targets {
  std::vector<PhasePoint> points;
  std::vector<PhaseDatum> data;
};
Targets phases_of_v18(const std::vector<double>& T_lab) {
  Targets all;
  const PhaseTable t = LocalSolver(argonne_v18(true), Pair::np, 2).phases(T_lab);
  int label = 0;
  for (const char* name : {"1S0", "3P0", "1P1", "3P1", "3S1", "E1", "3P2"}) {
    for (std::size_t e = 0; e < T_lab.size(); ++e) {
      const PhasePoint p = phase_point(name, T_lab[e]);
      const BlockPhases& found = t.at(e, std::size_t(t.find(p.block)));
      all.points.push_back(p);
      all.data.push_back({label, T_lab[e], relative_momentum(T_lab[e], Pair::np, chiral_constants),
                          p.part == 1 ? found.epsilon : found.delta[p.part / 2], 0.5 * degree});
    }
    ++label;
  }
  return all;
}

TEST(NuclearShortRangeFit, goes_below_the_contacts_it_starts_from_and_binds_the_deuteron) {
  const Targets known = phases_of_v18({5, 50, 150});
  const ChiralForm form = emn_form(2, 500);
  NeuralMomentumOptions options;
  options.order = 2, options.width = 4, options.points = 12;
  const ShortRangePhases model(form, options, Pair::np, known.points, mesh);
  PhaseResidual likelihood(model, known.data, phase_covariance(known.data, {2, 600, 0, 0, 0}),
                           std::vector<double>(std::size_t(model.constants()), 1.0));
  GaussianPrior prior = natural_prior(model.term());

  const std::vector<std::string> nine{"Ct_1S0np", "Ct_3S1", "C_1S0", "C_3P0", "C_1P1",
                                      "C_3P1",    "C_3S1",  "C_SD",  "C_3P2"};
  const ContactPhases contacts(form, Pair::np, known.points, emn_constants(2, 500), nine, mesh);
  const auto unit = natural_units(nine, 600);
  PhaseResidual of_contacts(contacts, known.data, phase_covariance(known.data, {2, 600, 0, 0, 0}), unit);
  GaussianPrior natural(std::vector<double>(9, 0.0), std::vector<double>(9, 1.0 / 25));
  Residual* const contact_terms[] = {&of_contacts, &natural};
  std::vector<double> a(9, 0.0), lecs = emn_constants(2, 500);
  const std::size_t place[] = {0, 3, 4, 5, 6, 7, 8, 9, 10};
  for (std::size_t k = 0; k < 9; ++k) a[k] = lecs[place[k]] / unit[k];
  const GaussNewtonResult best = minimise(contact_terms, a);
  ASSERT_TRUE(best.converged());

  std::vector<double> theta = like_contacts(model.term(), form, lecs);
  const GaussNewtonResult fit = fit_short_range(model, likelihood, prior, theta, {.steps = 15, .deuteron_steps = 10});
  EXPECT_LT(fit.objective, best.objective / 2);
  EXPECT_NEAR(model.deuteron_energy(theta, {}).value(), -2.224575, 2e-3);
}

/// Cross sections and polarisations of a force up to J = 2, with noise of 2 % and a normalisation of 3 %.
ScatteringData measured(const PhaseTable& truth) {
  Experiment total{1, 2000, "made", Observable::sgt, 0, {}}, angles{2, 2000, "made", Observable::dsg, 0.03, {}},
      spin{3, 2000, "made", Observable::p, 0, {}}, low{4, 2000, "made", Observable::dsg, 0.03, {}};
  for (double T : {0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 35.0, 50.0, 70.0, 90.0, 110.0}) total.data.push_back({T, 0, 1, 1});
  for (double theta = 0.2; theta < 3.1; theta += 0.3) {
    angles.data.push_back({90, theta, 1, 1}), low.data.push_back({30, theta, 1, 1});
    spin.data.push_back({60, theta, 1, 1});
  }
  ScatteringData data{Pair::np, {total, angles, spin, low}, {}, 0, {}};
  const std::vector<double> t = ScatteringLikelihood(data, truth.T_lab, 2).predictions(truth);
  Random random(12);
  std::size_t k = 0;
  for (Experiment& e : data.experiments) {
    const double z = 1 + e.normalisation_error * random.normal();
    for (Datum& d : e.data) {
      d.error = e.observable == Observable::p ? 0.01 : 0.02 * t[k];
      d.value = (t[k++] + d.error * random.normal()) / z;
      d.error /= z;
    }
  }
  return data;
}

TEST(NuclearShortRangeFit, from_made_data_of_a_chiral_force_finds_the_force_again) {
  const MomentumInteraction chiral_force = chiral_emn(2, 500);
  const std::vector<double> T = fit_energies();
  const PhaseTable truth = MomentumSolver(chiral_force, Pair::np, 2).phases(std::span(T).first(34));
  ScatteringData data = measured(truth);
  data.scalars = {{"asl", -23.74, 0.05}};

  ShortRangeForce start;
  start.order = start.network.order = 2;
  start.network.width = 3, start.network.points = 10;
  std::vector<double> lecs = emn_constants(2, 500);
  for (double& c : lecs) c *= 0.9;
  start.theta = like_contacts(NeuralMomentumTerm(start.network, chiral_constants), form(start), lecs);
  ThreadPool threads(2);
  ScatteringFitOptions options;
  options.most_J = 2, options.deuteron_error = 1e-3;
  ShortRangeScatteringFit fit(start, data, 110, options, threads, mesh);
  const auto chi2 = [&] { return fit.likelihood().summary(fit.phases(), {}).chi2 / double(data.size()); };
  EXPECT_GT(chi2(), 8);
  fit.fit_data({}, 25);
  EXPECT_GT(chi2(), 0.6);
  EXPECT_LT(chi2(), 1.3);
  const PhaseTable& found = fit.phases();
  for (const char* name : {"1S0", "3S1", "1P1"}) {
    const Block b = block_of(wave(name));
    const double off =
        found.at(20, std::size_t(found.find(b))).delta[0] - truth.at(20, std::size_t(truth.find(b))).delta[0];
    EXPECT_NEAR(off / degree, 0, 3) << name;
  }
  EXPECT_NEAR(nuclear::deuteron_energy(interaction(fit.force())).value(), -2.224575, 5e-3);
}

}  // namespace
}  // namespace orogen::nuclear
