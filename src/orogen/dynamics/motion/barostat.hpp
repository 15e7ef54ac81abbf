// Stochastic cell rescaling: a first-order barostat with the right volume and shape fluctuations.
#pragma once
#include "orogen/dynamics/motion/md_state.hpp"

namespace orogen {

/// Bernetti & Bussi 2020 (doi:10.1063/5.0020514) for the volume, Del Tatto et al. 2022 (doi:10.3390/app12031139) for
/// the full cell, without rotations of the cell. With the compressibility β, the time τ and the volume V, the
/// logarithmic strain of a step is
///   isotropic: M = (I/3) [(β/τ)(P − P0) dt + √(2 kT β dt/(V τ)) ξ],
///   full:      M = (β/3τ)(P − P0 I) dt + √(2 kT β dt/(3 V τ)) (ξ + ξᵀ)/2, ξ a 3×3 matrix of standard normals,
/// positions and cell ← exp(M), velocities ← exp(−M). P = (Σ m v vᵀ + virial)/V.
struct Barostat {
  double pressure;         ///< eV/Å³
  double compressibility;  ///< Å³/eV
  double tau, dt;          ///< internal units of time
  bool full;
  std::uint64_t seed;

  /// The strain of this step, from the velocities as they are and the virial of the last evaluation; kt [eV].
  Mat3 strain(const MdState& state, double kt, AtomLoops& loops) const;
};

/// Positions and cell ← exp(M), velocities ← exp(−M) for a symmetric M.
void apply_strain(MdState& state, const Mat3& strain, AtomLoops& loops);

}  // namespace orogen
