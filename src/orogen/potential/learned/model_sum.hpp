// What every front of a learned model shares: its networks and the terms beside them, swept over one graph.
#pragma once
#include <string>
#include <vector>

#include "orogen/potential/learned/site_network.hpp"
#include "orogen/potential/model/model.hpp"
#include "orogen/potential/potential.hpp"
#include "orogen/potential/terms/term_kinds.hpp"

namespace orogen {

/// The sum that a model is: its terms and its network in the arithmetic T (float or double), for one member or a
/// committee. Safe to share between threads; each caller brings its Memory.
template <class T> class ModelSum {
 public:
  explicit ModelSum(const Model& model);

  struct Memory {
    typename SiteNetwork<T>::Memory network;
    SweepResult result;
    std::vector<std::vector<Vec3>> member_forces;  ///< of a committee, in the last answer that had forces
    Eigen::Matrix<T, -1, -1> spread;               ///< L⁻¹ φ of some atoms
  };

  const Model& model() const { return model_; }
  int members() const { return int(networks_.size()); }
  bool committee() const { return members() > 1; }
  const SiteNetwork<T>& network(int member) const { return networks_[member]; }
  /// Throws InputError that names a term which needs the whole structure, for callers that have a part of it.
  void require_local_terms() const;
  /// True when uncertainty is that of the last layer (one member, with a covariance).
  bool last_layer() const { return !committee() && model_.knows_uncertainty(); }

  /// All that is wanted, summed over the members and divided by their number. place[i] is the row of the answer that
  /// atom i of the graph belongs to: several may share one. Gradients have `rows` rows, all else the graph's local
  /// atoms.
  /// The members' forces stay in `memory`, also where a committee's uncertainty alone is wanted, which is left to the
  /// caller: gradients must be whole before their spread is taken. Answers the smallest squared distance [Å²].
  float evaluate(const Graph& graph, Want want, std::span<const int> place, int rows, const HaloExchange* halo,
                 Memory& memory, ThreadPool* pool, Evaluation& out) const;
  /// The tangent of one member's gradient along `tangent`; in memory.result.gradient_tangent.
  void multiply_hessian(int member, const Graph& graph, const Tangent& tangent, Memory& memory, ThreadPool* pool) const;

 private:
  void clear(Evaluation& out, Want want, int local, int rows) const;
  /// Everything of one member: site energies with their references, gradients, strains; in memory.result.
  void sweep(int member, const Graph& graph, Memory& memory, ThreadPool* pool, const SweepExtras& extras) const;
  void add_energies(const SweepResult& result, Want want, std::span<const int> place, Evaluation& out) const;
  void add_forces(int member, Memory& memory, std::span<const int> place, Evaluation& out) const;
  /// σ_i = |L⁻¹ φ_i| · scale of the local atoms, from the hidden layer that sweep() left in `memory`.
  void last_layer_spread(Memory& memory, std::span<const int> place, std::vector<double>& sigma) const;

  Model model_;
  Eigen::Matrix<T, -1, -1> factor_;  ///< L⁻¹ of the last layer's uncertainty
  std::vector<std::shared_ptr<const Term>> terms_;
  std::vector<std::shared_ptr<const SiteCoupling>> couplings_;
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
/// Throws NumericalError when energy, a force or the virial is not finite.
void check_finite(const Evaluation& evaluation);

}  // namespace orogen
