// A comparison with measured scattering: χ² in tables, data beside curves, the histogram of residuals.
#pragma once
#include <string>
#include <vector>

#include "orogen/app/nuclear/reports/text_table.hpp"
#include "orogen/nuclear/observables/data/chi_squared.hpp"

namespace orogen {

/// One datum with its theory; `theory` includes the normalisation of its experiment.
struct ComparedDatum {
  nuclear::Datum datum;
  double theory = 0;
  double pull() const { return (datum.value - theory) / datum.error; }
};

struct ComparedExperiment {
  nuclear::Experiment experiment;
  nuclear::ExperimentChi2 chi2;
  std::vector<ComparedDatum> data;
};

/// Phases at nodes, judged by scattering data.
struct Comparison {
  std::string theory;  ///< title of the force or table
  nuclear::ScatteringData data;
  nuclear::Chi2Summary summary;
  std::vector<ComparedExperiment> experiments;  ///< as in `data`
};

/// Uses the data between the first and the last node; `edges` [MeV] divide the energies. Throws InputError when there
/// are none.
Comparison compare(const std::string& theory, const nuclear::PhaseTable& at_nodes, const nuclear::ScatteringData&,
                   const std::vector<double>& edges, const nuclear::LikelihoodOptions&);

/// Rows "name, data, χ², χ²/N": everything, then by observable and by energy.
TextRows chi2_rows(const nuclear::Chi2Summary&);
/// One row per datum.
std::string residuals_csv(const Comparison&);
/// The page; `more` (HTML) stands between the table and the data.
std::string scattering_page(const Comparison&, const std::string& input_toml, const std::string& more = "");

}  // namespace orogen
