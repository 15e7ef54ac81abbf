// A force learned from nothing but one-pion exchange and phases.
#include <gtest/gtest.h>

#include "orogen/nuclear/local/argonne.hpp"
#include "orogen/nuclear/local/deuteron.hpp"
#include "orogen/nuclear/neural/force_fit.hpp"

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
  EXPECT_LT(deuteron(sum).energy, -4);  // one pion alone binds far too deeply
  ThreadPool threads(2);
  ForcePhases phases(sum, Pair::np, nodes, 2, threads, mesh);
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
  EXPECT_NEAR(deuteron(sum).energy, deuteron(v18).energy, 0.2);
}

}  // namespace
}  // namespace orogen::nuclear
