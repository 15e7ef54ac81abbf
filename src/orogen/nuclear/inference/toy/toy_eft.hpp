// The smallest effective theory: a polynomial with natural coefficients (Schindler and Phillips 2009, Wesolowski et al.
// 2016). [T17.9]
#pragma once
#include <span>
#include <vector>

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
  Laplace
      /// exact: the model is linear. log_evidence is NaN-free only for natural coefficients: 0 for flat ones
      posterior;
  double chi2_per_degree = 0;  ///< χ² of the data at the mean over (data − coefficients)
};

/// Coefficients a ~ N(0, natural²); natural = 0 means a flat prior, which has no evidence.
ToyFit fit_toy(const ToyData&, int degree, double natural);

}  // namespace orogen::nuclear
