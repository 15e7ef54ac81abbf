// Two protons between momenta: their Coulomb force inside a radius on the mesh, Coulomb functions outside (Vincent and
// Phatak 1974). [T15.17]
#pragma once
#include <vector>

#include "orogen/nuclear/momentum/local_in_momentum.hpp"
#include "orogen/nuclear/momentum/solvers/resolvent.hpp"

namespace orogen::nuclear {

struct ProtonOptions {
  double radius = 12;  ///< R [fm]: beyond it only the Coulomb force acts
  bool extended =
      false;  ///< charges spread as in Argonne v18 (local/electromagnetic.hpp); chiral forces have point charges
};

class ProtonCoulomb {
 public:
  /// Throws InputError unless radius > 0.
  ProtonCoulomb(const Constants&, const ProtonOptions&);
  /// α ħc/r (or α ħc F_C) inside the radius, nothing outside; relativistic_charge times it acts at q.
  const MomentumTerm& term() const { return term_; }
  /// From K and y with respect to free waves, of the nuclear force and the Coulomb force inside the radius, to those
  /// with respect to Coulomb functions.
  void match(const Block&, double q, OnShellSolution&) const;

 private:
  Constants constants_;
  double radius_;
  LocalInMomentum term_;
};

}  // namespace orogen::nuclear
