// A force between two nucleons that answers questions, whatever its form.
#pragma once
#include <optional>
#include <span>
#include <string>

#include "orogen/nuclear/kinematics/constants.hpp"
#include "orogen/nuclear/phases/deuteron.hpp"
#include "orogen/nuclear/phases/phases.hpp"

namespace orogen::nuclear {

/// Scattering length and effective range of a wave [fm].
struct LowEnergy {
  double a, r;
};

class TwoNucleonForce {
 public:
  virtual ~TwoNucleonForce() = default;
  virtual const std::string& title() const = 0;
  virtual const Constants& constants() const = 0;
  /// What a user should know about phases of a pair; empty: nothing.
  virtual std::string caution(Pair) const { return ""; }
  /// Do phases of np hold the force of the magnetic moments?
  virtual bool has_moments() const { return false; }
  /// Continuous phases of all blocks with J ≤ most_J at ascending energies [MeV].
  virtual PhaseTable phases(Pair, int most_J, std::span<const double> T_lab) const = 0;
  /// Nothing where neutron and proton are not bound.
  virtual std::optional<Deuteron> deuteron() const = 0;
  /// Of the first wave of a block; of pp beside the Coulomb force, which leaves S waves only. Throws NumericalError
  /// where there is none.
  virtual LowEnergy low_energy(const Block&, Pair) const = 0;
};

}  // namespace orogen::nuclear
