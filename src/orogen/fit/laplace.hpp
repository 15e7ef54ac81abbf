// The Gaussian approximation of a posterior at its maximum, and the evidence that follows. [T17.2]
#pragma once
#include <Eigen/Core>
#include <cmath>
#include <span>
#include <vector>

#include "orogen/fit/gauss_newton.hpp"
#include "orogen/fit/linear_algebra.hpp"
#include "orogen/fit/objective.hpp"

namespace orogen {

/// log N of N(data; mean, σ²): −Σ log(σ √2π). Data whose residuals are divided by σ need it once, ½ Σ r² being without
/// it.
double log_normalisation(std::span<const double> sigma);
/// −½ log det Σ − (n/2) log 2π of a covariance Σ.
double log_normalisation(const Cholesky& covariance);
/// Σ ½ log(precision/2π) of a proper prior; throws InputError where a precision is zero: an improper prior has no
/// evidence.
double log_normalisation(const GaussianPrior& prior);

struct Laplace {
  std::vector<double> mean;
  Eigen::MatrixXd precision, covariance;
  /// −F(θ) + log N + (d/2) log 2π − ½ log det H with F = ½ Σ r²: exact where the residuals are linear.
  double log_evidence = 0;

  double sd(long k) const { return std::sqrt(covariance(k, k)); }
  double correlation(long i, long j) const { return covariance(i, j) / (sd(i) * sd(j)); }
};

/// At the minimum θ of `fit`; `log_normalisations` is the sum over data and priors. Throws NumericalError unless the
/// Hessian is positive definite.
Laplace laplace(std::vector<double> theta, const GaussNewtonResult& fit, double log_normalisations);

}  // namespace orogen
