// A structure: species, positions and cell. A value; it knows no energy.
#pragma once
#include <Eigen/Dense>
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace orogen {

using Vec3 = Eigen::Vector3d;
using Mat3 = Eigen::Matrix3d;

/// Periodic cell: the rows of `rows` are the vectors a, b, c in Å. A direction that is not periodic may have a zero
/// row.
struct Cell {
  Mat3 rows = Mat3::Zero();
  std::array<bool, 3> periodic{false, false, false};

  bool any_periodic() const { return periodic[0] || periodic[1] || periodic[2]; }
  bool fully_periodic() const { return periodic[0] && periodic[1] && periodic[2]; }
  /// Volume in Å³, positive; zero when a row is missing.
  double volume() const { return std::abs(rows.determinant()); }
};

/// N atoms: species[i] is the atomic number, positions[i] in Å.
struct Structure {
  std::vector<int> species;
  std::vector<Vec3> positions;
  Cell cell;
  /// amu, one per atom; empty = the elements' standard masses. Only what moves in time looks at them: no energy depends
  /// on a mass. Deuterium is species 1 with mass 2.014….
  std::vector<double> masses = {};

  int size() const { return int(species.size()); }
};

/// What a quantum code said about one structure; what is missing was not given.
/// Sign conventions: forces = −∂E/∂r [eV/Å]; virial = −∂E/∂ε [eV] (positive = compressed); stress = −virial/volume
/// [eV/Å³] (ASE).
struct Labels {
  std::optional<double> energy;             ///< eV, total
  std::optional<std::vector<Vec3>> forces;  ///< eV/Å, one per atom
  std::optional<Mat3> virial;               ///< eV, −∂E/∂strain
};

/// One frame of a data file: a structure, its labels and how it is to be used in training.
struct Frame {
  Structure structure;
  Labels labels;
  std::vector<Vec3> velocities;  ///< Å/fs, one per atom; empty when not given
  std::string config_type = "default";
  double weight = 1, energy_weight = 1, forces_weight = 1, stress_weight = 1;  ///< factors on the loss
  std::string source;                                                          ///< "file:line" for messages
  std::vector<std::pair<std::string, std::string>> info;                       ///< other key=value pairs, kept verbatim
};

}  // namespace orogen
