#include "orogen/app/nuclear/reports/fits/fold_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "orogen/base/files/atomic_file.hpp"

namespace orogen {

using namespace nuclear;

namespace {

constexpr const char* both = "np+pp";

}  // namespace

FoldReport::FoldReport(const FitForm& form, const std::vector<Pair>& pairs) : form_(form) {
  for (const Pair pair : pairs) others_[pair] = forces_beside(form, pair);
}

std::string FoldReport::add(int fold, const Committee& learned, const FitData& data) {
  Sums sums;
  for (const ScatteringData& apart : data.apart) {
    std::vector<JudgedForce> forces{learned_force(form_, learned, apart.pair)};
    forces.insert(forces.end(), others_[apart.pair].begin(), others_[apart.pair].end());
    if (forces_.empty())
      for (const JudgedForce& f : forces) forces_.push_back(f.name);
    for (const JudgedForce& f : forces) {
      const Chi2Summary summary = judge(f, f.name, apart).summary;
      sums[{name(apart.pair), f.name}].add(summary);
      if (others_.size() > 1) sums[{both, f.name}].add(summary);
    }
  }
  for (const auto& [key, sum] : sums) all_[key].data += sum.data, all_[key].chi2 += sum.chi2;
  folds_.push_back(sums);
  const std::pair key{std::string(others_.size() > 1 ? both : name(others_.begin()->first)), forces_[0]};
  return fmt::format("fold {}: χ²/N {:.4f} of {} data that its fit has not seen; {:.4f} of {} so far", fold,
                     sums.at(key).per_datum(), sums.at(key).data, all_.at(key).per_datum(), all_.at(key).data);
}

TextRows FoldReport::rows(const std::string& title, const Sums& sums) const {
  std::map<std::string, std::vector<std::string>> by_pair;
  for (const auto& [key, sum] : sums) {
    auto& row = by_pair[key.first];
    if (row.empty()) row = {title, key.first, std::to_string(sum.data)};
  }
  TextRows all;
  for (auto& [pair, row] : by_pair) {
    for (const auto& force : forces_) row.push_back(fmt::format("{:.4f}", sums.at({pair, force}).per_datum()));
    all.push_back(row);
  }
  return all;
}

void FoldReport::put(const Sums& sums, nlohmann::json& json) const {
  for (const auto& [key, sum] : sums)
    json[key.first][key.second] = {{"data", sum.data}, {"chi2_per_datum", sum.per_datum()}};
}

std::string FoldReport::finish(const std::filesystem::path& folder, nlohmann::json& json) const {
  TextRows all;
  json = {{"csv", (folder / "folds.csv").string()}};
  for (std::size_t k = 0; k < folds_.size(); ++k) {
    for (auto& row : rows(std::to_string(k + 1), folds_[k])) all.push_back(std::move(row));
    nlohmann::json one;
    put(folds_[k], one);
    json["folds"].push_back(std::move(one));
  }
  for (auto& row : rows("all", all_)) all.push_back(std::move(row));
  put(all_, json["unseen"]);
  std::vector<std::string> header{"fold", "pair", "data"};
  header.insert(header.end(), forces_.begin(), forces_.end());
  write_atomically(folder / "folds.csv",
                   csv_text({"chi^2 per datum of experiments kept apart, by fits that have not seen them (the forces "
                             "beside them have)"},
                            header, all));
  return text_table(header, all);
}

}  // namespace orogen
