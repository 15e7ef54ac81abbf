// Phases for any contact constants at the price of a solve in two to nine dimensions: exact, because contacts are
// separable. [T15.14, T15.15]
#pragma once
#include <optional>
#include <vector>

#include "orogen/nuclear/momentum/forces/contacts.hpp"
#include "orogen/nuclear/momentum/solvers/scattering.hpp"
#include "orogen/nuclear/phases/deuteron.hpp"

namespace orogen::nuclear {

class ContactEmulator {
 public:
  /// `long_range`: everything that stays (chiral_pions); energies T_lab [MeV], ascending. The
  /// interaction itself is not needed afterwards.
  /// `reference_energy` [MeV] < 0: where bound() is taken. Throws as MomentumSolver does.
  ContactEmulator(const MomentumInteraction& long_range, const ContactForm&, Pair, int most_J,
                  std::span<const double> T_lab, MomentumMesh mesh = {},
                  double reference_energy = measured_deuteron_energy);

  const std::vector<Block>& blocks() const { return blocks_; }
  const std::vector<double>& energies() const { return T_lab_; }
  std::size_t constants() const { return constants_; }

  /// R = tan δ with contact constants as contact_names lists them. Throws InputError for a wrong number of them or an
  /// index out of range.
  OnShell solve(std::size_t block, std::size_t energy, std::span<const double> lecs) const;
  /// gradient[k] += Σ dR[c] ∂R[c]/∂lecs[k].
  void pull(std::size_t block, std::size_t energy, std::span<const double> lecs, const double dR[3],
            std::span<double> gradient) const;
  /// ∂R[c]/∂lecs[k], row by row of c: 3 × constants. Also R.
  OnShell solve(std::size_t block, std::size_t energy, std::span<const double> lecs, Eigen::MatrixXd& derivative) const;
  PhaseTable phases(std::span<const double> lecs) const;

  /// det(1 − C H) of 3S1-3D1 at reference_energy: zero where the deuteron has that energy (np, most_J ≥ 1).
  double bound(std::span<const double> lecs) const;
  /// The energy itself [MeV]: the root nearest to reference_energy; nothing where there is none in (−50, 0) MeV.
  std::optional<double> deuteron_energy(std::span<const double> lecs) const;

 private:
  /// One block at one energy: K = K0 + x (1 − C H)⁻¹ C xᵀ.
  struct Point {
    Eigen::MatrixXd K, x, H;
  };
  static Point at_energy(const Resolvent&, const Eigen::MatrixXd& turned_columns, const Eigen::MatrixXd& shell_columns,
                         double q, const Eigen::MatrixXd& column, const Eigen::MatrixXd& corner);
  void prepare(const MomentumInteraction&, const Block&, const Quadrature&);
  const Point& point(std::size_t block, std::size_t energy) const;
  void check(std::span<const double> lecs) const;
  double bound_at(double z, const Eigen::MatrixXd& C) const;
  std::size_t triplet() const;

  ContactForm form_;
  Pair pair_;
  double mass_, reference_energy_;
  std::size_t constants_;
  std::vector<double> T_lab_, q_;
  std::vector<Block> blocks_;
  std::vector<ContactBasis> bases_;
  std::vector<Point> points_;        ///< block · energies + energy
  std::vector<Resolvent> deuteron_;  ///< of 3S1-3D1; empty where it is not among the blocks
  Eigen::MatrixXd deuteron_columns_;
};

}  // namespace orogen::nuclear
