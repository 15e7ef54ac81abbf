// The descent of a force, whatever its form, on scattering data and on what stands beside them. [T18.4]
#pragma once
#include <memory>
#include <vector>

#include "orogen/fit/gauss_newton.hpp"
#include "orogen/nuclear/neural/fits/force_residuals.hpp"

namespace orogen::nuclear {

/// recommended_energies() and those of tables of phases: 25, 150, 250 MeV.
std::vector<double> fit_energies();

/// What the likelihood of a learned force takes of the photons, or that of Argonne v18 with its electromagnetic part
/// beside it.
Photons photons(bool neutron_moment, bool argonne = false);

struct ScatteringFitOptions {
  int most_J = 6;                ///< waves from the force; higher ones from one-pion exchange
  double deuteron_error = 2e-5;  ///< MeV; 0 leaves the deuteron out
  int restart = 15;              ///< steps after which the damping starts afresh; the caller may save in between
  double tolerance = 2e-4;       ///< relative decrease of the objective that ends a stage
  bool neutron_moment = false;   ///< adds its amplitude to np
};

/// One fit: parameters with their prior, and for each pair data and the phases at nodes that they are computed from.
class ScatteringFit {
 public:
  virtual ~ScatteringFit() = default;
  ScatteringFit(const ScatteringFit&) = delete;  // its parts refer to each other
  ScatteringFit& operator=(const ScatteringFit&) = delete;

  /// Scattering data, their scattering lengths, the binding energy of the deuteron, and phases of np that other data
  /// determine (may be none), up to `steps` steps. Its Hessian (JᵀJ with the prior) is the precision of θ.
  GaussNewtonResult fit_data(std::span<const TargetPhase>, int steps, ProgressSink* = nullptr);

  const std::vector<double>& theta() const { return theta_; }
  /// At the nodes of the likelihood.
  const PhaseTable& phases(Pair pair = Pair::np) { return part(pair).phases->at(theta_); }
  const ScatteringLikelihood& likelihood(Pair pair = Pair::np) const { return part(pair).data; }
  /// A likelihood of other data, also of a pair that is not fitted, with the same nodes, waves and constants.
  ScatteringLikelihood likelihood(const ScatteringData&) const;

 protected:
  ScatteringFit(std::vector<double> theta, GaussianPrior prior, const Constants& constants, std::vector<double> nodes,
                const ScatteringFitOptions& options)
      : theta_(std::move(theta)),
        prior_(std::move(prior)),
        constants_(constants),
        nodes_(std::move(nodes)),
        options_(options) {}
  /// np first; the phases have the nodes and the waves up to most_J.
  void add(const ScatteringData&, std::unique_ptr<NodePhases>);
  NodePhases& at_nodes(Pair pair) const { return *part(pair).phases; }
  std::size_t pairs() const { return parts_.size(); }
  GaussNewtonResult descend(std::vector<Residual*> terms, int steps, ProgressSink*);

 private:
  struct Part {
    ScatteringLikelihood data;
    std::unique_ptr<NodePhases> phases;
    std::vector<ScalarDatum> scalars;
  };
  const Part& part(Pair) const;

  std::vector<double> theta_;
  GaussianPrior prior_;
  Constants constants_;
  std::vector<double> nodes_;
  ScatteringFitOptions options_;
  std::vector<std::unique_ptr<Part>> parts_;
};

}  // namespace orogen::nuclear
