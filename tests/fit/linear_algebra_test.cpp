// Factorisations against what they are factorisations of, and their refusals.
#include <gtest/gtest.h>

#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/fit/gauss_newton.hpp"
#include "orogen/fit/linear_algebra.hpp"

namespace orogen {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd random_matrix(long rows, long columns, std::uint64_t seed) {
  Random random(seed);
  MatrixXd A(rows, columns);
  for (double& x : A.reshaped()) x = random.normal();
  return A;
}

MatrixXd positive(long n) {
  const MatrixXd A = random_matrix(n, n + 3, 1);
  return product_with_transposed(A, A);
}

double off(const MatrixXd& A, const MatrixXd& B) { return (A - B).cwiseAbs().maxCoeff(); }

TEST(LinearAlgebra, cholesky_factor_gives_solutions_whitening_and_the_determinant) {
  const MatrixXd A = positive(7), B = random_matrix(7, 2, 2);
  const Cholesky c(A);
  ASSERT_TRUE(c.positive_definite());
  EXPECT_LT(off(c.lower() * c.lower().transpose(), A), 1e-13);
  EXPECT_LT(off(A * c.solve(B), B), 1e-12);
  EXPECT_LT(off(A * c.inverse(), MatrixXd::Identity(7, 7)), 1e-12);
  EXPECT_LT(off(c.inverse_factor() * c.inverse_factor().transpose(), c.inverse()), 1e-12);
  MatrixXd white = B;
  c.whiten(white);
  EXPECT_LT(off(c.lower() * white, B), 1e-13);
  EXPECT_NEAR(c.log_determinant(), std::log(determinant(A)), 1e-11);
}

TEST(LinearAlgebra, a_matrix_without_a_cholesky_factor_is_known_by_it) {
  MatrixXd A = positive(4);
  A(2, 2) = -1;
  EXPECT_FALSE(Cholesky(A).positive_definite());
  A(2, 2) = std::nan("");
  EXPECT_FALSE(Cholesky(A).positive_definite());
}

TEST(LinearAlgebra, systems_of_all_kinds_are_solved) {
  const MatrixXd A = random_matrix(5, 5, 3), S = positive(5), b = random_matrix(5, 1, 4);
  EXPECT_LT(off(A * solve_general(A, b), b), 1e-12);
  EXPECT_LT(off(A * MatrixXd(solve_small(A, b)), b), 1e-12);
  EXPECT_LT(off(A * inverse(A), MatrixXd::Identity(5, 5)), 1e-12);
  EXPECT_LT(off(S * solve_symmetric(S, b.col(0)), b), 1e-12);
}

TEST(LinearAlgebra, a_symmetric_system_that_cannot_be_factorised_is_an_error) {
  MatrixXd A = positive(3);
  A(1, 0) = A(0, 1) = std::nan("");
  EXPECT_THROW(solve_symmetric(A, VectorXd::Ones(3)), NumericalError);
  EXPECT_THROW(symmetric_eigen(A), NumericalError);
}

TEST(LinearAlgebra, eigenvectors_and_the_tridiagonal_form_give_the_matrix_back) {
  const MatrixXd A = positive(6);
  const SymmetricEigen e = symmetric_eigen(A);
  EXPECT_LT(off(e.vectors * e.values.asDiagonal() * e.vectors.transpose(), A), 1e-12);
  const Tridiagonal t(A);
  MatrixXd T = t.diagonal().asDiagonal();
  for (long k = 0; k < 5; ++k) T(k, k + 1) = T(k + 1, k) = t.beside()[k];
  MatrixXd back = T;  // Q (Q Tᵀ)ᵀ = Q T Qᵀ
  t.turn_back(back);
  back.transposeInPlace();
  t.turn_back(back);
  EXPECT_LT(off(back, A), 1e-12);
  t.turn(back);
  t.turn_back(back);
  EXPECT_LT(off(back, A), 1e-12);
}

TEST(LinearAlgebra, gram_matrices_add_up_in_both_triangles) {
  const MatrixXd J = random_matrix(9, 4, 5), K = random_matrix(3, 4, 6);
  MatrixXd H = MatrixXd::Zero(4, 4);
  add_gram(J, H);
  add_gram(K, H);
  EXPECT_LT(off(H, product_of_transposed(J, J) + product_of_transposed(K, K)), 1e-13);
}

TEST(GaussNewtonEnd, has_the_texts_that_files_hold) {
  for (const auto end :
       {GaussNewtonEnd::converged, GaussNewtonEnd::no_more_steps, GaussNewtonEnd::no_descent, GaussNewtonEnd::stopped})
    EXPECT_EQ(gauss_newton_end(text(end)), end);
  EXPECT_STREQ(text(GaussNewtonEnd::no_more_steps), "no more steps");
  EXPECT_FALSE(gauss_newton_end("ended"));
}

}  // namespace
}  // namespace orogen
