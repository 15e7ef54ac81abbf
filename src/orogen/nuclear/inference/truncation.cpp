#include "orogen/nuclear/inference/truncation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "orogen/base/errors.hpp"
#include "orogen/fit/distributions.hpp"

namespace orogen::nuclear {
namespace {

using Eigen::MatrixXd;

double sum_of_squares(std::span<const double> c) {
  double sum = 0;
  for (double x : c) sum += x * x;
  return sum;
}

Naturalness updated(const Naturalness& prior, double n, double squares) {
  if (!(prior.nu + n > 0) || !std::isfinite(squares))
    throw InputError(
        fmt::format("naturalness: {} coefficients with Σ c² = {} and ν = {}; expected finite coefficients, and at "
                    "least one of them or a prior with ν > 0",
                    n, squares, prior.nu));
  const double nu = prior.nu + n;
  return {nu, (prior.nu * prior.tau2 + squares) / nu};
}

/// Σ over columns of cᵀ R⁻¹ c.
double whitened_squares(const MatrixXd& curves, const Cholesky& R) {
  if (curves.rows() != R.rows() || !R.positive_definite())
    throw InputError(
        fmt::format("correlated coefficients: {} points, correlations of {}; expected equal numbers and a "
                    "positive definite matrix (a nugget of 1e-8 helps)",
                    curves.rows(), R.rows()));
  MatrixXd whitened = curves;
  R.whiten(whitened);
  return whitened.squaredNorm();
}

void check_probability(double p) {
  if (!(p > 0 && p < 1)) throw InputError(fmt::format("credible interval: probability {}; expected 0 < p < 1", p));
}

/// The log of the part of the posterior of Λb that depends on it: −(ν'/2) log(ν'τ'²) − Σ n log Q.
double log_scale_likelihood(const Naturalness& posterior, std::span<const OrderByOrder> points, double scale) {
  double log_p = -0.5 * posterior.nu * std::log(posterior.nu * posterior.tau2);
  for (const auto& point : points)
    for (std::size_t n = 1; n < point.order.size(); ++n) log_p -= point.order[n] * std::log(point.scale / scale);
  return log_p;
}

template <class LogLikelihood> GridPosterior on_grid(std::span<const double> grid, LogLikelihood log_likelihood) {
  GridPosterior result{{grid.begin(), grid.end()}, {}};
  for (std::size_t k = 0; k < grid.size(); ++k) {
    if (!(grid[k] > 0) || (k && !(grid[k] > grid[k - 1])))
      throw InputError(
          fmt::format("breakdown scale: grid value {} MeV; expected positive and ascending values", grid[k]));
    result.probability.push_back(log_likelihood(grid[k]) - std::log(grid[k]));
  }
  const double top = *std::max_element(result.probability.begin(), result.probability.end());
  double sum = 0;
  for (std::size_t k = 0; k < grid.size(); ++k) {  // cells of the trapezoidal rule
    const double cell = 0.5 * (grid[std::min(k + 1, grid.size() - 1)] - grid[k ? k - 1 : 0]);
    sum += result.probability[k] = std::exp(result.probability[k] - top) * cell;
  }
  for (double& p : result.probability) p /= sum;
  return result;
}

}  // namespace

double hard_scale(double p, double m) { return std::max(p, m); }

double smooth_scale(double p, double m) {
  const double x = std::min(p, m) / std::max(p, m), x7 = std::pow(x, 7);
  return std::max(p, m) * (1 + x7 * x) / (1 + x7);
}

std::vector<double> coefficients(const OrderByOrder& y, double breakdown_scale) {
  const double Q = y.scale / breakdown_scale;
  if (y.order.size() != y.value.size() ||
      std::adjacent_find(y.order.begin(), y.order.end(), std::greater_equal<>()) != y.order.end())
    throw InputError("coefficients of an expansion: expected as many values as orders, and orders that ascend");
  if (!(Q > 0) || !std::isfinite(Q) || !(std::abs(y.reference) > 0) || !std::isfinite(y.reference))
    throw InputError(
        fmt::format("coefficients of an expansion: Q = {}, reference {}; expected finite numbers, Q > 0, "
                    "reference not 0",
                    Q, y.reference));
  std::vector<double> c;
  for (std::size_t n = 1; n < y.order.size(); ++n)
    c.push_back((y.value[n] - y.value[n - 1]) / (y.reference * std::pow(Q, y.order[n])));
  return c;
}

Naturalness learn(const Naturalness& prior, std::span<const double> c) {
  return updated(prior, double(c.size()), sum_of_squares(c));
}

Naturalness learn(const Naturalness& prior, const MatrixXd& curves, const Cholesky& R) {
  return updated(prior, double(curves.size()), whitened_squares(curves, R));
}

double log_likelihood(const Naturalness& prior, const MatrixXd& curves, const Cholesky& R) {
  const Naturalness after = learn(prior, curves, R);
  double log_p = std::lgamma(after.nu / 2) - 0.5 * after.nu * std::log(after.nu * after.tau2) -
                 double(curves.cols()) * (0.5 * R.log_determinant()) -
                 0.5 * double(curves.size()) * std::log(std::numbers::pi);
  if (prior.nu > 0) log_p += 0.5 * prior.nu * std::log(prior.nu * prior.tau2) - std::lgamma(prior.nu / 2);
  return log_p;
}

double omitted_orders(double Q, int k) {
  if (!(Q > 0 && Q < 1))
    throw InputError(fmt::format("truncation error: Q = {}; expected 0 < Q < 1, the expansion does not converge", Q));
  return std::pow(Q, k + 1) / std::sqrt(1 - Q * Q);
}

double conjugate_half_width(const Naturalness& c, double reference, double Q, int k, double p) {
  check_probability(p);
  return std::abs(reference) * std::sqrt(c.tau2) * omitted_orders(Q, k) * student_quantile(0.5 * (1 + p), c.nu);
}

double set_a_half_width(std::span<const double> c, double reference, double Q, int k, double p) {
  check_probability(p);
  if (c.empty()) throw InputError("truncation error of set A: expected at least one known coefficient");
  double largest = 0;
  for (double x : c) largest = std::max(largest, std::abs(x));
  const double n = double(c.size());
  const double widths = p <= n / (n + 1) ? (n + 1) / n * p : std::pow((n + 1) * (1 - p), -1 / n);
  return std::abs(reference) * std::pow(Q, k + 1) * largest * widths;
}

double set_c_half_width(std::span<const double> c, double low, double high, double reference, double Q, int k,
                        double p) {
  check_probability(p);
  if (!(low > 0 && high > low))
    throw InputError(fmt::format("truncation error of set C: c̄ in [{}, {}]; expected 0 < low < high", low, high));
  // pr(c̄|c) d log c̄ ∝ c̄⁻ⁿ e^{−Σc²/2c̄²}, Simpson's rule in log c̄
  const double range = std::log(high / low), squares = sum_of_squares(c), n = double(c.size());
  const int steps = 2 * int(std::ceil(100 * range));
  std::vector<double> c_bar(steps + 1), weight(steps + 1);
  double top = -INFINITY;
  for (int i = 0; i <= steps; ++i) {
    c_bar[i] = low * std::exp(range * i / steps);
    weight[i] = -n * std::log(c_bar[i]) - squares / (2 * c_bar[i] * c_bar[i]);
    top = std::max(top, weight[i]);
  }
  double sum = 0;
  for (int i = 0; i <= steps; ++i)
    sum += weight[i] = std::exp(weight[i] - top) * (i == 0 || i == steps ? 1 : i % 2 ? 4 : 2);
  const auto inside = [&](double d) {  // of |Δ| ≤ d, d in units of |y_ref| omitted_orders
    double inside = 0;
    for (int i = 0; i <= steps; ++i) inside += weight[i] * std::erf(d / (std::numbers::sqrt2 * c_bar[i]));
    return inside / sum;
  };
  double least = 0, most = low;
  while (inside(most) < p) most *= 2;
  while (most - least > 1e-13 * most) {
    const double middle = 0.5 * (least + most);
    (inside(middle) < p ? least : most) = middle;
  }
  return std::abs(reference) * omitted_orders(Q, k) * most;
}

MatrixXd squared_exponential(std::span<const double> x, double length, double nugget) {
  if (!(length > 0)) throw InputError(fmt::format("correlation length {}; expected a number > 0", length));
  const long n = long(x.size());
  MatrixXd R(n, n);
  for (long i = 0; i < n; ++i)
    for (long j = 0; j < n; ++j) R(i, j) = std::exp(-0.5 * std::pow((x[i] - x[j]) / length, 2)) + (i == j ? nugget : 0);
  return R;
}

MatrixXd truncation_covariance(std::span<const double> reference, std::span<const double> Q, int k, double c_bar,
                               const MatrixXd& R) {
  const long n = long(reference.size());
  if (long(Q.size()) != n || R.rows() != n || R.cols() != n)
    throw InputError(
        fmt::format("truncation covariance: {} references, {} Q, {} × {} correlations; expected equal sizes", n,
                    Q.size(), R.rows(), R.cols()));
  for (double q : Q) omitted_orders(q, k);  // refuses Q ≥ 1
  MatrixXd covariance(n, n);
  for (long i = 0; i < n; ++i)
    for (long j = 0; j < n; ++j) {
      const double QQ = Q[i] * Q[j];
      covariance(i, j) = reference[i] * reference[j] * c_bar * c_bar * std::pow(QQ, k + 1) / (1 - QQ) * R(i, j);
    }
  return covariance;
}

double GridPosterior::mean() const {
  double sum = 0;
  for (std::size_t k = 0; k < value.size(); ++k) sum += probability[k] * value[k];
  return sum;
}

double GridPosterior::sd() const {
  double sum = 0;
  for (std::size_t k = 0; k < value.size(); ++k) sum += probability[k] * std::pow(value[k] - mean(), 2);
  return std::sqrt(sum);
}

double GridPosterior::quantile(double p) const {
  double sum = 0;
  for (std::size_t k = 0; k < value.size(); ++k)
    if ((sum += probability[k]) >= p) return value[k];
  return value.back();
}

GridPosterior breakdown_scale(std::span<const OrderByOrder> points, const Naturalness& prior,
                              std::span<const double> grid) {
  return on_grid(grid, [&](double scale) {
    double log_p = 0;
    for (const auto& point : points)
      log_p += log_scale_likelihood(learn(prior, coefficients(point, scale)), {&point, 1}, scale);
    return log_p;
  });
}

GridPosterior breakdown_scale(std::span<const OrderByOrder> points, const Naturalness& prior, const MatrixXd& R,
                              std::span<const double> grid) {
  const Cholesky cholesky(R);
  return on_grid(grid, [&](double scale) {
    MatrixXd curves;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const auto c = coefficients(points[i], scale);
      if (i == 0) curves.resize(long(points.size()), long(c.size()));
      if (long(c.size()) != curves.cols())
        throw InputError("breakdown scale: points of one curve hold different orders");
      curves.row(long(i)) = Eigen::Map<const Eigen::RowVectorXd>(c.data(), long(c.size()));
    }
    return log_scale_likelihood(learn(prior, curves, cholesky), points, scale);
  });
}

}  // namespace orogen::nuclear
