#include "orogen/nuclear/observables/data/phase_interpolation.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"

namespace orogen::nuclear {
namespace {

double variable(double q) { return std::asinh(q / 10); }

/// Up to a constant q^(2L+1) at the threshold, 1 far above it; S waves vary as they are.
double threshold(double q, int L) { return L == 0 ? 1 : std::pow(q / std::hypot(q, 100), 2 * L + 1); }

}  // namespace

std::vector<double> recommended_energies() {
  return {0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1,  1.5, 2,   3,   4,   5,   6,   8,   10,  12,  15,  20,  25,  30,
          35,  40,   50,  60,  70,  80,  90, 100, 120, 140, 160, 180, 200, 220, 240, 260, 280, 300, 330, 350};
}

PhaseInterpolation::PhaseInterpolation(std::vector<double> nodes, Pair pair, const Constants& c)
    : pair_(pair), constants_(c), nodes_(std::move(nodes)) {
  if (nodes_.size() < 2) throw InputError("interpolation of phases: fewer than two energies");
  for (std::size_t k = 0; k < nodes_.size(); ++k) {
    momentum_.push_back(relative_momentum(nodes_[k], pair, c));
    if (k > 0 && !(nodes_[k] > nodes_[k - 1]))
      throw InputError("interpolation of phases: energies must ascend; " + std::to_string(nodes_[k]) +
                       " MeV comes after " + std::to_string(nodes_[k - 1]) + " MeV");
  }
}

PhaseInterpolation::Stencil PhaseInterpolation::stencil(double T, int L) const {
  if (!(T >= nodes_.front() && T <= nodes_.back()))
    throw InputError("interpolation of phases: " + std::to_string(T) + " MeV lies outside the nodes, " +
                     std::to_string(nodes_.front()) + " to " + std::to_string(nodes_.back()) + " MeV");
  const std::size_t n = nodes_.size(), m = std::min<std::size_t>(points, n);
  const std::size_t above = std::size_t(std::lower_bound(nodes_.begin(), nodes_.end(), T) - nodes_.begin());
  Stencil s;
  s.first = std::min(above > m / 2 ? above - m / 2 : 0, n - m);
  s.count = int(m);
  const double q = relative_momentum(T, pair_, constants_), x = variable(q);
  for (std::size_t j = 0; j < m; ++j) {
    const double own = momentum_[s.first + j];
    double w = threshold(q, L) / threshold(own, L);
    for (std::size_t l = 0; l < m; ++l)
      if (l != j) w *= (x - variable(momentum_[s.first + l])) / (variable(own) - variable(momentum_[s.first + l]));
    s.weight[j] = w;
  }
  return s;
}

PhaseTable PhaseInterpolation::operator()(const PhaseTable& at_nodes, std::span<const double> T) const {
  if (at_nodes.T_lab != nodes_)
    throw InputError("interpolation of phases: the table has other energies than the nodes");
  PhaseTable out{at_nodes.pair, {T.begin(), T.end()}, at_nodes.blocks, {}};
  out.value.resize(T.size() * out.blocks.size());
  for (std::size_t b = 0; b < out.blocks.size(); ++b)
    for (std::size_t e = 0; e < T.size(); ++e)
      for (int c = 0; c < (out.blocks[b].coupled() ? 3 : 1); ++c) {
        const Stencil s = stencil(T[e], threshold_power(out.blocks[b], c));
        const auto part = [c](auto& p) -> auto& { return c == 1 ? p.epsilon : p.delta[c / 2]; };
        for (int j = 0; j < s.count; ++j)
          part(out.at(e, b)) += s.weight[j] * part(at_nodes.at(s.first + std::size_t(j), b));
      }
  return out;
}

}  // namespace orogen::nuclear
