// Phases of chiral pions with a learned short range, and their derivatives.
#include <gtest/gtest.h>

#include <cmath>

#include "common/scratch_folder.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/nuclear/momentum/solvers/deuteron_momentum.hpp"
#include "orogen/nuclear/momentum/solvers/scattering.hpp"
#include "orogen/nuclear/neural/fits/short_range_fit.hpp"
#include "orogen/nuclear/neural/forces/force_file.hpp"
#include "orogen/nuclear/neural/forces/short_range_force.hpp"

namespace orogen::nuclear {
namespace {

constexpr MomentumMesh coarse{20, 600};

NeuralMomentumOptions small(int order) {
  NeuralMomentumOptions options;
  options.order = order, options.width = 3, options.points = 10, options.natural = 1;
  return options;
}

std::vector<PhasePoint> some_points() {
  std::vector<PhasePoint> all;
  for (const char* name : {"1S0", "3P1", "3S1", "E1", "3D1", "1P1", "3P2", "E2"})
    for (double T : {5.0, 90.0}) all.push_back(phase_point(name, T));
  all.push_back(phase_point("1D2", 200));
  return all;
}

/// Attraction that binds 3S1, and something in all functions.
std::vector<double> some_parameters(const NeuralMomentumTerm& term) {
  std::vector<double> theta = term.centre();
  const std::vector<double> sd = term.size();
  Random random(4);
  for (std::size_t k = 0; k < theta.size(); ++k) theta[k] += 0.1 * sd[k] * random.normal();
  theta[term.at_rest(ShortRange::c01)] -= 1, theta[term.at_rest(ShortRange::c10)] -= 1.1;
  return theta;
}

/// Pions and the network as one interaction.
MomentumInteraction sum_of(const ChiralForm& form, const NeuralMomentumOptions& options,
                           std::span<const double> theta) {
  MomentumInteraction force = chiral_pions(form);
  auto term = std::make_unique<NeuralMomentumTerm>(options, form.constants);
  term->set_parameters(theta);
  force += std::move(term);
  return force;
}

TEST(NuclearShortRange, phases_and_deuteron_are_those_of_the_solver) {
  for (int order : {0, 2, 3}) {
    const ChiralForm form = emn_form(order, 500);
    const auto points = some_points();
    const ShortRangePhases model(form, small(order), Pair::np, points, coarse);
    const std::vector<double> theta = some_parameters(model.term());
    std::vector<double> phase(points.size());
    Eigen::MatrixXd J(long(points.size()), long(theta.size()));
    model.phases(theta, phase, J);
    const MomentumInteraction force = sum_of(form, small(order), theta);
    const MomentumSolver solver(force, Pair::np, 2, coarse);
    for (std::size_t i = 0; i < points.size(); ++i) {
      const BlockPhases p = stapp(points[i].block, solver.solve(points[i].block, points[i].T_lab));
      const double expected = points[i].part == 1 ? p.epsilon : p.delta[points[i].part / 2];
      const double off = points[i].part == 1 ? std::abs(phase[i]) - std::abs(expected) : phase[i] - expected;
      EXPECT_NEAR(std::remainder(off, std::numbers::pi), 0, 1e-10) << order << " " << i;
    }
    EXPECT_NEAR(model.deuteron_energy(theta, {}).value(), deuteron_energy(force, {}, 1, coarse).value(), 1e-9);
  }
}

/// Fourth-order difference of all phases by θ_k.
std::vector<double> difference(const PhaseModel& model, std::vector<double> theta, std::size_t k, double h) {
  std::vector<double> out(std::size_t(model.size()), 0.0), phase(out.size());
  Eigen::MatrixXd J(model.size(), model.constants());
  const double middle = theta[k], weight[] = {8, -8, -1, 1}, at[] = {1, -1, 2, -2};
  for (int s = 0; s < 4; ++s) {
    theta[k] = middle + at[s] * h;
    model.phases(theta, phase, J);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += weight[s] * phase[i] / (12 * h);
  }
  return out;
}

TEST(NuclearShortRange, jacobian_is_that_of_differences) {
  const ShortRangePhases model(emn_form(3, 500), small(3), Pair::np, some_points(), coarse);
  const std::vector<double> theta = some_parameters(model.term());
  std::vector<double> phase(std::size_t(model.size()));
  Eigen::MatrixXd J(model.size(), model.constants());
  model.phases(theta, phase, J);
  const double scale = J.cwiseAbs().maxCoeff();
  EXPECT_GT(scale, 1e-2);
  for (std::size_t k = 0; k < theta.size();
       k += k + 8 < theta.size() - 10 ? 7 : 1) {  // every layer, all values at rest
    const auto d = difference(model, theta, k, 1e-3);
    for (std::size_t i = 0; i < d.size(); ++i) EXPECT_NEAR(J(long(i), long(k)), d[i], 1e-8 * scale) << i << " " << k;
  }
}

TEST(NuclearShortRange, gradient_of_the_deuteron_is_that_of_differences) {
  const ShortRangePhases model(emn_form(3, 500), small(3), Pair::np, {}, coarse);
  std::vector<double> theta = some_parameters(model.term());
  DeuteronResidual residual(
      [&](auto at, auto gradient, double weight) { return model.deuteron_energy(at, gradient, weight); }, -2.2, 0.1);
  std::vector<double> gradient(theta.size(), 0.0), w{0.5};
  residual.pull(theta, w, gradient);
  double scale = 0;
  for (double g : gradient) scale = std::max(scale, std::abs(g));
  EXPECT_GT(scale, 0.1);
  for (std::size_t k = 0; k < theta.size(); k += 5) {
    const auto at = [&](double by) {
      std::vector<double> moved = theta, r(1);
      moved[k] += by;
      residual.value(moved, r);
      return 0.5 * r[0];
    };
    const double h = 1e-3, d = (8 * (at(h) - at(-h)) - at(2 * h) + at(-2 * h)) / (12 * h);
    EXPECT_NEAR(gradient[k], d, 1e-8 * scale) << k;
  }
}

TEST(NuclearShortRange, starts_at_the_contacts) {
  const ChiralForm form = emn_form(0, 500);
  NeuralMomentumOptions options = small(0);
  options.natural = 5;
  const ShortRangePhases model(form, options, Pair::np, {phase_point("1S0", 20)}, coarse);
  const std::vector<double> lecs = emn_constants(0, 500), theta = like_contacts(model.term(), form, lecs);
  const MomentumInteraction published = chiral(form, lecs);
  EXPECT_NEAR(model.deuteron_energy(theta, {}).value(), deuteron_energy(published, {}, 1, coarse).value(), 1e-3);
  std::vector<double> phase(1);
  Eigen::MatrixXd J(1, long(theta.size()));
  model.phases(theta, phase, J);
  const double R = MomentumSolver(published, Pair::np, 0, coarse).solve(block_of(wave("1S0")), 20).R[0];
  EXPECT_NEAR(phase[0], std::atan(R), 1e-4);
}

TEST(NuclearShortRange, like_nucleons_get_their_scattering_lengths) {
  ShortRangeForce force;
  force.order = force.network.order = 0;
  force.network.width = 1;
  const NeuralMomentumTerm term(force.network, chiral_constants);
  force.theta = like_contacts(term, form(force), emn_constants(0, 500));
  fit_charge_dependence(force);
  const MomentumInteraction sum = interaction(force);
  const auto a = [&](Pair pair) {
    return effective_range(MomentumSolver(sum, pair, 0, {100, 700}), block_of(wave("1S0"))).a;
  };
  EXPECT_NEAR(a(Pair::pp), -7.8149, 2e-3);
  EXPECT_NEAR(a(Pair::nn), -18.95, 2e-3);
  // The published differences, to the accuracy of the lengths that they were fitted to (a of nn: −18.9).
  EXPECT_NEAR(force.pp, -0.113238 + 0.111564593, 2e-5);
  EXPECT_NEAR(force.nn, -0.11194445 + 0.111564593, 2e-5);
}

TEST(NuclearShortRange, goes_through_a_file_bit_for_bit) {
  const ScratchFolder folder;
  ShortRangeForce force;
  force.order = 2, force.cutoff = 450, force.pp = 1e-3, force.nn = 2e-4;
  force.network = small(2), force.fit["data"] = "some";
  force.theta = some_parameters(NeuralMomentumTerm(force.network, chiral_constants));
  const auto file = folder.path() / "force.safetensors";
  save(force, file);
  EXPECT_TRUE(is_in_momentum_space(file));
  const ShortRangeForce back = load_short_range_force(file);
  EXPECT_EQ(back.theta, force.theta);
  EXPECT_EQ(back.fit, force.fit);
  EXPECT_EQ(back.pp, force.pp);
  EXPECT_EQ(back.nn, force.nn);
  EXPECT_EQ(interaction(back).constants.proton, chiral_constants.proton);
  const double out = 210, in = 90;
  Eigen::MatrixXd a = Eigen::MatrixXd::Zero(1, 1), b = a;
  interaction(force).add_between(block_of(wave("3P1")), Pair::np, std::span(&out, 1), std::span(&in, 1), a);
  interaction(back).add_between(block_of(wave("3P1")), Pair::np, std::span(&out, 1), std::span(&in, 1), b);
  EXPECT_EQ(a(0, 0), b(0, 0));
  EXPECT_THROW(load_neural_force(file), InputError);
  NeuralForce local;
  local.network.width = 2;
  local.theta = NeuralLocalTerm(local.network, local.constants).centre();
  save(local, file);
  EXPECT_FALSE(is_in_momentum_space(file));
  EXPECT_THROW(load_short_range_force(file), InputError);
}

}  // namespace
}  // namespace orogen::nuclear
