// The smallest effective theory: a polynomial with natural coefficients (Schindler and Phillips 2009, Wesolowski et al.
// 2016). [T17.9]
#pragma once
#include <fmt/format.h>
#include <cmath>
#include <span>
#include <vector>

#include "orogen/base/errors.hpp"
#include "orogen/fit/gauss_newton.hpp"
#include "orogen/fit/laplace.hpp"

namespace orogen::nuclear {

/// Values with independent errors.
struct ToyData {
  std::vector<double> x, value, sigma;
};

/// r_i = (Σ_j a_j x_iʲ − value_i)/σ_i, j = 0 … degree.
class ToySeries : public Residual {
 public:
  /// Throws InputError for lengths that differ or errors that are not positive.
  ToySeries(const ToyData&, int degree);
  long size() const override { return design_.rows(); }
  long coefficients() const { return design_.cols(); }
  void value(std::span<const double> a, std::span<double> r) override;
  void pull(std::span<const double> a, std::span<const double> w, std::span<double> gradient) override;
  void jacobian(std::span<const double> a, Eigen::Ref<Eigen::MatrixXd> J) override;

 private:
  Eigen::MatrixXd design_;  // xʲ/σ
  Eigen::VectorXd scaled_;  // value/σ
};

struct ToyFit {
  /// Exact, because the model is linear in its coefficients. Its log_evidence is 0 where the prior is flat: an improper
  /// prior has no evidence.
  Laplace posterior;
  double chi2_per_degree = 0;  ///< χ² of the data at the mean over (data − coefficients)
};

/// Coefficients a ~ N(0, natural²); natural = 0 means a flat prior, which has no evidence.
ToyFit fit_toy(const ToyData&, int degree, double natural);

namespace toy {

inline Eigen::Map<const Eigen::VectorXd> map(std::span<const double> x) { return {x.data(), long(x.size())}; }

}  // namespace toy

inline ToySeries::ToySeries(const ToyData& data, int degree) {
  const long n = long(data.x.size());
  if (long(data.value.size()) != n || long(data.sigma.size()) != n || degree < 0)
    throw InputError(
        fmt::format("series: {} x, {} values, {} errors, degree {}; expected equal numbers and a degree ≥ 0", n,
                    data.value.size(), data.sigma.size(), degree));
  design_.resize(n, degree + 1);
  scaled_.resize(n);
  for (long i = 0; i < n; ++i) {
    if (!(data.sigma[i] > 0))
      throw InputError(fmt::format("series: error {} of value {}; expected > 0", data.sigma[i], i));
    for (int j = 0; j <= degree; ++j) design_(i, j) = std::pow(data.x[i], j) / data.sigma[i];
    scaled_[i] = data.value[i] / data.sigma[i];
  }
}

inline void ToySeries::value(std::span<const double> a, std::span<double> r) {
  Eigen::Map<Eigen::VectorXd>(r.data(), size()) = design_ * toy::map(a) - scaled_;
}

inline void ToySeries::pull(std::span<const double>, std::span<const double> w, std::span<double> gradient) {
  Eigen::Map<Eigen::VectorXd>(gradient.data(), coefficients()) += design_.transpose() * toy::map(w);
}

inline void ToySeries::jacobian(std::span<const double>, Eigen::Ref<Eigen::MatrixXd> J) { J = design_; }

inline ToyFit fit_toy(const ToyData& data, int degree, double natural) {
  ToySeries series(data, degree);
  const std::vector<int> order(degree + 1, 0);
  GaussianPrior prior = power_counting(order, 1.0, natural > 0 ? natural : 1.0);
  std::vector<Residual*> terms{&series};
  double log_n = 0;
  if (natural > 0) {
    terms.push_back(&prior);
    log_n = log_normalisation(data.sigma) + log_normalisation(prior);
  }
  std::vector<double> a(degree + 1, 0.0);
  // Repeated undamped steps refine the solution of the ill-conditioned normal equations.
  const auto fit = minimise(terms, a, {.tolerance = 1e-15, .damping = 0});
  std::vector<double> r(series.size());
  series.value(a, r);
  ToyFit result{laplace(a, fit, log_n), toy::map(r).squaredNorm() / double(series.size() - degree - 1)};
  if (!(natural > 0)) result.posterior.log_evidence = 0;
  return result;
}

}  // namespace orogen::nuclear
