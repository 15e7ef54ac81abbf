// The fit of the learned force: derivatives of what it is asked to reproduce, and its files.
#include <gtest/gtest.h>

#include <cmath>

#include "common/scratch_folder.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/files/safetensors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/nuclear/local/deuteron.hpp"
#include "orogen/nuclear/local/forces/argonne.hpp"
#include "orogen/nuclear/momentum/solvers/scattering.hpp"
#include "orogen/nuclear/neural/fits/force_fit.hpp"
#include "orogen/nuclear/neural/fits/short_range_fit.hpp"
#include "orogen/nuclear/neural/forces/force_file.hpp"

namespace orogen::nuclear {
namespace {

/// One pion and some random short range, weak enough to stay away from resonances.
NeuralForce some_force(int width = 4) {
  NeuralForce force;
  force.network.width = width;
  const NeuralLocalTerm term(force.network, force.constants);
  const std::vector<double> size = term.size();
  force.theta = term.centre();
  Random random(3);
  for (std::size_t k = 0; k < size.size(); ++k) force.theta[k] += 0.05 * size[k] * random.normal();
  return force;
}

const std::vector<double> nodes{1, 5, 20, 60, 120, 200, 300};
const RadialMesh coarse{0.04, 15, 6};

/// Fourth-order difference of r by θ_k.
std::vector<double> difference(Residual& residual, std::vector<double> theta, std::size_t k, double h) {
  const auto at = [&](double by) {
    std::vector<double> moved = theta, r(std::size_t(residual.size()));
    moved[k] += by;
    residual.value(moved, r);
    return r;
  };
  const auto a = at(h), b = at(-h), c = at(2 * h), d = at(-2 * h);
  std::vector<double> out(a.size());
  for (std::size_t j = 0; j < out.size(); ++j) out[j] = (8 * (a[j] - b[j]) - (c[j] - d[j])) / (12 * h);
  return out;
}

/// Compares a few columns of J, those of every layer among them.
void expect_jacobian(Residual& residual, const std::vector<double>& theta, double tolerance) {
  Eigen::MatrixXd J(residual.size(), long(theta.size()));
  residual.jacobian(theta, J);
  const double scale = J.cwiseAbs().maxCoeff();
  EXPECT_GT(scale, 0);
  for (std::size_t k = 0; k < theta.size(); k += 11) {
    const auto d = difference(residual, theta, k, 1e-3);
    for (std::size_t j = 0; j < d.size(); ++j)
      EXPECT_NEAR(J(long(j), long(k)), d[j], tolerance * scale) << j << " " << k;
  }
}

ScatteringData some_data() {
  Experiment angles{1, 2000, "made up", Observable::dsg, 0.05, {}}, total{2, 2000, "made up", Observable::sgt, 0, {}};
  for (double theta : {0.4, 1.2, 2.4}) angles.data.push_back({50, theta, 12, 0.3});
  for (double T : {2.0, 30.0, 150.0}) total.data.push_back({T, 0, 100, 5});
  return {Pair::np, {angles, total}, {}, 0, {}};
}

TEST(NuclearNeuralFit, jacobians_of_phases_and_of_data_are_those_of_differences) {
  const NeuralForce force = some_force();
  LocalInteraction sum = interaction(force);
  ThreadPool threads(2);
  LocalNodePhases phases(sum, Pair::np, nodes, 2, threads, coarse);
  const LocalInteraction v18 = argonne_v18(false);
  PhaseFile target{LocalSolver(v18, Pair::np, 2, coarse).phases(std::vector<double>{5, 60, 77, 300}), {}, {}};
  target.present.assign(3 * target.phases.value.size(), 1);
  TargetPhaseResidual to_phases(phases, with_errors(target, 0.1, 0.01));
  EXPECT_EQ(to_phases.size(),
            3 * 12);  // three of the four energies are nodes; blocks of J ≤ 2: six single waves, two times three
  expect_jacobian(to_phases, force.theta, 1e-8);
  ScatteringLengthResidual singlet(phases, 0, -23.7, 1), triplet(phases, 1, 5.4, 1);
  expect_jacobian(singlet, force.theta, 1e-7);
  expect_jacobian(triplet, force.theta, 1e-7);
  const ScatteringLikelihood likelihood(some_data(), nodes, 2);
  ScatteringResidual to_data(phases, likelihood);
  EXPECT_EQ(to_data.size(), 7);
  expect_jacobian(to_data, force.theta, 1e-8);
  const ScatteringLikelihood other(some_data(), nodes, 3);
  EXPECT_THROW(ScatteringResidual(phases, other), InputError);
}

TEST(NuclearNeuralFit, jacobian_of_proton_data_goes_through_the_coulomb_force_and_the_charge_dependent_functions) {
  NeuralForce force = some_force();
  force.network.charge_dependence = true;
  const NeuralLocalTerm term(force.network, force.constants);
  force.theta = term.centre();
  Random random(3);
  for (std::size_t k = 0; k < force.theta.size(); ++k) force.theta[k] += 0.05 * term.size()[k] * random.normal();
  LocalInteraction sum = interaction(force);
  ThreadPool threads(2);
  LocalNodePhases phases(sum, Pair::pp, nodes, 2, threads, coarse);
  Experiment low{1, 2000, "made up", Observable::dsg, 0.01, {}}, spin{2, 2000, "made up", Observable::p, 0, {}};
  for (double theta : {0.4, 1.2}) low.data.push_back({2, theta, 12, 0.3}), spin.data.push_back({90, theta, 0.1, 0.01});
  LikelihoodOptions options;
  options.constants = force.constants;
  const ScatteringLikelihood likelihood({Pair::pp, {low, spin}, {}, 0, {}}, nodes, 2, options);
  ScatteringResidual residual(phases, likelihood);
  EXPECT_EQ(residual.size(), 5);
  expect_jacobian(residual, force.theta, 1e-8);
  // The last strengths are those of T12: twice for pp, −4 times for np.
  LocalNodePhases np(sum, Pair::np, nodes, 2, threads, coarse);
  const long last = long(force.theta.size()) - 1;  // of cd01, which 1S0 feels
  EXPECT_LT(phases.jacobian(force.theta)(15, last) * np.jacobian(force.theta)(24, last), 0);
  // Data of protons are not fitted without what they need.
  const ScatteringData of_np = some_data(), of_pp{Pair::pp, {spin}, {}, 0, {}};
  EXPECT_NO_THROW(ForceFit(force, {of_np, of_pp}, {}, threads));
  EXPECT_THROW(ForceFit(force, {of_pp}, {}, threads), InputError);
  NeuralForce other = force;
  other.constants.alpha = 0;
  EXPECT_THROW(ForceFit(other, {of_np, of_pp}, {}, threads), InputError);
  EXPECT_THROW(ForceFit(some_force(), {of_np, of_pp}, {}, threads), InputError);
}

/// Chiral pions and something in all functions of the short range; binds the deuteron.
ShortRangeForce some_short_range() {
  ShortRangeForce force;
  force.network.width = 3, force.network.points = 10, force.network.natural = 1;
  const NeuralMomentumTerm term(force.network, form(force).constants);
  const std::vector<double> size = term.size();
  force.theta = term.centre();
  Random random(4);
  for (std::size_t k = 0; k < size.size(); ++k) force.theta[k] += 0.1 * size[k] * random.normal();
  force.theta[term.at_rest(ShortRange::c01)] -= 1, force.theta[term.at_rest(ShortRange::c10)] -= 1.1;
  return force;
}

TEST(NuclearNeuralFit, phases_of_a_learned_short_range_at_nodes_are_those_of_the_solver) {
  const ShortRangeForce force = some_short_range();
  ThreadPool threads(2);
  const std::vector<double> low{0.1, 0.3, 1, 5, 20, 60, 120, 200};
  MomentumNodePhases phases(form(force), force.network, Pair::np, low, 2, threads, {20, 600});
  const PhaseTable found = phases.at(force.theta);
  const MomentumInteraction sum = interaction(force);
  const PhaseTable expected = MomentumSolver(sum, Pair::np, 2, {20, 600}).phases(low);
  ASSERT_EQ(found.blocks, expected.blocks);
  for (std::size_t k = 0; k < found.value.size(); ++k) {
    for (int c : {0, 1}) EXPECT_NEAR(found.value[k].delta[c], expected.value[k].delta[c], 1e-9) << k;
    EXPECT_NEAR(found.value[k].epsilon, expected.value[k].epsilon, 1e-9) << k;
  }
  const std::size_t triplet = std::size_t(found.find(block_of({0, 1, 1})));
  EXPECT_GT(found.at(0, triplet).delta[0], 150 * degree);  // on the branch of one bound state
}

TEST(NuclearNeuralFit, jacobians_of_a_learned_short_range_are_those_of_differences) {
  const ShortRangeForce force = some_short_range();
  ThreadPool threads(2);
  const std::vector<double> low{0.1, 0.3, 5, 20, 60, 120, 200};
  MomentumNodePhases phases(form(force), force.network, Pair::np, low, 2, threads, {20, 600});
  const ScatteringLikelihood likelihood(some_data(), low, 2);
  ScatteringResidual to_data(phases, likelihood);
  EXPECT_EQ(to_data.size(), 7);
  expect_jacobian(to_data, force.theta, 1e-8);
  std::vector<TargetPhase> targets;
  for (const Block& b : blocks(Pair::np, 2))
    for (int part = 0; part < (b.coupled() ? 3 : 1); ++part)
      for (double T : {0.1, 60.0}) targets.push_back({T, b, part, 0.1, 1});
  TargetPhaseResidual to_phases(phases, targets);
  expect_jacobian(to_phases, force.theta, 1e-8);
  ScatteringLengthResidual singlet(phases, 0, -23.7, 1), triplet(phases, 1, 5.4, 1);
  expect_jacobian(singlet, force.theta, 1e-8);
  expect_jacobian(triplet, force.theta, 1e-8);
  DeuteronResidual bound(phases, -2.224575, 1e-2);
  expect_jacobian(bound, force.theta, 1e-8);
}

TEST(NuclearNeuralFit, of_a_short_range_takes_neutrons_on_protons_alone) {
  ThreadPool threads(1);
  ScatteringData protons = some_data();
  protons.pair = Pair::pp;
  EXPECT_THROW(ShortRangeScatteringFit(some_short_range(), protons, 200, {}, threads), InputError);
}

TEST(NuclearNeuralFit, pull_is_the_transposed_jacobian) {
  const NeuralForce force = some_force();
  LocalInteraction sum = interaction(force);
  ThreadPool threads(1);
  LocalNodePhases phases(sum, Pair::np, nodes, 2, threads, coarse);
  const ScatteringLikelihood likelihood(some_data(), nodes, 2);
  ScatteringResidual residual(phases, likelihood);
  Eigen::MatrixXd J(residual.size(), long(force.theta.size()));
  residual.jacobian(force.theta, J);
  const std::vector<double> w{1, -2, 0.5, 3, 0.1, 1, -1};
  std::vector<double> gradient(force.theta.size(), 0.0);
  residual.pull(force.theta, w, gradient);
  const Eigen::VectorXd expected = J.transpose() * Eigen::Map<const Eigen::VectorXd>(w.data(), long(w.size()));
  for (std::size_t k = 0; k < gradient.size(); ++k)
    EXPECT_NEAR(gradient[k], expected[long(k)], 1e-12 * expected.norm());
}

TEST(NuclearNeuralFit, derivative_of_the_deuteron_is_that_of_differences) {
  NeuralForce force = some_force();
  const auto strengths = std::size_t(charge_independent_functions);
  force.theta[force.theta.size() - strengths + std::size_t(Radial::c10)] -= 25;  // binds by the two-pion range
  LocalInteraction sum = interaction(force);
  EXPECT_LT(deuteron(sum)->energy, -0.5);
  ThreadPool threads(1);
  LocalNodePhases phases(sum, Pair::np, {50}, 1, threads, coarse);
  DeuteronResidual residual(phases, -2.224575, 1e-2);
  std::vector<double> gradient(force.theta.size(), 0.0);
  residual.pull(force.theta, std::vector<double>{1}, gradient);
  double largest = 0;
  for (double g : gradient) largest = std::max(largest, std::abs(g));
  for (std::size_t k = 0; k < gradient.size(); k += 13)
    EXPECT_NEAR(gradient[k], difference(residual, force.theta, k, 1e-3)[0], 1e-6 * largest) << k;
}

TEST(NuclearNeuralFit, tables_of_phases_with_spreads_are_read_and_wrong_ones_refused) {
  const ScratchFolder folder;
  const auto path = folder / "spread.csv";
  const std::string head = "# comment\npair,T_lab_MeV,wave,phase_deg,spread_deg\n";
  write_atomically(path, head + "np,50,1S0,40.3,0.2\nnp,50,E1,2.1,0\npp,50,1S0,39,0.1\n");
  const auto data = read_phase_spread(path, 0.01);
  ASSERT_EQ(data.size(), 2u);  // np alone
  EXPECT_EQ(data[0].block, block_of(wave("1S0")));
  EXPECT_NEAR(data[0].value, 40.3 * degree, 1e-15);
  EXPECT_NEAR(data[0].error, 0.2 * degree, 1e-15);
  EXPECT_EQ(data[1].block, block_of(wave("3S1")));
  EXPECT_EQ(data[1].part, 1);
  EXPECT_NEAR(data[1].error, 0.01 * degree, 1e-15);  // at least the floor
  write_atomically(path, head + "np,50,1Q9,40.3,0.2\n");
  EXPECT_THROW(read_phase_spread(path, 0.01), InputError);
  write_atomically(path, "pair,T_lab_MeV,wave,phase_deg\nnp,50,1S0,1\n");
  EXPECT_THROW(read_phase_spread(path, 0.01), InputError);
}

TEST(NuclearNeuralFit, force_file_brings_back_the_same_force) {
  const ScratchFolder folder;
  NeuralForce force = some_force(5);
  force.title = "test", force.pion_cutoff = 1.9, force.fit = {{"objective", "12.5"}};
  save(force, folder.path() / "force");
  const NeuralForce back = load_neural_force(folder.path() / "force");
  EXPECT_EQ(back.theta, force.theta);
  EXPECT_EQ(back.fit, force.fit);
  EXPECT_EQ(back.title, "test");
  EXPECT_EQ(back.constants.hbarc, argonne_constants.hbarc);
  const std::vector<double> r{0.3, 1.1, 2.5};
  for (const Block& b : blocks(Pair::np, 2)) {
    std::vector<double> v(9, 0.0), w(9, 0.0);
    interaction(force).add(b, Pair::np, r, v);
    interaction(back).add(b, Pair::np, r, w);
    EXPECT_EQ(v, w);
  }
}

TEST(NuclearNeuralFit, wrong_force_files_are_refused) {
  const ScratchFolder folder;
  const auto path = folder.path() / "force";
  SafetensorsFile().write(path);
  EXPECT_THROW(load_neural_force(path), InputError);  // another kind
  save(some_force(), path);
  SafetensorsFile file = SafetensorsFile::read(path);
  const std::string text = file.metadata.begin()->second;
  file.tensors["theta"] = Tensor::from(std::vector<double>{1, 2});
  file.seal();
  file.write(path);
  EXPECT_THROW(load_neural_force(path), InputError);  // parameters that do not fit
  save(some_force(), path);
  file = SafetensorsFile::read(path);
  file.metadata.begin()->second = "{\"version\": 99}";
  file.seal();
  file.write(path);
  EXPECT_THROW(load_neural_force(path), InputError);
  file.metadata.begin()->second = text.substr(0, text.size() / 2);
  file.seal();
  file.write(path);
  EXPECT_THROW(load_neural_force(path), InputError);
  save(some_force(), path);
  file = SafetensorsFile::read(path);
  file.tensors["theta"].bytes[100] ^= std::byte{1};
  file.write(path);
  EXPECT_THROW(load_neural_force(path), InputError);  // one bit
  NeuralForce broken = some_force();
  broken.theta[3] = NAN;
  save(broken, path);
  EXPECT_THROW(load_neural_force(path), InputError);
}

}  // namespace
}  // namespace orogen::nuclear
