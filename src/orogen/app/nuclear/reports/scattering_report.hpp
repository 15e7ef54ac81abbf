// A comparison with measured scattering: χ² in tables, data beside curves, the histogram of residuals.
#pragma once
#include <string>
#include <vector>

#include "orogen/app/nuclear/reports/text_table.hpp"
#include "orogen/nuclear/observables/comparison.hpp"

namespace orogen {

/// Rows "name, data, χ², χ²/N": everything, then by observable and by energy.
TextRows chi2_rows(const nuclear::Chi2Summary&);
/// One row per datum.
std::string residuals_csv(const nuclear::Comparison&);
/// The page; `more` (HTML) stands between the table and the data.
std::string scattering_page(const nuclear::Comparison&, const std::string& input_toml, const std::string& more = "");

}  // namespace orogen
