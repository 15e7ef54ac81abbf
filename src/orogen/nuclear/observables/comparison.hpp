// Phases judged by measured scattering, datum by datum.
#pragma once
#include <string>
#include <vector>

#include "orogen/nuclear/observables/data/chi_squared.hpp"

namespace orogen::nuclear {

/// One datum with its theory; `theory` includes the normalisation of its experiment.
struct ComparedDatum {
  Datum datum;
  double theory = 0;
  double pull() const { return (datum.value - theory) / datum.error; }
};

struct ComparedExperiment {
  Experiment experiment;
  ExperimentChi2 chi2;
  std::vector<ComparedDatum> data;
};

/// Phases at nodes, judged by scattering data.
struct Comparison {
  std::string theory;  ///< title of the force or table
  ScatteringData data;
  Chi2Summary summary;
  std::vector<ComparedExperiment> experiments;  ///< as in `data`
};

/// Uses the data between the first and the last node; `edges` [MeV] divide the energies. Throws InputError when there
/// are none.
Comparison compare(const std::string& theory, const PhaseTable& at_nodes, const ScatteringData&,
                   const std::vector<double>& edges, const LikelihoodOptions&);

}  // namespace orogen::nuclear
