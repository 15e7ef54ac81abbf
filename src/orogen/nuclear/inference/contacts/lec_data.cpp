#include "orogen/nuclear/inference/contacts/lec_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/observables/data/phase_spread.hpp"

namespace orogen::nuclear {
namespace {

constexpr std::uint64_t choice_stream = 1000;  // chains use the first ones

/// The table with the errors that count: its own or the spread, whichever is larger.
PhaseFile read_table(const LecDataOptions& o, Pair pair) {
  PhaseFile file = read_phases(o.file, pair);
  if (o.spread.empty()) return file;
  const std::vector<double> own = file.error;
  read_spread(o.spread, file);
  for (std::size_t k = 0; k < own.size(); ++k) file.error[k] = std::max(own[k], file.error[k]);
  return file;
}

LecData all_data(const PhaseFile& file, const LecDataOptions& o, Pair pair, const Constants& constants) {
  LecData all;
  for (std::size_t w = 0; w < o.waves.size(); ++w) {
    if (std::find(o.waves.begin(), o.waves.begin() + std::ptrdiff_t(w), o.waves[w]) !=
        o.waves.begin() + std::ptrdiff_t(w))
      throw InputError("waves: " + o.waves[w] + " is given twice");
    const int b = file.phases.find(phase_point(o.waves[w], 1).block), c = phase_point(o.waves[w], 1).part;
    const std::size_t before = all.data.size();
    for (std::size_t e = 0; b >= 0 && e < file.phases.T_lab.size(); ++e) {
      const double T = file.phases.T_lab[e];
      const std::size_t k = file.index(e, std::size_t(b), c);
      if (!file.present[k] || T < o.least_T || T > o.most_T) continue;
      const BlockPhases& p = file.phases.at(e, std::size_t(b));
      if (!file.has_error[k])
        throw InputError(fmt::format(
            "{}: {} at {:g} MeV has no error; expected a number in {}_err_deg, spread=FILE.csv that covers it, or "
            "least_energy and most_energy without it",
            o.file, o.waves[w], T, o.waves[w]));
      all.add(phase_point(o.waves[w], T),
              {int(w), T, relative_momentum(T, pair, constants), c == 1 ? p.epsilon : p.delta[c / 2],
               std::max(file.error[k], o.least_error * degree)});
    }
    if (all.data.size() == before)
      throw InputError(
          fmt::format("{}: no phase of \"{}\" between {:g} and {:g} MeV", o.file, o.waves[w], o.least_T, o.most_T));
  }
  return all;
}

}  // namespace

SplitLecData read_lec_data(const LecDataOptions& o, Pair pair, const Constants& constants) {
  const LecData all = all_data(read_table(o, pair), o, pair, constants);
  std::vector<std::pair<double, std::size_t>> order;
  Random random(o.seed, choice_stream);
  for (std::size_t k = 0; k < all.data.size(); ++k) order.emplace_back(random.uniform(), k);
  std::sort(order.begin(), order.end());
  const auto apart = std::size_t(std::lround(o.kept_apart * double(all.data.size())));
  std::vector<char> is_apart(all.data.size(), 0);
  for (std::size_t k = 0; k < apart; ++k) is_apart[order[k].second] = 1;
  SplitLecData split;
  for (std::size_t k = 0; k < all.data.size(); ++k)
    (is_apart[k] ? split.apart : split.known).add(all.points[k], all.data[k]);
  if (split.known.data.size() < 2)
    throw InputError(
        fmt::format("{}: {} data are left to learn from; expected at least two", o.file, split.known.data.size()));
  return split;
}

}  // namespace orogen::nuclear
