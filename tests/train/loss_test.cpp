// The loss of a batch: its gradient, its prior, and the uncertainty that is made of the last layer.
#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/potential/learned/learned_potential.hpp"
#include "orogen/train/loss/last_layer.hpp"
#include "train/training_fixtures.hpp"

using namespace orogen;

namespace {

Vec3 normal_vector(Random& random) { return {random.normal(), random.normal(), random.normal()}; }

/// A sheared cell of four atoms of two elements, smaller than the cut-off, with all labels made up.
Frame crystal_frame(std::uint64_t seed) {
  Random random(seed);
  Frame f;
  f.structure.species = {29, 8, 29, 8};
  const Vec3 places[] = {{0, 0, 0}, {0.5, 0.5, 0}, {0.5, 0, 0.5}, {0, 0.5, 0.5}};
  f.structure.cell.rows << 3.8, 0.3, 0, -0.2, 4.1, 0.4, 0.1, 0.2, 3.9;
  f.structure.cell.periodic = {true, true, true};
  f.labels.forces.emplace();
  for (const Vec3& x : places) {
    f.structure.positions.push_back(f.structure.cell.rows.transpose() * x + 0.1 * normal_vector(random));
    f.labels.forces->push_back(normal_vector(random));
  }
  f.labels.energy = -4 + random.normal();
  Mat3 w;
  for (int p = 0; p < 3; ++p) w.row(p) = 3 * normal_vector(random);
  f.labels.virial = w + w.transpose();
  f.weight = 1.5, f.energy_weight = 0.7, f.forces_weight = 1.2, f.stress_weight = 0.8;
  return f;
}

TestData crystal_data(int frames) {
  TestData data;
  for (int k = 0; k < frames; ++k) data.train.push_back(crystal_frame(300 + k));
  return data;
}

/// Everything that a BatchLoss<T> needs, for one model.
template <class T> struct LossAt {
  LossAt(const TestData& data, const TrainOptions& options, LabelChoice labels)
      : model(blank_model(data, options)),
        samples(std::make_shared<FrameList>(data.train), model, labels, pool),
        batch(every_nth(samples)),
        loss(model, pool) {
    const std::vector<float> initial = model.parameterization().initial(3);
    theta.assign(initial.begin(), initial.end());
    loss.calibrate(samples, batch, theta);
  }
  double at(const std::vector<T>& parameters, LossWeights w) {
    loss.set(parameters);
    const LossSums s = loss.evaluate(samples, batch, w, {});
    return s.loss / s.structures;
  }
  std::vector<T> gradient(LossWeights w) {
    std::vector<T> g(theta.size());
    loss.set(theta);
    loss.evaluate(samples, batch, w, g);
    return g;
  }

  ThreadPool pool{2};
  Model model;
  SampleStream samples;
  std::vector<long> batch;
  BatchLoss<T> loss;
  std::vector<T> theta;
};

/// The derivative along `direction` by central differences of sixth order.
double slope(LossAt<double>& l, LossWeights w, const std::vector<double>& direction, double h) {
  const auto shifted = [&](double step) {
    std::vector<double> t = l.theta;
    for (std::size_t i = 0; i < t.size(); ++i) t[i] += step * direction[i];
    return l.at(t, w);
  };
  const auto pair = [&](double step) { return shifted(step) - shifted(-step); };
  return (45 * pair(h) - 9 * pair(2 * h) + pair(3 * h)) / (60 * h);
}

/// The gradient's part in each tensor of parameters, and in all together, against differences along it.
void expect_gradient(LossAt<double>& l, LossWeights w, const std::string& what) {
  const std::vector<double> gradient = l.gradient(w);
  double whole = 0;
  for (double g : gradient) whole += g * g;
  ASSERT_GT(whole, 0) << what;
  Random random(17, 3);
  auto blocks = l.model.parameterization().blocks();
  blocks.push_back({"all", 0, 1, long(gradient.size())});
  for (const auto& block : blocks) {
    std::vector<double> direction(gradient.size(), 0.0);
    double square = 0;
    for (long i = block.offset; i < block.offset + block.rows * block.cols; ++i)
      direction[i] = gradient[i], square += gradient[i] * gradient[i];
    // A direction that does not know the gradient finds parts of it that are missing.
    std::vector<double> blind(gradient.size(), 0.0);
    double along = 0, length = 0;
    for (long i = block.offset; i < block.offset + block.rows * block.cols; ++i)
      blind[i] = random.normal(), length += blind[i] * blind[i];
    for (std::size_t i = 0; i < blind.size() && length > 0; ++i)
      blind[i] /= std::sqrt(length), along += blind[i] * gradient[i];
    if (length == 0) continue;
    EXPECT_NEAR(slope(l, w, blind, 1e-3), along, 1e-8 * std::sqrt(whole)) << what << ", " << block.name;
    if (square < 1e-10 * whole) continue;  // nothing to divide by
    const double norm = std::sqrt(square);
    for (double& d : direction) d /= norm;
    EXPECT_NEAR(slope(l, w, direction, 1e-3) / norm, 1, 1e-8) << what << ", " << block.name;
  }
}

TEST(BatchLoss, gradient_of_a_periodic_loss_with_energies_forces_and_virials_is_that_of_differences) {
  struct Case {
    const char* name;
    LabelChoice labels;
    LossWeights weights;
  };
  const Case cases[] = {{"energies", {true, false, false}, {10, 1, 1}},
                        {"forces", {false, true, false}, {10, 1, 1}},
                        {"virials", {false, false, true}, {10, 1, 1}},
                        {"all labels", {true, true, true}, {10, 1, 3}}};
  for (const char* size : {"balanced", "accurate"})
    for (const Case& c : cases) {
      TrainOptions o = small_options();
      o.size = size, o.cutoff = 3.4;
      LossAt<double> l(crystal_data(2), o, c.labels);
      expect_gradient(l, c.weights, std::string(size) + ", " + c.name);
    }
}

TEST(BatchLoss, gradient_reaches_an_embedding_of_the_species) {
  TrainOptions o = small_options();
  o.embedding = 3, o.cutoff = 3.4;
  LossAt<double> l(crystal_data(2), o, {});
  expect_gradient(l, {10, 1, 3}, "embedding");
}

TEST(BatchLoss, in_float_it_is_the_loss_in_double_up_to_rounding) {
  const TrainOptions o = small_options();
  const TestData data = crystal_data(3);
  LossAt<float> single(data, o, {});
  LossAt<double> reference(data, o, {});
  single.theta.assign(reference.theta.begin(), reference.theta.end());
  const LossWeights w{10, 1, 3};
  const double exact = reference.at(reference.theta, w);
  EXPECT_NEAR(single.at(single.theta, w), exact, 1e-4 * exact);
  const auto g = single.gradient(w);
  const auto expected = reference.gradient(w);
  double error = 0, square = 0;
  for (std::size_t i = 0; i < g.size(); ++i)
    error += (g[i] - expected[i]) * (g[i] - expected[i]), square += expected[i] * expected[i];
  EXPECT_LT(error, 1e-8 * square);
}

TEST(BatchLoss, prior_gradient_is_the_pull_of_the_residuals_of_the_prior) {
  GaussianPrior prior = elastic({1.0, -2.0}, std::vector<double>{3.0, 0.5}, 2.0);
  const std::vector<float> theta{1.5f, 1.0f};
  std::vector<float> gradient{0.25f, 0.5f};
  add_prior_gradient(prior, theta, gradient);
  std::vector<double> r(2), expected{0.25, 0.5};
  const std::vector<double> at(theta.begin(), theta.end());
  prior.value(at, r);
  prior.pull(at, r, expected);
  for (int k = 0; k < 2; ++k) EXPECT_NEAR(gradient[k], expected[k], 1e-6);
}

/// Features of the last hidden layer in double: H × atoms.
Eigen::MatrixXd features(const Model& model, const std::vector<Frame>& frames) {
  const Parameterization parameters = model.parameterization();
  const std::vector<double> trained(model.members[0].begin(), model.members[0].end());
  std::vector<double> canonical(parameters.network_size());
  parameters.expand(trained.data(), canonical.data());
  SiteNetwork<double> network(model.shape);
  network.set_parameters(canonical);
  Eigen::MatrixXd all(model.shape.hidden, 0);
  const SamplePreparation prepare(model, {});
  for (const Frame& frame : frames) {
    const auto sample = prepare(frame);
    SiteNetwork<double>::Memory memory;
    SweepResult result;
    network.forces(sample->graph, memory, nullptr, result, {.hidden = true});
    const long before = all.cols();
    all.conservativeResize(Eigen::NoChange, before + sample->size());
    all.rightCols(sample->size()) =
        Eigen::Map<const Eigen::MatrixXd>(memory.hidden.data(), model.shape.hidden, sample->size());
  }
  return all;
}

TEST(LastLayer, spread_is_the_square_root_of_phi_times_the_inverse_of_the_ridged_covariance_times_phi) {
  for (const char* size : {"balanced", "accurate"}) {
    TrainOptions o = small_options();
    o.size = size;
    const TestData data = water_data();
    LossAt<float> l(data, o, {});
    Model model = l.model;
    model.members = {l.theta};
    const Eigen::MatrixXd phi = features(model, data.train), covariance = phi * phi.transpose();
    l.loss.set(l.theta);
    EXPECT_LT((l.loss.hidden_covariance(l.samples, l.batch) - covariance).norm(), 1e-5 * covariance.norm());

    const double force_rmse = 0.3;
    add_uncertainty(model, covariance, double(phi.cols()), force_rmse);
    const long H = covariance.rows();
    const double lambda = 1e-6 * covariance.trace() / double(H) + 1e-12;
    const Eigen::MatrixXd inverse = (covariance + lambda * Eigen::MatrixXd::Identity(H, H)).fullPivLu().inverse();
    const double scale = force_rmse * std::sqrt(3.0 * double(phi.cols()) / double(H));
    EXPECT_NEAR(model.uncertainty_scale, scale, 1e-12 * scale);
    const Frame unseen = water_frame(9999);
    const Eigen::MatrixXd x = features(model, {unseen});
    const auto sigma = make_learned_potential(model, {1, 0.5, "float64"})
                           ->evaluate(unseen.structure, {.uncertainty = true})
                           .uncertainty;
    ASSERT_EQ(sigma.size(), 3u);
    for (int i = 0; i < 3; ++i) {
      const double expected = scale * std::sqrt(x.col(i).dot(inverse * x.col(i)));
      EXPECT_NEAR(sigma[i], expected, 1e-6 * expected) << size << ", atom " << i;
    }
  }
}

TEST(LastLayer, spread_of_the_training_atoms_has_the_size_of_their_force_error) {
  const TestData data = water_data();
  LossAt<float> l(data, small_options(), {});
  Model model = l.model;
  model.members = {l.theta};
  const Eigen::MatrixXd phi = features(model, data.train);
  add_uncertainty(model, phi * phi.transpose(), double(phi.cols()), 0.3);
  const auto potential = make_learned_potential(model, {1, 0.5, "float64"});
  double square = 0, atoms = 0;
  for (const Frame& f : data.train)
    for (double s : potential->evaluate(f.structure, {.uncertainty = true}).uncertainty) square += s * s, atoms += 1;
  EXPECT_NEAR(square / atoms, 3 * 0.3 * 0.3, 0.05 * 3 * 0.3 * 0.3);  // the ridge takes a little away
}

TEST(LastLayer, a_covariance_that_cannot_be_factorised_is_a_numerical_error) {
  Model model;
  Eigen::MatrixXd a = Eigen::MatrixXd::Identity(3, 3);
  a(1, 1) = -1;
  EXPECT_THROW(add_uncertainty(model, a, 10, 0.1), NumericalError);
  a(1, 1) = NAN;
  EXPECT_THROW(add_uncertainty(model, a, 10, 0.1), NumericalError);
  EXPECT_TRUE(model.uncertainty.empty());
}

}  // namespace
