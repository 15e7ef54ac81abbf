#include "orogen/nuclear/neural/force_phases.hpp"

#include <algorithm>
#include <cmath>

namespace orogen::nuclear {

ForcePhases::ForcePhases(LocalInteraction& force, Pair pair, std::vector<double> nodes, int most_J, ThreadPool& threads,
                         RadialMesh mesh)
    : force_(force), solver_(force, pair, most_J, mesh), threads_(threads) {
  table_ = {pair, std::move(nodes), solver_.blocks(), {}};
}

void ForcePhases::move_to(std::span<const double> theta) {
  if (!table_.value.empty() && std::equal(theta.begin(), theta.end(), theta_.begin(), theta_.end())) return;
  theta_.clear();  // nothing is known should a solution fail
  force_.set_parameters(theta);
  solver_.refresh();
  const std::size_t blocks = table_.blocks.size(), n = table_.T_lab.size() * blocks;
  on_shell_.assign(n, {});
  table_.value.assign(n, {});
  jacobian_.resize(0, 0);
  threads_.run([&](int thread) {
    for (std::size_t k = std::size_t(thread); k < n; k += std::size_t(threads_.size())) {
      const Block& b = table_.blocks[k % blocks];
      on_shell_[k] = solver_.solve(b, table_.T_lab[k / blocks]);
      table_.value[k] = stapp(b, on_shell_[k]);
    }
  });
  make_continuous(table_);
  theta_.assign(theta.begin(), theta.end());
}

const PhaseTable& ForcePhases::at(std::span<const double> theta) {
  move_to(theta);
  return table_;
}

/// Adjoints of the potential [parts · nodes rows] for one block: what one rad of each phase is made of.
ForcePhases::Rows ForcePhases::sensitivities(std::size_t block) const {
  const Block& b = table_.blocks[block];
  const std::size_t blocks = table_.blocks.size(), parts = b.coupled() ? 3 : 1;
  Rows w = Rows::Zero(long(table_.T_lab.size() * parts), long(3 * solver_.radii().size()));
  for (std::size_t node = 0; node < table_.T_lab.size(); ++node) {
    const std::size_t k = node * blocks + block;
    const PhaseDerivative d = stapp_derivative(b, on_shell_[k]);
    const bool turned = stapp(b, on_shell_[k]).epsilon * table_.value[k].epsilon < 0;  // on its continuous branch
    for (std::size_t part = 0; part < parts; ++part) {
      double dR[3];
      for (int c = 0; c < 3; ++c) dR[c] = (part == 1 && turned ? -1 : 1) * d.value[part][c];
      solver_.pull(b, table_.T_lab[node], dR, {&w(long(node * parts + part), 0), std::size_t(w.cols())});
    }
  }
  return w;
}

/// ∂v_c(r_i)/∂θ of one block [3 radii rows]: the same for all energies.
ForcePhases::Rows ForcePhases::potential_jacobian(const Block& b) const {
  const auto r = solver_.radii();
  Rows out = Rows::Zero(long(3 * r.size()), long(theta_.size()));
  for (std::size_t i = 0; i < r.size(); ++i)
    for (std::size_t c = 0; c < (b.coupled() ? 3 : 1); ++c) {
      double unit[3] = {0, 0, 0};
      unit[c] = 1;
      force_.pull(b, table_.pair, r.subspan(i, 1), std::span<const double>(unit),
                  std::span(&out(long(3 * i + c), 0), theta_.size()));
    }
  return out;
}

const ForcePhases::Rows& ForcePhases::jacobian(std::span<const double> theta) {
  move_to(theta);
  if (jacobian_.size()) return jacobian_;
  const std::size_t blocks = table_.blocks.size();
  jacobian_.setZero(long(3 * on_shell_.size()), long(theta.size()));
  threads_.run([&](int thread) {
    for (std::size_t b = std::size_t(thread); b < blocks; b += std::size_t(threads_.size())) {
      const Rows rows = sensitivities(b) * potential_jacobian(table_.blocks[b]);
      const std::size_t parts = table_.blocks[b].coupled() ? 3 : 1;
      for (std::size_t node = 0; node < table_.T_lab.size(); ++node)
        for (std::size_t part = 0; part < parts; ++part)
          jacobian_.row(long(3 * (node * blocks + b) + part)) = rows.row(long(node * parts + part));
    }
  });
  return jacobian_;
}

}  // namespace orogen::nuclear
