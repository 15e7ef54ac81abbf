// A force learned from nothing but one-pion exchange and phases.
#include <gtest/gtest.h>

#include "orogen/nuclear/local/deuteron.hpp"
#include "orogen/nuclear/local/forces/argonne.hpp"
#include "orogen/nuclear/neural/fits/force_fit.hpp"

namespace orogen::nuclear {
namespace {

TEST(NuclearNeuralFit, from_the_pion_alone_the_phases_of_av18_are_learned_and_the_deuteron_follows) {
  const std::vector<double> nodes{1, 5, 10, 25, 50, 100, 150, 200, 250, 300, 350};
  const RadialMesh mesh{0.04, 20, 6};
  const LocalInteraction v18 = argonne_v18(false);
  PhaseFile target{LocalSolver(v18, Pair::np, 2).phases(nodes), {}, {}};
  target.present.assign(3 * target.phases.value.size(), 1);
  NeuralForce start;
  start.network.width = 8;
  LocalInteraction sum = interaction(start);
  EXPECT_LT(deuteron(sum)->energy, -4);  // one pion alone binds far too deeply
  ThreadPool threads(2);
  LocalNodePhases phases(sum, Pair::np, nodes, 2, threads, mesh);
  TargetPhaseResidual residual(phases, with_errors(target, 0.1, 0.01));
  const NeuralLocalTerm& term = learned_term(sum);
  std::vector<double> precision;
  for (double s : term.size()) precision.push_back(1 / (s * s));
  GaussianPrior prior(term.centre(), precision);
  Residual* terms[] = {&residual, &prior};
  std::vector<double> theta = sum.parameters(), r(std::size_t(residual.size()));
  GaussNewtonOptions options;
  options.most_steps = 40;
  minimise(terms, theta, options);
  residual.value(theta, r);
  double chi2 = 0;
  for (double x : r) chi2 += x * x;
  EXPECT_LT(chi2 / double(r.size()), 1);  // 0.1° and 1 %
  // The binding energy is a prediction here.
  EXPECT_NEAR(deuteron(sum)->energy, deuteron(v18)->energy, 0.2);
}

TEST(NuclearNeuralFit, fit_of_data_describes_them_and_puts_the_deuteron_where_it_is) {
  // Data that v18 gives for the same waves, with errors of 1 %.
  Experiment total{1, 2000, "made", Observable::sgt, 0, {}}, angles{2, 2000, "made", Observable::dsg, 0.02, {}};
  for (double T : {0.5, 2.0, 10.0, 40.0, 90.0, 200.0, 320.0}) total.data.push_back({T, 0, 1, 1});
  for (double theta : {0.3, 0.9, 1.5, 2.1, 2.7}) angles.data.push_back({60, theta, 1, 1});
  ScatteringData data{Pair::np, {total, angles}, {{"asl", -23.08, 0.05}}, 0, {}};
  NeuralForce start;
  start.network.width = 6;
  ForceFitOptions options;
  options.most_J = 1;
  options.mesh = {0.04, 20, 6};
  ThreadPool threads(2);
  const LocalInteraction v18 = argonne_v18(false);
  const PhaseTable target = LocalSolver(v18, Pair::np, 1).phases(fit_energies());
  {
    const ForceFit unfitted(start, {data}, options, threads);
    const std::vector<double> t = unfitted.likelihood().predictions(target);
    std::size_t k = 0;
    for (Experiment& e : data.experiments)
      for (Datum& d : e.data) d.value = t[k++], d.error = 0.01 * d.value;
  }
  ForceFit fit(start, {data}, options, threads);
  PhaseFile file{target, {}, {}};
  file.present.assign(3 * target.value.size(), 1);
  fit.fit_phases(with_errors(file, 0.2, 0.02), 15);
  const auto known = with_errors(file, 0.5, 0.05);
  fit.fit_data(known, 15);
  EXPECT_NEAR(deuteron(fit.current())->energy, -2.224575, 1e-4);
  std::vector<double> r(std::size_t(fit.likelihood().residuals()));
  fit.likelihood().evaluate(fit.phases(), r);
  double chi2 = 0;
  for (double x : r) chi2 += x * x;
  EXPECT_LT(chi2 / double(r.size()), 0.5);  // data without noise
  LocalInteraction sum = interaction(fit.force());
  LocalNodePhases low(sum, Pair::np, {0.1, 0.2}, 1, threads);
  ScatteringLengthResidual length(low, 0, 0, 1);
  double a = 0;
  length.value(fit.theta(), {&a, 1});
  EXPECT_NEAR(a, -23.08, 0.1);
}

}  // namespace
}  // namespace orogen::nuclear
