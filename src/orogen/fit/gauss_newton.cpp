#include "orogen/fit/gauss_newton.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "orogen/base/errors.hpp"
#include "orogen/fit/linear_algebra.hpp"

namespace orogen {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double least_damping = 1e-6, most_damping = 1e16;  // once a step was not accepted
// Where the model can describe the data exactly, the objective falls to zero but for rounding errors; a decrease below
// this part of the first objective is such an error and counts as none.
constexpr double rounding = 1e-24;

struct Linear {
  double objective = 0;
  VectorXd gradient, scale;  // Jᵀr; the largest diagonal of JᵀJ met so far (Moré 1978)
  MatrixXd hessian;
};

void linearise(std::span<Residual* const> terms, std::span<const double> theta, Linear& at) {
  const long n = long(theta.size());
  at.objective = 0;
  at.gradient = VectorXd::Zero(n);
  at.hessian = MatrixXd::Zero(n, n);
  for (Residual* term : terms) {
    std::vector<double> value(term->size(), 0.0);
    MatrixXd J(term->size(), n);
    term->value(theta, value);
    term->jacobian(theta, J);
    const Eigen::Map<const VectorXd> r(value.data(), long(value.size()));
    at.objective += 0.5 * r.squaredNorm();
    at.gradient.noalias() += J.transpose() * r;
    add_gram(J, at.hessian);
  }
  if (!std::isfinite(at.objective) || !at.gradient.allFinite() || !at.hessian.allFinite())
    throw NumericalError(
        fmt::format("least squares: at an accepted point the objective is {} and a derivative may not be finite; start "
                    "elsewhere or check the derivatives",
                    at.objective));
  const VectorXd diagonal = at.hessian.diagonal();
  at.scale = at.scale.size() ? VectorXd(at.scale.cwiseMax(diagonal)) : diagonal;
}

/// ½ Σ r², infinite where it cannot be had.
double value_or_infinity(std::span<Residual* const> terms, std::span<const double> theta) {
  double sum = 0;
  std::vector<double> r;
  try {
    for (Residual* term : terms) {
      r.assign(term->size(), 0.0);
      term->value(theta, r);
      for (double x : r) sum += 0.5 * x * x;
    }
  } catch (const NumericalError&) {
    return std::numeric_limits<double>::infinity();
  }
  return std::isfinite(sum) ? sum : std::numeric_limits<double>::infinity();
}

/// −(JᵀJ + μ D)⁻¹ Jᵀr; a parameter that nothing depends on stays where it is. Not finite where the equations cannot be
/// solved and a larger damping may help.
VectorXd damped_step(const Linear& at, double damping) {
  MatrixXd A = at.hessian;
  A.diagonal() += damping * at.scale;
  for (long k = 0; k < A.rows(); ++k)
    if (A(k, k) == 0) A(k, k) = 1;
  try {
    return -solve_symmetric(A, at.gradient);
  } catch (const NumericalError&) {
    if (std::max(damping, least_damping) * 2 >= most_damping) throw;
    return VectorXd::Constant(A.rows(), std::numeric_limits<double>::quiet_NaN());
  }
}

/// The state of one descent.
class Descent {
 public:
  Descent(std::span<Residual* const> terms, std::vector<double>& theta, const GaussNewtonOptions& options)
      : terms_(terms), theta_(theta), options_(options), trial_(theta.size()), damping_(options.damping) {
    linearise(terms_, theta_, at_);
    result_.history = {at_.objective};
    floor_ = rounding * at_.objective;
  }

  GaussNewtonResult run(ProgressSink* progress) {
    while (result_.steps < options_.most_steps) {
      const VectorXd step = damped_step(at_, damping_);
      const double predicted = -at_.gradient.dot(step) - 0.5 * step.dot(at_.hessian * step);
      if (growth_ == 2 && std::abs(predicted) <= options_.tolerance * at_.objective + floor_)
        return ended(GaussNewtonEnd::converged);
      const double before = at_.objective, after = objective_after(step);
      if (!(after < before)) {
        if (!damp_more()) return ended(GaussNewtonEnd::no_descent);
        continue;
      }
      accept((before - after) / predicted);
      if (progress && asked_to_stop(*progress)) return ended(GaussNewtonEnd::stopped);
      if (before - after <= options_.tolerance * before) return ended(GaussNewtonEnd::converged);
    }
    return ended(GaussNewtonEnd::no_more_steps);
  }

 private:
  double objective_after(const VectorXd& step) {
    for (std::size_t k = 0; k < theta_.size(); ++k) trial_[k] = theta_[k] + step[long(k)];
    return step.allFinite() ? value_or_infinity(terms_, trial_) : INFINITY;
  }

  /// After a step that was not accepted; false where the damping has reached its end.
  bool damp_more() {
    damping_ = std::max(damping_, least_damping) * growth_;
    growth_ *= 2;
    return damping_ < most_damping;
  }

  /// Goes to the trial. `gain`: the true decrease in units of the predicted one. The better the linear model predicted
  /// it, the less damping the next step has (Nielsen 1999).
  void accept(double gain) {
    theta_ = trial_;
    linearise(terms_, theta_, at_);
    result_.history.push_back(at_.objective);
    ++result_.steps;
    damping_ *= std::max(1.0 / 3, 1 - std::pow(2 * gain - 1, 3));
    growth_ = 2;
  }

  bool asked_to_stop(ProgressSink& progress) const {
    progress.update(options_.stage, result_.steps, options_.most_steps, fmt::format("objective {:.6g}", at_.objective));
    return progress.stop_requested();
  }

  GaussNewtonResult ended(GaussNewtonEnd end) {
    result_.end = end;
    result_.objective = at_.objective;
    result_.hessian = at_.hessian;
    return std::move(result_);
  }

  std::span<Residual* const> terms_;
  std::vector<double>& theta_;
  const GaussNewtonOptions& options_;
  Linear at_;
  GaussNewtonResult result_;
  std::vector<double> trial_;
  double damping_, growth_ = 2, floor_ = 0;
};

constexpr std::pair<GaussNewtonEnd, const char*> ends[] = {{GaussNewtonEnd::converged, "converged"},
                                                           {GaussNewtonEnd::no_more_steps, "no more steps"},
                                                           {GaussNewtonEnd::no_descent, "no descent"},
                                                           {GaussNewtonEnd::stopped, "stopped"}};

}  // namespace

const char* text(GaussNewtonEnd end) {
  return std::find_if(std::begin(ends), std::end(ends), [&](const auto& e) { return e.first == end; })->second;
}

std::optional<GaussNewtonEnd> gauss_newton_end(std::string_view text) {
  for (const auto& [end, name] : ends)
    if (text == name) return end;
  return {};
}

GaussNewtonResult minimise(std::span<Residual* const> terms, std::vector<double>& theta,
                           const GaussNewtonOptions& options, ProgressSink* progress) {
  return Descent(terms, theta, options).run(progress);
}

}  // namespace orogen
