#include "orogen/nuclear/observables/comparison.hpp"

namespace orogen::nuclear {

Comparison compare(const std::string& theory, const PhaseTable& at_nodes, const ScatteringData& data,
                   const std::vector<double>& edges, const LikelihoodOptions& options) {
  Comparison c{theory, select(data, at_nodes.T_lab.front(), at_nodes.T_lab.back()), {}, {}};
  const ScatteringLikelihood likelihood(c.data, at_nodes.T_lab, at_nodes.blocks.back().J, options);
  c.summary = likelihood.summary(at_nodes, edges);
  const std::vector<double> t = likelihood.predictions(at_nodes);
  std::size_t next = 0;
  for (std::size_t k = 0; k < c.data.experiments.size(); ++k) {
    auto& e = c.experiments.emplace_back(ComparedExperiment{c.data.experiments[k], c.summary.experiments[k], {}});
    for (const Datum& d : e.experiment.data) e.data.push_back({d, e.chi2.normalisation * t[next++]});
  }
  return c;
}

}  // namespace orogen::nuclear
