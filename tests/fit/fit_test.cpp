// The one objective: priors are residuals; known closed forms come back.
#include <gtest/gtest.h>

#include <Eigen/Dense>

#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/fit/adam.hpp"
#include "orogen/fit/objective.hpp"

using namespace orogen;

namespace {

/// r = A θ − b.
class LinearResidual : public Residual {
 public:
  LinearResidual(Eigen::MatrixXd a, Eigen::VectorXd b) : a_(std::move(a)), b_(std::move(b)) {}
  long size() const override { return a_.rows(); }
  void value(std::span<const double> theta, std::span<double> r) override {
    Eigen::Map<Eigen::VectorXd>(r.data(), r.size()) =
        a_ * Eigen::Map<const Eigen::VectorXd>(theta.data(), theta.size()) - b_;
  }
  void pull(std::span<const double>, std::span<const double> w, std::span<double> g) override {
    Eigen::Map<Eigen::VectorXd>(g.data(), g.size()) +=
        a_.transpose() * Eigen::Map<const Eigen::VectorXd>(w.data(), w.size());
  }
  Eigen::MatrixXd a_;
  Eigen::VectorXd b_;
};

LinearResidual random_problem(int rows, int cols, std::uint64_t seed) {
  Random random(seed);
  Eigen::MatrixXd a(rows, cols);
  Eigen::VectorXd b(rows);
  for (int i = 0; i < rows; ++i) {
    b[i] = random.normal();
    for (int j = 0; j < cols; ++j) a(i, j) = random.normal();
  }
  return {a, b};
}

/// The minimum of a quadratic objective: its gradient is g0 + H θ.
Eigen::VectorXd minimum(std::vector<Residual*> terms, int n) {
  std::vector<double> theta(n, 0.0), g0(n), g(n);
  objective(terms, theta, g0);
  Eigen::MatrixXd hessian(n, n);
  for (int j = 0; j < n; ++j) {
    theta.assign(n, 0.0);
    theta[j] = 1;
    objective(terms, theta, g);
    for (int i = 0; i < n; ++i) hessian(i, j) = g[i] - g0[i];
  }
  return -hessian.ldlt().solve(Eigen::Map<Eigen::VectorXd>(g0.data(), n));
}

TEST(Objective, weight_decay_is_ridge_regression_in_closed_form) {
  auto data = random_problem(12, 5, 1);
  auto prior = weight_decay(std::vector<float>(5, 1.0f), 0.7);
  const Eigen::MatrixXd h = data.a_.transpose() * data.a_ + 0.7 * Eigen::MatrixXd::Identity(5, 5);
  const Eigen::VectorXd ridge = h.ldlt().solve(data.a_.transpose() * data.b_);
  EXPECT_LT((minimum({&data, &prior}, 5) - ridge).norm(), 1e-12);
}

TEST(Objective, fitting_A_then_B_with_the_elastic_prior_and_the_exact_fisher_is_fitting_both) {
  // The elastic prior is diagonal, so the Fisher matrix of A must be: orthogonal columns.
  auto a = random_problem(9, 3, 2), b = random_problem(7, 3, 3);
  const Eigen::MatrixXd q =
      Eigen::HouseholderQR<Eigen::MatrixXd>(a.a_).householderQ() * Eigen::MatrixXd::Identity(9, 3);
  a.a_ = q * Eigen::Vector3d(1, 2, 3).asDiagonal();
  const Eigen::VectorXd first = minimum({&a}, 3);
  const std::vector<double> fisher{1, 4, 9};
  auto prior = elastic({first.data(), first.data() + 3}, fisher, 1.0);
  const Eigen::VectorXd in_turn = minimum({&b, &prior}, 3), together = minimum({&a, &b}, 3);
  EXPECT_LT((in_turn - together).norm(), 1e-12);
}

TEST(Objective, power_counting_weakens_with_the_order) {
  const std::vector<int> order{0, 2, 3};
  const auto prior = power_counting(order, 0.5, 2.0);
  EXPECT_NEAR(prior.precision()[0], 1 / 4.0, 1e-15);
  EXPECT_NEAR(prior.precision()[1], 1 / (4.0 * 0.0625), 1e-12);
  EXPECT_NEAR(prior.precision()[2], 1 / (4.0 * 0.015625), 1e-12);
}

TEST(Objective, a_negative_precision_is_refused) { EXPECT_THROW(GaussianPrior({0.0}, {-1.0}), InputError); }

TEST(Adam, first_steps_follow_the_published_formula) {
  Adam adam(1);
  std::vector<float> theta{1.0f};
  const std::vector<float> g{0.5f}, size{1.0f};
  adam.step(theta, g, size, 0.1);
  EXPECT_NEAR(theta[0], 0.9f, 1e-6);  // bias correction makes the first step lr·sign(g)
  adam.step(theta, std::vector<float>{-1.0f}, size, 0.1);
  const double m = (0.9 * 0.1 * 0.5 + 0.1 * -1.0) / (1 - 0.81), v = (0.999 * 0.001 * 0.25 + 0.001) / (1 - 0.998001);
  EXPECT_NEAR(theta[0], 0.9 - 0.1 * m / std::sqrt(v), 1e-5);
}

TEST(Adam, a_step_scales_with_the_expected_size_of_its_parameter) {
  Adam adam(2);
  std::vector<float> theta{0.0f, 0.0f};
  adam.step(theta, std::vector<float>{2.0f, 2.0f}, std::vector<float>{1.0f, 0.25f}, 0.1);
  EXPECT_NEAR(theta[0], -0.1f, 1e-6);
  EXPECT_NEAR(theta[1], -0.025f, 1e-6);
}

}  // namespace
