// How well a learned short range describes phases, beside contacts of the same order.
#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "orogen/app/nuclear/reports/phase_report.hpp"
#include "orogen/nuclear/neural/runs/phase_run.hpp"

namespace orogen {

/// Writes phases.csv and report.html to `folder`; returns the text for the terminal and fills `json`.
std::string report_phase_fit(const nuclear::PhaseRun&, const std::optional<NamedPhases>& reference,
                             const std::filesystem::path& folder, const std::string& input_toml, nlohmann::json& json);

}  // namespace orogen
