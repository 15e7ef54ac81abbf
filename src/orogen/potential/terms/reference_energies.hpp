// The energy of an atom on its own, one number per element.
#pragma once
#include "orogen/potential/terms/term.hpp"

namespace orogen {

/// Σ_i E0(Z_i): constant while atoms move.
class ReferenceEnergies : public TermOf<ReferenceEnergies> {
 public:
  /// energies [eV], one for each of the elements (atomic numbers).
  ReferenceEnergies(std::span<const int> elements, std::span<const double> energies);
  Reach reach() const override { return {Reach::atoms, 0}; }
  template <class S> void add_as(const TermAtoms<S>& atoms, TermSums<S>& sums) const {
    for (int i = 0; i < atoms.list.local; ++i) sums.add_energy(i, S{} + of_[atoms.list.species[i]]);
  }

 private:
  std::vector<double> of_;  ///< by atomic number
};

}  // namespace orogen
