// What a force is asked to reproduce: scattering data, phases, the deuteron. All share one ForcePhases.
#pragma once
#include "orogen/fit/objective.hpp"
#include "orogen/nuclear/neural/force_phases.hpp"
#include "orogen/nuclear/observables/chi_squared.hpp"
#include "orogen/nuclear/observables/phase_file.hpp"

namespace orogen::nuclear {

/// Residuals of ScatteringLikelihood as functions of the force's parameters. [T18.4]
class ScatteringResidual : public Residual {
 public:
  /// Throws InputError where nodes or blocks differ.
  ScatteringResidual(ForcePhases&, const ScatteringLikelihood&);
  long size() const override { return data_.residuals(); }
  void value(std::span<const double> theta, std::span<double> r) override;
  void pull(std::span<const double> theta, std::span<const double> w, std::span<double> gradient) override;
  void jacobian(std::span<const double> theta, Eigen::Ref<Eigen::MatrixXd> J) override;

 private:
  ForcePhases& phases_;
  const ScatteringLikelihood& data_;
};

/// Phases of a table: (δ − δ_t)/σ and (ε − ε_t)/σ with σ² = floor² + (relative · phase)². On the branches of make_continuous 3S1 starts in
/// (0°, 180°) with and without a bound state, so that a fit may start from a force that does not bind. Energies of the table that are no nodes, and
/// waves that the force does not compute, do not count.
class PhaseResidual : public Residual {
 public:
  PhaseResidual(ForcePhases&, const PhaseFile& target, double floor_degrees, double relative);
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
  double difference(const Point&, const PhaseTable&) const;
  ForcePhases& phases_;
  std::vector<Point> points_;
};

/// (E − E_measured)/σ of the deuteron.
class DeuteronResidual : public Residual {
 public:
  explicit DeuteronResidual(ForcePhases& phases, double energy = -2.224575, double sigma = 2e-5)
      : phases_(phases), energy_(energy), sigma_(sigma) {}
  long size() const override { return 1; }
  void value(std::span<const double> theta, std::span<double> r) override;
  void pull(std::span<const double> theta, std::span<const double> w, std::span<double> gradient) override;

 private:
  ForcePhases& phases_;
  double energy_, sigma_;  // MeV
};

}  // namespace orogen::nuclear
