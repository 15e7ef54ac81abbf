// The minimisers alone, on functions whose minima are known.
#include "orogen/dynamics/minimise/minimiser.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "orogen/base/errors.hpp"

namespace orogen {
namespace {

using Vector = Eigen::VectorXd;
using Method = MinimiserOptions::Method;

/// Rosenbrock's valley, Σ 100 (x_{k+1} − x_k²)² + (1 − x_k)², with its minimum 0 at (1, …, 1).
class Rosenbrock : public Objective {
 public:
  double evaluate(const Vector& x, Vector& g) override {
    g = Vector::Zero(x.size());
    double sum = 0;
    for (Eigen::Index k = 0; k + 1 < x.size(); ++k) {
      const double a = x[k + 1] - x[k] * x[k], b = 1 - x[k];
      sum += 100 * a * a + b * b;
      g[k] += -400 * a * x[k] - 2 * b;
      g[k + 1] += 200 * a;
    }
    return sum;
  }
};

/// ½ Σ k x_k² in directions whose stiffness spans three decades, with steps no longer than `longest`.
class Bowl : public Objective {
 public:
  double longest = 1e300, farthest = 0;
  double evaluate(const Vector& x, Vector& g) override {
    g = x;
    for (Eigen::Index k = 0; k < x.size(); ++k) g[k] *= stiffness(k);
    if (last_.size() == x.size()) farthest = std::max(farthest, (x - last_).norm());
    last_ = x;
    return 0.5 * g.dot(x);
  }
  double shortened(const Vector& step) const override { return std::min(1.0, longest / step.norm()); }

 private:
  static double stiffness(Eigen::Index k) { return std::pow(10.0, double(k % 4)) / 10; }
  Vector last_;
};

/// Converged below a gradient; asks to stop after some points; remembers the values.
class Bound : public Judge {
 public:
  explicit Bound(double gradient, long stop_after = 1000000) : gradient_(gradient), stop_after_(stop_after) {}
  std::vector<double> values;
  Verdict judge(const Vector&, double value, const Vector& gradient) override {
    values.push_back(value);
    if (gradient.norm() <= gradient_) return Verdict::converged;
    return long(values.size()) >= stop_after_ ? Verdict::stop : Verdict::go_on;
  }

 private:
  double gradient_;
  long stop_after_;
};

MinimiserOptions options(Method method, long evaluations) {
  MinimiserOptions o;
  o.method = method, o.evaluations = evaluations, o.first_stiffness = 100;
  return o;
}

TEST(Minimiser, lbfgs_follows_a_bent_valley_to_its_minimum_and_never_rises) {
  Rosenbrock valley;
  Bound bound(1e-8);
  const Vector start = Vector::Constant(8, -1.2);
  const Minimum m = minimise(valley, start, options(Method::lbfgs, 500), bound);
  EXPECT_EQ(m.end, MinimiserEnd::converged);
  EXPECT_LT((m.x - Vector::Ones(8)).norm(), 1e-7);
  EXPECT_LE(m.gradient.norm(), 1e-8);
  EXPECT_LT(m.evaluations, 250);
  EXPECT_EQ(m.value, bound.values.back());
  for (std::size_t k = 1; k < bound.values.size(); ++k)
    EXPECT_LE(bound.values[k], bound.values[k - 1] + 2e-6) << "beyond rounding, at point " << k;
}

TEST(Minimiser, fire_finds_the_minimum_of_a_bowl_by_its_gradient_alone) {
  Bowl bowl;
  Bound bound(1e-6);
  const Minimum m = minimise(bowl, Vector::Constant(12, 0.7), options(Method::fire, 5000), bound);
  EXPECT_EQ(m.end, MinimiserEnd::converged);
  EXPECT_LT(m.x.norm(), 1e-4);
}

TEST(Minimiser, no_step_is_longer_than_the_objective_trusts) {
  for (const Method method : {Method::lbfgs, Method::fire}) {
    Bowl bowl;
    bowl.longest = 0.05;
    Bound bound(1e-3);
    minimise(bowl, Vector::Constant(4, 1), options(method, 5000), bound);
    EXPECT_LE(bowl.farthest, 0.05 * (1 + 1e-12));
    EXPECT_GT(bowl.farthest, 0.04);
  }
}

TEST(Minimiser, says_how_it_ended) {
  Rosenbrock valley;
  const Vector start = Vector::Constant(4, -1);
  Bound far(0);
  const Minimum cut = minimise(valley, start, options(Method::lbfgs, 7), far);
  EXPECT_EQ(cut.end, MinimiserEnd::no_evaluations_left);
  EXPECT_EQ(cut.evaluations, 7);
  Bound impatient(0, 3);
  EXPECT_EQ(minimise(valley, start, options(Method::lbfgs, 100), impatient).end, MinimiserEnd::stopped);
  EXPECT_EQ(impatient.values.size(), 3u);
  Bound contented(1e9);
  const Minimum at_once = minimise(valley, start, options(Method::fire, 100), contented);
  EXPECT_EQ(at_once.end, MinimiserEnd::converged);
  EXPECT_EQ(at_once.evaluations, 1);
  EXPECT_EQ(at_once.x, start);
}

TEST(Minimiser, a_gradient_that_points_the_wrong_way_ends_without_descent) {
  class Wrong : public Rosenbrock {
   public:
    double evaluate(const Vector& x, Vector& g) override {
      const double value = Rosenbrock::evaluate(x, g);
      g = -g;
      return value;
    }
  };
  Wrong wrong;
  Bound bound(1e-8);
  EXPECT_EQ(minimise(wrong, Vector::Constant(4, -1), options(Method::lbfgs, 1000), bound).end,
            MinimiserEnd::no_descent);
}

TEST(Minimiser, refuses_options_that_make_no_sense) {
  Rosenbrock valley;
  Bound bound(1);
  EXPECT_THROW(minimise(valley, Vector::Ones(2), options(Method::lbfgs, 0), bound), InputError);
}

}  // namespace
}  // namespace orogen
