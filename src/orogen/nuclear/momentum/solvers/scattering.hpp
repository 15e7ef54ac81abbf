// Phases of a momentum-space interaction: the K matrix on a mesh, and its gradient. [T15.5, T15.8, T15.9, T15.17]
#pragma once
#include <optional>
#include <vector>

#include "orogen/nuclear/interaction.hpp"
#include "orogen/nuclear/momentum/mesh.hpp"
#include "orogen/nuclear/momentum/solvers/protons.hpp"
#include "orogen/nuclear/momentum/solvers/resolvent.hpp"
#include "orogen/nuclear/phases/effective_range.hpp"
#include "orogen/nuclear/phases/phases.hpp"

namespace orogen::nuclear {

/// All blocks of a pair with J ≤ most_J. V on the mesh is evaluated once (and again by refresh); an energy costs V
/// between
/// the mesh and q. For pp the Coulomb force is added here, with its relativistic strength, and phases are those with
/// respect to Coulomb functions (the mesh should have 80 points or more, and an energy costs a resolvent);
/// constants.alpha = 0 leaves it out. Where a momentum is a point of the mesh, all energies of that call are solved on
/// one with another scale (clear_of), at the cost of another solver; NumericalError where none serves.
class MomentumSolver {
 public:
  /// `force` is not owned and must outlive the solver. Throws InputError for a bad mesh or most_J < 0.
  MomentumSolver(const MomentumInteraction& force, Pair, int most_J, MomentumMesh mesh = {}, ProtonOptions = {});
  /// After a change of the parameters of the interaction.
  void refresh();

  const std::vector<Block>& blocks() const { return blocks_; }
  Pair pair() const { return pair_; }
  const Constants& constants() const { return force_.constants; }
  /// R = tan δ of a block at T_lab [MeV]. Throws InputError for a block that is not among blocks().
  OnShell solve(const Block&, double T_lab) const;
  /// All blocks at ascending energies, branches made continuous (3S1 starts below 180° at np: one bound state).
  PhaseTable phases(std::span<const double> T_lab) const;

  /// gradient[k] += Σ dR[c] ∂R[c]/∂θ_k, c = 11, 12, 22, over the parameters θ of the interaction.
  void pull(const Block&, double T_lab, const double dR[3], std::span<double> gradient) const;
  /// The same summed over energies: one pass over the mesh for all of them.
  void pull(const Block&, std::span<const double> T_lab, std::span<const OnShell> dR, std::span<double> gradient) const;

 private:
  std::size_t index(const Block&) const;
  std::vector<OnShellSolution> solutions(std::size_t block, std::span<const double> q) const;
  OnShellSolution of_protons(std::size_t block, double q, Eigen::MatrixXd column, Eigen::MatrixXd corner) const;
  std::vector<double> momenta(std::span<const double> T_lab) const;
  /// Where the mesh has a point too near to one of the energies: a solver with another.
  std::optional<MomentumSolver> elsewhere(std::span<const double> T_lab) const;

  const MomentumInteraction& force_;
  Pair pair_;
  double mass_;
  ProtonOptions protons_;
  MomentumMesh chosen_;
  Quadrature mesh_;
  std::vector<Block> blocks_;
  std::vector<Resolvent> resolvents_;  ///< of all blocks; for pp of none
  std::optional<ProtonCoulomb> coulomb_;
  struct Charged {
    Eigen::MatrixXd nuclear, coulomb;  ///< V on the mesh
  };
  std::vector<Charged> charged_;
};

/// Scattering length and effective range of the first wave of a block. [T15.10]
EffectiveRange effective_range(const MomentumSolver&, const Block&);

}  // namespace orogen::nuclear
