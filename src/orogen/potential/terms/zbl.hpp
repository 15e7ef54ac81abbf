// Screened nuclear repulsion of Ziegler, Biersack and Littmark, inside covalent contact only. [T7.1]
#pragma once
#include "orogen/potential/terms/term.hpp"

namespace orogen {

/// V(r) = Z₁Z₂e²/(4πε₀ r) φ(r/a) · s(r/r_out): the universal screening φ, a = 0.46850 Å/(Z₁^0.23 + Z₂^0.23), and the
/// switch s(x) = (1−x)³(1+3x+6x²), zero with two derivatives at r_out = 0.7 (R₁ + R₂), R the covalent radii.
class Zbl : public TermOf<Zbl> {
 public:
  explicit Zbl(std::span<const int> elements);
  /// Largest r_out among the elements [Å].
  Reach reach() const override { return {Reach::neighbors, reach_}; }
  /// V [eV] at r [Å].
  static double energy(int z1, int z2, double r);
  static double contact(int z1, int z2);
  template <class S> void add_as(const TermAtoms<S>& atoms, TermSums<S>& sums) const;

 private:
  double reach_ = 0;
};

}  // namespace orogen
