// The size of the omitted orders as an unknown of its own: a linear model, for which everything else is Gaussian.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/nuclear/inference/contacts/prediction.hpp"
#include "orogen/nuclear/inference/size_of_orders.hpp"

using namespace orogen;
using namespace orogen::nuclear;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

/// phase_i = c0 + c1 p_i/600 + 0.3.
class Line : public PhaseModel {
 public:
  explicit Line(const std::vector<PhaseDatum>& data) : data_(data) {}
  long constants() const override { return 2; }
  long size() const override { return long(data_.size()); }
  void phases(std::span<const double> c, std::span<double> phase, Eigen::Ref<MatrixXd> J) const override {
    for (long i = 0; i < size(); ++i) {
      const double x = data_[std::size_t(i)].momentum / 600;
      phase[std::size_t(i)] = 0.3 + c[0] + c[1] * x;
      J(i, 0) = 1, J(i, 1) = x;
    }
  }

 private:
  const std::vector<PhaseDatum>& data_;
};

const TheoryError theory{.order = 2, .breakdown_scale = 600, .length = 40};
const Naturalness informative{5, 1.0};
const GaussianPrior prior({0, 0}, {1, 1});
const std::vector<double> unit{0.1, 0.2};

std::vector<PhaseDatum> without_phases(int n) {
  std::vector<PhaseDatum> data;
  for (int i = 0; i < n; ++i) {
    const double T = 5 + 140.0 * i / n;
    data.push_back({i % 2, T, std::sqrt(T * 469.46), 0.5, 1e-4, 1.0});
  }
  return data;
}

double normal_of(VectorXd& z, Random& random) {
  for (double& x : z) x = random.normal();
  return z.squaredNorm();
}

/// Phases of constants and omitted orders drawn as the posterior assumes, with this c̄.
std::vector<PhaseDatum> world(int n, double c_bar, std::uint64_t seed) {
  std::vector<PhaseDatum> data = without_phases(n);
  Random random(seed);
  VectorXd a(2), z(n);
  normal_of(a, random), normal_of(z, random);
  TheoryError with = theory;
  with.c_bar = c_bar;
  const VectorXd error = phase_covariance(data, with).llt().matrixL() * z;
  std::vector<double> phase(data.size()), c{a[0] * unit[0], a[1] * unit[1]};
  MatrixXd J(n, 2);
  Line(data).phases(c, phase, J);
  for (int i = 0; i < n; ++i) data[std::size_t(i)].phase = phase[std::size_t(i)] + error[i];
  return data;
}

/// ln Z with c̄ fixed; exact for a linear model.
double log_evidence(const std::vector<PhaseDatum>& data, double c_bar) {
  TheoryError with = theory;
  with.c_bar = c_bar;
  const Line model(data);
  PhaseResidual likelihood(model, data, phase_covariance(data, with), unit);
  GaussianPrior natural = prior;
  return lec_posterior(likelihood, natural, {0, 0}, {.draws = 0}).laplace.log_evidence;
}

SizePosterior on_grid(const std::vector<PhaseDatum>& data, const Naturalness& size, double step) {
  std::vector<double> phi, evidence;
  for (double x = -6; x < 6; x += step) phi.push_back(x), evidence.push_back(log_evidence(data, std::exp(x / 2)));
  return size_posterior(phi, evidence, size);
}

/// P(φ < x) linear between the grid's values.
double below(const GridPosterior& p, double x) {
  double sum = 0;
  const double step = p.value[1] - p.value[0];
  for (std::size_t k = 0; k < p.value.size(); ++k)
    sum += p.probability[k] * std::clamp((x - p.value[k]) / step + 0.5, 0.0, 1.0);
  return sum;
}

}  // namespace

TEST(NuclearSizeOfOrders, density_is_that_of_fixed_size_times_its_prior) {
  const auto data = world(12, 1.5, 1);
  const Line model(data);
  const SizedLecDensity density(model, data, theory, unit, prior, informative);
  for (const double c_bar : {0.2, 1.0, 3.0}) {
    TheoryError with = theory;
    with.c_bar = c_bar;
    PhaseResidual fixed(model, data, phase_covariance(data, with), unit);
    const std::vector<double> a{0.4, -1.1};
    VectorXd r;
    MatrixXd J;
    fixed.evaluate(a, r, J);
    const double phi = 2 * std::log(c_bar);
    const double expected = -0.5 * r.squaredNorm() + fixed.log_normalisation() - 0.5 * (0.16 + 1.21) -
                            std::log(2 * std::numbers::pi) + log_prior_of_size(informative, phi);
    std::vector<double> gradient(3);
    EXPECT_NEAR(density.value(std::vector<double>{a[0], a[1], phi}, gradient), expected, 1e-7 * std::abs(expected));
  }
}

TEST(NuclearSizeOfOrders, density_has_the_gradient_of_its_value) {
  const auto data = world(12, 1.5, 2);
  const Line model(data);
  const SizedLecDensity density(model, data, theory, unit, prior, informative);
  std::vector<double> theta{0.1, -0.3, 0.7}, gradient(3), none(3);
  density.value(theta, gradient);
  for (std::size_t k = 0; k < 3; ++k) {
    const double h = 1e-4;
    auto up = theta, down = theta;
    up[k] += h, down[k] -= h;
    const double slope = (density.value(up, none) - density.value(down, none)) / (2 * h);
    EXPECT_NEAR(gradient[k], slope, 1e-6 * (1 + std::abs(slope))) << k;
  }
}

TEST(NuclearSizeOfOrders, prior_is_normalised_and_refused_where_improper) {
  double sum = 0;
  for (double phi = -60; phi < 60; phi += 0.01) sum += 0.01 * std::exp(log_prior_of_size({0.6, 0.64}, phi));
  EXPECT_NEAR(sum, 1, 1e-6);
  EXPECT_THROW(log_prior_of_size({0, 1}, 0), InputError);
  EXPECT_THROW(log_prior_of_size({1, 0}, 0), InputError);
  auto data = without_phases(4);
  data[2].error = 0;
  const Line model(data);
  EXPECT_THROW(SizedLecDensity(model, data, theory, unit, prior, informative), InputError);
}

TEST(NuclearSizeOfOrders, sampled_agrees_with_the_grid_and_covers_the_known_one) {
  const auto data = world(30, 1.5, 3);
  const SizePosterior grid = on_grid(data, informative, 0.05);
  const Line model(data);
  const SizedLecDensity density(model, data, theory, unit, prior, informative);
  const SamplerOptions options{.chains = 4, .warm_up = 500, .draws = 3000};
  const std::vector<double> start{0, 0, grid.phi.mean()};
  auto chains = start_chains(density, start, MatrixXd::Identity(3, 3) * 0.1, options);
  sample(density, options, chains);
  const Summary s = summarise(chains)[2];
  const double error = 4 * s.sd / std::sqrt(s.effective_bulk);
  EXPECT_NEAR(s.mean, grid.phi.mean(), error);
  EXPECT_NEAR(s.sd, grid.phi.sd(), error);
  EXPECT_LT(s.r_hat, 1.01);
  EXPECT_LT(s.q2_5, 2 * std::log(1.5));
  EXPECT_GT(s.q97_5, 2 * std::log(1.5));
}

TEST(NuclearSizeOfOrders, is_in_its_intervals_as_often_as_they_say) {
  constexpr int worlds = 240;
  int in68 = 0, known68 = 0, known95 = 0;
  for (int w = 0; w < worlds; ++w) {
    Random random(std::uint64_t(w), 5);
    double chi2 = 0;  // c̄² ~ ν τ²/χ²_ν
    for (int k = 0; k < 5; ++k) chi2 += std::pow(random.normal(), 2);
    const double phi = std::log(5 / chi2);
    const double rank = below(on_grid(world(16, std::exp(phi / 2), 100 + std::uint64_t(w)), informative, 0.4).phi, phi);
    in68 += std::abs(rank - 0.5) < 0.34;
    // one known size under a prior that says little
    const double known = 2 * std::log(1.5);
    const double there = below(on_grid(world(16, 1.5, 1000 + std::uint64_t(w)), {0.6, 0.64}, 0.4).phi, known);
    known68 += std::abs(there - 0.5) < 0.34, known95 += std::abs(there - 0.5) < 0.475;
  }
  EXPECT_NEAR(in68 / double(worlds), 0.68, 3 * std::sqrt(0.68 * 0.32 / worlds));
  EXPECT_NEAR(known68 / double(worlds), 0.68, 3 * std::sqrt(0.68 * 0.32 / worlds));
  EXPECT_NEAR(known95 / double(worlds), 0.95, 3 * std::sqrt(0.95 * 0.05 / worlds));
}

TEST(NuclearSizeOfOrders, with_a_breakdown_scale_is_the_same_at_its_prior_mean_and_has_its_gradient) {
  const auto data = world(12, 1.5, 4);
  const Line model(data);
  const SizedLecDensity fixed(model, data, theory, unit, prior, informative);
  const ScaledLecDensity density(model, data, theory, unit, {0, 2}, prior, informative, 0.2);
  std::vector<double> theta{0.1, -0.3, 0.7, 0.0}, gradient(4), none(4);
  const double there = fixed.value(std::span(theta).first(3), std::span(none).first(3));
  EXPECT_NEAR(density.value(theta, gradient), there, 1e-8 * std::abs(there));
  theta[3] = -0.15;
  density.value(theta, gradient);
  for (std::size_t k = 0; k < 4; ++k) {
    const double h = 1e-4;
    auto up = theta, down = theta;
    up[k] += h, down[k] -= h;
    const double slope = (density.value(up, none) - density.value(down, none)) / (2 * h);
    EXPECT_NEAR(gradient[k], slope, 1e-5 * (1 + std::abs(slope))) << k;
  }
  // a smaller scale: omitted orders and natural constants as if it had been the scale from the start
  TheoryError smaller = theory;
  smaller.breakdown_scale *= std::exp(-0.15);
  const GaussianPrior wider({0, 0}, {1, std::exp(-0.6)});
  const SizedLecDensity moved(model, data, smaller, unit, wider, informative);
  const double expected =
      moved.value(std::span(theta).first(3), std::span(none).first(3)) - 0.5 * std::pow(0.15 / 0.2, 2);
  EXPECT_NEAR(density.value(theta, gradient), expected, 1e-8 * std::abs(expected));
  theta[3] = -3;  // Q > 1
  EXPECT_EQ(density.value(theta, gradient), -INFINITY);
  EXPECT_THROW(ScaledLecDensity(model, data, theory, unit, {0}, prior, informative, 0.2), InputError);
  EXPECT_THROW(ScaledLecDensity(model, data, theory, unit, {0, 2}, prior, informative, 0), InputError);
}

TEST(NuclearSizeOfOrders, bands_of_a_mixture_have_its_quantiles) {
  const auto data = without_phases(3);
  const Line model(data);
  const MatrixXd same = MatrixXd::Zero(2, 2);
  MatrixXd sd = MatrixXd::Constant(2, 3, 0.2);
  const Bands one = predict_mixture(model, unit, same, sd);
  EXPECT_NEAR(one.mean[0], 0.3, 1e-12);
  EXPECT_NEAR(one.low68[0], 0.3 - 0.2 * 0.994457883, 1e-7);
  EXPECT_NEAR(one.high95[0], 0.3 + 0.2 * 1.959963985, 1e-7);
  EXPECT_NEAR(one.sd[0], 0.2, 1e-12);
  sd.row(1).setConstant(0.6);  // half the draws three times as wide: heavier tails than a normal distribution
  const Bands two = predict_mixture(model, unit, same, sd);
  const double x = two.high68[1] - 0.3;
  EXPECT_NEAR(0.25 * (std::erfc(-x / 0.2 / std::numbers::sqrt2) + std::erfc(-x / 0.6 / std::numbers::sqrt2)), 0.84,
              1e-7);
  EXPECT_LT(x, two.sd[1]);
  EXPECT_THROW(predict_mixture(model, unit, same, MatrixXd::Zero(3, 3)), InputError);
}
