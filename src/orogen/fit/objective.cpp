#include "orogen/fit/objective.hpp"

#include <algorithm>
#include <cmath>

#include "orogen/base/errors.hpp"

namespace orogen {

void Residual::jacobian(std::span<const double> theta, Eigen::Ref<Eigen::MatrixXd> J) {
  std::vector<double> unit(size(), 0.0), row(theta.size());
  for (long k = 0; k < size(); ++k) {
    unit[k] = 1;
    std::fill(row.begin(), row.end(), 0.0);
    pull(theta, unit, row);
    J.row(k) = Eigen::Map<const Eigen::RowVectorXd>(row.data(), long(row.size()));
    unit[k] = 0;
  }
}

GaussianPrior::GaussianPrior(std::vector<double> mean, std::vector<double> precision)
    : mean_(std::move(mean)), precision_(std::move(precision)) {
  if (mean_.size() != precision_.size()) throw InputError("prior: mean and precision differ in length");
  for (double p : precision_)
    if (!(p >= 0)) throw InputError("prior: a precision is negative or not a number; expected values ≥ 0");
}

void GaussianPrior::value(std::span<const double> theta, std::span<double> r) {
  for (std::size_t k = 0; k < mean_.size(); ++k) r[k] = std::sqrt(precision_[k]) * (theta[k] - mean_[k]);
}

void GaussianPrior::pull(std::span<const double>, std::span<const double> w, std::span<double> gradient) {
  for (std::size_t k = 0; k < mean_.size(); ++k) gradient[k] += std::sqrt(precision_[k]) * w[k];
}

void GaussianPrior::jacobian(std::span<const double>, Eigen::Ref<Eigen::MatrixXd> J) {
  J.setZero();
  for (std::size_t k = 0; k < precision_.size(); ++k) J(long(k), long(k)) = std::sqrt(precision_[k]);
}

GaussianPrior weight_decay(std::span<const float> size, double precision) {
  std::vector<double> precisions;
  for (float s : size) precisions.push_back(precision / (double(s) * s));
  return GaussianPrior(std::vector<double>(size.size(), 0.0), std::move(precisions));
}

GaussianPrior elastic(std::vector<double> theta_star, std::span<const double> fisher, double lambda) {
  std::vector<double> precision(fisher.begin(), fisher.end());
  for (double& p : precision) p *= lambda;
  return GaussianPrior(std::move(theta_star), std::move(precision));
}

GaussianPrior power_counting(std::span<const int> order, double expansion, double natural) {
  std::vector<double> precision(order.size());
  std::transform(order.begin(), order.end(), precision.begin(), [&](int n) {
    const double sigma = natural * std::pow(expansion, n);
    return 1 / (sigma * sigma);
  });
  return GaussianPrior(std::vector<double>(order.size(), 0.0), std::move(precision));
}

double objective(std::span<Residual* const> terms, std::span<const double> theta, std::span<double> gradient) {
  std::fill(gradient.begin(), gradient.end(), 0.0);
  double sum = 0;
  std::vector<double> r;
  for (Residual* term : terms) {
    r.assign(term->size(), 0.0);
    term->value(theta, r);
    for (double x : r) sum += 0.5 * x * x;
    term->pull(theta, r, gradient);
  }
  return sum;
}

}  // namespace orogen
