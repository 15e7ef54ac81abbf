#include "orogen/nuclear/observables/data/phase_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/observables/data/csv.hpp"
#include "orogen/nuclear/observables/data/phase_interpolation.hpp"
#include "orogen/nuclear/observables/one_pion_born.hpp"

namespace orogen::nuclear {
namespace {

constexpr int tabulated_J = 12;  // most J of a column
constexpr int first_pion_J = 5;  // from here on one-pion exchange stands in for a missing wave
constexpr const char* energy_column = "T_lab_MeV";

struct Column {
  std::size_t block;
  int part;
  bool is_error;
};

double& part(BlockPhases& p, int c) { return c == 1 ? p.epsilon : p.delta[c / 2]; }
int parts(const Block& b) { return b.coupled() ? 3 : 1; }

std::vector<std::string> known_columns(const std::vector<Block>& all) {
  std::vector<std::string> known{energy_column};
  for (const Block& b : all)
    for (const auto& n : phase_names(b)) known.insert(known.end(), {n + "_deg", n + "_err_deg"});
  return known;
}

std::string why_unknown(const std::string& column, Pair pair, const std::vector<std::string>& known) {
  const auto of_np = known_columns(blocks(Pair::np, tabulated_J));
  if (std::find(of_np.begin(), of_np.end(), column) != of_np.end())
    return fmt::format(": no wave of {}; is this a table of np?", name(pair));
  return column_suggestion(column, known);
}

/// Every column but the energy's, in the order of the file; block indices are those of `all`.
std::vector<Column> columns(const CsvTable& table, const std::vector<Block>& all, Pair pair) {
  const auto known = known_columns(all);
  std::vector<std::string> problems;
  std::vector<Column> out;
  for (const auto& h : table.header) {
    const bool found = std::find(known.begin(), known.end(), h) != known.end();
    if (!found) problems.push_back(table.source + ": column '" + h + "'" + why_unknown(h, pair, known));
    if (!found || h == energy_column) continue;
    const std::string name = h.substr(0, h.find('_'));
    for (std::size_t b = 0; b < all.size(); ++b) {
      const auto names = phase_names(all[b]);
      for (std::size_t c = 0; c < names.size(); ++c)
        if (names[c] == name) out.push_back({b, int(c), h.find("_err_") != h.npos});
    }
  }
  if (table.column(energy_column) < 0)
    problems.push_back(table.source + ": no column '" + energy_column + "'; expected energies in MeV there");
  if (!problems.empty()) throw InputError(problems);
  return out;
}

double energy(const CsvTable& table, const CsvTable::Row& row, double before) {
  const double T = csv_number(table, row, table.column(energy_column));
  if (!(T > before))
    throw InputError(table.where(row) + fmt::format(": {} {}; expected an energy above {}", energy_column, T, before));
  return T;
}

/// Tables of this program say whose phases they are in their first line.
void require_pair(std::string_view text, const std::string& source, Pair pair) {
  for (const Pair other : {Pair::np, Pair::pp, Pair::nn})
    if (other != pair && text.starts_with(fmt::format("# {} phases", name(other))))
      throw InputError(fmt::format("{}: phases of {}, as its first line says; expected those of {}", source,
                                   name(other), name(pair)));
}

/// A phase that rises by more than 90° from one energy to the next has changed its branch, and cannot be interpolated.
void require_one_branch(const CsvTable& table, const PhaseFile& file, std::size_t b, int c, const std::string& name) {
  double before = 0;
  bool any = false;
  for (std::size_t e = 0; e < table.rows.size(); ++e) {
    if (!file.present[file.index(e, b, c)]) continue;
    const double now = file.phases.at(e, b).delta[c / 2] / degree;
    if (any && now - before > 90)
      throw InputError(table.where(table.rows[e]) +
                       fmt::format(": {} {:g}° after {:g}°; expected one branch: add 180° to the phases at lower "
                                   "energies{}",
                                   name, now, before,
                                   file.phases.blocks[b].coupled() ? " and check the sign of the mixing angle" : ""));
    before = now, any = true;
  }
}

PhaseFile empty(Pair pair, std::vector<Block> all, std::vector<double> T) {
  PhaseFile f;
  f.phases = {pair, std::move(T), std::move(all), {}};
  f.phases.value.resize(f.phases.T_lab.size() * f.phases.blocks.size());
  f.present.resize(3 * f.phases.value.size());
  f.error.resize(3 * f.phases.value.size());
  f.has_error.resize(3 * f.phases.value.size());
  return f;
}

/// Fills the gaps of one phase from the energies that have it.
void fill(const PhaseFile& file, std::size_t b, int c, const Constants& constants, PhaseTable& out) {
  const Block& block = out.blocks[b];
  const std::string name = phase_names(block)[std::size_t(c)];
  std::vector<double> nodes;
  std::vector<std::size_t> rows;
  for (std::size_t e = 0; e < out.T_lab.size(); ++e)
    if (file.present[file.index(e, b, c)]) nodes.push_back(out.T_lab[e]), rows.push_back(e);
  if (nodes.size() == out.T_lab.size()) return;
  if (nodes.size() < 2) {
    if (block.J < first_pion_J) throw InputError("phases: there is no '" + name + "' in the table");
    for (std::size_t e = 0; e < out.T_lab.size(); ++e) {
      const double q = relative_momentum(out.T_lab[e], out.pair, constants);
      BlockPhases born = stapp(block, one_pion_born(block, out.pair, q, constants));
      part(out.at(e, b), c) = part(born, c);
    }
    return;
  }
  const PhaseInterpolation between(nodes, out.pair, constants);
  for (std::size_t e = 0; e < out.T_lab.size(); ++e) {
    if (file.present[file.index(e, b, c)]) continue;
    if (out.T_lab[e] < nodes.front() || out.T_lab[e] > nodes.back())
      throw InputError(fmt::format("phases: '{}' is missing at {} MeV, the end of the table", name, out.T_lab[e]));
    const auto s = between.stencil(out.T_lab[e], threshold_power(block, c));
    for (int j = 0; j < s.count; ++j)
      part(out.at(e, b), c) += s.weight[j] * part(out.at(rows[s.first + std::size_t(j)], b), c);
  }
}

}  // namespace

PhaseFile parse_phases(std::string_view text, const std::string& source, Pair pair) {
  require_pair(text, source, pair);
  const CsvTable table = parse_csv(text, source);
  std::vector<Block> all = blocks(pair, tabulated_J);
  const std::vector<Column> cols = columns(table, all, pair);
  std::size_t used = 0;
  for (const Column& c : cols) used = std::max(used, c.block + 1);
  while (used < all.size() && used > 0 && all[used].J == all[used - 1].J) ++used;  // all blocks of the last J
  all.resize(used);
  std::vector<double> T;
  for (const auto& row : table.rows) T.push_back(energy(table, row, T.empty() ? 0 : T.back()));
  PhaseFile file = empty(pair, std::move(all), std::move(T));
  for (std::size_t e = 0; e < table.rows.size(); ++e) {
    std::size_t at = 0;
    for (int k = 0; k < int(table.header.size()); ++k) {
      if (table.header[std::size_t(k)] == energy_column) continue;
      const Column& c = cols[at++];
      if (table.rows[e].cells[std::size_t(k)].empty()) continue;
      const double x = csv_number(table, table.rows[e], k) * degree;
      if (c.is_error) {
        if (x < 0)
          throw InputError(table.where(table.rows[e]) + ": " + table.header[std::size_t(k)] + " '" +
                           table.rows[e].cells[std::size_t(k)] + "'; expected an error of at least 0");
        file.error[file.index(e, c.block, c.part)] = x;
        file.has_error[file.index(e, c.block, c.part)] = 1;
        continue;
      }
      part(file.phases.at(e, c.block), c.part) = x;
      file.present[file.index(e, c.block, c.part)] = 1;
    }
  }
  for (std::size_t b = 0; b < file.phases.blocks.size(); ++b)
    for (int c = 0; c < parts(file.phases.blocks[b]); c += 2)
      require_one_branch(table, file, b, c, phase_names(file.phases.blocks[b])[std::size_t(c)]);
  return file;
}

PhaseFile read_phases(const std::filesystem::path& path, Pair pair) {
  return parse_phases(read_file(path), path.string(), pair);
}

std::string phases_text(const PhaseTable& table, int decimals) {
  std::string text = fmt::format("# {} phases, nuclear-bar (Stapp), degrees\n{}", name(table.pair), energy_column);
  for (const Block& b : table.blocks)
    for (const auto& n : phase_names(b)) text += "," + n + "_deg";
  text += "\n";
  for (std::size_t e = 0; e < table.T_lab.size(); ++e) {
    text += fmt::format("{}", table.T_lab[e]);
    for (std::size_t b = 0; b < table.blocks.size(); ++b)
      for (int c = 0; c < parts(table.blocks[b]); ++c) {
        BlockPhases p = table.at(e, b);
        text += fmt::format(",{:.{}f}", part(p, c) / degree, decimals);
      }
    text += "\n";
  }
  return text;
}

void write_phases(const std::filesystem::path& path, const PhaseTable& table, int decimals) {
  write_atomically(path, phases_text(table, decimals));
}

std::string phases_text(const PhaseFile& file, int decimals) {
  const PhaseTable& table = file.phases;
  const std::size_t width = 3 * table.blocks.size(), rows = table.T_lab.size();
  const auto known = [&](std::size_t i) { return !file.has_error.empty() && file.has_error[i]; };
  std::vector<char> with_errors(width, 0);
  for (std::size_t i = 0; i < width * rows; ++i) with_errors[i % width] |= known(i);
  std::string text = fmt::format("# {} phases, nuclear-bar (Stapp), degrees\n{}", name(table.pair), energy_column);
  for (std::size_t b = 0; b < table.blocks.size(); ++b)
    for (int c = 0; c < parts(table.blocks[b]); ++c) {
      const std::string phase = phase_names(table.blocks[b])[std::size_t(c)];
      text += "," + phase + "_deg" + (with_errors[3 * b + std::size_t(c)] ? "," + phase + "_err_deg" : "");
    }
  text += "\n";
  const auto cell = [&](bool filled, double x) { return filled ? fmt::format(",{:.{}f}", x / degree, decimals) : ","; };
  for (std::size_t e = 0; e < rows; ++e) {
    text += fmt::format("{}", table.T_lab[e]);
    for (std::size_t b = 0; b < table.blocks.size(); ++b)
      for (int c = 0; c < parts(table.blocks[b]); ++c) {
        BlockPhases p = table.at(e, b);
        const std::size_t i = file.index(e, b, c);
        text += cell(file.present[i], part(p, c));
        if (with_errors[3 * b + std::size_t(c)]) text += cell(known(i), file.error[i]);
      }
    text += "\n";
  }
  return text;
}

void write_phases(const std::filesystem::path& path, const PhaseFile& file, int decimals) {
  write_atomically(path, phases_text(file, decimals));
}

PhaseFile at_energies(const PhaseFile& file, std::span<const double> T_lab) {
  const PhaseTable& from = file.phases;
  const std::size_t n = from.blocks.size();
  PhaseFile out = empty(from.pair, from.blocks, {T_lab.begin(), T_lab.end()});
  for (std::size_t e = 0; e < T_lab.size(); ++e) {
    const auto it = std::find(from.T_lab.begin(), from.T_lab.end(), T_lab[e]);
    if (it == from.T_lab.end()) throw InputError(fmt::format("phases: {} MeV is not in the table", T_lab[e]));
    const std::size_t row = std::size_t(it - from.T_lab.begin());
    std::copy_n(from.value.begin() + long(row * n), n, out.phases.value.begin() + long(e * n));
    std::copy_n(file.present.begin() + long(3 * row * n), 3 * n, out.present.begin() + long(3 * e * n));
    std::copy_n(file.error.begin() + long(3 * row * n), 3 * n, out.error.begin() + long(3 * e * n));
    if (!file.has_error.empty())
      std::copy_n(file.has_error.begin() + long(3 * row * n), 3 * n, out.has_error.begin() + long(3 * e * n));
  }
  return out;
}

PhaseTable complete(const PhaseFile& file, const Constants& constants) {
  PhaseTable out = file.phases;
  for (std::size_t b = 0; b < out.blocks.size(); ++b)
    for (int c = 0; c < parts(out.blocks[b]); ++c) fill(file, b, c, constants, out);
  return out;
}

}  // namespace orogen::nuclear
