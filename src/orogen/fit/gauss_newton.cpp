#include "orogen/fit/gauss_newton.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "orogen/base/errors.hpp"

namespace orogen {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double most_damping = 1e16;
// A fit without a remainder ends at rounding: what is this much smaller than the start counts as zero.
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
    at.hessian.selfadjointView<Eigen::Lower>().rankUpdate(J.transpose());
  }
  at.hessian.triangularView<Eigen::StrictlyUpper>() = at.hessian.transpose();
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

/// −(JᵀJ + μ D)⁻¹ Jᵀr; a parameter that nothing depends on stays where it is.
VectorXd damped_step(const Linear& at, double damping) {
  MatrixXd A = at.hessian;
  A.diagonal() += damping * at.scale;
  for (long k = 0; k < A.rows(); ++k)
    if (A(k, k) == 0) A(k, k) = 1;
  return -A.ldlt().solve(at.gradient);
}

}  // namespace

GaussNewtonResult minimise(std::span<Residual* const> terms, std::vector<double>& theta,
                           const GaussNewtonOptions& options, ProgressSink* progress) {
  Linear at;
  linearise(terms, theta, at);
  GaussNewtonResult result;
  result.history = {at.objective};
  result.end = "no more steps";
  const double floor = rounding * at.objective;
  double damping = options.damping, growth = 2;
  std::vector<double> trial(theta.size());
  while (result.steps < options.most_steps) {
    const VectorXd step = damped_step(at, damping);
    const double predicted = -at.gradient.dot(step) - 0.5 * step.dot(at.hessian * step);
    if (growth == 2 && std::abs(predicted) <= options.tolerance * at.objective + floor) {
      result.end = "converged";
      break;
    }
    for (std::size_t k = 0; k < theta.size(); ++k) trial[k] = theta[k] + step[long(k)];
    const double before = at.objective, after = step.allFinite() ? value_or_infinity(terms, trial) : INFINITY;
    if (!(after < before)) {
      damping = std::max(damping, 1e-6) * growth;
      growth *= 2;
      if (damping < most_damping) continue;
      result.end = "no descent";
      break;
    }
    theta = trial;
    linearise(terms, theta, at);
    result.history.push_back(at.objective);
    ++result.steps;
    // Nielsen (1999): the better the linear model foretold the gain, the less damping.
    damping *= std::max(1.0 / 3, 1 - std::pow(2 * (before - after) / predicted - 1, 3));
    growth = 2;
    if (progress) {
      progress->update(options.stage, result.steps, options.most_steps, fmt::format("objective {:.6g}", at.objective));
      if (progress->stop_requested()) {
        result.end = "stopped";
        break;
      }
    }
    if (before - after <= options.tolerance * before) {
      result.end = "converged";
      break;
    }
  }
  result.converged = result.end == "converged";
  result.objective = at.objective;
  result.hessian = at.hessian;
  return result;
}

}  // namespace orogen
