#include "orogen/nuclear/observables/data/phase_spread.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/observables/data/csv.hpp"

namespace orogen::nuclear {
namespace {

constexpr int most_J = 8;  // of the names of waves

int column(const CsvTable& table, const std::string& title, bool with_phase) {
  const int at = table.column(title);
  if (at < 0)
    throw InputError(table.source + ": no column '" + title + "'; expected pair, T_lab_MeV, wave, " +
                     (with_phase ? "phase_deg, " : "") + "spread_deg");
  return at;
}

/// Rows of one pair, with phase 0 unless asked for.
std::vector<TargetPhase> read_rows(const std::filesystem::path& path, Pair pair, bool with_phase) {
  const CsvTable table = read_csv(path);
  std::map<std::string, std::pair<Block, int>> known;
  for (const Block& b : blocks(pair, most_J)) {
    const auto names = phase_names(b);
    for (std::size_t c = 0; c < names.size(); ++c) known[names[c]] = {b, int(c)};
  }
  const auto at = [&](const char* title) { return column(table, title, with_phase); };
  const int pair_at = at("pair"), T = at("T_lab_MeV"), wave_at = at("wave"), spread = at("spread_deg");
  const int phase = with_phase ? at("phase_deg") : -1;
  std::vector<TargetPhase> out;
  for (const auto& row : table.rows) {
    if (row.cells[std::size_t(pair_at)] != name(pair)) continue;
    const auto wave = known.find(row.cells[std::size_t(wave_at)]);
    if (wave == known.end())
      throw InputError(table.where(row) + ": wave '" + row.cells[std::size_t(wave_at)] +
                       "'; expected a name like 1S0, 3P2 or E1");
    const double size = csv_number(table, row, spread);
    if (size < 0)
      throw InputError(table.where(row) + ": spread_deg '" + row.cells[std::size_t(spread)] + "'; expected at least 0");
    out.push_back({csv_number(table, row, T), wave->second.first, wave->second.second,
                   with_phase ? csv_number(table, row, phase) * degree : 0.0, size});
  }
  return out;
}

}  // namespace

std::vector<TargetPhase> with_errors(const PhaseFile& file, double floor_degrees, double relative) {
  std::vector<TargetPhase> out;
  const PhaseTable& t = file.phases;
  for (std::size_t e = 0; e < t.T_lab.size(); ++e)
    for (std::size_t b = 0; b < t.blocks.size(); ++b)
      for (int c = 0; c < (t.blocks[b].coupled() ? 3 : 1); ++c) {
        if (!file.present[file.index(e, b, c)]) continue;
        const BlockPhases& p = t.at(e, b);
        const double value = c == 1 ? p.epsilon : p.delta[c / 2];
        out.push_back({t.T_lab[e], t.blocks[b], c, value, std::hypot(floor_degrees * degree, relative * value)});
      }
  return out;
}

std::vector<TargetPhase> read_phase_spread(const std::filesystem::path& path, double floor_degrees, Pair pair) {
  std::vector<TargetPhase> all = read_rows(path, pair, true);
  for (TargetPhase& p : all) p.error = std::max(floor_degrees, p.error) * degree;
  return all;
}

void read_spread(const std::filesystem::path& path, PhaseFile& file) {
  std::map<std::pair<int, int>, std::map<double, double>> spread;  // of a block's index and a part: by energy
  for (const TargetPhase& p : read_rows(path, file.phases.pair, false))
    spread[{file.phases.find(p.block), p.part}][p.T_lab] = p.error * degree;
  for (std::size_t b = 0; b < file.phases.blocks.size(); ++b)
    for (int c = 0; c < (file.phases.blocks[b].coupled() ? 3 : 1); ++c) {
      const auto& known = spread[{int(b), c}];
      for (std::size_t e = 0; e < file.phases.T_lab.size(); ++e) {
        const double T = file.phases.T_lab[e];
        const auto above = known.lower_bound(T);
        if (above == known.end() || (above == known.begin() && above->first > T)) continue;
        const auto below = above->first == T ? above : std::prev(above);
        const double share = above == below ? 0 : (T - below->first) / (above->first - below->first);
        file.has_error[file.index(e, b, c)] = 1;
        file.error[file.index(e, b, c)] = (1 - share) * below->second + share * above->second;
      }
    }
}

}  // namespace orogen::nuclear
