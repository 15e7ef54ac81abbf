#include "orogen/system/files/extxyz_layout.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "orogen/base/errors.hpp"
#include "orogen/system/files/text/text_lines.hpp"

namespace orogen {
namespace {

struct Property {
  std::string name;
  char type;
  int width;
  int first;  // column
};

[[noreturn]] void refuse(std::string_view properties, const std::string& why) {
  throw InputError(
      fmt::format("Properties=\"{}\": {}; expected name:type:columns triples such as species:S:1:pos:R:3:forces:R:3",
                  properties, why));
}

std::vector<Property> split_properties(std::string_view properties) {
  std::vector<std::string> parts{""};
  for (const char c : properties)
    if (c == ':')
      parts.emplace_back();
    else
      parts.back() += c;
  if (parts.size() % 3 != 0) refuse(properties, fmt::format("{} parts do not make triples", parts.size()));
  std::vector<Property> out;
  int column = 0;
  for (std::size_t k = 0; k < parts.size(); k += 3) {
    const auto width = parse_integer(parts[k + 2]);
    if (parts[k + 1].size() != 1 || std::string("SRIL").find(parts[k + 1][0]) == std::string::npos)
      refuse(properties, fmt::format("type '{}' of {} is none of S, R, I, L", parts[k + 1], parts[k]));
    if (!width || *width < 1 || *width > 10000)
      refuse(properties, fmt::format("'{}' of {} is no number of columns", parts[k + 2], parts[k]));
    out.push_back({parts[k], parts[k + 1][0], int(*width), column});
    column += int(*width);
  }
  return out;
}

const Property* find(const std::vector<Property>& all, const std::vector<std::string>& names, int width) {
  for (const auto& name : names)
    for (const auto& p : all)
      if (lower(p.name) == name && p.width == width) return &p;
  return nullptr;
}

void assign(Layout& layout, const Property* p, std::initializer_list<Column> meaning) {
  if (p) std::copy(meaning.begin(), meaning.end(), layout.columns.begin() + p->first);
}

const Property* find_forces(const std::vector<Property>& all, const KeyChoice& choice) {
  if (choice.forces.empty()) return find(all, forces_keys(), 3);
  for (const auto& p : all)
    if (p.name == choice.forces && p.width == 3) return &p;
  return nullptr;
}

}  // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return out;
}

const std::vector<std::string>& energy_keys() {
  static const std::vector<std::string> keys{"ref_energy",  "dft_energy",   "energy",
                                             "free_energy", "total_energy", "potential_energy"};
  return keys;
}
const std::vector<std::string>& forces_keys() {
  static const std::vector<std::string> keys{"ref_forces", "ref_force", "dft_forces", "dft_force", "forces", "force"};
  return keys;
}
const std::vector<std::string>& stress_keys() {
  static const std::vector<std::string> keys{"ref_virial", "ref_stress", "dft_virial", "dft_stress",
                                             "virial",     "virials",    "stress"};
  return keys;
}

namespace {

/// Equal but for one letter too many, too few, wrong, or swapped with its neighbour. Cheap: asked for every frame.
bool one_slip_apart(std::string_view a, std::string_view b) {
  const auto front = std::size_t(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
  a.remove_prefix(front), b.remove_prefix(front);
  const auto rest = [](std::string_view text, std::size_t from) { return text.substr(std::min(from, text.size())); };
  const bool swapped = a.size() > 1 && b.size() > 1 && a[0] == b[1] && a[1] == b[0] && rest(a, 2) == rest(b, 2);
  return rest(a, 1) == rest(b, 1) || rest(a, 1) == b || a == rest(b, 1) || swapped;
}

bool is_one_slip_from(const std::string& name, const std::vector<std::string>& keys) {
  return std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return one_slip_apart(name, key); });
}
bool is_mistyped_label(const std::string& name) {
  return is_one_slip_from(name, energy_keys()) || is_one_slip_from(name, forces_keys()) ||
         is_one_slip_from(name, stress_keys());
}

}  // namespace

bool looks_like_label(std::string_view key) {
  const std::string name = lower(key);
  if (name.find("weight") != std::string::npos) return false;
  for (const char* part : {"energ", "force", "stress", "virial", "gradient", "toten", "etot"})
    if (name.find(part) != std::string::npos) return true;
  return name == "e" || name == "e0" || name == "f" || name == "ref" || name == "grad" || is_mistyped_label(name);
}

bool looks_like_stress(std::string_view key) {
  const std::string name = lower(key);
  if (name.find("weight") != std::string::npos) return false;
  return name.find("stress") != std::string::npos || name.find("virial") != std::string::npos ||
         is_one_slip_from(name, stress_keys());
}

Layout parse_layout(std::string_view properties, const KeyChoice& choice, KeysTaken& taken) {
  const auto all = split_properties(properties);
  Layout out;
  for (const auto& p : all) {
    out.columns.insert(out.columns.end(), p.width, Column::skip);
    out.names.insert(out.names.end(), p.width, p.name);
  }
  const auto* symbol = find(all, {"species", "symbols", "symbol", "element", "elements"}, 1);
  const auto* number = find(all, {"z", "numbers", "atomic_numbers", "atomic_number"}, 1);
  const auto* position = find(all, {"pos", "positions", "position", "coordinates"}, 3);
  if (!symbol && !number) refuse(properties, "no column tells the element (species:S:1 or Z:I:1)");
  if (!position) refuse(properties, "no column holds positions (pos:R:3)");
  const auto* forces = find_forces(all, choice);
  const auto* mass = find(all, {"masses", "mass"}, 1);
  const auto* velocities = find(all, {"velo", "vel", "velocities", "velocity", "momenta"}, 3);
  assign(out, symbol, {Column::symbol});
  if (!symbol) assign(out, number, {Column::number});
  assign(out, mass, {Column::mass});
  assign(out, position, {Column::x, Column::y, Column::z});
  assign(out, forces, {Column::fx, Column::fy, Column::fz});
  assign(out, velocities, {Column::vx, Column::vy, Column::vz});
  if (forces) out.forces_key = forces->name;
  out.velocities_are_momenta = velocities && lower(velocities->name) == "momenta";
  for (const auto& p : all) {
    if (&p == symbol || &p == number || &p == position || &p == forces || &p == velocities || &p == mass) continue;
    ++(looks_like_label(p.name) ? taken.passed_over : taken.skipped_columns)[p.name];
  }
  return out;
}

Layout plain_layout() {
  Layout out;
  out.columns = {Column::symbol, Column::x, Column::y, Column::z};
  out.names = {"species", "pos", "pos", "pos"};
  out.open_ended = true;
  return out;
}

}  // namespace orogen
