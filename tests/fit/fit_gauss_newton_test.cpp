// Damped Gauss–Newton steps against closed forms.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <limits>

#include "orogen/base/errors.hpp"
#include "orogen/fit/gauss_newton.hpp"

using namespace orogen;

namespace {

/// r = A θ − b.
class Linear : public Residual {
 public:
  Linear(Eigen::MatrixXd A, Eigen::VectorXd b) : A_(std::move(A)), b_(std::move(b)) {}
  long size() const override { return b_.size(); }
  void value(std::span<const double> theta, std::span<double> r) override {
    Eigen::Map<Eigen::VectorXd>(r.data(), size()) = A_ * map(theta) - b_;
  }
  void pull(std::span<const double>, std::span<const double> w, std::span<double> gradient) override {
    Eigen::Map<Eigen::VectorXd>(gradient.data(), A_.cols()) += A_.transpose() * map(w);
  }

 private:
  static Eigen::Map<const Eigen::VectorXd> map(std::span<const double> x) { return {x.data(), long(x.size())}; }
  Eigen::MatrixXd A_;
  Eigen::VectorXd b_;
};

/// ½ Σ r² = ½ (100 (y − x²)² + (1 − x)²).
class Rosenbrock : public Residual {
 public:
  long size() const override { return 2; }
  void value(std::span<const double> t, std::span<double> r) override {
    r[0] = 10 * (t[1] - t[0] * t[0]);
    r[1] = 1 - t[0];
  }
  void pull(std::span<const double> t, std::span<const double> w, std::span<double> g) override {
    g[0] += -20 * t[0] * w[0] - w[1];
    g[1] += 10 * w[0];
  }
};

/// r = √x: not a number for x < 0, minimum at the edge. `sign` −1 gives a wrong derivative.
class Root : public Residual {
 public:
  explicit Root(double sign, bool throws = false) : sign_(sign), throws_(throws) {}
  long size() const override { return 1; }
  void value(std::span<const double> t, std::span<double> r) override {
    if (throws_ && t[0] < 0) throw NumericalError("the root of a negative number");
    r[0] = std::sqrt(t[0]) - 0.5;
  }
  void pull(std::span<const double> t, std::span<const double> w, std::span<double> g) override {
    g[0] += sign_ * 0.5 / std::sqrt(t[0]) * w[0];
  }

 private:
  double sign_;
  bool throws_;
};

Eigen::MatrixXd some_matrix(long rows, long columns) {
  Eigen::MatrixXd A(rows, columns);
  for (long i = 0; i < rows; ++i)
    for (long j = 0; j < columns; ++j) A(i, j) = std::sin(1.0 + 3 * i + 7 * j * j) + (i == j);
  return A;
}

}  // namespace

TEST(GaussNewton, solves_a_linear_problem_in_one_undamped_step) {
  const Eigen::MatrixXd A = some_matrix(7, 3);
  const Eigen::VectorXd b = Eigen::VectorXd::LinSpaced(7, -1, 2);
  Linear problem(A, b);
  Residual* terms[] = {&problem};
  std::vector<double> theta{10, -20, 30};
  const auto result = minimise(terms, theta, {.damping = 0});
  const Eigen::VectorXd exact = A.colPivHouseholderQr().solve(b);
  EXPECT_TRUE(result.converged());
  EXPECT_EQ(result.steps, 1);
  for (int k = 0; k < 3; ++k) EXPECT_NEAR(theta[k], exact[k], 1e-12);
  EXPECT_LT((result.hessian - A.transpose() * A).norm(), 1e-13);
  EXPECT_NEAR(result.objective, 0.5 * (A * exact - b).squaredNorm(), 1e-13);
}

TEST(GaussNewton, with_a_gaussian_prior_is_ridge_regression) {
  const Eigen::MatrixXd A = some_matrix(4, 6);  // fewer data than parameters
  const Eigen::VectorXd b = Eigen::VectorXd::LinSpaced(4, 1, 3);
  Linear problem(A, b);
  GaussianPrior prior(std::vector<double>(6, 0.5), std::vector<double>(6, 0.3));
  Residual* terms[] = {&problem, &prior};
  std::vector<double> theta(6, 0.0);
  const auto result = minimise(terms, theta, {.tolerance = 1e-14});
  const Eigen::MatrixXd H = A.transpose() * A + 0.3 * Eigen::MatrixXd::Identity(6, 6);
  const Eigen::VectorXd exact = H.llt().solve(A.transpose() * b + 0.3 * 0.5 * Eigen::VectorXd::Ones(6));
  EXPECT_TRUE(result.converged());
  EXPECT_LT(result.steps, 8);
  for (int k = 0; k < 6; ++k) EXPECT_NEAR(theta[k], exact[k], 1e-7);
  EXPECT_LT((result.hessian - H).norm(), 1e-13);
}

TEST(GaussNewton, finds_the_minimum_of_the_rosenbrock_valley) {
  Rosenbrock problem;
  Residual* terms[] = {&problem};
  std::vector<double> theta{-1.2, 1};
  const auto result = minimise(terms, theta);
  EXPECT_TRUE(result.converged()) << text(result.end);
  EXPECT_LT(result.steps, 40);
  EXPECT_NEAR(theta[0], 1, 1e-9);
  EXPECT_NEAR(theta[1], 1, 1e-9);
  for (std::size_t k = 1; k < result.history.size(); ++k) EXPECT_LT(result.history[k], result.history[k - 1]);
}

TEST(GaussNewton, never_accepts_a_step_to_what_is_not_a_number) {
  for (bool throws : {false, true}) {
    Root problem(1, throws);
    Residual* terms[] = {&problem};
    std::vector<double> theta{25};  // the first undamped step leads to −20
    const auto result = minimise(terms, theta, {.damping = 0});
    EXPECT_TRUE(result.converged()) << text(result.end);
    EXPECT_NEAR(theta[0], 0.25, 1e-6);
  }
}

TEST(GaussNewton, says_so_when_it_cannot_descend) {
  Root problem(-1);
  Residual* terms[] = {&problem};
  std::vector<double> theta{4};
  const auto result = minimise(terms, theta);
  EXPECT_FALSE(result.converged());
  EXPECT_EQ(result.end, GaussNewtonEnd::no_descent);
  EXPECT_EQ(theta[0], 4);
}

TEST(GaussNewton, refuses_a_start_that_is_not_finite) {
  Root problem(1);
  Residual* terms[] = {&problem};
  std::vector<double> theta{-1};
  EXPECT_THROW(minimise(terms, theta), NumericalError);
}

TEST(GaussNewton, leaves_a_parameter_alone_that_nothing_depends_on) {
  Eigen::MatrixXd A = some_matrix(5, 3);
  A.col(1).setZero();
  Linear problem(A, Eigen::VectorXd::Ones(5));
  Residual* terms[] = {&problem};
  std::vector<double> theta{1, 42, 1};
  const auto result = minimise(terms, theta);
  EXPECT_TRUE(result.converged()) << text(result.end);
  EXPECT_EQ(theta[1], 42);
}

TEST(GaussNewton, stops_when_asked) {
  struct Impatient : SilentProgress {
    bool stop_requested() const override { return true; }
  } progress;
  Rosenbrock problem;
  Residual* terms[] = {&problem};
  std::vector<double> theta{-1.2, 1};
  const auto result = minimise(terms, theta, {}, &progress);
  EXPECT_EQ(result.end, GaussNewtonEnd::stopped);
  EXPECT_EQ(result.steps, 1);
}
