// From one-pion exchange alone to a force that describes the data: first the phases of an analysis, then the scattering data themselves. [T18.4]
#pragma once
#include <memory>
#include <vector>

#include "orogen/fit/gauss_newton.hpp"
#include "orogen/nuclear/neural/force_file.hpp"
#include "orogen/nuclear/neural/force_residuals.hpp"

namespace orogen::nuclear {

/// recommended_energies() and those of tables of phases: 25, 150, 250 MeV.
std::vector<double> fit_energies();

struct ForceFitOptions {
  int most_J = 6;                ///< waves from the force; higher ones from one-pion exchange
  double prior = 5;              ///< λ: precision of a parameter is λ/size²
  double deuteron_error = 2e-5;  ///< MeV
  double phase_floor = 0.1;  ///< degrees; σ of the phases of the first stage is √(floor² + (relative · phase)²)
  double phase_relative = 0.01;
  int restart = 15;         ///< steps after which the damping starts afresh; the caller may save in between
  double tolerance = 2e-4;  ///< relative decrease of the objective that ends a stage
  RadialMesh mesh{0.02, 20, 6};
  bool neutron_moment = false;  ///< adds its amplitude to np
};

/// What the likelihood of a learned force takes of the photons, or that of Argonne v18 with its electromagnetic part beside it.
Photons photons(bool neutron_moment, bool argonne = false);

/// One fit of np data, and of pp data with them. The force is a value that may be saved at any time and given to another fit to go on from.
class ForceFit {
 public:
  /// Threads must outlive this. The waves of the data's likelihood are those of the force up to most_J. `train` has np first, and may have pp, for which
  /// the network must have its charge-dependent functions and the constants a charge; throws InputError where that is not so.
  ForceFit(const NeuralForce& start, const std::vector<ScatteringData>& train, const ForceFitOptions&, ThreadPool&);
  ForceFit(const ForceFit&) = delete;  // its parts refer to each other
  ForceFit& operator=(const ForceFit&) = delete;
  /// Stage one: phases alone, those given of np and, where pp is fitted, those of Argonne v18 of pp, which are a start and nothing else. Robust from any
  /// start.
  GaussNewtonResult fit_phases(std::span<const TargetPhase>, int steps, ProgressSink* = nullptr);
  /// Stage two: scattering data, their scattering lengths, the binding energy of the deuteron, and phases of np that other data determine (may be none), up
  /// to `steps` steps. Its Hessian (JᵀJ with the prior) is the precision of θ.
  GaussNewtonResult fit_data(std::span<const TargetPhase>, int steps, ProgressSink* = nullptr);

  NeuralForce force() const;
  const ForceFitOptions& options() const { return options_; }
  const std::vector<double>& theta() const { return theta_; }
  /// At the nodes of the likelihood.
  const PhaseTable& phases(Pair pair = Pair::np) { return part(pair).phases.at(theta_); }
  const ScatteringLikelihood& likelihood(Pair pair = Pair::np) const { return part(pair).data; }
  const LocalInteraction& current() const { return sum_; }
  /// A likelihood of other data, also of a pair that is not fitted, with the same nodes, waves and constants.
  ScatteringLikelihood likelihood(const ScatteringData&) const;

 private:
  struct Part {
    ScatteringLikelihood data;
    ForcePhases phases;
    std::vector<ScalarDatum> scalars;
  };
  Part& part(Pair) const;
  GaussNewtonResult descend(std::vector<Residual*> terms, int steps, ProgressSink*);

  NeuralForce force_;
  ForceFitOptions options_;
  LocalInteraction sum_;
  std::vector<double> theta_;
  std::vector<std::unique_ptr<Part>> parts_;  // np, and perhaps pp
  GaussianPrior prior_;
};

}  // namespace orogen::nuclear
