#include "orogen/system/files/extxyz_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/system/files/text/key_values.hpp"
#include "orogen/system/files/text/text_lines.hpp"
#include "orogen/system/lattice.hpp"

namespace orogen {
namespace {

/// Some codes print one triangle of a symmetric tensor and zeros for the other; its symmetric part would halve the
/// shear.
bool is_triangle(const Mat3& t) {
  const bool upper = t(0, 1) != 0 || t(0, 2) != 0 || t(1, 2) != 0, lower = t(1, 0) != 0 || t(2, 0) != 0 || t(2, 1) != 0;
  return upper != lower;
}
Mat3 filled(const Mat3& triangle) {
  Mat3 t = triangle + triangle.transpose();
  t.diagonal() = triangle.diagonal();
  return t;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// The pairs of one line; every pair that is used is marked, the rest goes to Frame::info.
class Header {
 public:
  Header(Pairs pairs, const KeyChoice& choice, Frame& frame, KeysTaken& taken, std::vector<std::string>& problems)
      : pairs_(std::move(pairs)),
        used_(pairs_.size(), false),
        choice_(choice),
        frame_(frame),
        taken_(taken),
        problems_(problems) {}

  Layout read() {
    const Layout layout = read_layout();
    read_cell();
    read_energy();
    read_stress();
    read_weights();
    if (const auto* type = use("config_type")) frame_.config_type = *type;
    for (std::size_t k = 0; k < pairs_.size(); ++k) {
      if (used_[k]) continue;
      if (looks_like_label(pairs_[k].first)) ++taken_.passed_over[pairs_[k].first];
      frame_.info.push_back(pairs_[k]);
    }
    return layout;
  }

 private:
  /// Marks and returns the value of a key given in lower case, whatever case the file uses.
  const std::string* use(const std::string& key) {
    for (std::size_t k = 0; k < pairs_.size(); ++k)
      if (!used_[k] && lower(pairs_[k].first) == key) {
        used_[k] = true;
        return &pairs_[k].second;
      }
    return nullptr;
  }
  /// The pairs that may give a label, best first: only the key that the user named, else those of the list.
  std::vector<std::size_t> candidates(const std::string& named, const std::vector<std::string>& keys) const {
    std::vector<std::size_t> out;
    if (!named.empty()) {
      for (std::size_t k = 0; k < pairs_.size(); ++k)
        if (pairs_[k].first == named) out.push_back(k);
      return out;
    }
    for (const auto& key : keys)
      for (std::size_t k = 0; k < pairs_.size(); ++k)
        if (lower(pairs_[k].first) == key) out.push_back(k);
    return out;
  }
  void problem(const std::string& text) { problems_.push_back(text); }

  std::vector<double> numbers(const std::string& key, const std::string& value,
                              std::initializer_list<std::size_t> counts, const std::string& expected) {
    const auto list = parse_reals(value);
    if (!list || std::find(counts.begin(), counts.end(), list->size()) == counts.end()) {
      problem(fmt::format("{}=\"{}\", expected {}", key, value, expected));
      return {};
    }
    for (const double x : *list)
      if (!std::isfinite(x)) {
        problem(fmt::format("{}=\"{}\" holds a number that is not finite; leave the key out where there is no value",
                            key, value));
        return {};
      }
    return *list;
  }

  Layout read_layout() {
    const auto* properties = use("properties");
    if (!properties) return plain_layout();
    try {
      return parse_layout(*properties, choice_, taken_);
    } catch (const InputError& e) {
      problem(e.what());
      return {};
    }
  }

  void read_cell() {
    Cell& cell = frame_.structure.cell;
    const auto* lattice = use("lattice");
    if (lattice) {
      const auto v = numbers("Lattice", *lattice, {9}, "9 numbers: the vectors a, b, c in Å");
      if (v.empty()) return;
      for (int k = 0; k < 9; ++k) cell.rows(k / 3, k % 3) = v[k];
      cell.periodic = {true, true, true};
    }
    if (const auto* pbc = use("pbc")) read_pbc(*pbc);
    if (!lattice && cell.any_periodic()) {
      problem(
          "pbc makes the frame periodic but there is no Lattice; give Lattice=\"ax ay az bx by bz cx cy cz\" in Å or "
          "pbc=\"F F F\"");
      cell.periodic = {false, false, false};
    }
    check_cell();
  }
  void read_pbc(std::string text) {
    for (char& c : text)
      if (c == '[' || c == ']' || c == ',') c = ' ';
    std::vector<bool> flags;
    std::string_view rest = text;
    bool understood = true;
    for (auto word = take_word(rest); !word.empty(); word = take_word(rest)) {
      const std::string flag = lower(word);
      const bool yes = flag == "t" || flag == "true" || flag == "1", no = flag == "f" || flag == "false" || flag == "0";
      understood &= yes || no;
      flags.push_back(yes);
    }
    if (flags.size() == 1) flags.assign(3, flags[0]);
    if (!understood || flags.size() != 3) return problem(fmt::format("pbc=\"{}\", expected three of T or F", text));
    std::copy(flags.begin(), flags.end(), frame_.structure.cell.periodic.begin());
  }
  void check_cell() {
    const Cell& cell = frame_.structure.cell;
    if (!cell.any_periodic()) return;
    try {
      complete_lattice(cell);
    } catch (const std::exception& e) {
      return problem(std::string("Lattice: ") + e.what());
    }
    if (cell.rows.determinant() >= 0) return;
    for (int d = 0; d < 3; ++d)
      if (cell.rows(d, d) < 0 && cell.rows.row(d).norm() <= 1.0000001 * -cell.rows(d, d))
        return problem(fmt::format(
            "Lattice: negative cell: vector {} is ({:g} {:g} {:g}) Å; write {:g} instead of {:g}, the lattice is "
            "the same",
            "abc"[d], cell.rows(d, 0), cell.rows(d, 1), cell.rows(d, 2), -cell.rows(d, d), cell.rows(d, d)));
    ++taken_.notes["left-handed cell (kept as it is)"];
  }

  void read_energy() {
    std::optional<double> first;
    std::string first_key;
    for (const auto k : candidates(choice_.energy, energy_keys())) {
      const auto& [key, value] = pairs_[k];
      if (first) {
        const auto other = parse_real(value);
        if (other && std::abs(*other - *first) > 1e-6 * std::max(1.0, std::abs(*first)))
          ++taken_.notes[fmt::format("{} and {} differ; took {}", first_key, key, first_key)];
        continue;
      }
      used_[k] = true;
      const auto v = numbers(key, value, {1}, "one number, the energy in eV");
      if (v.empty()) return;
      frame_.labels.energy = first = v[0];
      first_key = key;
      ++taken_.energy[key];
    }
  }

  /// 9 numbers row by row, or 6 in the order xx yy zz yz xz xy.
  static Mat3 tensor(const std::vector<double>& v) {
    Mat3 t;
    if (v.size() == 6)
      t << v[0], v[5], v[4], v[5], v[1], v[3], v[4], v[3], v[2];
    else
      t << v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8];
    return t;
  }
  void read_stress() {
    std::string first_key;
    for (const auto k : candidates(choice_.stress, stress_keys())) {
      const auto& [key, value] = pairs_[k];
      const bool is_virial = lower(key).find("virial") != std::string::npos;
      const double volume = frame_.structure.cell.volume();
      used_[k] = true;
      if (!is_virial && volume == 0) {
        ++taken_.notes[fmt::format("{} left out: the frame has no volume", key)];
        continue;
      }
      const auto v = numbers(
          key, value, {6, 9},
          is_virial ? "9 or 6 (xx yy zz yz xz xy) numbers in eV" : "9 or 6 (xx yy zz yz xz xy) numbers in eV/Å³");
      if (v.empty()) return;
      take_virial(key, is_virial ? tensor(v) : Mat3(-volume * tensor(v)), first_key);
    }
  }
  void take_virial(const std::string& key, const Mat3& given, std::string& first_key) {
    const bool triangle = is_triangle(given);
    const Mat3 virial = triangle ? filled(given) : Mat3((given + given.transpose()) / 2);
    if (!first_key.empty()) {
      if ((virial - *frame_.labels.virial).norm() > 1e-4 * std::max(1.0, virial.norm()))
        ++taken_.notes[fmt::format("{} and {} differ; took {}", first_key, key, first_key)];
      return;
    }
    if (triangle)
      ++taken_.notes[fmt::format("{} has one triangle only; filled the other", key)];
    else if ((given - given.transpose()).norm() > 0.01 * given.norm() + 1e-6)
      ++taken_.notes[fmt::format("{} is not symmetric; took its symmetric part", key)];
    frame_.labels.virial = virial;
    first_key = key;
    ++taken_.stress[key];
  }

  void read_weight(double& weight, std::initializer_list<const char*> keys) {
    for (const char* key : keys)
      if (const auto* value = use(key)) {
        const auto v = numbers(key, *value, {1}, "one number of at least 0");
        if (v.empty()) return;
        if (v[0] < 0) return problem(fmt::format("{}={}, expected a number of at least 0", key, *value));
        weight = v[0];
      }
  }
  void read_weights() {
    read_weight(frame_.weight, {"weight", "config_weight"});
    read_weight(frame_.energy_weight, {"energy_weight", "config_energy_weight"});
    read_weight(frame_.forces_weight, {"force_weight", "forces_weight", "config_force_weight", "config_forces_weight"});
    read_weight(frame_.stress_weight, {"virial_weight", "virials_weight", "stress_weight", "config_virial_weight",
                                       "config_virials_weight", "config_stress_weight"});
  }

  Pairs pairs_;
  std::vector<bool> used_;
  const KeyChoice& choice_;
  Frame& frame_;
  KeysTaken& taken_;
  std::vector<std::string>& problems_;
};

}  // namespace

Layout read_header(std::string_view line, const KeyChoice& choice, Frame& frame, KeysTaken& taken,
                   std::vector<std::string>& problems) {
  Pairs pairs;
  try {
    pairs = parse_key_values(line);
  } catch (const InputError& e) {
    if (line.find("Properties=") == line.npos && line.find("Lattice=") == line.npos)
      pairs = {{"comment", std::string(line)}};  // a remark of a plain XYZ file
    else
      problems.push_back(std::string("second line of the frame: ") + e.what());
  }
  return Header(std::move(pairs), choice, frame, taken, problems).read();
}

}  // namespace orogen
