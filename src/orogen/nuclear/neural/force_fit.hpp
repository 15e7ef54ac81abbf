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
};

/// One fit of neutron–proton data. The force is a value that may be saved at any time and given to another fit to go on from.
class ForceFit {
 public:
  /// Threads must outlive this. The waves of the data's likelihood are those of the force up to most_J.
  ForceFit(const NeuralForce& start, const ScatteringData& train, const ForceFitOptions&, ThreadPool&);
  ForceFit(const ForceFit&) = delete;  // its parts refer to each other
  ForceFit& operator=(const ForceFit&) = delete;
  /// Stage one: phases alone. Robust from any start.
  GaussNewtonResult fit_phases(std::span<const TargetPhase>, int steps, ProgressSink* = nullptr);
  /// Stage two: scattering data, their scattering lengths, the binding energy of the deuteron, and phases that other data determine (may be none), up
  /// to `steps` steps. Its Hessian (JᵀJ with the prior) is the precision of θ.
  GaussNewtonResult fit_data(std::span<const TargetPhase>, int steps, ProgressSink* = nullptr);

  NeuralForce force() const;
  const std::vector<double>& theta() const { return theta_; }
  /// At the nodes of the likelihood.
  const PhaseTable& phases() { return phases_.at(theta_); }
  const ScatteringLikelihood& likelihood() const { return data_; }
  const LocalInteraction& current() const { return sum_; }
  /// A likelihood of other data with the same nodes, waves and constants.
  ScatteringLikelihood likelihood(const ScatteringData&) const;

 private:
  GaussNewtonResult descend(std::vector<Residual*> terms, int steps, ProgressSink*);

  NeuralForce force_;
  ForceFitOptions options_;
  LocalInteraction sum_;
  std::vector<double> theta_;
  ScatteringLikelihood data_;
  std::vector<ScalarDatum> scalars_;
  ForcePhases phases_;
  GaussianPrior prior_;
};

}  // namespace orogen::nuclear
