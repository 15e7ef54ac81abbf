// The minimum of ½ Σ r² by damped Gauss–Newton steps (Levenberg 1944, Marquardt 1963). [T17.1]
#pragma once
#include <Eigen/Dense>
#include <span>
#include <string>
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

struct GaussNewtonResult {
  double objective = 0;         ///< ½ Σ r² at θ
  int steps = 0;                ///< accepted steps
  bool converged = false;       ///< false: `end` says why
  std::string end;              ///< "converged", "no more steps", "no descent" or "stopped"
  Eigen::MatrixXd hessian;      ///< JᵀJ at θ: the precision of the Laplace approximation
  std::vector<double> history;  ///< objective at the start and after every accepted step
};

/// Descends from `theta` and leaves the best θ there. A step to a value that is not finite, or whose evaluation throws
/// NumericalError, is not
/// accepted: the damping grows until the objective falls. `progress` may be null; its wish to stop is heard after every
/// step.
/// Throws NumericalError if the objective or a derivative at an accepted θ is not finite.
GaussNewtonResult minimise(std::span<Residual* const> terms, std::vector<double>& theta, const GaussNewtonOptions& = {},
                           ProgressSink* progress = nullptr);

}  // namespace orogen
