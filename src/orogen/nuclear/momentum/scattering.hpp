// Phases of a momentum-space interaction: the K matrix on a mesh, and its gradient. [T15.5, T15.8, T15.9]
#pragma once
#include <vector>

#include "orogen/nuclear/effective_range.hpp"
#include "orogen/nuclear/interaction.hpp"
#include "orogen/nuclear/momentum/mesh.hpp"
#include "orogen/nuclear/momentum/resolvent.hpp"
#include "orogen/nuclear/phases.hpp"

namespace orogen::nuclear {

/// All blocks of a pair with J ≤ most_J; the force alone, without Coulomb's for pp. V on the mesh is evaluated once and kept (refresh); an energy costs V between the mesh and q.
class MomentumSolver {
 public:
  /// `force` is not owned and must outlive the solver. Throws InputError for a bad mesh or most_J < 0.
  MomentumSolver(const MomentumInteraction& force, Pair, int most_J, MomentumMesh mesh = {});
  /// After a change of the parameters of the interaction.
  void refresh();

  const std::vector<Block>& blocks() const { return blocks_; }
  Pair pair() const { return pair_; }
  const Constants& constants() const { return force_.constants; }
  /// R = tan δ of a block at T_lab [MeV]. Throws InputError for a block that is not among blocks(), NumericalError where q is (to 2e-5) a point of the mesh.
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
  std::vector<double> momenta(std::span<const double> T_lab) const;

  const MomentumInteraction& force_;
  Pair pair_;
  double mass_;
  Quadrature mesh_;
  std::vector<Block> blocks_;
  std::vector<Resolvent> resolvents_;
};

/// Scattering length and effective range of the first wave of a block. [T15.10]
EffectiveRange effective_range(const MomentumSolver&, const Block&);

}  // namespace orogen::nuclear
