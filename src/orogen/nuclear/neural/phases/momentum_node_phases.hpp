// Phases of chiral pions with a learned short range at node energies and their derivatives by its parameters: the twin
// of LocalNodePhases in momentum space. [T18.7]
#pragma once
#include <vector>

#include "orogen/base/parallel/threads.hpp"
#include "orogen/nuclear/neural/phases/node_phases.hpp"
#include "orogen/nuclear/neural/phases/short_range_phases.hpp"

namespace orogen::nuclear {

/// All phases with J ≤ most_J at nodes: what scattering data are compared with. The mesh is as fine as that takes.
class MomentumNodePhases : public NodePhases {
 public:
  /// The threads must outlive this.
  MomentumNodePhases(const ChiralForm& pions, const NeuralMomentumOptions&, Pair, std::vector<double> nodes, int most_J,
                     ThreadPool&, MomentumMesh mesh = {48, 600});
  std::optional<double> deuteron_energy(std::span<const double> theta, std::span<double> gradient,
                                        double weight = 1) override;
  const Constants& constants() const override { return constants_; }

 private:
  void solve(std::span<const double> theta, std::vector<BlockPhases>&) override;
  void differentiate(std::span<const double> theta, Rows&) override;
  /// Which part of which phases the points of the model are.
  struct Place {
    std::size_t value;  ///< node · blocks + block
    int part;
  };
  std::vector<PhasePoint> points();
  void solve_all(std::span<const double> theta, Eigen::MatrixXd& jacobian);

  Constants constants_;
  ThreadPool& threads_;
  std::vector<Place> places_;
  std::vector<double> phase_;
  ShortRangePhases model_;
};

}  // namespace orogen::nuclear
