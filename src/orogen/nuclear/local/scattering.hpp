// Phases of a local interaction: renormalised Numerov recursion, matched to free or Coulomb waves. [T14.5]–[T14.7]
#pragma once
#include <optional>

#include "orogen/nuclear/local/forces/vacuum_polarisation.hpp"
#include "orogen/nuclear/local/radial_equation.hpp"
#include "orogen/nuclear/phases/phases.hpp"

namespace orogen::nuclear {

/// What an energy adds to the equation of a block.
struct EnergyTerms {
  std::vector<double> shift;  ///< h²/12 times what is subtracted from Q at every point
  double k, eta;              ///< fm⁻¹; Sommerfeld's
  std::optional<VacuumCorrection> vacuum;
};

/// Solves the blocks with J ≤ most_J of one pair. For pp the Coulomb force of extended protons is added here, with the
/// energy-dependent α' of Argonne v18, and phases are those with respect to Coulomb functions; constants.alpha = 0
/// leaves it out. In 1S0, the one wave where it matters, vacuum polarisation and the exchange of two photons are added
/// too, and the phase is that with respect to waves of charge and polarised vacuum. [T14.12]
class LocalSolver {
 public:
  /// Tabulates the potential of all blocks; the interaction must outlive the solver.
  LocalSolver(const LocalInteraction&, Pair, int most_J, RadialMesh = {}, bool vacuum_polarisation = true);
  /// Tabulates again, after set_parameters of the interaction.
  void refresh();
  Pair pair() const { return pair_; }
  const std::vector<Block>& blocks() const { return blocks_; }
  /// K matrix of a block. Throws InputError for a block that is not among blocks(), NumericalError where it is not a
  /// finite number.
  OnShell solve(const Block&, double T_lab) const;
  /// All blocks at ascending energies, on continuous branches; 3S1 starts at 180° where there is a bound state within
  /// the range of the mesh.
  PhaseTable phases(std::span<const double> T_lab) const;
  /// w[3 i + c] += Σ_k dR[k] ∂R_k/∂v_c(radii()[i]) [MeV⁻¹]: exact derivative of the discrete solution, for
  /// LocalInteraction::pull.
  void pull(const Block&, double T_lab, const double dR[3], std::span<double> w) const;
  /// Where the potential is tabulated [fm].
  std::span<const double> radii() const { return mesh_.r; }

 private:
  EnergyTerms at(double T_lab, const Block&) const;
  const RadialEquation& equation(const Block&) const;
  OnShell solve(const RadialEquation&, const EnergyTerms&) const;
  bool has_deuteron() const;

  const LocalInteraction* force_;
  Pair pair_;
  StretchedMesh mesh_;
  std::vector<Block> blocks_;
  std::vector<RadialEquation> equations_;
  std::vector<double> coulomb_;    // share · α ħc F_C/(ħ²/M); empty unless pp
  std::vector<double> coulomb_S_;  // the same with vacuum polarisation and two photons; empty without them
};

}  // namespace orogen::nuclear
