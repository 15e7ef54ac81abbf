// Phases of a local interaction at node energies and their derivatives by its parameters. [T18.4]
#pragma once
#include "orogen/base/parallel/threads.hpp"
#include "orogen/nuclear/local/scattering.hpp"
#include "orogen/nuclear/neural/phases/node_phases.hpp"

namespace orogen::nuclear {

class LocalNodePhases : public NodePhases {
 public:
  /// The interaction and the threads must outlive this; its parameters are set at every call.
  LocalNodePhases(LocalInteraction&, Pair, std::vector<double> nodes, int most_J, ThreadPool&,
                  RadialMesh = {0.02, 20, 6});
  std::optional<double> deuteron_energy(std::span<const double> theta, std::span<double> gradient,
                                        double weight = 1) override;
  const Constants& constants() const override { return force_.constants; }

 private:
  void solve(std::span<const double> theta, std::vector<BlockPhases>&) override;
  void differentiate(std::span<const double> theta, Rows&) override;
  Rows sensitivities(std::size_t block) const;
  Rows potential_jacobian(const Block&, std::size_t parameters) const;

  LocalInteraction& force_;
  LocalSolver solver_;
  ThreadPool& threads_;
  std::vector<OnShell> on_shell_;
};

}  // namespace orogen::nuclear
