// What every front of a learned model shares: its networks, ZBL and reference energies, swept over one graph.
#pragma once
#include <string>
#include <vector>

#include "orogen/potential/learned/site_network.hpp"
#include "orogen/potential/model/model.hpp"
#include "orogen/potential/potential.hpp"
#include "orogen/potential/terms/zbl.hpp"

namespace orogen {

/// The terms of a model in the arithmetic T (float or double), for one member or a committee. Safe to share between
/// threads;
/// each caller brings its Memory.
template <class T> class LearnedTerms {
 public:
  explicit LearnedTerms(const Model& model);

  struct Memory {
    typename SiteNetwork<T>::Memory network;
    SweepResult result;
    Eigen::Matrix<T, -1, -1> spread;  ///< L⁻¹ φ of some atoms
  };

  const Model& model() const { return model_; }
  int members() const { return int(networks_.size()); }
  bool committee() const { return members() > 1; }
  const SiteNetwork<T>& network(int member) const { return networks_[member]; }
  const Zbl& zbl() const { return zbl_; }
  /// True when uncertainty is that of the last layer (one member, with a covariance).
  bool last_layer() const { return !committee() && model_.knows_uncertainty(); }

  /// Everything of one member: site energies with their references, gradients, strains; in memory.result.
  void sweep(int member, const Graph& graph, Memory& memory, ThreadPool* pool, const SweepExtras& extras) const;
  /// σ_i = |L⁻¹ φ_i| · scale of the local atoms, from the hidden layer that sweep() left in `memory`; sigma: local
  /// entries.
  void last_layer_spread(int local, Memory& memory, std::span<double> sigma) const;

 private:
  Model model_;
  Eigen::Matrix<T, -1, -1> factor_;  ///< L⁻¹ of the last layer's uncertainty
  Zbl zbl_;
  std::vector<SiteNetwork<T>> networks_;
};

/// The arithmetic to use: `wanted`, or the model's own when that is empty. Throws InputError for what is neither.
bool is_double(const Model& model, const std::string& wanted);

/// −∂E/∂strain [eV], symmetric, from Σ ∂E/∂d ⊗ d.
Mat3 symmetric_virial(const std::array<double, 9>& strain_gradient);
/// −(∂E/∂strain)ᵀ of one centre: row-major, W(p, q) = −Σ d_p ∂E/∂d_q; not symmetric under messages.
Mat3 site_virial(const double* site_strain);

/// Standard deviation of the force vector over the members of a committee [eV/Å]: members × n forces, n means.
void committee_spread(const std::vector<std::vector<Vec3>>& member_forces, std::span<const Vec3> mean,
                      std::span<double> spread);

/// Throws NumericalError when two atoms coincide; closest [Å²] of SweepResult, atoms for the message.
void check_distances(float closest, int atoms);
/// Throws NumericalError when energy or a force is not finite.
void check_finite(const Evaluation& evaluation);

}  // namespace orogen
