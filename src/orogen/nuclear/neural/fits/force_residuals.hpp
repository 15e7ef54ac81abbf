// What a force is asked to reproduce: scattering data, phases, the deuteron. All share one NodePhases.
#pragma once
#include <filesystem>
#include <span>
#include <vector>

#include "orogen/fit/objective.hpp"
#include "orogen/nuclear/neural/phases/node_phases.hpp"
#include "orogen/nuclear/observables/data/chi_squared.hpp"
#include "orogen/nuclear/observables/data/phase_file.hpp"

namespace orogen::nuclear {

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

/// A phase with its error, from an analysis of data.
struct TargetPhase {
  double T_lab = 0;  ///< MeV
  Block block;
  int part = 0;                 ///< 0: δ of the first wave, 1: ε, 2: δ of the second
  double value = 0, error = 1;  ///< radians
};
/// All phases of a file with the error √(floor² + (relative · phase)²), floor in degrees.
std::vector<TargetPhase> with_errors(const PhaseFile&, double floor_degrees, double relative);
/// Columns pair, T_lab_MeV, wave, phase_deg, spread_deg: the spread is the error, but at least floor. Throws InputError
/// with file:line.
std::vector<TargetPhase> read_phase_spread(const std::filesystem::path&, double floor_degrees, Pair = Pair::np);

/// (δ − δ_t)/σ and (ε − ε_t)/σ on the branches of make_continuous, where 3S1 starts in (0°, 180°) with and without a
/// bound state. Energies that are
/// no nodes and waves that the force does not compute do not count.
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

/// (E − E_measured)/σ of the deuteron.
class DeuteronResidual : public Residual {
 public:
  explicit DeuteronResidual(NodePhases& phases, double energy = -2.224575, double sigma = 2e-5)
      : phases_(phases), energy_(energy), sigma_(sigma) {}
  long size() const override { return 1; }
  void value(std::span<const double> theta, std::span<double> r) override;
  void pull(std::span<const double> theta, std::span<const double> w, std::span<double> gradient) override;

 private:
  NodePhases& phases_;
  double energy_, sigma_;  // MeV
};

}  // namespace orogen::nuclear
