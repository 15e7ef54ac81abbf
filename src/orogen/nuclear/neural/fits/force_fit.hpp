// From one-pion exchange alone to a force that describes the data: first the phases of an analysis, then the scattering
// data themselves. [T18.4]
#pragma once
#include <vector>

#include "orogen/nuclear/neural/fits/scattering_fit.hpp"
#include "orogen/nuclear/neural/forces/neural_force.hpp"
#include "orogen/nuclear/neural/phases/local_node_phases.hpp"

namespace orogen::nuclear {

struct ForceFitOptions : ScatteringFitOptions {
  double prior = 5;          ///< λ: precision of a parameter is λ/size²
  double phase_floor = 0.1;  ///< degrees; σ of the phases of the first stage is √(floor² + (relative · phase)²)
  double phase_relative = 0.01;
  RadialMesh mesh{0.02, 20, 6};
};

/// One fit of np data, and of pp data with them. The force is a value that may be saved at any time and given to
/// another fit to go on from.
class ForceFit : public ScatteringFit {
 public:
  /// Threads must outlive this. The waves of the data's likelihood are those of the force up to most_J. `train` has np
  /// first, and may have pp, for which the network must have its charge-dependent functions and the constants a charge;
  /// throws InputError where that is not so.
  ForceFit(const NeuralForce& start, const std::vector<ScatteringData>& train, const ForceFitOptions&, ThreadPool&);
  /// Stage one: phases alone, those given of np and, where pp is fitted, those of Argonne v18 of pp, which are a start
  /// and nothing else. Robust from any start. Stage two is fit_data.
  GaussNewtonResult fit_phases(std::span<const TargetPhase>, int steps, ProgressSink* = nullptr);

  NeuralForce force() const;
  const ForceFitOptions& options() const { return options_; }
  const LocalInteraction& current() const { return sum_; }

 private:
  NeuralForce force_;
  ForceFitOptions options_;
  LocalInteraction sum_;
};

}  // namespace orogen::nuclear
