// The one objective: squared residuals under one Gaussian prior.
#pragma once
#include <Eigen/Core>
#include <memory>
#include <span>
#include <vector>

namespace orogen {

/// Residuals r_k(θ), already divided by their σ: the objective is ½ Σ r².
class Residual {
 public:
  virtual ~Residual() = default;
  virtual long size() const = 0;
  /// r (size()) at θ.
  virtual void value(std::span<const double> theta, std::span<double> r) = 0;
  /// gradient += Jᵀ w at θ, w of size().
  virtual void pull(std::span<const double> theta, std::span<const double> w, std::span<double> gradient) = 0;
  /// J(k, j) = ∂r_k/∂θ_j, size() rows, all set. By pulls of unit vectors unless a residual knows better.
  virtual void jacobian(std::span<const double> theta, Eigen::Ref<Eigen::MatrixXd> J);
};

/// θ ~ N(mean, diag(1/precision)): r_k = √precision_k (θ_k − mean_k). [T8.1]
class GaussianPrior : public Residual {
 public:
  GaussianPrior(std::vector<double> mean, std::vector<double> precision);
  long size() const override { return long(mean_.size()); }
  void value(std::span<const double> theta, std::span<double> r) override;
  void pull(std::span<const double> theta, std::span<const double> w, std::span<double> gradient) override;
  void jacobian(std::span<const double> theta, Eigen::Ref<Eigen::MatrixXd> J) override;
  const std::vector<double>& mean() const { return mean_; }
  const std::vector<double>& precision() const { return precision_; }

 private:
  std::vector<double> mean_, precision_;
};

/// Mean 0, precision λ/size² for a parameter of the expected size: ridge regression of θ/size.
GaussianPrior weight_decay(std::span<const float> size, double precision);
/// Mean θ*, precision λ · Fisher: elastic weight consolidation (Kirkpatrick et al. 2017).
GaussianPrior elastic(std::vector<double> theta_star, std::span<const double> fisher, double lambda);
/// Mean 0, precision 1/(c̄ Qⁿ)² for a parameter of chiral order n: naturalness and power counting.
GaussianPrior power_counting(std::span<const int> order, double expansion, double natural);

/// ½ Σ r² of several residuals and its gradient.
double objective(std::span<Residual* const> terms, std::span<const double> theta, std::span<double> gradient);

}  // namespace orogen
