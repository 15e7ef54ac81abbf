// Dense linear algebra in double, compiled once: factorisations of Eigen behind plain functions, because every unit
// that instantiates them itself takes seconds to compile. A factorisation that fails is an error, never a wrong number.
#pragma once
#include <Eigen/Core>

namespace orogen {

/// A = L Lᵀ of a symmetric positive definite matrix (its lower triangle is read).
class Cholesky {
 public:
  Cholesky() = default;
  explicit Cholesky(const Eigen::MatrixXd& A);
  /// False where A is not positive definite or not finite; all other functions expect true.
  bool positive_definite() const { return positive_definite_; }
  long rows() const { return factor_.rows(); }

  /// A⁻¹ b.
  Eigen::VectorXd solve(const Eigen::VectorXd& b) const;
  Eigen::MatrixXd solve(const Eigen::MatrixXd& B) const;
  Eigen::MatrixXd inverse() const;
  /// b becomes L⁻¹ b: residuals with covariance A become independent ones of variance 1.
  void whiten(Eigen::VectorXd& b) const;
  void whiten(Eigen::MatrixXd& B) const;
  Eigen::MatrixXd lower() const;           ///< L
  Eigen::MatrixXd inverse_factor() const;  ///< L⁻ᵀ, so that A⁻¹ = L⁻ᵀ (L⁻ᵀ)ᵀ
  double log_determinant() const;          ///< of A

 private:
  Eigen::MatrixXd factor_;  // L below and on the diagonal; what is above counts as zero
  bool positive_definite_ = false;
};

/// A⁻¹ b of a symmetric matrix by L D Lᵀ with pivots. Throws NumericalError where the factorisation fails.
Eigen::VectorXd solve_symmetric(const Eigen::MatrixXd& A, const Eigen::VectorXd& b);
/// A⁻¹ B by L U with row exchanges; not finite where A is singular.
Eigen::MatrixXd solve_general(const Eigen::MatrixXd& A, const Eigen::MatrixXd& B);
/// The same of at most 12 rows, without allocation.
using SmallMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor, 12, 12>;
SmallMatrix solve_small(const SmallMatrix& A, const SmallMatrix& B);
Eigen::MatrixXd inverse(const Eigen::MatrixXd& A);
double determinant(const Eigen::MatrixXd& A);

/// A = U diag(values) Uᵀ of a symmetric matrix, values ascending, columns of U the vectors.
struct SymmetricEigen {
  Eigen::VectorXd values;
  Eigen::MatrixXd vectors;
};
/// Throws NumericalError where the iteration does not converge (A is not finite).
SymmetricEigen symmetric_eigen(const Eigen::MatrixXd& A);

/// A = Q T Qᵀ of a symmetric matrix with T tridiagonal. [T15.7]
class Tridiagonal {
 public:
  Tridiagonal() = default;
  explicit Tridiagonal(const Eigen::MatrixXd& A);
  const Eigen::VectorXd& diagonal() const { return diagonal_; }
  const Eigen::VectorXd& beside() const { return beside_; }
  /// columns become Qᵀ columns, and Q columns.
  void turn(Eigen::MatrixXd& columns) const;
  void turn_back(Eigen::MatrixXd& columns) const;

 private:
  Eigen::MatrixXd packed_;  // Householder vectors below the diagonal
  Eigen::VectorXd coefficients_, diagonal_, beside_;
};

/// A B, Aᵀ B and A Bᵀ.
Eigen::MatrixXd product(const Eigen::MatrixXd& A, const Eigen::MatrixXd& B);
Eigen::MatrixXd product_of_transposed(const Eigen::MatrixXd& A, const Eigen::MatrixXd& B);
Eigen::MatrixXd product_with_transposed(const Eigen::MatrixXd& A, const Eigen::MatrixXd& B);
/// Both triangles of H += Jᵀ J, of whose lower triangle H is made.
void add_gram(const Eigen::MatrixXd& J, Eigen::MatrixXd& H);

}  // namespace orogen
