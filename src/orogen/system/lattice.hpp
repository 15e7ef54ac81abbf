// The periodic directions of a cell, their dual vectors and plane spacings: what wrapping and images need.
#pragma once
#include "orogen/system/structure.hpp"

namespace orogen {

/// The cell completed to three independent rows: periodic rows as given, the others unit vectors normal to all rest, so
/// that fractional coordinates along periodic directions never depend on what a non-periodic row says.
struct Lattice {
  Mat3 rows = Mat3::Identity();  ///< Å
  Mat3 dual = Mat3::Identity();  ///< 1/Å, = rows⁻¹: fractional = positionᵀ · dual; column d is normal to the other rows
  Vec3 height = Vec3::Zero();  ///< Å, distance of the lattice planes of direction d (1 where not periodic)
  std::array<bool, 3> periodic{false, false, false};

  Vec3 fractional(const Vec3& position) const { return dual.transpose() * position; }
};

/// Completes the cell. Throws InputError when a periodic row is zero or the planes of a periodic direction are closer
/// than 0.1 Å (flat or collapsed cell), NumericalError when the cell is not finite.
Lattice complete_lattice(const Cell& cell);

/// The deformation F [3×3] that carries the periodic rows of `from` into those of `to` (x → F x) and leaves directions
/// normal to them alone. Both must have the same periodic directions.
Mat3 deformation(const Lattice& from, const Lattice& to);

}  // namespace orogen
