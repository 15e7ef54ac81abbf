// Phases of chiral pions with a learned short range as functions of its parameters: in the place of ContactPhases, in
// the same posterior. [T18.7]
#pragma once
#include <optional>
#include <vector>

#include "orogen/nuclear/inference/contacts/contact_phases.hpp"
#include "orogen/nuclear/momentum/solvers/resolvent.hpp"
#include "orogen/nuclear/neural/forces/momentum_force.hpp"

namespace orogen::nuclear {

/// Pions and mesh are fixed: their elements are computed once, and only those of the network anew for every θ. Const
/// and re-entrant.
class ShortRangePhases : public PhaseModel {
 public:
  /// Pions of the form, without its contacts. 3S1 is taken in (−20°, 160°]: one bound state, T_lab ≥ 1 MeV.
  ShortRangePhases(const ChiralForm& pions, const NeuralMomentumOptions&, Pair, const std::vector<PhasePoint>&,
                   MomentumMesh mesh = {40, 600});
  long constants() const override { return long(term_.parameters().size()); }
  long size() const override { return points_; }
  void phases(std::span<const double> theta, std::span<double> phase,
              Eigen::Ref<Eigen::MatrixXd> jacobian) const override;
  /// The same for the points of one block, k < blocks(), alone; a jacobian without rows is not wanted.
  void phases_of_block(std::size_t k, std::span<const double> theta, std::span<double> phase,
                       Eigen::Ref<Eigen::MatrixXd> jacobian) const;
  std::size_t blocks() const { return parts_.size(); }
  /// Energy of the deuteron on the mesh [MeV], nothing where neutron and proton are not bound; gradient[k] +=
  /// weight ∂E/∂θ_k where it is not empty.
  std::optional<double> deuteron_energy(std::span<const double> theta, std::span<double> gradient,
                                        double weight = 1) const;

  const NeuralMomentumTerm& term() const { return term_; }

 private:
  using Rows = NeuralMomentumTerm::Rows;
  /// One phase: what part of its block at which of its momenta, and where in the answer.
  struct Datum {
    std::size_t shell;
    int part;
    long at;
  };
  /// One block, its on-shell momenta, and elements of all pairs (mesh i ≤ mesh j; mesh i, shell e; shell e twice).
  struct Part {
    Block block;
    std::vector<double> q;
    std::vector<Datum> data;
    std::vector<NeuralMomentumTerm::Momenta> pairs;
    Rows pions;
  };
  Part make_part(const Block&, std::vector<double> q, const MomentumInteraction& pions) const;
  Eigen::MatrixXd square(const Part&, const Rows& v) const;
  Eigen::MatrixXd column(const Part&, const Rows& v, std::size_t shell) const;
  Eigen::MatrixXd corner(const Part&, const Rows& v, std::size_t shell) const;
  Eigen::RowVectorXd mesh_weights(const Part&, const Eigen::MatrixXd& all) const;
  Eigen::RowVectorXd weights(const Part&, const OnShellSolution&, const Eigen::MatrixXd& w, std::size_t shell) const;
  void solve(const Part&, const NeuralMomentumTerm&, std::span<double> phase, Eigen::Ref<Eigen::MatrixXd> J) const;

  Pair pair_;
  double mass_;
  Quadrature mesh_;
  NeuralMomentumTerm term_;
  std::vector<Part> parts_;
  Part triplet_;  ///< of the deuteron
  long points_ = 0;
};

}  // namespace orogen::nuclear
