// Phases of a local interaction at node energies and their derivatives by its parameters: what all residuals of a fit share. [T18.4]
#pragma once
#include <Eigen/Dense>
#include <span>
#include <vector>

#include "orogen/base/threads.hpp"
#include "orogen/nuclear/local/scattering.hpp"

namespace orogen::nuclear {

/// Row of δ[0], ε, δ[1] (part = 0, 1, 2) of a block at a node: 3 (node · blocks + block) + part, as ScatteringLikelihood::column.
class ForcePhases {
 public:
  /// The interaction and the threads must outlive this; its parameters are set at every call.
  ForcePhases(LocalInteraction&, Pair, std::vector<double> nodes, int most_J, ThreadPool&, RadialMesh = {0.02, 20, 6});
  /// Phases at θ, on continuous branches; kept until the next other θ.
  const PhaseTable& at(std::span<const double> theta);
  /// ∂phase/∂θ_k [rad per parameter] in row-major rows as above; rows of unused parts are zero.
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Rows& jacobian(std::span<const double> theta);
  LocalInteraction& force() { return force_; }
  const LocalSolver& solver() const { return solver_; }
  const std::vector<double>& nodes() const { return table_.T_lab; }

 private:
  void move_to(std::span<const double> theta);
  Rows sensitivities(std::size_t block) const;
  Rows potential_jacobian(const Block&) const;

  LocalInteraction& force_;
  LocalSolver solver_;
  ThreadPool& threads_;
  std::vector<double> theta_;
  PhaseTable table_;
  std::vector<OnShell> on_shell_;
  Rows jacobian_;  // empty: not yet at this θ
};

}  // namespace orogen::nuclear
