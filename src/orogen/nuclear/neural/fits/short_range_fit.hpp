// Fits of a learned short range: a start at the contacts, the posterior of phases with the deuteron, and scattering
// data. [T18.4, T18.7]
#pragma once
#include <vector>

#include "orogen/fit/gauss_newton.hpp"
#include "orogen/nuclear/neural/fits/scattering_fit.hpp"
#include "orogen/nuclear/neural/forces/short_range_force.hpp"
#include "orogen/nuclear/neural/phases/momentum_node_phases.hpp"

namespace orogen::nuclear {

/// Parameters with which a network's elements are nearest to those of contact constants (contact_names of the form's
/// order) up to the cut-off, under its prior. A force of two nucleons without a short range is far from the data, with
/// deeply bound states in between; this start is not.
std::vector<double> like_contacts(const NeuralMomentumTerm&, const ChiralForm&, std::span<const double> lecs);

struct ShortRangeFitOptions {
  int steps = 60;                ///< on the phases
  int deuteron_steps = 20;       ///< on phases and deuteron
  double deuteron_error = 1e-3;  ///< MeV; 0 leaves the deuteron out
  double tolerance = 1e-4;       ///< relative decrease of the objective that ends a stage
};
/// The maximum of the posterior from `theta`, which it becomes: likelihood (of the phases of the model, in units of 1)
/// and prior first, then the energy of the deuteron beside them. The Hessian is that of the last stage; progress has
/// the stages "phases" and "deuteron".
GaussNewtonResult fit_short_range(const ShortRangePhases&, PhaseResidual& likelihood, GaussianPrior&,
                                  std::vector<double>& theta, const ShortRangeFitOptions& = {},
                                  ProgressSink* progress = nullptr);

/// The fit of a learned short range to scattering data of np, under the same prior; errors of omitted orders have no
/// place in it.
class ShortRangeScatteringFit : public ScatteringFit {
 public:
  /// From the parameters of `start` (its network's own where there are none). Nodes reach as far beyond most_T [MeV] as
  /// interpolation takes them. Threads must outlive this. Throws InputError for data of another pair.
  ShortRangeScatteringFit(const ShortRangeForce& start, const ScatteringData& train, double most_T,
                          const ScatteringFitOptions&, ThreadPool&, MomentumMesh mesh = {48, 600});
  ShortRangeForce force() const;

 private:
  ShortRangeForce force_;
};

/// np phases say nothing of pp and nn: their contacts in 1S0 make the scattering lengths those measured, −7.8149 fm
/// (beside the Coulomb force) and −18.95 fm (Machleidt and Entem 2011). Throws NumericalError where that cannot be.
void fit_charge_dependence(ShortRangeForce&);

}  // namespace orogen::nuclear
