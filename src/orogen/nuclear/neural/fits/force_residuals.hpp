// What a force is asked to reproduce: scattering data, phases, the deuteron. All share one NodePhases.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "orogen/fit/objective.hpp"
#include "orogen/nuclear/neural/phases/node_phases.hpp"
#include "orogen/nuclear/observables/data/chi_squared.hpp"
#include "orogen/nuclear/observables/data/phase_spread.hpp"
#include "orogen/nuclear/phases/deuteron.hpp"

namespace orogen::nuclear {

/// gradient += Jᵀ w of a residual whose Jacobian costs less than pulls.
void pull_by_jacobian(Residual&, std::span<const double> theta, std::span<const double> w, std::span<double> gradient);

/// Residuals of ScatteringLikelihood as functions of the force's parameters. [T18.4]
class ScatteringResidual : public Residual {
 public:
  /// Throws InputError where nodes or blocks differ.
  ScatteringResidual(NodePhases&, const ScatteringLikelihood&);
  long size() const override { return data_.residuals(); }
  void value(std::span<const double> theta, std::span<double> r) override;
  void pull(std::span<const double> theta, std::span<const double> w, std::span<double> gradient) override;
  void jacobian(std::span<const double> theta, Eigen::Ref<Eigen::MatrixXd> J) override;

 private:
  NodePhases& phases_;
  const ScatteringLikelihood& data_;
};

/// (δ − δ_t)/σ and (ε − ε_t)/σ on the branches of make_continuous, where 3S1 starts in (0°, 180°) with and without a
/// bound state. Energies that are no nodes and waves that the force does not compute do not count.
class TargetPhaseResidual : public Residual {
 public:
  /// Throws InputError when nothing is left.
  TargetPhaseResidual(NodePhases&, std::span<const TargetPhase>);
  long size() const override { return long(points_.size()); }
  void value(std::span<const double> theta, std::span<double> r) override;
  void pull(std::span<const double> theta, std::span<const double> w, std::span<double> gradient) override;
  void jacobian(std::span<const double> theta, Eigen::Ref<Eigen::MatrixXd> J) override;

 private:
  struct Point {
    std::size_t value;  ///< node · blocks + block
    int part;
    double target, sigma;
  };
  NodePhases& phases_;
  std::vector<Point> points_;
};

/// (a − a_measured)/σ of an S wave, a from k cot δ = −1/a + r k²/2 at the two lowest nodes, which should lie at 0.2 MeV
/// or below.
class ScatteringLengthResidual : public Residual {
 public:
  /// Singlet (1S0) or triplet (3S1-3D1); fm.
  ScatteringLengthResidual(NodePhases&, int spin, double length, double sigma);
  long size() const override { return 1; }
  void value(std::span<const double> theta, std::span<double> r) override;
  void pull(std::span<const double> theta, std::span<const double> w, std::span<double> gradient) override;

 private:
  NodePhases& phases_;
  std::size_t block_ = 0;
  double k_[2];  // fm⁻¹
  double length_, sigma_;
};

/// (E − E_measured)/σ of the deuteron [MeV]. Where neutron and proton are not bound it throws NumericalError, so that a
/// descent turns back.
class DeuteronResidual : public Residual {
 public:
  /// The energy at θ, nothing where nothing is bound; gradient[k] += weight ∂E/∂θ_k where it is not empty.
  using Energy =
      std::function<std::optional<double>(std::span<const double> theta, std::span<double> gradient, double weight)>;
  explicit DeuteronResidual(Energy of, double energy = measured_deuteron_energy, double sigma = 2e-5)
      : of_(std::move(of)), energy_(energy), sigma_(sigma) {}
  /// The phases must outlive this.
  explicit DeuteronResidual(NodePhases& phases, double energy = measured_deuteron_energy, double sigma = 2e-5)
      : DeuteronResidual([&phases](auto theta, auto gradient,
                                   double weight) { return phases.deuteron_energy(theta, gradient, weight); },
                         energy, sigma) {}
  long size() const override { return 1; }
  void value(std::span<const double> theta, std::span<double> r) override;
  void pull(std::span<const double> theta, std::span<const double> w, std::span<double> gradient) override;

 private:
  double bound(std::span<const double> theta, std::span<double> gradient, double weight) const;

  Energy of_;
  double energy_, sigma_;
};

}  // namespace orogen::nuclear
