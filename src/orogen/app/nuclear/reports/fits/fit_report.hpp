// How well fits describe scattering data: χ² of fitted and of unseen data in tables, pages and JSON.
#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "orogen/nuclear/neural/runs/fit_data.hpp"
#include "orogen/nuclear/neural/runs/judgement.hpp"
#include "orogen/nuclear/neural/runs/member_run.hpp"

namespace orogen {

/// A fit that is done: one member or several of one form.
struct FittedForce {
  const nuclear::FitForm& form;
  const nuclear::FitData& data;
  nuclear::Committee members;
  std::vector<nuclear::MemberRecord> records;  ///< of the members
  std::filesystem::path force;                 ///< the file that other verbs take
  std::string sections;                        ///< HTML for the page, of the members
};

/// χ² of the learned force and of those beside it, on fitted data and on those kept apart, and the deuteron; writes
/// residuals.csv and report.html (of pp: residuals-pp.csv, report-pp.html) to `folder`. Returns the text for the
/// terminal and fills `json`.
std::string report_fit(const FittedForce&, const std::filesystem::path& folder, const std::string& input_toml,
                       nlohmann::json& json);

}  // namespace orogen
