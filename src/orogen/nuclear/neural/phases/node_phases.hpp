// Phases of a force at node energies and their derivatives by its parameters, whatever its form: what all residuals of
// a fit share. [T18.4]
#pragma once
#include <Eigen/Core>
#include <optional>
#include <span>
#include <vector>

#include "orogen/nuclear/kinematics/constants.hpp"
#include "orogen/nuclear/phases/phases.hpp"

namespace orogen::nuclear {

/// Row of δ[0], ε, δ[1] (part = 0, 1, 2) of a block at a node: 3 (node · blocks + block) + part, as
/// ScatteringLikelihood::column.
class NodePhases {
 public:
  virtual ~NodePhases() = default;
  /// Phases at θ, on continuous branches; they are computed once for several calls with the same θ.
  const PhaseTable& at(std::span<const double> theta);
  /// ∂phase/∂θ_k [rad per parameter] in row-major rows as above; rows of unused parts are zero.
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Rows& jacobian(std::span<const double> theta);
  /// Energy of the deuteron at θ [MeV], nothing where neutron and proton are not bound; gradient[k] += weight ∂E/∂θ_k
  /// where it is not empty.
  virtual std::optional<double> deuteron_energy(std::span<const double> theta, std::span<double> gradient,
                                                double weight = 1) = 0;

  virtual const Constants& constants() const = 0;
  Pair pair() const { return table_.pair; }
  const std::vector<double>& nodes() const { return table_.T_lab; }
  const std::vector<Block>& blocks() const { return table_.blocks; }

 protected:
  /// Throws InputError unless the nodes ascend.
  NodePhases(Pair, std::vector<double> nodes, std::vector<Block> blocks);

 private:
  /// Phases at θ on any branch.
  virtual void solve(std::span<const double> theta, std::vector<BlockPhases>& value) = 0;
  /// Their derivatives on the same branch, into rows that are zero; called after solve at the same θ.
  virtual void differentiate(std::span<const double> theta, Rows&) = 0;

  std::vector<double> theta_;
  PhaseTable table_;
  std::vector<BlockPhases> solved_;  ///< before branches were made continuous
  Rows jacobian_;                    ///< empty: not yet at this θ
};

}  // namespace orogen::nuclear
