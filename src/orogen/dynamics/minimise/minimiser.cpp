#include "orogen/dynamics/minimise/minimiser.hpp"

#include <fmt/format.h>

#include <cmath>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "orogen/base/errors.hpp"

namespace orogen {
namespace {

using Vector = Eigen::VectorXd;
using Verdict = Judge::Verdict;

/// What both methods share: the present point, what it cost and whether it will do.
class Descent {
 public:
  Descent(Objective& objective, Vector x, const MinimiserOptions& options, Judge& judge)
      : objective_(objective), options_(options), judge_(judge) {
    at_.x = std::move(x);
    at_.value = evaluate(at_.x, at_.gradient);
    accepted();
  }
  Minimum take() { return std::move(at_); }

 protected:
  double evaluate(const Vector& x, Vector& gradient) {
    ++at_.evaluations;
    return objective_.evaluate(x, gradient);
  }
  bool evaluations_left() const { return at_.evaluations < options_.evaluations; }
  void accepted() { verdict_ = judge_.judge(at_.x, at_.value, at_.gradient); }
  /// Sets the end where it is reached.
  bool may_continue() {
    if (verdict_ == Verdict::go_on && evaluations_left()) return true;
    at_.end = verdict_ == Verdict::converged ? MinimiserEnd::converged
              : verdict_ == Verdict::stop    ? MinimiserEnd::stopped
                                             : MinimiserEnd::no_evaluations_left;
    return false;
  }

  Objective& objective_;
  const MinimiserOptions& options_;
  Minimum at_;

 private:
  Judge& judge_;
  Verdict verdict_ = Verdict::go_on;
};

class Lbfgs : public Descent {
 public:
  using Descent::Descent;

  void go() {
    while (may_continue()) {
      Vector d = direction();
      if (!(d.dot(at_.gradient) < 0)) pairs_.clear(), d = -at_.gradient / options_.first_stiffness;
      if (descend(d) || !evaluations_left()) continue;
      if (pairs_.empty()) {
        at_.end = MinimiserEnd::no_descent;
        return;
      }
      pairs_.clear();  // the model was wrong: start again along the gradient
    }
  }

 private:
  struct Pair {
    Vector step, change;
    double inverse;  // 1/(step · change)
  };
  static constexpr std::size_t memory = 20;

  /// −H g by the two-loop recursion.
  Vector direction() const {
    Vector q = at_.gradient;
    std::vector<double> alpha(pairs_.size());
    for (std::size_t k = pairs_.size(); k-- > 0;) {
      alpha[k] = pairs_[k].inverse * pairs_[k].step.dot(q);
      q -= alpha[k] * pairs_[k].change;
    }
    q /= pairs_.empty() ? options_.first_stiffness : pairs_.back().change.squaredNorm() * pairs_.back().inverse;
    for (std::size_t k = 0; k < pairs_.size(); ++k)
      q += (alpha[k] - pairs_[k].inverse * pairs_[k].change.dot(q)) * pairs_[k].step;
    return -q;
  }

  /// Goes along d, shorter and shorter until the value is sufficiently lower; false when it never is.
  bool descend(const Vector& d) {
    double length = objective_.shortened(d);
    const double slope = d.dot(at_.gradient), rounding = options_.rounding + 1e-12 * std::abs(at_.value);
    Vector gradient;
    for (int trial = 0; trial < 12 && evaluations_left(); ++trial, length *= 0.4) {
      const Vector x = at_.x + length * d;
      const double value = evaluate(x, gradient);
      const double after = d.dot(gradient);
      // Near the end the value is flat to rounding (and to the tolerance of a self-consistent field): then the slope
      // decides.
      const bool lower = value <= at_.value + 1e-4 * length * slope;
      const bool flat = value <= at_.value + 1e3 * rounding && std::abs(after) <= 0.9 * std::abs(slope);
      if (!lower && !flat) continue;
      remember(x - at_.x, gradient - at_.gradient);
      at_.x = x, at_.gradient = gradient, at_.value = value;
      accepted();
      return true;
    }
    return false;
  }

  void remember(Vector step, Vector change) {
    const double product = step.dot(change);
    if (!(product > 1e-12 * change.squaredNorm() / options_.first_stiffness))
      return;  // no positive curvature: the old model stays
    if (pairs_.size() == memory) pairs_.pop_front();
    pairs_.push_back({std::move(step), std::move(change), 1 / product});
  }

  std::deque<Pair> pairs_;
};

class Fire : public Descent {
 public:
  using Descent::Descent;

  void go() {
    constexpr double first_dt = 0.1, largest_dt = 1, first_mixing = 0.1;
    Vector velocity = Vector::Zero(at_.x.size());
    double dt = first_dt, mixing = first_mixing;
    for (int downhill = 0; may_continue();) {
      if (-velocity.dot(at_.gradient) > 0) {
        velocity = (1 - mixing) * velocity - mixing * velocity.norm() / at_.gradient.norm() * at_.gradient;
        if (++downhill > 5) dt = std::min(1.1 * dt, largest_dt), mixing *= 0.99;
      } else {
        velocity.setZero();
        dt *= 0.5, mixing = first_mixing, downhill = 0;
      }
      velocity -= dt * at_.gradient;
      Vector step = dt * velocity;
      step *= objective_.shortened(step);
      at_.x += step;
      at_.value = evaluate(at_.x, at_.gradient);
      accepted();
    }
  }
};

template <class Method> Minimum run(Objective& objective, Vector x, const MinimiserOptions& options, Judge& judge) {
  Method method(objective, std::move(x), options, judge);
  method.go();
  return method.take();
}

}  // namespace

Minimum minimise(Objective& objective, Vector x, const MinimiserOptions& options, Judge& judge) {
  if (options.evaluations < 1 || !(options.first_stiffness > 0) || !(options.rounding >= 0))
    throw InputError(
        fmt::format("minimise: evaluations = {}, first_stiffness = {}, rounding = {}; expected at least 1, "
                    "above 0 and not below 0",
                    options.evaluations, options.first_stiffness, options.rounding));
  return options.method == MinimiserOptions::Method::fire ? run<Fire>(objective, std::move(x), options, judge)
                                                          : run<Lbfgs>(objective, std::move(x), options, judge);
}

}  // namespace orogen
