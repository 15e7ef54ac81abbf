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
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(T);
  rotation_ = solver.eigenvectors().transpose();
  eigenvalue_ = solver.eigenvalues().cwiseMax(0.0);
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

}  // namespace orogen::nuclear
