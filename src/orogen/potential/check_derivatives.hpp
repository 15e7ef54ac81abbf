// Does a potential keep its promises? Energy → forces → virial by differences, and the symmetries of physics.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "orogen/potential/potential.hpp"

namespace orogen {

/// How hard to look, and what is allowed.
struct DerivativeOptions {
  double displacement =
      0.01;  ///< Å, half-width h of central differences; Richardson with h/2 leaves an error of order h⁴
  double strain = 0.002;    ///< the same for strains
  int atoms = 0;            ///< atoms whose forces are differenced, drawn at random; 0 = all
  bool differences = true;  ///< false: symmetries only (cheap)
  bool supercells = true;   ///< doubles the cell along each periodic direction
  std::uint64_t seed = 1;
  double energy_tolerance = 1e-7;  ///< eV per atom, of symmetries
  double force_tolerance = 1e-5;   ///< eV/Å, of symmetries and differences
  double virial_tolerance = 1e-5;  ///< eV per atom, of symmetries and differences
};

/// One promise and how far it was missed.
struct Deviation {
  std::string promise;                              ///< "forces = -dE/dr", "rotation: energy", …
  double worst = 0;                                 ///< absolute, in `unit`
  double tolerance = 0;                             ///< the same unit
  std::string unit;                                 ///< "eV/Å", "eV/atom"
  int atom = -1;                                    ///< 0-based, the worst; −1 where it belongs to no atom
  bool kept() const { return worst <= tolerance; }  ///< false for a NaN
};

struct DerivativeReport {
  std::vector<Deviation> deviations;
  bool passed() const;
  /// One line per promise: "ok  forces = -dE/dr  worst 2.1e-07 eV/Å at atom 3 (tolerance 1e-05)".
  std::string text() const;
  const Deviation* find(const std::string& promise) const;
};

/// Evaluates `structure` and its images under displacements, strains, translation, rotation, reflection, permutation of
/// atoms, wrapping and doubling. Throws what the potential throws.
DerivativeReport check_derivatives(Potential& potential, const Structure& structure,
                                   const DerivativeOptions& options = {});

}  // namespace orogen
