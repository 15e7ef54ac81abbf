// Minimisers of a function of many variables by its gradient: for relaxation, and for what else follows a gradient.
#pragma once
#include <Eigen/Core>

namespace orogen {

/// What is minimised.
class Objective {
 public:
  virtual ~Objective() = default;
  /// The value at x and its gradient, resized to x. The gradient may be one that belongs to no value (a nudged elastic
  /// band's): then only FIRE may be used, which does not look at values.
  virtual double evaluate(const Eigen::VectorXd& x, Eigen::VectorXd& gradient) = 0;
  /// The factor ≤ 1 by which `step` must shrink to be trusted.
  virtual double shortened(const Eigen::VectorXd& /*step*/) const { return 1; }
};

/// How a minimisation ended.
enum class MinimiserEnd {
  converged,
  no_evaluations_left,
  no_descent,  ///< no lower value along the gradient: it is not that of the value, or only rounding is left
  stopped,     ///< the judge wanted no more
};

/// Sees every accepted point, the first included, right after it was evaluated.
class Judge {
 public:
  enum class Verdict { go_on, converged, stop };
  virtual ~Judge() = default;
  virtual Verdict judge(const Eigen::VectorXd& x, double value, const Eigen::VectorXd& gradient) = 0;
};

struct MinimiserOptions {
  enum class Method { lbfgs, fire };
  Method method = Method::lbfgs;
  long evaluations = 1000;      ///< at most
  double first_stiffness = 70;  ///< value per squared length: the first step of L-BFGS is −gradient/first_stiffness
  double rounding = 1e-9;       ///< of a value, beside 1e-12 of its size
};

struct Minimum {
  Eigen::VectorXd x, gradient;  ///< the last accepted point
  double value = 0;
  long evaluations = 0;
  MinimiserEnd end = MinimiserEnd::converged;
};

/// Goes down from x.
///
/// L-BFGS: Nocedal 1980 (doi:10.1090/S0025-5718-1980-0572855-7), memory of 20, with backtracking: accepted values never
/// rise beyond rounding. FIRE: Bitzek et al. 2006 (doi:10.1103/PhysRevLett.97.170201) with masses of one, for rough
/// functions. Throws what the objective throws, and InputError for options out of range.
Minimum minimise(Objective& objective, Eigen::VectorXd x, const MinimiserOptions& options, Judge& judge);

}  // namespace orogen
