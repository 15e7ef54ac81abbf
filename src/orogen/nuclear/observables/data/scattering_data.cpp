#include "orogen/nuclear/observables/data/scattering_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/options/nearest_name.hpp"
#include "orogen/base/random.hpp"
#include "orogen/nuclear/observables/data/csv.hpp"

namespace orogen::nuclear {
namespace {

const std::vector<std::string> column_names = {"exp_id",       "pair",        "observable", "year",
                                               "reference",    "sys_err_rel", "rejected",   "T_lab_MeV",
                                               "theta_cm_deg", "value",       "stat_err"};
const std::vector<std::string> scalar_codes = {"dbe", "asl"};
/// Of the database, but not computed here: there are too few data to find out which sign or frame they mean.
const std::vector<std::string> other_codes = {"ckp", "rpt", "apt"};

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

void check_header(const CsvTable& table) {
  std::vector<std::string> problems;
  for (const auto& h : table.header)
    if (!contains(column_names, h))
      problems.push_back(table.source + ": column '" + h + "'" + column_suggestion(h, column_names));
  for (const auto& c : column_names)
    if (table.column(c) < 0 && c != "reference" && c != "year")
      problems.push_back(table.source + ": no column '" + c + "'");
  if (!problems.empty()) throw InputError(problems);
}

/// One row, by column.
struct Reader {
  const CsvTable& table;
  const CsvTable::Row& row;

  std::string text(const char* column) const {
    const int k = table.column(column);
    return k < 0 ? "" : row.cells[std::size_t(k)];
  }
  double number(const char* column) const { return csv_number(table, row, table.column(column)); }
  int integer(const char* column) const {
    const double x = number(column);
    if (x != std::floor(x) || std::abs(x) > 1e9) fail(fmt::format("{} {}; expected a whole number", column, x));
    return int(x);
  }
  [[noreturn]] void fail(const std::string& what) const { throw InputError(table.where(row) + ": " + what); }
};

std::vector<std::string> known_codes() {
  std::vector<std::string> all = scalar_codes;
  all.insert(all.end(), other_codes.begin(), other_codes.end());
  for (Observable o : observables()) all.push_back(name(o));
  return all;
}

Datum datum(const Reader& r, Observable o) {
  const double T = r.number("T_lab_MeV"), angle = r.number("theta_cm_deg"), error = r.number("stat_err");
  if (!(T > 0)) r.fail(fmt::format("T_lab_MeV {}; expected an energy > 0", T));
  if (!(angle >= 0 && angle <= 180)) r.fail(fmt::format("theta_cm_deg {}; expected 0 to 180 degrees", angle));
  if (!(error > 0)) r.fail(fmt::format("stat_err {}; expected a number > 0", error));
  return {T, has_angle(o) ? angle * degree : 0, r.number("value"), error};
}

Experiment& experiment(ScatteringData& data, const Reader& r, Observable o, std::map<int, std::size_t>& place) {
  const int id = r.integer("exp_id");
  const double s = r.number("sys_err_rel");
  if (!(s >= 0)) r.fail(fmt::format("sys_err_rel {}; expected a number ≥ 0", s));
  const auto [it, fresh] = place.try_emplace(id, data.experiments.size());
  if (fresh) {
    const int year = r.table.column("year") < 0 ? 0 : r.integer("year");
    data.experiments.push_back({id, year, r.text("reference"), o, s, {}});
  }
  Experiment& e = data.experiments[it->second];
  if (e.observable != o || e.normalisation_error != s)
    r.fail(fmt::format("experiment {} changes from {} with sys_err_rel {} to {} with {}; give it an exp_id of its own",
                       id, name(e.observable), e.normalisation_error, name(o), s));
  return e;
}

/// Of this pair? Throws where it must be.
bool is_of_pair(const ScatteringData& data, const Reader& r, OtherPairs others) {
  const std::string text = r.text("pair");
  if (text == name(data.pair)) return true;
  if (others == OtherPairs::refused || (text != "np" && text != "pp" && text != "nn"))
    r.fail("pair '" + text + "'; expected " + name(data.pair) + ", the data asked for");
  return false;
}

void add_row(ScatteringData& data, const Reader& r, std::map<int, std::size_t>& place, OtherPairs others) {
  const std::string code = r.text("observable");
  if (!is_of_pair(data, r, others)) {
    ++data.of_other_pairs;
    return;
  }
  const auto o = find_observable(code);
  const bool scalar = contains(scalar_codes, code), other = contains(other_codes, code);
  if (!o && !scalar && !other) r.fail("observable '" + code + "'" + suggestion(code, known_codes()));
  const std::string rejected = r.text("rejected");
  if (rejected != "0" && rejected != "1") r.fail("rejected '" + rejected + "'; expected 0 or 1");
  if (scalar && !(r.number("stat_err") > 0)) r.fail("stat_err must be > 0");
  if (rejected == "1")
    ++data.rejected;
  else if (scalar)
    data.scalars.push_back({code, r.number("value"), r.number("stat_err")});
  else if (other)
    ++data.not_fitted[code];
  else
    experiment(data, r, *o, place).data.push_back(datum(r, *o));
}

}  // namespace

long ScatteringData::size() const {
  long n = 0;
  for (const Experiment& e : experiments) n += long(e.data.size());
  return n;
}

ScatteringData parse_scattering(std::string_view text, const std::string& source, Pair pair, OtherPairs others) {
  const CsvTable table = parse_csv(text, source);
  check_header(table);
  ScatteringData data;
  data.pair = pair;
  std::map<int, std::size_t> place;
  std::vector<std::string> problems;
  for (const auto& row : table.rows) try {
      add_row(data, {table, row}, place, others);
    } catch (const InputError& e) {
      problems.push_back(e.what());
    }
  if (!problems.empty()) throw InputError(problems);
  return data;
}

ScatteringData read_scattering(const std::filesystem::path& path, Pair pair) {
  return parse_scattering(read_file(path), path.string(), pair);
}

ScatteringData read_scattering(const std::vector<std::string>& files, Pair pair) {
  ScatteringData all;
  all.pair = pair;
  std::string names;
  std::map<int, std::string> file_of;
  for (const std::string& file : files) {
    ScatteringData d = parse_scattering(read_file(file), file, pair, OtherPairs::left_out);
    for (const Experiment& e : d.experiments)
      if (const auto [it, fresh] = file_of.try_emplace(e.id, file); !fresh)
        throw InputError(
            fmt::format("{}: experiment {} of {} is in {} already; expected data once, or an exp_id of "
                        "their own",
                        file, e.id, name(pair), it->second));
    std::move(d.experiments.begin(), d.experiments.end(), std::back_inserter(all.experiments));
    all.scalars.insert(all.scalars.end(), d.scalars.begin(), d.scalars.end());
    all.rejected += d.rejected, all.of_other_pairs += d.of_other_pairs;
    for (const auto& [code, n] : d.not_fitted) all.not_fitted[code] += n;
    names += (names.empty() ? "" : ", ") + file;
  }
  if (all.size() == 0)
    throw InputError(fmt::format("{}: no data of {} there{}", names, name(pair),
                                 all.rejected > 0 ? fmt::format("; all {} rows are rejected", all.rejected) : ""));
  return all;
}

ScatteringData select(const ScatteringData& data, double least_T, double most_T, std::span<const Observable> wanted) {
  ScatteringData out = data;
  for (Experiment& e : out.experiments) {
    const bool keep = wanted.empty() || std::find(wanted.begin(), wanted.end(), e.observable) != wanted.end();
    std::erase_if(e.data, [&](const Datum& d) { return !keep || d.T_lab < least_T || d.T_lab > most_T; });
  }
  std::erase_if(out.experiments, [](const Experiment& e) { return e.data.empty(); });
  return out;
}

std::pair<ScatteringData, ScatteringData> split_by_experiment(const ScatteringData& data, double fraction,
                                                              std::uint64_t seed) {
  if (!(fraction >= 0 && fraction <= 1))
    throw InputError(fmt::format("fraction {} of the experiments; expected 0 to 1", fraction));
  std::vector<std::pair<std::uint64_t, std::size_t>>
      order;  // a key of each experiment's own, whatever else is in the file
  for (std::size_t k = 0; k < data.experiments.size(); ++k)
    order.emplace_back(Random(seed, std::uint64_t(data.experiments[k].id)).bits(), k);
  std::sort(order.begin(), order.end());
  std::vector<char> apart(order.size());
  const auto count = std::size_t(std::lround(fraction * double(order.size())));
  for (std::size_t k = 0; k < count; ++k) apart[order[k].second] = 1;
  std::pair<ScatteringData, ScatteringData> out{data, {}};
  out.second.pair = data.pair;
  out.first.experiments.clear();
  for (std::size_t k = 0; k < apart.size(); ++k)
    (apart[k] ? out.second : out.first).experiments.push_back(data.experiments[k]);
  return out;
}

ScatteringData resampled_by_experiment(const ScatteringData& data, std::uint64_t seed) {
  constexpr std::uint64_t stream = std::uint64_t(1) << 32;  // above the numbers of experiments
  Random random(seed, stream);
  std::vector<std::size_t> chosen;
  for (std::size_t k = 0; k < data.experiments.size(); ++k) chosen.push_back(random.below(data.experiments.size()));
  std::sort(chosen.begin(), chosen.end());
  ScatteringData out = data;
  out.experiments.clear();
  for (const std::size_t k : chosen) out.experiments.push_back(data.experiments[k]);
  return out;
}

}  // namespace orogen::nuclear
