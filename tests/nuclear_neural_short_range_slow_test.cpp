// A fit of the learned short range beside one of contact constants, from the same phases.
#include <gtest/gtest.h>

#include "orogen/nuclear/kinematics.hpp"
#include "orogen/nuclear/local/argonne.hpp"
#include "orogen/nuclear/local/scattering.hpp"
#include "orogen/nuclear/neural/short_range_fit.hpp"

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
  ASSERT_TRUE(best.converged);

  std::vector<double> theta = like_contacts(model.term(), form, lecs);
  const GaussNewtonResult fit = fit_short_range(model, likelihood, prior, theta, {.steps = 15, .deuteron_steps = 10});
  EXPECT_LT(fit.objective, best.objective / 2);
  EXPECT_NEAR(model.deuteron_energy(theta, {}), -2.224575, 2e-3);
}

}  // namespace
}  // namespace orogen::nuclear
