// χ² of experiments that a fit has not seen, fold by fold.
#pragma once
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "orogen/app/nuclear/reports/text_table.hpp"
#include "orogen/nuclear/neural/runs/fit_data.hpp"
#include "orogen/nuclear/neural/runs/judgement.hpp"

namespace orogen {

/// Collects the folds as they are done; each is judged on the data kept apart from it, beside forces that have seen
/// them.
class FoldReport {
 public:
  /// All must outlive this; `pairs` are those of the data.
  FoldReport(const nuclear::FitForm&, const std::vector<nuclear::Pair>& pairs);
  /// Returns a line about the fold and the mean so far.
  std::string add(int fold, const nuclear::Committee& learned, const nuclear::FitData&);
  /// Writes folds.csv to `folder`; returns the table for the terminal and fills `json`: χ² per datum of each fold, and
  /// of all data, each by the fit that has not seen it.
  std::string finish(const std::filesystem::path& folder, nlohmann::json& json) const;

 private:
  using Sums = std::map<std::pair<std::string, std::string>, nuclear::Chi2Sum>;  // of pair ("np+pp": all) and force
  TextRows rows(const std::string& title, const Sums&) const;
  void put(const Sums&, nlohmann::json&) const;

  const nuclear::FitForm& form_;
  std::map<nuclear::Pair, std::vector<nuclear::JudgedForce>> others_;
  std::vector<std::string> forces_;  ///< the learned one first
  std::vector<Sums> folds_;
  Sums all_;
};

}  // namespace orogen
