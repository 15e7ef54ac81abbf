#include "orogen/nuclear/neural/phases/momentum_node_phases.hpp"

namespace orogen::nuclear {

using Eigen::MatrixXd;

MomentumNodePhases::MomentumNodePhases(const ChiralForm& pions, const NeuralMomentumOptions& options, Pair pair,
                                       std::vector<double> nodes, int most_J, ThreadPool& threads, MomentumMesh mesh)
    : NodePhases(pair, std::move(nodes), nuclear::blocks(pair, most_J)),
      constants_(pions.constants),
      threads_(threads),
      model_(pions, options, pair, points(), mesh) {
  phase_.resize(places_.size());
}

/// Block by block, as the model divides them.
std::vector<PhasePoint> MomentumNodePhases::points() {
  std::vector<PhasePoint> all;
  for (std::size_t b = 0; b < blocks().size(); ++b)
    for (std::size_t node = 0; node < nodes().size(); ++node)
      for (int part = 0; part < (blocks()[b].coupled() ? 3 : 1); ++part) {
        places_.push_back({node * blocks().size() + b, part});
        all.push_back({blocks()[b], part, nodes()[node]});
      }
  return all;
}

void MomentumNodePhases::solve_all(std::span<const double> theta, MatrixXd& jacobian) {
  threads_.run([&](int thread) {
    for (std::size_t b = std::size_t(thread); b < model_.blocks(); b += std::size_t(threads_.size()))
      model_.phases_of_block(b, theta, phase_, jacobian);
  });
}

void MomentumNodePhases::solve(std::span<const double> theta, std::vector<BlockPhases>& value) {
  MatrixXd not_wanted(0, long(theta.size()));
  solve_all(theta, not_wanted);
  for (std::size_t k = 0; k < places_.size(); ++k) {
    BlockPhases& p = value[places_[k].value];
    (places_[k].part == 1 ? p.epsilon : p.delta[places_[k].part / 2]) = phase_[k];
  }
}

void MomentumNodePhases::differentiate(std::span<const double> theta, Rows& rows) {
  MatrixXd jacobian(long(places_.size()), long(theta.size()));
  solve_all(theta, jacobian);
  for (std::size_t k = 0; k < places_.size(); ++k)
    rows.row(long(3 * places_[k].value) + places_[k].part) = jacobian.row(long(k));
}

std::optional<double> MomentumNodePhases::deuteron_energy(std::span<const double> theta, std::span<double> gradient,
                                                          double weight) {
  return model_.deuteron_energy(theta, gradient, weight);
}

}  // namespace orogen::nuclear
