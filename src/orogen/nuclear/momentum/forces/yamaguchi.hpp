// The separable force of Yamaguchi (1954), solvable in closed form. [T15.11]
#pragma once
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

}  // namespace orogen::nuclear
