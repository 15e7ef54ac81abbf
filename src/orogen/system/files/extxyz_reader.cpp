#include <fmt/format.h>

#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/base/units.hpp"
#include "orogen/system/elements.hpp"
#include "orogen/system/files/extxyz.hpp"
#include "orogen/system/files/extxyz_header.hpp"
#include "orogen/system/files/text/text_lines.hpp"

namespace orogen {
namespace {

constexpr std::size_t problems_shown = 10;
constexpr long most_atoms = 1L << 30;

std::string quoted(std::string_view text) {
  return text.size() <= 60 ? fmt::format("'{}'", text) : fmt::format("'{}…'", text.substr(0, 60));
}

/// A line's words against the columns that Properties announces.
class AtomLine {
 public:
  AtomLine(const Layout& layout, Frame& frame) : layout_(layout), frame_(frame) {
    forces_ = layout.forces_key.empty() ? nullptr : &frame.labels.forces.emplace();
  }

  /// Reads one atom; the text of the problem, empty when there is none.
  std::string read(std::string_view line) {
    Vec3 x, f, v = Vec3::Zero();
    int z = 0;
    std::optional<double> isotope, mass;
    std::string_view rest = line;
    for (std::size_t c = 0; c < layout_.columns.size(); ++c) {
      const auto word = take_word(rest);
      if (word.empty()) return wrong_count(line);
      const Column column = layout_.columns[c];
      if (column == Column::skip) continue;
      if (column == Column::symbol || column == Column::number) {
        if (column == Column::symbol) isotope = hydrogen_isotope(word);
        if (z = isotope ? 1 : element(word, column); z == 0) return unknown_element(word);
        continue;
      }
      const auto value = parse_real(word);
      if (!value) return fmt::format("{}: {} is no number{}", layout_.names[c], quoted(word), if_miscounted(line));
      if (!std::isfinite(*value)) return fmt::format("{}: {} is not finite", layout_.names[c], quoted(word));
      if (column == Column::mass) {
        if (!(*value > 0)) return fmt::format("{}: {} is not above 0, expected amu", layout_.names[c], quoted(word));
        mass = value;
      } else {
        place(column, *value, x, f, v);
      }
    }
    if (!layout_.open_ended && !take_word(rest).empty()) return wrong_count(line);
    frame_.structure.species.push_back(z);
    frame_.structure.positions.push_back(x);
    if (!mass) mass = isotope;
    add_mass(mass);
    if (forces_) forces_->push_back(f);
    if (has_velocities_) frame_.velocities.push_back(velocity(mass.value_or(standard_mass(z)), v));
    return {};
  }

 private:
  static int element(std::string_view word, Column column) {
    if (const auto z = parse_integer(word)) return *z >= 1 && *z <= element_count ? int(*z) : 0;
    return column == Column::symbol ? atomic_number(word).value_or(0) : 0;
  }
  static std::string unknown_element(std::string_view word) {
    return fmt::format("unknown element {}, expected a symbol such as Cu or an atomic number from 1 to 118",
                       quoted(word));
  }
  /// A frame has masses from its first atom on that is not of the standard mass.
  void add_mass(const std::optional<double>& mass) {
    auto& masses = frame_.structure.masses;
    const auto& species = frame_.structure.species;
    if (masses.empty() && !mass) return;
    while (masses.size() + 1 < species.size()) masses.push_back(standard_mass(species[masses.size()]));
    masses.push_back(mass.value_or(standard_mass(species.back())));
  }
  void place(Column column, double value, Vec3& x, Vec3& f, Vec3& v) {
    if (column >= Column::vx) {
      has_velocities_ = true;
      v[int(column) - int(Column::vx)] = value;
    } else if (column >= Column::fx) {
      f[int(column) - int(Column::fx)] = value;
    } else {
      x[int(column) - int(Column::x)] = value;
    }
  }
  /// ASE's momenta are in amu Å per Å√(amu/eV); everything else is taken as Å/fs.
  Vec3 velocity(double mass, const Vec3& given) const {
    return layout_.velocities_are_momenta ? Vec3(given * (units::fs / mass)) : given;
  }
  static int words(std::string_view rest) {
    int n = 0;
    while (!take_word(rest).empty()) ++n;
    return n;
  }
  std::string wrong_count(std::string_view line) const {
    return fmt::format("{} columns, expected {} ({}): {}", words(line), layout_.columns.size(), announced(),
                       quoted(line));
  }
  std::string if_miscounted(std::string_view line) const {
    const int n = words(line);
    return n == int(layout_.columns.size()) || layout_.open_ended
               ? ""
               : fmt::format(" (the line has {} columns, expected {}: {})", n, layout_.columns.size(), announced());
  }
  std::string announced() const {
    std::string out;
    for (std::size_t c = 0; c < layout_.names.size() && c < 12; ++c) out += (c ? " " : "") + layout_.names[c];
    return layout_.names.size() > 12 ? out + " …" : out;
  }

  const Layout& layout_;
  Frame& frame_;
  std::vector<Vec3>* forces_;
  bool has_velocities_ = false;
};

}  // namespace

struct ExtxyzReader::State {
  TextLines lines;
  KeyChoice choice;
  KeysTaken taken;
  std::vector<std::string> problems;
  bool hopeless = false;  // after a bad atom count nobody knows where the next frame starts

  std::string here() const { return fmt::format("{}:{}: ", lines.path(), lines.number()); }

  /// Reads one frame, adding its problems; false at the end of the file.
  bool read(Frame& frame) {
    std::string_view line;
    std::string_view word, rest;
    do {
      if (!lines.next(line)) return false;
      rest = line;
      word = take_word(rest);
    } while (word.empty());
    frame = Frame();
    frame.source = fmt::format("{}:{}", lines.path(), lines.number());
    const auto atoms = parse_integer(word);
    if (!atoms || *atoms < 1 || *atoms > most_atoms || !take_word(rest).empty()) {
      problems.push_back(here() + fmt::format("{} is no number of atoms, expected a positive integer alone on its line",
                                              quoted(line)));
      hopeless = true;
      return true;
    }
    if (!lines.next(line)) {
      problems.push_back(frame.source + ": the file ends before the second line of the frame");
      return true;
    }
    std::vector<std::string> found;
    const std::string place = here();
    const Layout layout = read_header(line, choice, frame, taken, found);
    for (const auto& text : found) problems.push_back(place + text);
    read_atoms(layout, *atoms, frame, !layout.columns.empty());
    if (!layout.forces_key.empty()) ++taken.forces[layout.forces_key];
    if (!lines.ended()) ++taken.notes["the last line has no line end; was the file cut off?"];
    return true;
  }

  /// Reads the atoms' lines; of a frame with several bad lines the first is reported, with the number of the others.
  void read_atoms(const Layout& layout, long atoms, Frame& frame, bool understood) {
    AtomLine atom(layout, frame);
    frame.structure.species.reserve(std::min(atoms, 1L << 20));
    frame.structure.positions.reserve(std::min(atoms, 1L << 20));
    std::string first;
    long bad = 0;
    for (long k = 0; k < atoms; ++k) {
      std::string_view line;
      if (!lines.next(line)) {
        problems.push_back(
            fmt::format("{}: truncated frame: {} atoms announced, the file ends after {}", frame.source, atoms, k));
        return;
      }
      if (starts_another_frame(line)) {
        problems.push_back(
            fmt::format("{}: truncated frame: {} atoms announced, but line {} starts another frame after {}",
                        frame.source, atoms, lines.number(), k));
        lines.put_back();
        return;
      }
      if (!understood) continue;
      const std::string text = atom.read(line);
      if (text.empty()) continue;
      if (bad++ == 0) first = here() + text;
    }
    if (bad > 0)
      problems.push_back(bad == 1 ? first : fmt::format("{} (and {} more lines of this frame)", first, bad - 1));
  }
  /// No atom has its line to itself with a single integer.
  static bool starts_another_frame(std::string_view line) {
    const auto word = take_word(line);
    return parse_integer(word).has_value() && take_word(line).empty();
  }

  [[noreturn]] void throw_problems() {
    Frame rest;
    while (problems.size() < problems_shown && !hopeless && read(rest)) {
    }
    if (problems.size() >= problems_shown)
      problems.push_back(lines.path() + ": there may be more problems; these are the first");
    throw InputError(problems);
  }
};

ExtxyzReader::ExtxyzReader(const std::string& path, KeyChoice choice)
    : state_(new State{TextLines(path), std::move(choice), {}, {}, false}) {}
ExtxyzReader::ExtxyzReader(TextLines&& lines, KeyChoice choice)
    : state_(new State{std::move(lines), std::move(choice), {}, {}, false}) {}
ExtxyzReader::~ExtxyzReader() = default;
ExtxyzReader::ExtxyzReader(ExtxyzReader&&) noexcept = default;

const KeysTaken& ExtxyzReader::taken() const { return state_->taken; }
std::int64_t ExtxyzReader::bytes() const { return state_->lines.bytes(); }
long ExtxyzReader::line() const { return state_->lines.number(); }

bool ExtxyzReader::next(Frame& frame) {
  if (!state_->read(frame)) return false;
  if (!state_->problems.empty()) state_->throw_problems();
  return true;
}

std::vector<Frame> read_extxyz(const std::string& path, const KeyChoice& choice, KeysTaken* taken) {
  ExtxyzReader reader(path, choice);
  std::vector<Frame> out;
  Frame frame;
  while (reader.next(frame)) out.push_back(std::move(frame));
  if (out.empty()) throw InputError(path + ": holds no frames");
  if (taken) *taken += reader.taken();
  return out;
}

KeysTaken& KeysTaken::operator+=(const KeysTaken& other) {
  const auto add = [](Counts& to, const Counts& from) {
    for (const auto& [key, count] : from) to[key] += count;
  };
  add(energy, other.energy), add(forces, other.forces), add(stress, other.stress);
  add(passed_over, other.passed_over), add(skipped_columns, other.skipped_columns), add(notes, other.notes);
  return *this;
}

std::string KeysTaken::text() const {
  std::string out;
  const auto list = [&](const char* what, const Counts& counts, const char* none) {
    std::string keys;
    for (const auto& [key, count] : counts) keys += fmt::format("{}{} ({})", keys.empty() ? "" : ", ", key, count);
    if (!keys.empty() || *none) out += fmt::format("{}: {}\n", what, keys.empty() ? none : keys);
  };
  list("energy from", energy, "no key");
  list("forces from", forces, "no key");
  list("stress from", stress, "no key");
  list("label-like keys not taken", passed_over, "");
  list("columns not read", skipped_columns, "");
  list("notes", notes, "");
  return out;
}

}  // namespace orogen
