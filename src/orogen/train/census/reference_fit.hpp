// Energies of single atoms by least squares over the compositions of frames.
#pragma once
#include <Eigen/Core>
#include <span>
#include <utility>
#include <vector>

#include "orogen/system/structure.hpp"

namespace orogen {

struct FittedReferences {
  Eigen::VectorXd energies;    ///< eV, one per element; of minimum norm where compositions do not determine them
  long rank = 0;               ///< of the matrix of compositions; below the number of elements = undetermined
  Eigen::MatrixXd null_space;  ///< elements × (elements − rank): combinations that the compositions leave open
};

/// E/n ≈ Σ_z x_z E0_z with the fractions x_z of each element: every frame weighs alike, residuals are energies per
/// atom.
class ReferenceFit {
 public:
  /// Takes a frame that has an energy.
  void add(const Frame& frame);
  bool empty() const { return energy_per_atom_.empty(); }
  /// The fit for these atomic numbers (ascending), which must hold all that occur in the frames.
  FittedReferences solve(std::span<const int> elements) const;

 private:
  std::vector<std::vector<std::pair<int, double>>> fractions_;  // of each frame: atomic number, fraction
  std::vector<double> energy_per_atom_;                         // eV
};

}  // namespace orogen
