#include "orogen/nuclear/inference/size_of_orders.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "orogen/base/errors.hpp"

namespace orogen::nuclear {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd errors_alone(std::span<const PhaseDatum> data) {
  VectorXd variance(long(data.size()));
  for (long i = 0; i < variance.size(); ++i) {
    variance[i] = data[std::size_t(i)].error * data[std::size_t(i)].error;
    if (!(variance[i] > 0))
      throw InputError(fmt::format("size of the omitted orders: datum {} has no error; expected one above 0", i));
  }
  return variance.asDiagonal();
}

}  // namespace

double log_prior_of_size(const Naturalness& n, double phi) {
  if (!(n.nu > 0 && n.tau2 > 0))
    throw InputError(fmt::format(
        "size of the omitted orders: prior with nu = {:g}, tau² = {:g}; expected both above 0, data with errors do not "
        "bound the size from below",
        n.nu, n.tau2));
  const double half = 0.5 * n.nu;
  return half * std::log(half * n.tau2) - std::lgamma(half) - half * (phi + n.tau2 * std::exp(-phi));
}

SizePosterior size_posterior(std::span<const double> phi, std::span<const double> log_evidence,
                             const Naturalness& prior) {
  if (phi.size() < 3 || phi.size() != log_evidence.size())
    throw InputError(
        fmt::format("size of the omitted orders: {} values, {} evidences; expected as many, at least three", phi.size(),
                    log_evidence.size()));
  SizePosterior out;
  out.phi.value.assign(phi.begin(), phi.end());
  std::vector<double> log_weight;
  for (std::size_t k = 0; k < phi.size(); ++k) log_weight.push_back(log_evidence[k] + log_prior_of_size(prior, phi[k]));
  const double top = *std::max_element(log_weight.begin(), log_weight.end());
  double sum = 0;
  for (const double w : log_weight) sum += out.phi.probability.emplace_back(std::exp(w - top));
  for (double& p : out.phi.probability) p /= sum;
  out.log_evidence = top + std::log(sum * (phi[1] - phi[0]));
  return out;
}

SizedLecDensity::SizedLecDensity(const PhaseModel& model, std::span<const PhaseDatum> data, const TheoryError& theory,
                                 std::vector<double> unit, const GaussianPrior& prior, const Naturalness& size)
    : whitened_(model, data, errors_alone(data), unit), unit_(std::move(unit)), prior_(prior), size_(size) {
  if (prior_.size() != long(unit_.size()))
    throw InputError(
        fmt::format("posterior of constants: a prior of {}; expected {} constants", prior_.size(), unit_.size()));
  log_prior_of_size(size_, 0);  // refuses an improper one
  TheoryError one = theory;
  one.c_bar = 1;
  std::vector<PhaseDatum> exact(data.begin(), data.end());
  for (PhaseDatum& d : exact) d.error = 0;
  MatrixXd T = phase_covariance(exact, one);
  for (long i = 0; i < T.rows(); ++i)
    for (long j = 0; j < T.cols(); ++j) T(i, j) /= data[std::size_t(i)].error * data[std::size_t(j)].error;
  const SymmetricEigen all = symmetric_eigen(T);
  rotation_ = all.vectors.transpose();
  eigenvalue_ = all.values.cwiseMax(0.0);
}

double SizedLecDensity::value(std::span<const double> theta, std::span<double> gradient) const {
  const std::size_t n = unit_.size();
  const double phi = theta[n], c2 = std::exp(phi);
  VectorXd r;
  MatrixXd J;
  whitened_.evaluate(theta.first(n), r, J);
  const VectorXd rho = rotation_ * r;
  const VectorXd width = (1 + c2 * eigenvalue_.array()).matrix();
  const VectorXd weighted = rho.cwiseQuotient(width);
  Eigen::Map<VectorXd>(gradient.data(), long(n)).noalias() = -J.transpose() * (rotation_.transpose() * weighted);
  double log_p = -0.5 * rho.dot(weighted) - 0.5 * width.array().log().sum() + whitened_.log_normalisation() +
                 log_normalisation(prior_) + log_prior_of_size(size_, phi);
  for (std::size_t k = 0; k < n; ++k) {
    const double d = theta[k] - prior_.mean()[k], pull = prior_.precision()[k] * d;
    log_p -= 0.5 * pull * d;
    gradient[k] -= pull;
  }
  const auto share = c2 * eigenvalue_.array() / width.array();
  gradient[n] = 0.5 * (share * (rho.array() * weighted.array() - 1)).sum() - 0.5 * size_.nu * (1 - size_.tau2 / c2);
  return log_p;
}

ScaledLecDensity::ScaledLecDensity(const PhaseModel& model, std::span<const PhaseDatum> data, const TheoryError& theory,
                                   std::vector<double> unit, std::vector<int> powers, const GaussianPrior& prior,
                                   const Naturalness& size, double spread)
    : whitened_(model, data, errors_alone(data), std::move(unit)),
      powers_(std::move(powers)),
      prior_(prior),
      size_(size),
      spread_(spread),
      order_(theory.order) {
  if (whitened_.constants() != long(powers_.size()) || prior_.size() != long(powers_.size()) || !(spread > 0))
    throw InputError(
        fmt::format("breakdown scale: {} constants, {} powers, a prior of {}, spread {:g}; expected equal "
                    "numbers and a spread above 0",
                    whitened_.constants(), powers_.size(), prior_.size(), spread));
  log_prior_of_size(size_, 0);
  VectorXd reference = references(data, theory);
  for (long i = 0; i < reference.size(); ++i) {
    reference[i] /= data[std::size_t(i)].error;
    scale_.push_back(hard_scale(data[std::size_t(i)].momentum) / theory.breakdown_scale);
  }
  correlation_ = (reference * reference.transpose()).cwiseProduct(correlations(data, theory));
}

bool ScaledLecDensity::omitted(double beta, MatrixXd& T, MatrixXd& dT) const {
  const long n = correlation_.rows();
  T = correlation_, dT = correlation_;
  for (long i = 0; i < n; ++i)
    for (long j = 0; j < n; ++j) {
      const double q = scale_[std::size_t(i)] * scale_[std::size_t(j)] * std::exp(-2 * beta);
      if (!(q < 1)) return false;
      const double f = std::pow(q, order_ + 1) / (1 - q);
      T(i, j) *= f;
      dT(i, j) *= -2 * f * (order_ + 1 + q / (1 - q));
    }
  return true;
}

double ScaledLecDensity::prior(std::span<const double> theta, std::span<double> gradient) const {
  const std::size_t n = powers_.size();
  const double phi = theta[n], beta = theta[n + 1];
  double log_p = log_normalisation(prior_) + log_prior_of_size(size_, phi) - 0.5 * beta * beta / (spread_ * spread_);
  gradient[n] += -0.5 * size_.nu * (1 - size_.tau2 * std::exp(-phi));
  gradient[n + 1] += -beta / (spread_ * spread_);
  for (std::size_t k = 0; k < n; ++k) {
    const double d = theta[k] - prior_.mean()[k], pull = prior_.precision()[k] * std::exp(2 * powers_[k] * beta) * d;
    log_p += powers_[k] * beta - 0.5 * pull * d;
    gradient[k] -= pull;
    gradient[n + 1] += powers_[k] * (1 - pull * d);
  }
  return log_p;
}

double ScaledLecDensity::value(std::span<const double> theta, std::span<double> gradient) const {
  const std::size_t n = powers_.size();
  std::fill(gradient.begin(), gradient.end(), 0.0);
  MatrixXd T, dT, J;
  VectorXd r;
  if (!omitted(theta[n + 1], T, dT)) return -INFINITY;
  whitened_.evaluate(theta.first(n), r, J);
  const double c2 = std::exp(theta[n]);
  const Cholesky cholesky(MatrixXd::Identity(T.rows(), T.cols()) + c2 * T);
  if (!cholesky.positive_definite()) return -INFINITY;
  const VectorXd y = cholesky.solve(r);
  const MatrixXd inverse = cholesky.inverse();
  Eigen::Map<VectorXd>(gradient.data(), long(n)) = -J.transpose() * y;
  gradient[n] = 0.5 * c2 * (y.dot(T * y) - inverse.cwiseProduct(T).sum());
  gradient[n + 1] = 0.5 * c2 * (y.dot(dT * y) - inverse.cwiseProduct(dT).sum());
  return -0.5 * r.dot(y) - 0.5 * cholesky.log_determinant() + whitened_.log_normalisation() + prior(theta, gradient);
}

}  // namespace orogen::nuclear
