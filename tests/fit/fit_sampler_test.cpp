// Chains against distributions whose moments are known; evidence against the marginal likelihood in closed form.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <chrono>
#include <cmath>
#include <numbers>
#include <thread>

#include "common/scratch_folder.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/files/safetensors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/fit/distributions.hpp"
#include "orogen/fit/laplace.hpp"
#include "orogen/fit/sampling/chain_file.hpp"
#include "orogen/fit/sampling/convergence.hpp"
#include "orogen/fit/sampling/sampler.hpp"

using namespace orogen;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

Eigen::Map<const VectorXd> map(std::span<const double> x) { return {x.data(), long(x.size())}; }

/// N(mean, covariance).
class Gaussian : public LogDensity {
 public:
  Gaussian(VectorXd mean, MatrixXd covariance)
      : mean_(std::move(mean)), precision_(covariance.inverse()), covariance_(std::move(covariance)) {}
  long size() const override { return mean_.size(); }
  double value(std::span<const double> theta, std::span<double> gradient) const override {
    const VectorXd d = map(theta) - mean_;
    Eigen::Map<VectorXd> g(gradient.data(), size());
    g = -precision_ * d;
    return 0.5 * d.dot(g);
  }
  VectorXd mean_;
  MatrixXd precision_, covariance_;
};

/// The logarithm of a gamma variable of shape a: log p = a x − eˣ.
class LogGamma : public LogDensity {
 public:
  explicit LogGamma(double a) : a_(a) {}
  long size() const override { return 1; }
  double value(std::span<const double> x, std::span<double> gradient) const override {
    gradient[0] = a_ - std::exp(x[0]);
    return a_ * x[0] - std::exp(x[0]);
  }
  double a_;
};

/// e⁻ˣ for x > 0, an error elsewhere.
class Exponential : public LogDensity {
 public:
  long size() const override { return 1; }
  double value(std::span<const double> x, std::span<double> gradient) const override {
    if (x[0] < 0) throw NumericalError("outside");
    gradient[0] = -1;
    return -x[0];
  }
};

MatrixXd some_covariance(long n) {
  Random random(7);
  MatrixXd a(n, n);
  for (double& x : a.reshaped()) x = random.normal();
  return a * a.transpose() / double(n) + 0.05 * MatrixXd::Identity(n, n);
}

std::vector<Chain> run(const LogDensity& density, SamplerOptions options, const MatrixXd& factor) {
  const std::vector<double> start(density.size(), 0.5);
  auto chains = start_chains(density, start, factor, options);
  sample(density, options, chains);
  return chains;
}

/// Means and variances within four standard errors.
void expect_moments(const std::vector<Chain>& chains, const VectorXd& mean, const VectorXd& variance) {
  const auto s = summarise(chains);
  for (std::size_t k = 0; k < s.size(); ++k) {
    const double error = s[k].sd / std::sqrt(s[k].effective_bulk);
    EXPECT_NEAR(s[k].mean, mean[long(k)], 4 * error) << k;
    EXPECT_NEAR(s[k].sd / std::sqrt(variance[long(k)]), 1, 4 / std::sqrt(s[k].effective_bulk)) << k;
    EXPECT_LT(s[k].r_hat, 1.01) << k;
  }
}

}  // namespace

TEST(Sampler, of_a_gaussian_has_its_mean_and_covariance) {
  MatrixXd covariance(2, 2);
  covariance << 4, -1.2, -1.2, 0.5;
  const Gaussian density(Eigen::Vector2d(1, -3), covariance);
  const auto chains = run(density, {.draws = 4000, .seed = 3}, MatrixXd::Identity(2, 2));
  expect_moments(chains, density.mean_, covariance.diagonal());
  const MatrixXd all = pooled(chains);
  ASSERT_EQ(all.rows(), 16000);
  const double c01 = ((all.col(0).array() - 1) * (all.col(1).array() + 3)).mean();
  EXPECT_NEAR(c01, -1.2, 0.06);
}

TEST(Sampler, of_ten_correlated_numbers_with_the_mass_of_the_hessian_needs_few_gradients) {
  const Gaussian density(VectorXd::LinSpaced(10, -2, 2), some_covariance(10));
  const auto chains = run(density, {.draws = 2000}, mass_factor(density.precision_));
  expect_moments(chains, density.mean_, density.covariance_.diagonal());
  for (const auto& chain : chains) {
    EXPECT_LT(double(chain.gradients) / 2000, 8);
    EXPECT_EQ(chain.divergences, 0);
    EXPECT_NEAR(chain.acceptance, 0.85, 0.1);
  }
  for (const auto& s : summarise(chains)) EXPECT_GT(s.effective_bulk, 3000);
}

TEST(Sampler, finds_scales_that_differ_by_ten_thousand_by_itself) {
  const Eigen::Vector3d variance(1e-4, 1, 1e4);
  const Gaussian density(VectorXd::Zero(3), variance.asDiagonal());
  const auto chains = run(density, {.warm_up = 1000, .draws = 1000}, MatrixXd::Identity(3, 3) * 0.01);
  expect_moments(chains, density.mean_, variance);
  EXPECT_LT(double(chains[0].gradients) / 1000, 10);
}

TEST(Sampler, of_a_skewed_density_has_its_exact_moments) {
  const auto chains = run(LogGamma(3), {.draws = 5000}, MatrixXd::Identity(1, 1));
  expect_moments(chains, VectorXd::Constant(1, 0.92278433509846714), VectorXd::Constant(1, 0.39493406684822644));
}

TEST(Sampler, treats_an_error_of_the_density_as_probability_zero) {
  const auto chains = run(Exponential(), {.draws = 5000, .acceptance = 0.9}, MatrixXd::Identity(1, 1));
  EXPECT_GT(pooled(chains).minCoeff(), 0);
  EXPECT_NEAR(summarise(chains)[0].mean, 1, 0.06);
}

TEST(Sampler, gives_the_same_numbers_for_any_number_of_threads_and_others_for_another_seed) {
  const Gaussian density(VectorXd::Zero(4), some_covariance(4));
  const MatrixXd one = MatrixXd::Identity(4, 4);
  const auto a = run(density, {.chains = 3, .warm_up = 120, .draws = 50}, one);
  const auto b = run(density, {.chains = 3, .warm_up = 120, .draws = 50, .threads = 2}, one);
  const auto c = run(density, {.chains = 3, .warm_up = 120, .draws = 50, .seed = 2}, one);
  EXPECT_EQ(pooled(a), pooled(b));
  EXPECT_NE(pooled(a), pooled(c));
  EXPECT_NE(a[0].draws, a[1].draws);
}

class SamplerInterrupted : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(InAndAfterTheWarmUp, SamplerInterrupted, ::testing::Values(75, 150));

TEST_P(SamplerInterrupted, goes_on_bit_for_bit_from_its_file) {
  const int stopped_at = GetParam();
  struct StopAt : SilentProgress {
    explicit StopAt(int transitions) : last(transitions) {}
    double done = 0;
    int last;
    void update(std::string_view, double now, double, std::string_view) override { done = now; }
    bool stop_requested() const override { return done >= last; }
  } progress(stopped_at);
  const Gaussian density(VectorXd::Zero(4), some_covariance(4));
  const SamplerOptions options{.chains = 2, .warm_up = 120, .draws = 60};
  const std::vector<double> start(4, 0.5);
  auto chains = start_chains(density, start, MatrixXd::Identity(4, 4), options);
  sample(density, options, chains, &progress);
  EXPECT_EQ(chains[0].transitions, stopped_at);
  EXPECT_EQ(chains[0].draws.rows(), std::max(0, stopped_at - 120));
  const ScratchFolder folder;
  write_chains(folder / "chains.safetensors", {chains, {{"data", "none"}}});
  ChainFile file = read_chains(folder / "chains.safetensors");
  EXPECT_EQ(file.about.at("data"), "none");
  auto& copy = file.chains;
  sample(density, options, copy);
  EXPECT_EQ(pooled(copy), pooled(run(density, options, MatrixXd::Identity(4, 4))));
}

TEST(Sampler, goes_on_from_what_was_kept_on_the_way_with_the_same_draws) {
  struct Slow : Gaussian {
    using Gaussian::Gaussian;
    double value(std::span<const double> theta, std::span<double> gradient) const override {
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      return Gaussian::value(theta, gradient);
    }
  };
  const Slow density(VectorXd::Zero(3), some_covariance(3));
  const SamplerOptions options{.chains = 2, .warm_up = 100, .draws = 200};
  const std::vector<double> start(3, 0.5);
  auto chains = start_chains(density, start, MatrixXd::Identity(3, 3), options);
  std::vector<std::vector<Chain>> kept;
  sample(density, options, chains, nullptr, [&](const auto& now) { kept.push_back(now); });
  ASSERT_GE(kept.size(), 2u) << "kept at the end only";
  EXPECT_EQ(kept[0][0].draws.rows(), std::max(0L, kept[0][0].transitions - 100));
  EXPECT_EQ(kept[0][0].transitions, kept[0][1].transitions);
  sample(density, options, kept[0]);
  EXPECT_EQ(pooled(kept[0]), pooled(chains));
}

namespace {

std::string refusal(const std::filesystem::path& file) {
  try {
    read_chains(file);
  } catch (const InputError& problem) {
    return problem.what();
  }
  return "";
}

}  // namespace

TEST(Sampler, refuses_files_of_chains_that_are_foreign_old_damaged_or_cut) {
  const ScratchFolder folder;
  SafetensorsFile file;
  file.write(folder / "x");
  EXPECT_NE(refusal(folder / "x").find("not a file of chains"), std::string::npos);
  file.metadata["format"] = "orogen chains 1";
  file.write(folder / "x");
  EXPECT_NE(refusal(folder / "x").find("version 1"), std::string::npos);
  const Gaussian density(VectorXd::Zero(4), some_covariance(4));
  write_chains(folder / "x", {run(density, {.chains = 2, .warm_up = 60, .draws = 20}, MatrixXd::Identity(4, 4)), {}});
  EXPECT_EQ(refusal(folder / "x"), "");
  const std::string bytes = read_file(folder / "x");
  for (const std::size_t at : {bytes.size() - 1, bytes.size() - 300, bytes.find("\"transitions\"") + 16}) {
    std::string damaged = bytes;
    damaged[at] = char(damaged[at] ^ 1);
    write_atomically(folder / "x", damaged);
    EXPECT_NE(refusal(folder / "x").find("damaged"), std::string::npos) << at << refusal(folder / "x");
  }
  write_atomically(folder / "x", bytes.substr(0, bytes.size() - 8));
  EXPECT_NE(refusal(folder / "x").find("truncated"), std::string::npos) << refusal(folder / "x");
}

TEST(Sampler, says_when_no_start_has_a_density) {
  const std::vector<double> start{-1e6};
  EXPECT_THROW(start_chains(Exponential(), start, MatrixXd::Identity(1, 1), {}), NumericalError);
  EXPECT_THROW(mass_factor(MatrixXd::Zero(2, 2)), NumericalError);
}

TEST(Convergence, of_an_autoregression_finds_its_effective_size) {
  const double rho = 0.8;
  MatrixXd draws(20000, 4);
  Random random(11);
  for (long c = 0; c < 4; ++c) {
    double x = random.normal();
    for (long k = 0; k < draws.rows(); ++k) {
      draws(k, c) = x;
      x = rho * x + std::sqrt(1 - rho * rho) * random.normal();
    }
  }
  EXPECT_NEAR(effective_size(draws) / double(draws.size()), (1 - rho) / (1 + rho), 0.01);
  EXPECT_NEAR(split_r_hat(draws), 1, 2e-3);
  EXPECT_NEAR(effective_size(rank_normal(draws)) / effective_size(draws), 1, 0.05);
}

TEST(Convergence, of_chains_that_disagree_is_denied) {
  MatrixXd draws(1000, 2);
  Random random(12);
  for (double& x : draws.reshaped()) x = random.normal();
  EXPECT_NEAR(split_r_hat(draws), 1, 5e-3);
  EXPECT_NEAR(effective_size(draws), 2000, 250);
  draws.col(1).array() += 1;
  EXPECT_GT(split_r_hat(draws), 1.1);
  EXPECT_GT(split_r_hat(rank_normal(draws)), 1.1);
  EXPECT_LT(effective_size(draws), 50);
  EXPECT_THROW(split_r_hat(MatrixXd::Zero(3, 2)), InputError);
}

TEST(Convergence, has_quantiles_between_order_statistics) {
  EXPECT_DOUBLE_EQ(quantile({4, 1, 3, 2}, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(quantile({4, 1, 3, 2}, 1), 4);
  EXPECT_DOUBLE_EQ(quantile({4, 1, 3, 2}, 0), 1);
  EXPECT_THROW(quantile({}, 0.5), InputError);
}

TEST(Distributions, have_the_quantiles_of_tables) {
  EXPECT_NEAR(normal_quantile(0.975), 1.9599639845400545, 1e-14);
  EXPECT_NEAR(normal_quantile(1e-10), -6.361340902404056, 1e-12);
  EXPECT_NEAR(student_quantile(0.975, 3), 3.182446305284263, 1e-12);
  EXPECT_NEAR(student_quantile(0.05, 1), -6.313751514675043, 1e-11);
  EXPECT_NEAR(student_quantile(0.84, 2), 0.68 / std::sqrt(2 * 0.84 * 0.16), 1e-13);
  EXPECT_NEAR(student_cdf(0.5, 1), 0.5 + std::atan(0.5) / std::numbers::pi, 1e-14);
  EXPECT_NEAR(incomplete_beta(2, 3, 0.4), 6 * 0.16 - 8 * 0.064 + 3 * 0.0256, 1e-14);
  EXPECT_THROW(normal_quantile(1), InputError);
  EXPECT_THROW(student_quantile(0.5, 0), InputError);
}

TEST(Laplace, evidence_of_a_linear_model_is_the_marginal_likelihood) {
  // y = A a + noise, a ~ N(0, 4): y ~ N(0, A 4 Aᵀ + σ²)
  struct Model : Residual {
    MatrixXd A = some_covariance(6).leftCols(3);
    VectorXd y = VectorXd::LinSpaced(6, -1, 2);
    double sigma = 0.3;
    long size() const override { return 6; }
    void value(std::span<const double> a, std::span<double> r) override {
      Eigen::Map<VectorXd>(r.data(), 6) = (A * map(a) - y) / sigma;
    }
    void pull(std::span<const double>, std::span<const double> w, std::span<double> g) override {
      Eigen::Map<VectorXd>(g.data(), 3) += A.transpose() * map(w) / sigma;
    }
  } model;
  const std::vector<int> orders(3, 0);
  GaussianPrior prior = power_counting(orders, 0.3, 2.0);
  Residual* terms[] = {&model, &prior};
  std::vector<double> theta(3, 0.0);
  const auto fit = minimise(terms, theta, {.tolerance = 1e-15});
  const auto result = laplace(theta, fit, log_normalisation(std::vector<double>(6, 0.3)) + log_normalisation(prior));
  const MatrixXd marginal = 4 * model.A * model.A.transpose() + 0.09 * MatrixXd::Identity(6, 6);
  const Cholesky cholesky(marginal);
  const double exact = log_normalisation(cholesky) - 0.5 * model.y.dot(cholesky.solve(model.y));
  EXPECT_NEAR(result.log_evidence, exact, 1e-10);
  // and the sampler has the same posterior
  const ResidualDensity density({&model, &prior}, 3);
  const SamplerOptions options{.warm_up = 200, .draws = 2000};
  auto chains = start_chains(density, result.mean, mass_factor(result.precision), options);
  sample(density, options, chains);
  expect_moments(chains, map(result.mean), result.covariance.diagonal());
}

TEST(Laplace, refuses_what_has_no_evidence) {
  GaussNewtonResult flat;
  flat.hessian = MatrixXd::Zero(2, 2);
  EXPECT_THROW(laplace({0, 0}, flat, 0), NumericalError);
  EXPECT_THROW(log_normalisation(GaussianPrior({0.0}, {0.0})), InputError);
}
