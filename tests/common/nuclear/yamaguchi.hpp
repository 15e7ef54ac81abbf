// The separable force of Yamaguchi (1954), solvable in closed form. [T15.11]
#pragma once
#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/interaction.hpp"

namespace orogen::nuclear {

/// V = −λ g(p') g(p), g = 1/(p² + β²), in S waves only (of 3S1-3D1 the S wave). Parameter: λ.
class Yamaguchi : public MomentumTerm {
 public:
  /// λ [MeV²], β [MeV] > 0.
  Yamaguchi(double strength, double range);
  void add(const Block&, Pair, std::span<const double> p, Eigen::MatrixXd& V) const override;
  std::span<const double> parameters() const override { return {&strength_, 1}; }
  void set_parameters(std::span<const double> theta) override { strength_ = theta[0]; }
  void pull(const Block&, Pair, std::span<const double> p, const Eigen::MatrixXd& W,
            std::span<double> gradient) const override;

  /// λ that binds at −binding [MeV] with mass M: 4β (β + γ)²/(π M), γ² = M · binding.
  static double binding_strength(double binding, double range, double mass);
  /// q cot δ [MeV] in closed form.
  double momentum_cotangent(double q, double mass) const;

 private:
  Eigen::VectorXd form(const Block&, std::span<const double> p) const;
  double strength_, range_;
};

inline Yamaguchi::Yamaguchi(double strength, double range) : strength_(strength), range_(range) {
  if (!(range > 0) || !std::isfinite(strength))
    throw InputError("Yamaguchi force of strength " + std::to_string(strength) + " MeV^2 and range " +
                     std::to_string(range) + " MeV; expected a finite strength and a range > 0");
}

/// g(p) on the rows of the S wave, 0 elsewhere.
inline Eigen::VectorXd Yamaguchi::form(const Block& b, std::span<const double> p) const {
  Eigen::VectorXd g = Eigen::VectorXd::Zero(b.waves * long(p.size()));
  if (b.L[0] == 0)
    for (std::size_t i = 0; i < p.size(); ++i) g[long(i)] = 1 / (p[i] * p[i] + range_ * range_);
  return g;
}

inline void Yamaguchi::add(const Block& b, Pair, std::span<const double> p, Eigen::MatrixXd& V) const {
  const Eigen::VectorXd g = form(b, p);
  V.noalias() -= strength_ * g * g.transpose();
}

inline void Yamaguchi::pull(const Block& b, Pair, std::span<const double> p, const Eigen::MatrixXd& W,
                            std::span<double> gradient) const {
  const Eigen::VectorXd g = form(b, p);
  gradient[0] -= g.dot(W * g);
}

inline double Yamaguchi::binding_strength(double binding, double range, double mass) {
  const double gamma = std::sqrt(mass * binding);
  return 4 * range * (range + gamma) * (range + gamma) / (std::numbers::pi * mass);
}

inline double Yamaguchi::momentum_cotangent(double q, double mass) const {
  // 1/K = −(q² + β²)²/λ − M P∫ k² dk g²/(q² − k²)(q² + β²)², with P∫ k² dk /((k² + β²)² (q² − k²)) = π (q² − β²)/(4β
  // (q² + β²)²).
  const double sum = q * q + range_ * range_;
  return 2 / (std::numbers::pi * mass) *
         (sum * sum / strength_ + mass * std::numbers::pi * (q * q - range_ * range_) / (4 * range_));
}

}  // namespace orogen::nuclear
