#include "orogen/nuclear/momentum/local_in_momentum.hpp"

#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"

namespace orogen::nuclear {
namespace {

using Matrix = Eigen::MatrixXd;

/// Index of element (x, y) among first first, first second, second second.
int element(int x, int y) { return x + y; }

}  // namespace

double spherical_bessel(int L, double x) {
  if (x == 0) return L == 0 ? 1 : 0;
  if (x > L + 1) {  // upwards
    double before = std::cos(x) / x, j = std::sin(x) / x;
    for (int l = 0; l < L; ++l) {
      const double next = (2 * l + 1) / x * j - before;
      before = j, j = next;
    }
    return j;
  }
  // x^L/(2L + 1)!! Σ (−x²/2)^k/(k! (2L + 3) (2L + 5) …): no cancellation that matters for x ≤ L + 1.
  double first = 1, term = 1, sum = 1;
  for (int l = 1; l <= L; ++l) first *= x / (2 * l + 1);
  for (int k = 1; k < 60 && std::abs(term) > 1e-18 * std::abs(sum); ++k) {
    term *= -x * x / 2 / (k * (2 * L + 2 * k + 1.0));
    sum += term;
  }
  return first * sum;
}

LocalInMomentum::LocalInMomentum(LocalInteraction force, double radius, int points)
    : force_(std::move(force)), radii_(gauss_legendre(points)), theta_(force_.parameters()) {
  if (!(radius > 0)) throw InputError("radius " + std::to_string(radius) + " fm; expected a number > 0");
  for (std::size_t i = 0; i < radii_.x.size(); ++i) {
    radii_.x[i] = radius / 2 * (1 + radii_.x[i]);
    radii_.w[i] *= radius / 2;
  }
  highest_ = points / radius * force_.constants.hbarc;
}

void LocalInMomentum::set_parameters(std::span<const double> theta) {
  theta_.assign(theta.begin(), theta.begin() + long(theta_.size()));
  force_.set_parameters(theta_);
}

Matrix LocalInMomentum::bessel(int L, std::span<const double> p) const {
  const double hbarc = force_.constants.hbarc, factor = std::sqrt(2 / std::numbers::pi) * std::pow(hbarc, -1.5);
  Matrix j = Matrix::Zero(long(radii_.x.size()), long(p.size()));
  for (long c = 0; c < j.cols(); ++c) {
    if (p[std::size_t(c)] > highest_) continue;
    for (long i = 0; i < j.rows(); ++i) {
      const double r = radii_.x[std::size_t(i)];
      j(i, c) = factor * r * std::sqrt(radii_.w[std::size_t(i)]) * spherical_bessel(L, p[std::size_t(c)] * r / hbarc);
    }
  }
  return j;
}

void LocalInMomentum::add(const Block& b, Pair pair, std::span<const double> p, Matrix& V) const {
  add_between(b, pair, p, p, V);
}

void LocalInMomentum::add_between(const Block& b, Pair pair, std::span<const double> rows,
                                  std::span<const double> columns, Matrix& V) const {
  const long n = long(radii_.x.size()), R = long(rows.size()), C = long(columns.size());
  Matrix v = Matrix::Zero(3, n);
  force_.add(b, pair, radii_.x, std::span(v.data(), std::size_t(v.size())));
  for (int x = 0; x < b.waves; ++x) {
    const Matrix left = bessel(b.L[x], rows);
    for (int y = 0; y < b.waves; ++y)
      V.block(x * R, y * C, R, C).noalias() +=
          left.transpose() * v.row(element(x, y)).asDiagonal() * bessel(b.L[y], columns);
  }
}

void LocalInMomentum::pull(const Block& b, Pair pair, std::span<const double> p, const Matrix& W,
                           std::span<double> gradient) const {
  pull_between(b, pair, p, p, W, gradient);
}

void LocalInMomentum::pull_between(const Block& b, Pair pair, std::span<const double> rows,
                                   std::span<const double> columns, const Matrix& W, std::span<double> gradient) const {
  const long n = long(radii_.x.size()), R = long(rows.size()), C = long(columns.size());
  Matrix w = Matrix::Zero(3, n);
  for (int x = 0; x < b.waves; ++x)
    for (int y = 0; y < b.waves; ++y) {
      const Matrix right = W.block(x * R, y * C, R, C) * bessel(b.L[y], columns).transpose();
      w.row(element(x, y)) += bessel(b.L[x], rows).cwiseProduct(right.transpose()).rowwise().sum().transpose();
    }
  force_.pull(b, pair, radii_.x, std::span<const double>(w.data(), std::size_t(w.size())), gradient);
}

}  // namespace orogen::nuclear
