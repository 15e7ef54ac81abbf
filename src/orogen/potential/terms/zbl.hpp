// Screened nuclear repulsion of Ziegler, Biersack and Littmark, inside covalent contact only. [T7.1]
#pragma once
#include "orogen/potential/learned/site_network.hpp"

namespace orogen {

/// V(r) = Z₁Z₂e²/(4πε₀ r) φ(r/a) · s(r/r_out): the universal screening φ, a = 0.46850 Å/(Z₁^0.23 + Z₂^0.23), and the
/// switch
/// s(x) = (1−x)³(1+3x+6x²), zero with two derivatives at r_out = 0.7 (R₁ + R₂), R the covalent radii.
class Zbl {
 public:
  /// Largest r_out among the elements [Å].
  explicit Zbl(std::span<const int> elements);
  double reach() const { return reach_; }
  /// V [eV] at r [Å].
  static double energy(int z1, int z2, double r);
  static double contact(int z1, int z2);
  /// Adds half of every pair to both site energies, and the gradients (see SweepResult).
  void add(const Neighborhood& atoms, SweepResult& result) const;
  /// Adds the tangent of the gradient along `tangent` to result.gradient_tangent.
  void add_tangent(const Neighborhood& atoms, std::span<const double> tangent, SweepResult& result) const;

 private:
  double reach_ = 0;
};

}  // namespace orogen
