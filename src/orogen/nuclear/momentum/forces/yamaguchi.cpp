#include "orogen/nuclear/momentum/forces/yamaguchi.hpp"

#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"

namespace orogen::nuclear {

using std::numbers::pi;

Yamaguchi::Yamaguchi(double strength, double range) : strength_(strength), range_(range) {
  if (!(range > 0) || !std::isfinite(strength))
    throw InputError("Yamaguchi force of strength " + std::to_string(strength) + " MeV^2 and range " +
                     std::to_string(range) + " MeV; expected a finite strength and a range > 0");
}

/// g(p) on the rows of the S wave, 0 elsewhere.
Eigen::VectorXd Yamaguchi::form(const Block& b, std::span<const double> p) const {
  Eigen::VectorXd g = Eigen::VectorXd::Zero(b.waves * long(p.size()));
  if (b.L[0] == 0)
    for (std::size_t i = 0; i < p.size(); ++i) g[long(i)] = 1 / (p[i] * p[i] + range_ * range_);
  return g;
}

void Yamaguchi::add(const Block& b, Pair, std::span<const double> p, Eigen::MatrixXd& V) const {
  const Eigen::VectorXd g = form(b, p);
  V.noalias() -= strength_ * g * g.transpose();
}

void Yamaguchi::pull(const Block& b, Pair, std::span<const double> p, const Eigen::MatrixXd& W,
                     std::span<double> gradient) const {
  const Eigen::VectorXd g = form(b, p);
  gradient[0] -= g.dot(W * g);
}

double Yamaguchi::binding_strength(double binding, double range, double mass) {
  const double gamma = std::sqrt(mass * binding);
  return 4 * range * (range + gamma) * (range + gamma) / (pi * mass);
}

double Yamaguchi::momentum_cotangent(double q, double mass) const {
  // 1/K = −(q² + β²)²/λ − M P∫ k² dk g²/(q² − k²)(q² + β²)², with P∫ k² dk /((k² + β²)² (q² − k²)) = π (q² − β²)/(4β
  // (q² + β²)²).
  const double sum = q * q + range_ * range_;
  return 2 / (pi * mass) * (sum * sum / strength_ + mass * pi * (q * q - range_ * range_) / (4 * range_));
}

}  // namespace orogen::nuclear
