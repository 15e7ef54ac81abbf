#include "orogen/fit/laplace.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"

namespace orogen {
namespace {

const double log_two_pi = std::log(2 * std::numbers::pi);

}  // namespace

double log_normalisation(std::span<const double> sigma) {
  double sum = 0;
  for (double s : sigma) sum -= std::log(s) + 0.5 * log_two_pi;
  return sum;
}

double log_normalisation(const Cholesky& covariance) {
  return -0.5 * (covariance.log_determinant() + double(covariance.rows()) * log_two_pi);
}

double log_normalisation(const GaussianPrior& prior) {
  double sum = 0;
  for (double p : prior.precision()) {
    if (!(p > 0)) throw InputError("evidence: a prior of precision 0 is improper; give every parameter a finite width");
    sum += 0.5 * (std::log(p) - log_two_pi);
  }
  return sum;
}

Laplace laplace(std::vector<double> theta, const GaussNewtonResult& fit, double log_normalisations) {
  const long n = long(theta.size());
  const Cholesky cholesky(fit.hessian);
  if (!cholesky.positive_definite())
    throw NumericalError(
        fmt::format("Laplace approximation: the Hessian of {} parameters is not positive definite; some combination is "
                    "not determined: add a prior or drop it",
                    n));
  Laplace result{std::move(theta), fit.hessian, cholesky.inverse(), 0};
  result.log_evidence =
      -fit.objective + log_normalisations + 0.5 * double(n) * log_two_pi - 0.5 * cholesky.log_determinant();
  return result;
}

}  // namespace orogen
