// One transition of the No-U-Turn sampler: a Hamiltonian trajectory that ends where it turns back. [T17.3]
#pragma once
#include <Eigen/Core>
#include <span>

#include "orogen/base/random.hpp"

namespace orogen {

/// log p(θ) up to a constant. Const and re-entrant: chains on several threads share it.
class LogDensity {
 public:
  virtual ~LogDensity() = default;
  virtual long size() const = 0;
  /// Returns log p and sets the gradient (size()). −∞, a NaN or a NumericalError mean p = 0.
  virtual double value(std::span<const double> theta, std::span<double> gradient) const = 0;
};

/// A place in parameter space with what is known there.
struct Place {
  Eigen::VectorXd theta, gradient;
  double log_density = 0;
};

/// Place with the density evaluated; log_density = −∞ where p = 0.
Place place_at(const LogDensity&, Eigen::VectorXd theta);

struct Transition {
  double acceptance = 0;   ///< mean of min(1, e^{H0 − H}) over the trajectory
  bool divergent = false;  ///< the energy rose by more than 1000: the step is too long for the curvature
  bool deepest = false;    ///< ended by `most_depth`, not by a turn
  long gradients = 0;
};

/// Moves `at` by one transition: multinomial sampling of the trajectory (Betancourt 2017). Momenta are N(0, 1) in
/// coordinates z, θ = L z with `factor` = L, which makes (L Lᵀ)⁻¹ the mass matrix. At most 2^most_depth − 1 gradients.
Transition nuts(const LogDensity&, const Eigen::MatrixXd& factor, double step, int most_depth, Random&, Place& at);

/// A step of the leapfrog whose first acceptance is near ½ (Hoffman and Gelman 2014), the start of the adaptation.
double reasonable_step(const LogDensity&, const Eigen::MatrixXd& factor, Random&, const Place& at);

}  // namespace orogen
