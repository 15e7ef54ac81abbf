#include "orogen/nuclear/inference/contacts/lec_posterior.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/inference/truncation.hpp"

namespace orogen::nuclear {

using Eigen::MatrixXd;
using Eigen::VectorXd;

VectorXd references(std::span<const PhaseDatum> data, const TheoryError& theory) {
  VectorXd y(long(data.size()));
  for (long i = 0; i < y.size(); ++i)
    y[i] = data[i].reference > 0 ? data[i].reference : std::max(std::abs(data[i].phase), theory.least_reference);
  return y;
}

MatrixXd correlations(std::span<const PhaseDatum> data, const TheoryError& theory) {
  const long n = long(data.size());
  MatrixXd R = MatrixXd::Identity(n, n);
  for (long i = 0; i < n; ++i)
    for (long j = 0; j < n && theory.length > 0; ++j)
      R(i, j) = data[i].wave == data[j].wave
                    ? std::exp(-0.5 * std::pow((data[i].T_lab - data[j].T_lab) / theory.length, 2))
                    : 0;
  return R;
}

MatrixXd phase_covariance(std::span<const PhaseDatum> data, const TheoryError& theory) {
  std::vector<double> Q;
  for (const PhaseDatum& d : data) Q.push_back(hard_scale(d.momentum) / theory.breakdown_scale);
  const VectorXd y = references(data, theory);
  MatrixXd covariance =
      truncation_covariance({y.data(), Q.size()}, Q, theory.order, theory.c_bar, correlations(data, theory));
  for (long i = 0; i < covariance.rows(); ++i) covariance(i, i) += data[i].error * data[i].error;
  return covariance;
}

double natural_unit(int n, double breakdown_scale, double pion_decay) {
  return 4 * std::numbers::pi / (pion_decay * pion_decay * std::pow(breakdown_scale, n));
}

PhaseResidual::PhaseResidual(const PhaseModel& model, std::span<const PhaseDatum> data, const MatrixXd& covariance,
                             std::vector<double> unit)
    : model_(model), data_(long(data.size())), cholesky_(covariance), unit_(std::move(unit)) {
  if (model.size() != size() || covariance.rows() != size() || model.constants() != constants())
    throw InputError(
        fmt::format("posterior of constants: {} data, covariance of {}, a model of {} phases and {} constants, "
                    "{} units; expected equal numbers",
                    size(), covariance.rows(), model.size(), model.constants(), constants()));
  if (!cholesky_.positive_definite())
    throw InputError(
        "posterior of constants: the covariance of the phases is not positive definite; every datum needs an "
        "error, and correlated ones an error of their own");
  for (long i = 0; i < size(); ++i) data_[i] = data[i].phase;
  log_normalisation_ = orogen::log_normalisation(cholesky_);
}

void PhaseResidual::evaluate(std::span<const double> a, VectorXd& r, MatrixXd& J) const {
  std::vector<double> constants(a.begin(), a.end());
  for (std::size_t k = 0; k < constants.size(); ++k) constants[k] *= unit_[k];
  r.resize(size());
  J.resize(size(), long(unit_.size()));
  model_.phases(constants, {r.data(), std::size_t(r.size())}, J);
  if (!r.allFinite() || !J.allFinite())
    throw NumericalError("posterior of constants: a phase of the model is not finite");
  for (long i = 0; i < r.size(); ++i) r[i] = std::remainder(r[i] - data_[i], std::numbers::pi);
  for (long k = 0; k < J.cols(); ++k) J.col(k) *= unit_[k];
  cholesky_.whiten(r);
  cholesky_.whiten(J);
}

/// One evaluation serves value, pull and jacobian at the same place.
void PhaseResidual::move_to(std::span<const double> a) {
  if (std::equal(a.begin(), a.end(), at_.begin(), at_.end())) return;
  at_.clear();  // nothing is known should the model fail
  evaluate(a, r_, J_);
  at_.assign(a.begin(), a.end());
}

void PhaseResidual::value(std::span<const double> a, std::span<double> out) {
  move_to(a);
  Eigen::Map<VectorXd>(out.data(), r_.size()) = r_;
}

void PhaseResidual::pull(std::span<const double> a, std::span<const double> w, std::span<double> gradient) {
  move_to(a);
  Eigen::Map<VectorXd>(gradient.data(), J_.cols()) += J_.transpose() * Eigen::Map<const VectorXd>(w.data(), r_.size());
}

void PhaseResidual::jacobian(std::span<const double> a, Eigen::Ref<MatrixXd> out) {
  move_to(a);
  out = J_;
}

double LecDensity::value(std::span<const double> a, std::span<double> gradient) const {
  VectorXd r;
  MatrixXd J;
  likelihood_.evaluate(a, r, J);
  Eigen::Map<VectorXd>(gradient.data(), J.cols()).noalias() = -J.transpose() * r;
  double sum = r.squaredNorm();
  for (std::size_t k = 0; k < a.size(); ++k) {
    const double d = a[k] - prior_.mean()[k];
    sum += prior_.precision()[k] * d * d;
    gradient[k] -= prior_.precision()[k] * d;
  }
  return -0.5 * sum;
}

LecPosterior lec_posterior(PhaseResidual& likelihood, GaussianPrior& prior, std::vector<double> a,
                           const SamplerOptions& options, ProgressSink* progress) {
  if (long(a.size()) != likelihood.constants() || prior.size() != likelihood.constants())
    throw InputError(fmt::format("posterior of constants: a start of {}, a prior of {}; expected {} constants",
                                 a.size(), prior.size(), likelihood.constants()));
  Residual* const terms[] = {&likelihood, &prior};
  LecPosterior result;
  result.fit = minimise(terms, a, {}, progress);
  if (!result.fit.converged())
    throw NumericalError(
        fmt::format("posterior of constants: the maximum was not found ({} after {} steps, objective {:.6g}); "
                    "start elsewhere",
                    text(result.fit.end), result.fit.steps, result.fit.objective));
  result.laplace = laplace(a, result.fit, likelihood.log_normalisation() + log_normalisation(prior));
  if (options.draws <= 0) return result;
  const LecDensity density(likelihood, prior);
  result.chains = start_chains(density, a, mass_factor(result.laplace.precision), options);
  sample(density, options, result.chains, progress);
  if (result.chains[0].transitions == options.warm_up + options.draws) result.summary = summarise(result.chains);
  return result;
}

}  // namespace orogen::nuclear
