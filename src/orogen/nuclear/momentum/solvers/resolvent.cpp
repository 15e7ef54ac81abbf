#include "orogen/nuclear/momentum/solvers/resolvent.hpp"

#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "orogen/base/errors.hpp"

namespace orogen::nuclear {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

/// Rows of H whose potential is below this part of their kinetic energy do not take part.
constexpr double negligible = 1e-17;

/// Gaussian elimination with row exchanges of a tridiagonal matrix; b: right-hand sides, which become the solution.
void solve_tridiagonal(Vector diagonal, Vector above, Vector below, Matrix& b) {
  const long n = diagonal.size();
  Vector second = Vector::Zero(n);  // fill-in two above
  for (long i = 0; i + 1 < n; ++i) {
    if (std::abs(below[i]) > std::abs(diagonal[i])) {
      std::swap(diagonal[i], below[i]);
      std::swap(above[i], diagonal[i + 1]);
      if (i + 2 < n) std::swap(second[i], above[i + 1]);
      b.row(i).swap(b.row(i + 1));
    }
    if (diagonal[i] == 0) continue;
    const double factor = below[i] / diagonal[i];
    diagonal[i + 1] -= factor * above[i];
    if (i + 2 < n) above[i + 1] -= factor * second[i];
    b.row(i + 1) -= factor * b.row(i);
  }
  for (long i = n - 1; i >= 0; --i) {
    if (i + 1 < n) b.row(i) -= above[i] * b.row(i + 1);
    if (i + 2 < n) b.row(i) -= second[i] * b.row(i + 2);
    b.row(i) /= diagonal[i];
  }
}

}  // namespace

ShiftedInverse inverse_below(const Matrix& H) {
  const Matrix one = Matrix::Identity(H.rows(), H.cols());
  for (double reference = -100; reference > -1e12; reference *= 8) {
    const Cholesky factor(H - reference * one);
    if (factor.positive_definite()) return {reference, factor.inverse()};
  }
  throw NumericalError("potential on the momentum mesh binds below -1e12 MeV; check its size and units");
}

Resolvent::Resolvent(const Matrix& V, int waves, const Quadrature& mesh, double mass)
    : mass_(mass), mesh_(mesh), rows_(V.rows()) {
  const long n = long(mesh.x.size());
  if (!V.allFinite()) throw NumericalError("potential on the momentum mesh is not finite");
  Vector s(rows_), kinetic(rows_);
  for (long i = 0; i < waves * n; ++i) {
    const double k = mesh.x[std::size_t(i % n)];
    s[i] = std::sqrt(mesh.w[std::size_t(i % n)]) * k;
    kinetic[i] = k * k / mass;
  }
  for (long i = 0; i < rows_; ++i)
    if (s[i] * V.col(i).cwiseAbs().cwiseProduct(s).maxCoeff() > negligible * kinetic[i]) kept_.push_back(i);
  if (kept_.empty()) kept_.push_back(0);
  scale_ = s(kept_);
  Matrix H = scale_.asDiagonal() * V(kept_, kept_) * scale_.asDiagonal();
  H.diagonal() += kinetic(kept_);
  const auto [reference, N] = inverse_below(H);
  reference_ = reference;
  if (kept_.size() == 1) {  // nothing to reduce
    diagonal_ = N.diagonal();
    return;
  }
  tridiagonal_ = Tridiagonal(N);
  diagonal_ = tridiagonal_.diagonal();
  beside_ = tridiagonal_.beside();
}

Matrix Resolvent::turn(const Matrix& columns) const {
  Matrix turned = scale_.asDiagonal() * columns(kept_, Eigen::all);
  if (kept_.size() > 1) tridiagonal_.turn(turned);
  return turned;
}

Matrix Resolvent::turn_back(const Matrix& turned) const {
  Matrix back = turned;
  if (kept_.size() > 1) tridiagonal_.turn_back(back);
  Matrix all = Matrix::Zero(rows_, turned.cols());
  all(kept_, Eigen::all) = scale_.asDiagonal() * back;
  return all;
}

Matrix Resolvent::solve(double z, const Matrix& turned) const {
  // ((z − z0) T − 1)⁻¹ T.
  const double from = z - reference_;
  const long n = diagonal_.size();
  Matrix x = diagonal_.asDiagonal() * turned;
  x.topRows(n - 1) += beside_.asDiagonal() * turned.bottomRows(n - 1);
  x.bottomRows(n - 1) += beside_.asDiagonal() * turned.topRows(n - 1);
  solve_tridiagonal((from * diagonal_.array() - 1).matrix(), from * beside_, from * beside_, x);
  if (!x.allFinite())
    throw NumericalError(
        fmt::format("energy {} MeV is an eigenvalue of the force on the momentum mesh; "
                    "change the number of points or the scale of the mesh",
                    z));
  return x;
}

double Resolvent::on_shell_weight(double q) const {
  if (too_near(mesh_, std::span(&q, 1)))
    throw NumericalError(
        fmt::format("relative momentum {} MeV is a point of the momentum mesh; "
                    "change the number of points or the scale of the mesh",
                    q));
  double sum = 0;
  for (std::size_t i = 0; i < mesh_.x.size(); ++i) sum += mesh_.w[i] / ((q - mesh_.x[i]) * (q + mesh_.x[i]));
  return -mass_ * q * q * sum;
}

OnShellSolution solve_on_shell(const Resolvent& r, double q, const Matrix& column, const Matrix& corner) {
  const double d = r.on_shell_weight(q);
  const Matrix turned = r.turn(column), inside = r.solve(q * q / r.mass(), turned);
  const Matrix one = Matrix::Identity(corner.rows(), corner.cols());
  Matrix Kt = corner;
  Kt += product_of_transposed(turned, inside);
  OnShellSolution out;
  out.K = solve_general(one - d * Kt, Kt);
  out.shell = one + d * out.K;
  out.mesh = r.turn_back(product(inside, out.shell));
  return out;
}

OnShell reaction_matrix(const Matrix& K, double q, double mass) {
  const Matrix R = -std::numbers::pi / 2 * mass * q * K;
  if (!R.allFinite()) throw NumericalError(fmt::format("K matrix at relative momentum {} MeV is not finite", q));
  if (R.rows() == 1) return {{R(0, 0), 0, 0}};
  return {{R(0, 0), (R(0, 1) + R(1, 0)) / 2, R(1, 1)}};
}

}  // namespace orogen::nuclear
