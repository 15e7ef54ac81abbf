// The electromagnetic part of Argonne v18 except the Coulomb force: charge radii, magnetic moments, Darwin and Foldy.
// [T14.4]
#pragma once
#include "orogen/nuclear/interaction.hpp"

namespace orogen::nuclear {

/// np: all of it. pp, nn: the contact-like terms that S waves feel, Darwin–Foldy (pp) and σ1·σ2 of the moments. Left
/// out: vacuum polarisation, two photons, and tensor and spin-orbit force of the moments of like nucleons.
class Electromagnetic final : public LocalTerm {
 public:
  explicit Electromagnetic(const Constants& constants) : constants_(constants) {}
  void add(const Block&, Pair, std::span<const double> r, std::span<double> v) const override;

 private:
  Constants constants_;
};

/// F_C(r) of two extended charges: the Coulomb energy is α' ħc F_C, F_C → 1/r far out [fm⁻¹].
double coulomb_form_factor(double r);

}  // namespace orogen::nuclear
