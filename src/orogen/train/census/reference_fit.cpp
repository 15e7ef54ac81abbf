#include "orogen/train/census/reference_fit.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <map>

namespace orogen {

void ReferenceFit::add(const Frame& frame) {
  const double n = frame.structure.size();
  std::map<int, double> fraction;
  for (int z : frame.structure.species) fraction[z] += 1 / n;
  fractions_.emplace_back(fraction.begin(), fraction.end());
  energy_per_atom_.push_back(*frame.labels.energy / n);
}

FittedReferences ReferenceFit::solve(std::span<const int> elements) const {
  const long columns = long(elements.size());
  Eigen::MatrixXd a = Eigen::MatrixXd::Zero(std::max<long>(1, long(fractions_.size())), columns);
  Eigen::VectorXd b = Eigen::VectorXd::Zero(a.rows());
  for (std::size_t k = 0; k < fractions_.size(); ++k) {
    b[long(k)] = energy_per_atom_[k];
    for (const auto& [z, x] : fractions_[k])
      a(long(k), std::lower_bound(elements.begin(), elements.end(), z) - elements.begin()) = x;
  }
  // Frames of one composition leave directions open; rounding must not be taken for information.
  Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> solver;
  solver.setThreshold(1e-8);
  solver.compute(a);
  // A P = Q (T 0; 0 0) Z: what Z P^T maps to the last components is mapped to zero.
  FittedReferences fit{solver.solve(b), solver.rank(), {}};
  if (fit.rank < columns)
    fit.null_space =
        solver.colsPermutation() * Eigen::MatrixXd(solver.matrixZ().transpose()).rightCols(columns - fit.rank);
  return fit;
}

}  // namespace orogen
