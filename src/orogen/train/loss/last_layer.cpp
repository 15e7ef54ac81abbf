#include "orogen/train/loss/last_layer.hpp"

#include <Eigen/Cholesky>
#include <cmath>

#include "orogen/base/errors.hpp"

namespace orogen {

void add_uncertainty(Model& model, Eigen::MatrixXd a, double atoms, double force_rmse) {
  const double lambda = 1e-6 * a.trace() / double(a.rows()) + 1e-12;
  a.diagonal().array() += lambda;
  const Eigen::LLT<Eigen::MatrixXd> factorised(a);
  if (factorised.info() != Eigen::Success || !a.allFinite())
    throw NumericalError(
        "the last layer's covariance ΦᵀΦ + λ cannot be factorised: it is not positive definite, because features of "
        "the trained network are not finite or too large; lower learning_rate, or look at the data (orogen check)");
  const Eigen::MatrixXd l = factorised.matrixL();
  const Eigen::MatrixXd inverse = l.triangularView<Eigen::Lower>().solve(Eigen::MatrixXd::Identity(a.rows(), a.cols()));
  std::vector<double> rows;
  for (int i = 0; i < inverse.rows(); ++i)
    for (int j = 0; j < inverse.cols(); ++j) rows.push_back(inverse(i, j));
  model.uncertainty = {std::move(rows)};
  // Σ_i φ_iᵀ A⁻¹ φ_i = trace = H, so the mean square is H / atoms.
  model.uncertainty_scale = force_rmse * std::sqrt(3 * atoms / double(a.rows()));
}

}  // namespace orogen
