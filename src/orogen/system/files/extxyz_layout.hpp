// The columns of an extended XYZ frame: what Properties says, and which column feeds what.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "orogen/system/files/extxyz.hpp"

namespace orogen {

/// What one column of an atom's line is for.
enum class Column : char { skip, symbol, number, mass, x, y, z, fx, fy, fz, vx, vy, vz };

struct Layout {
  std::vector<Column> columns;
  std::vector<std::string> names;  ///< property of each column, for messages
  std::string forces_key;          ///< empty when there are no forces
  bool velocities_are_momenta = false;
  bool open_ended = false;  ///< plain XYZ: further columns are tolerated
};

/// Reads "species:S:1:pos:R:3:…". Throws InputError, without place, when it cannot be understood or lacks species or
/// pos. Adds columns without meaning and passed-over forces to `taken`.
Layout parse_layout(std::string_view properties, const KeyChoice& choice, KeysTaken& taken);

/// species x y z, for a file without Properties.
Layout plain_layout();

/// Names in lower case; the labels' keys in their order of preference.
std::string lower(std::string_view text);
const std::vector<std::string>& energy_keys();
const std::vector<std::string>& forces_keys();
const std::vector<std::string>& stress_keys();
/// True when a key's name suggests an energy, a force, a stress or a virial (and is no weight).
bool looks_like_label(std::string_view key);
/// True when it suggests a stress or a virial.
bool looks_like_stress(std::string_view key);

}  // namespace orogen
