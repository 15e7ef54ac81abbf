#include "orogen/nuclear/neural/phases/local_node_phases.hpp"

#include "orogen/nuclear/local/deuteron.hpp"

namespace orogen::nuclear {

LocalNodePhases::LocalNodePhases(LocalInteraction& force, Pair pair, std::vector<double> nodes, int most_J,
                                 ThreadPool& threads, RadialMesh mesh)
    : NodePhases(pair, std::move(nodes), nuclear::blocks(pair, most_J)),
      force_(force),
      solver_(force, pair, most_J, mesh),
      threads_(threads) {}

void LocalNodePhases::solve(std::span<const double> theta, std::vector<BlockPhases>& value) {
  force_.set_parameters(theta);
  solver_.refresh();
  on_shell_.assign(value.size(), {});
  threads_.run([&](int thread) {
    for (std::size_t k = std::size_t(thread); k < value.size(); k += std::size_t(threads_.size())) {
      const Block& b = blocks()[k % blocks().size()];
      on_shell_[k] = solver_.solve(b, nodes()[k / blocks().size()]);
      value[k] = stapp(b, on_shell_[k]);
    }
  });
}

std::optional<double> LocalNodePhases::deuteron_energy(std::span<const double> theta, std::span<double> gradient,
                                                       double weight) {
  at(theta);  // sets the parameters
  const std::optional<Deuteron> d = deuteron(force_);
  if (!d) return {};
  if (gradient.empty()) return d->energy;
  std::vector<double> dE(theta.size(), 0.0);
  energy_gradient(force_, *d, dE);
  for (std::size_t k = 0; k < dE.size(); ++k) gradient[k] += weight * dE[k];
  return d->energy;
}

/// Adjoints of the potential [parts · nodes rows] for one block: what one rad of each phase is made of.
LocalNodePhases::Rows LocalNodePhases::sensitivities(std::size_t block) const {
  const Block& b = blocks()[block];
  const std::size_t parts = b.coupled() ? 3 : 1;
  Rows w = Rows::Zero(long(nodes().size() * parts), long(3 * solver_.radii().size()));
  for (std::size_t node = 0; node < nodes().size(); ++node) {
    const PhaseDerivative d = stapp_derivative(b, on_shell_[node * blocks().size() + block]);
    for (std::size_t part = 0; part < parts; ++part)
      solver_.pull(b, nodes()[node], d.value[part], {&w(long(node * parts + part), 0), std::size_t(w.cols())});
  }
  return w;
}

/// ∂v_c(r_i)/∂θ of one block [3 radii rows]: the same for all energies.
LocalNodePhases::Rows LocalNodePhases::potential_jacobian(const Block& b, std::size_t parameters) const {
  const auto r = solver_.radii();
  Rows out = Rows::Zero(long(3 * r.size()), long(parameters));
  for (std::size_t i = 0; i < r.size(); ++i)
    for (std::size_t c = 0; c < (b.coupled() ? 3 : 1); ++c) {
      double unit[3] = {0, 0, 0};
      unit[c] = 1;
      force_.pull(b, pair(), r.subspan(i, 1), std::span<const double>(unit),
                  std::span(&out(long(3 * i + c), 0), parameters));
    }
  return out;
}

void LocalNodePhases::differentiate(std::span<const double> theta, Rows& all) {
  threads_.run([&](int thread) {
    for (std::size_t b = std::size_t(thread); b < blocks().size(); b += std::size_t(threads_.size())) {
      const Rows rows = sensitivities(b) * potential_jacobian(blocks()[b], theta.size());
      const std::size_t parts = blocks()[b].coupled() ? 3 : 1;
      for (std::size_t node = 0; node < nodes().size(); ++node)
        for (std::size_t part = 0; part < parts; ++part)
          all.row(long(3 * (node * blocks().size() + b) + part)) = rows.row(long(node * parts + part));
    }
  });
}

}  // namespace orogen::nuclear
