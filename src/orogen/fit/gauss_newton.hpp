// The minimum of ½ Σ r² by damped Gauss–Newton steps (Levenberg 1944, Marquardt 1963). [T17.1]
#pragma once
#include <Eigen/Core>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "orogen/base/progress.hpp"
#include "orogen/fit/objective.hpp"

namespace orogen {

struct GaussNewtonOptions {
  int most_steps = 100;
  double tolerance = 1e-10;   ///< relative decrease of the objective that counts as none
  double damping = 1e-3;      ///< of the first step, relative to the diagonal of JᵀJ; 0 = a plain Gauss–Newton step
  std::string stage = "fit";  ///< its name in progress
};

/// Why a descent ended.
enum class GaussNewtonEnd {
  converged,      ///< a further step would gain less than the tolerance
  no_more_steps,  ///< most_steps were taken
  no_descent,     ///< no step, however short, makes the objective smaller
  stopped,        ///< the user asked for it
};
/// "converged", "no more steps", "no descent", "stopped": as messages and files have it.
const char* text(GaussNewtonEnd);
/// The end that a text of text() stands for; nothing for any other text.
std::optional<GaussNewtonEnd> gauss_newton_end(std::string_view text);

struct GaussNewtonResult {
  double objective = 0;  ///< ½ Σ r² at θ
  int steps = 0;         ///< accepted steps
  GaussNewtonEnd end = GaussNewtonEnd::no_more_steps;
  bool converged() const { return end == GaussNewtonEnd::converged; }
  Eigen::MatrixXd hessian;      ///< JᵀJ at θ: the precision of the Laplace approximation
  std::vector<double> history;  ///< objective at the start and after every accepted step
};

/// Descends from `theta` and leaves the best θ there. A step to a value that is not finite, or whose evaluation throws
/// NumericalError, is not accepted: the damping grows until the objective falls. `progress` may be null; after every
/// step it is asked whether to stop. Throws NumericalError if the objective or a derivative at an accepted θ is not
/// finite, or the equations of a step cannot be solved even with the largest damping.
GaussNewtonResult minimise(std::span<Residual* const> terms, std::vector<double>& theta, const GaussNewtonOptions& = {},
                           ProgressSink* progress = nullptr);

}  // namespace orogen
