// Phases between the energies at which they were computed: linear in them, so that derivatives go through exactly.
#pragma once
#include <span>
#include <vector>

#include "orogen/nuclear/kinematics/constants.hpp"
#include "orogen/nuclear/phases/phases.hpp"

namespace orogen::nuclear {

/// 40 energies from 0.1 to 350 MeV from which np phases of every wave are interpolated to better than 1e-3°.
std::vector<double> recommended_energies();

/// δ(T) = Σ w_j(T) δ(T_j) over the six nearest nodes: a polynomial in asinh(q/10 MeV) of δ divided by its behaviour at
/// the threshold. [T16.7]
class PhaseInterpolation {
 public:
  static constexpr int points = 6;
  struct Stencil {
    std::size_t first = 0;  ///< node of weight[0]
    int count = 0;          ///< at most `points`
    double weight[points] = {};
  };
  /// Throws InputError unless the nodes are positive, ascending and at least two [MeV].
  PhaseInterpolation(std::vector<double> nodes, Pair, const Constants&);
  /// Weights of a phase that starts like q^(2L+1); a mixing angle ε_J has L = J. Throws InputError for T outside the
  /// nodes.
  Stencil stencil(double T_lab, int L) const;
  /// The phases at energies T; `at_nodes` must have continuous branches (make_continuous) and the nodes as its
  /// energies.
  PhaseTable operator()(const PhaseTable& at_nodes, std::span<const double> T_lab) const;
  const std::vector<double>& nodes() const { return nodes_; }

 private:
  Pair pair_;
  Constants constants_;
  std::vector<double> nodes_, momentum_;
};

/// The power L of δ[0], ε, δ[1] of a block (c = 0, 1, 2) for PhaseInterpolation.
inline int threshold_power(const Block& b, int c) { return c == 1 ? b.J : b.L[c / 2]; }

}  // namespace orogen::nuclear
