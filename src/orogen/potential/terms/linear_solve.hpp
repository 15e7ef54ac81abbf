// Linear systems whose numbers are plain or dual: the tangent of a solution needs no factorisation of its own.
#pragma once
#include <Eigen/LU>
#include <vector>

#include "orogen/potential/terms/term.hpp"

namespace orogen {

/// x with M x = b; M is n × n, row-major. With Dual, M ẋ = ḃ − Ṁ x is solved with the factorisation of M.
template <class S> std::vector<S> solve(const std::vector<S>& matrix, const std::vector<S>& b) {
  const Eigen::Index n = Eigen::Index(b.size());
  Eigen::MatrixXd m(n, n), m_tangent(n, n);
  Eigen::VectorXd v(n), v_tangent(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    v[i] = value_of(b[i]), v_tangent[i] = tangent_of(b[i]);
    for (Eigen::Index k = 0; k < n; ++k)
      m(i, k) = value_of(matrix[i * n + k]), m_tangent(i, k) = tangent_of(matrix[i * n + k]);
  }
  const Eigen::PartialPivLU<Eigen::MatrixXd> factors(m);
  const Eigen::VectorXd x = factors.solve(v);
  std::vector<S> out(b.size());
  if constexpr (std::is_same_v<S, Dual>) {
    const Eigen::VectorXd t = factors.solve(v_tangent - m_tangent * x);
    for (Eigen::Index i = 0; i < n; ++i) out[i] = {x[i], t[i]};
  } else {
    for (Eigen::Index i = 0; i < n; ++i) out[i] = x[i];
  }
  return out;
}

}  // namespace orogen
