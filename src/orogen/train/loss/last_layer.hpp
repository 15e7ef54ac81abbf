// The uncertainty of one network from the features of its last hidden layer. [T9.1]
#pragma once
#include "orogen/train/loss/loss.hpp"

namespace orogen {

/// Gives a model of one member its uncertainty σ_i = s √(φ_iᵀ (ΦᵀΦ + λ)⁻¹ φ_i), φ_i the last hidden layer of atom i:
/// model.uncertainty becomes L⁻¹ with ΦᵀΦ + λ = L Lᵀ, λ = 10⁻⁶ of the mean diagonal, and the scale s makes the mean
/// square of σ over those atoms three times the mean square force_rmse² [eV²/Å²] of a force component.
/// covariance: ΦᵀΦ (H × H) over `atoms` atoms. Throws NumericalError where it cannot be factorised.
void add_uncertainty(Model& model, Eigen::MatrixXd covariance, double atoms, double force_rmse);

}  // namespace orogen
