#include "orogen/fit/linear_algebra.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <string>

#include "orogen/base/errors.hpp"

namespace orogen {

using Eigen::MatrixXd;
using Eigen::VectorXd;

Cholesky::Cholesky(const MatrixXd& A) {
  const Eigen::LLT<MatrixXd> llt(A);
  positive_definite_ = llt.info() == Eigen::Success && A.allFinite();
  factor_ = llt.matrixLLT();
}

void Cholesky::whiten(VectorXd& b) const { factor_.triangularView<Eigen::Lower>().solveInPlace(b); }
void Cholesky::whiten(MatrixXd& B) const { factor_.triangularView<Eigen::Lower>().solveInPlace(B); }

VectorXd Cholesky::solve(const VectorXd& b) const {
  VectorXd x = b;
  whiten(x);
  factor_.adjoint().triangularView<Eigen::Upper>().solveInPlace(x);
  return x;
}

MatrixXd Cholesky::solve(const MatrixXd& B) const {
  MatrixXd X = B;
  whiten(X);
  factor_.adjoint().triangularView<Eigen::Upper>().solveInPlace(X);
  return X;
}

MatrixXd Cholesky::inverse() const { return solve(MatrixXd(MatrixXd::Identity(rows(), rows()))); }

MatrixXd Cholesky::lower() const { return factor_.triangularView<Eigen::Lower>(); }

MatrixXd Cholesky::inverse_factor() const {
  MatrixXd X = MatrixXd::Identity(rows(), rows());
  MatrixXd(factor_.adjoint()).triangularView<Eigen::Upper>().solveInPlace(X);
  return X;
}

double Cholesky::log_determinant() const { return 2 * factor_.diagonal().array().log().sum(); }

VectorXd solve_symmetric(const MatrixXd& A, const VectorXd& b) {
  const Eigen::LDLT<MatrixXd> ldlt(A);
  if (ldlt.info() != Eigen::Success)
    throw NumericalError("symmetric system of " + std::to_string(A.rows()) +
                         " equations: the factorisation failed; an element is not finite or the matrix is singular");
  return ldlt.solve(b);
}

MatrixXd solve_general(const MatrixXd& A, const MatrixXd& B) { return A.partialPivLu().solve(B); }
SmallMatrix solve_small(const SmallMatrix& A, const SmallMatrix& B) { return A.partialPivLu().solve(B); }
MatrixXd inverse(const MatrixXd& A) { return A.inverse(); }
double determinant(const MatrixXd& A) { return A.determinant(); }

SymmetricEigen symmetric_eigen(const MatrixXd& A) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(A);
  if (solver.info() != Eigen::Success)
    throw NumericalError("eigenvalues of a symmetric matrix of " + std::to_string(A.rows()) +
                         " rows: the iteration did not converge; an element is not finite");
  return {solver.eigenvalues(), solver.eigenvectors()};
}

namespace {

auto householder(const MatrixXd& packed, const VectorXd& coefficients) {
  return Eigen::HouseholderSequence<MatrixXd, VectorXd>(packed, coefficients).setLength(packed.rows() - 1).setShift(1);
}

}  // namespace

Tridiagonal::Tridiagonal(const MatrixXd& A) {
  const Eigen::Tridiagonalization<MatrixXd> reduced(A);
  packed_ = reduced.packedMatrix();
  coefficients_ = reduced.householderCoefficients();
  diagonal_ = reduced.diagonal();
  beside_ = reduced.subDiagonal();
}

void Tridiagonal::turn(MatrixXd& columns) const {
  columns.applyOnTheLeft(householder(packed_, coefficients_).adjoint());
}

void Tridiagonal::turn_back(MatrixXd& columns) const { columns.applyOnTheLeft(householder(packed_, coefficients_)); }

MatrixXd product(const MatrixXd& A, const MatrixXd& B) { return A * B; }
MatrixXd product_of_transposed(const MatrixXd& A, const MatrixXd& B) { return A.transpose() * B; }
MatrixXd product_with_transposed(const MatrixXd& A, const MatrixXd& B) { return A * B.transpose(); }

void add_gram(const MatrixXd& J, MatrixXd& H) {
  H.selfadjointView<Eigen::Lower>().rankUpdate(J.transpose());
  H.triangularView<Eigen::StrictlyUpper>() = H.transpose();
}

}  // namespace orogen
