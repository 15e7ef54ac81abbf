#include "orogen/nuclear/momentum/forces/projection.hpp"

#include <cmath>
#include <numbers>

namespace orogen::nuclear {

using Vector = Eigen::VectorXd;

Projection::Projection(const Block& b, const Quadrature& rule)
    : z_(Eigen::Map<const Vector>(rule.x.data(), long(rule.x.size()))) {
  const Vector w = 2 * std::numbers::pi * Eigen::Map<const Vector>(rule.w.data(), z_.size());
  legendre_ = {Vector::Zero(z_.size()), w, w.cwiseProduct(z_)};
  for (int l = 2; l <= b.J + 1; ++l)
    legendre_.push_back(((2 * l - 1) * z_.cwiseProduct(U(l - 1)) - (l - 1) * U(l - 2)) / l);
  if (b.S == 0)
    singlet(b.J);
  else if (b.J == 0)
    parallel(0, 0, 1);
  else if (!b.coupled())
    triplet(b.J);
  else {
    parallel(0, b.J, b.J - 1);
    parallel(3, b.J, b.J + 1);
    mixed(b.J);
  }
}

void Projection::keep(SpinOperator o, int element, Monomial m, const Vector& over_z) {
  pieces_[int(o)].push_back({element, m, over_z});
}

/// σ·q σ·q: first · a + p'p · b; σ·k σ·k is a quarter of it with p'p turned round.
void Projection::keep_both(int element, Monomial first, const Vector& a, const Vector& b) {
  keep(SpinOperator::sigma_q, element, first, a);
  keep(SpinOperator::sigma_q, element, product, b);
  keep(SpinOperator::sigma_k, element, first, a / 4);
  keep(SpinOperator::sigma_k, element, product, -b / 4);
}

void Projection::singlet(int J) {
  const Vector &u = U(J), zu = z_.cwiseProduct(u);
  keep(SpinOperator::one, 0, unit, u);
  keep(SpinOperator::sigma_sigma, 0, unit, -3 * u);
  keep_both(0, squares, -u, 2 * zu);
  keep(SpinOperator::sigma_l, 0, product_squared, z_.cwiseProduct(zu) - u);
}

void Projection::triplet(int J) {
  const double n = 2 * J + 1;
  const Vector &u = U(J), &down = U(J - 1), &up = U(J + 1);
  keep(SpinOperator::one, 0, unit, u);
  keep(SpinOperator::sigma_sigma, 0, unit, u);
  keep(SpinOperator::spin_orbit, 0, product, (up - down) / n);
  keep_both(0, squares, u, -2 * (J * up + (J + 1) * down) / n);
  const Vector square = z_.cwiseProduct(z_.cwiseProduct(u));
  keep(SpinOperator::sigma_l, 0, product_squared, 2 * z_.cwiseProduct(down + up) - u - 3 * square);
}

/// L' = L = J ∓ 1.
void Projection::parallel(int element, int J, int L) {
  const double n = 2 * J + 1, sign = L < J ? 1 : -1;
  const Vector &u = U(L), &middle = U(J);
  // U_{l+1} of l = J + 1 is one beyond the table: (2l + 1) D(l)/a = U_{l−1} − U_{l+1} = (2l + 1)(U_{l−1} − z U_l)/(l +
  // 1).
  const Vector D = L == 0 ? Vector(Vector::Zero(z_.size())) : Vector((U(L - 1) - z_.cwiseProduct(u)) / (L + 1));
  keep(SpinOperator::one, element, unit, u);
  keep(SpinOperator::sigma_sigma, element, unit, u);
  keep(SpinOperator::spin_orbit, element, product, (L < J ? J - 1.0 : -(J + 2.0)) * D);
  keep_both(element, squares, sign * u / n, -sign * 2 * middle / n);
  const Vector square = z_.cwiseProduct(z_.cwiseProduct(u)), turned = z_.cwiseProduct(middle);
  keep(SpinOperator::sigma_l, element, product_squared, u - square - sign * 2 / n * (u - turned));
}

/// L' ≠ L; the minus sign makes radial functions real (interaction.hpp).
void Projection::mixed(int J) {
  const double n = 2 * J + 1, c = -2 * std::sqrt(J * (J + 1.0)) / n;
  const Vector &low = U(J - 1), &high = U(J + 1), &middle = U(J);
  const struct {
    int element;
    Monomial of_low, of_high;
  } both[2] = {{2, out_squared, in_squared}, {1, in_squared, out_squared}};
  for (const auto& e : both) {
    keep_both(e.element, e.of_low, c * low, -2 * c * middle);
    keep(SpinOperator::sigma_q, e.element, e.of_high, c * high);
    keep(SpinOperator::sigma_k, e.element, e.of_high, c / 4 * high);
    keep(SpinOperator::sigma_l, e.element, product_squared, -c / n * (low - high));
  }
}

double Projection::value(Monomial m, double out, double in) {
  switch (m) {
    case unit:
      return 1;
    case product:
      return out * in;
    case squares:
      return out * out + in * in;
    case product_squared:
      return out * in * out * in;
    case out_squared:
      return out * out;
    default:
      return in * in;
  }
}

void Projection::add(SpinOperator o, double out, double in, const double* f, PairElements& e) const {
  const Eigen::Map<const Vector> values(f, z_.size());
  for (const Piece& p : pieces_[int(o)]) e.value[p.element] += value(p.monomial, out, in) * p.over_z.dot(values);
}

void Projection::pull(SpinOperator o, double out, double in, const PairElements& weight, double* df) const {
  Eigen::Map<Vector> adjoint(df, z_.size());
  for (const Piece& p : pieces_[int(o)]) adjoint += weight.value[p.element] * value(p.monomial, out, in) * p.over_z;
}

}  // namespace orogen::nuclear
