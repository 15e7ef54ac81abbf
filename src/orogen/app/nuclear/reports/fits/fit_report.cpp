#include "orogen/app/nuclear/reports/fits/fit_report.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "orogen/app/nuclear/reports/scattering_report.hpp"
#include "orogen/app/nuclear/reports/text_table.hpp"
#include "orogen/base/files/atomic_file.hpp"

namespace orogen {

using namespace nuclear;
namespace fs = std::filesystem;

namespace {

/// Rows for people and for programs.
class Table {
 public:
  explicit Table(nlohmann::json& json) : json_(json) {}
  Comparison judge(const JudgedForce& force, const std::string& set, const ScatteringData& data) {
    const std::string pair = name(data.pair);
    Comparison c = nuclear::judge(force, fmt::format("{}, {}, {}", force.name, pair, set), data);
    Chi2Sum one;
    one.add(c.summary), sums_[{set, force.name}].add(c.summary);
    add(set, force.name, pair, one);
    return c;
  }
  void add_sums() {
    for (const auto& [key, sum] : sums_) add(key.first, key.second, "np+pp", sum);
  }
  std::string text() const { return text_table({"force", "experiments", "pair", "data", "χ²/N"}, rows_); }

 private:
  void add(const std::string& set, const std::string& force, const std::string& pair, const Chi2Sum& sum) {
    rows_.push_back({force, set, pair, std::to_string(sum.data), fmt::format("{:.4f}", sum.per_datum())});
    nlohmann::json& own = pair == "np" ? json_[set][force] : json_[set][force][pair];
    own["data"] = sum.data, own["chi2_per_datum"] = sum.per_datum();
  }

  nlohmann::json& json_;
  TextRows rows_;
  std::map<std::pair<std::string, std::string>, Chi2Sum> sums_;  // of set and force
};

std::string tail(Pair pair) { return pair == Pair::np ? "" : fmt::format("-{}", name(pair)); }

/// A line about the deuteron, and its numbers.
std::string report_deuteron(const Committee& learned, nlohmann::json& json) {
  const auto d = deuteron_of(learned);
  if (!d) return "the deuteron is not bound";
  json["deuteron_energy_MeV"] = d->energy.mean;
  if (learned.size() == 1) return fmt::format("deuteron {:.6f} MeV, P_D {:.3f} %", d->energy.mean, d->d_state.mean);
  json["deuteron_energy_spread_MeV"] = d->energy.spread;
  return fmt::format("deuteron {:.6f} ± {:.6f} MeV, P_D {:.3f} ± {:.3f} %", d->energy.mean, d->energy.spread,
                     d->d_state.mean, d->d_state.spread);
}

}  // namespace

std::string report_fit(const FittedForce& fitted, const fs::path& folder, const std::string& input_toml,
                       nlohmann::json& json) {
  const auto page = [&](Pair pair) { return folder / ("report" + tail(pair) + ".html"); };
  json = {{"force", fitted.force.string()}, {"report", page(Pair::np).string()}, {"members", fitted.members.size()}};
  Table table(json);
  for (std::size_t k = 0; k < fitted.data.train.size(); ++k) {
    const Pair pair = fitted.data.train[k].pair;
    const std::vector<JudgedForce> others = forces_beside(fitted.form, pair);
    const JudgedForce learned = learned_force(fitted.form, fitted.members, pair);
    Comparison shown;
    for (const auto& [set, some] :
         {std::pair{"fitted", &fitted.data.train[k]}, {"kept apart", &fitted.data.apart[k]}}) {
      if (some->size() == 0) continue;
      shown = table.judge(learned, set, *some);
      for (const JudgedForce& other : others) table.judge(other, set, *some);
    }
    write_atomically(folder / ("residuals" + tail(pair) + ".csv"), residuals_csv(shown));
    write_atomically(page(pair), scattering_page(shown, input_toml, fitted.sections));
  }
  if (fitted.data.with_pp()) table.add_sums();
  for (const MemberRecord& r : fitted.records)
    json["steps_of_members"].push_back(r.steps), json["objectives"].push_back(r.objective);
  json["steps"] = fitted.records.at(0).steps;
  return table.text() + report_deuteron(fitted.members, json) + "\nforce: " + fitted.force.string();
}

}  // namespace orogen
