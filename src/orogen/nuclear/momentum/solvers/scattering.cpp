#include "orogen/nuclear/momentum/solvers/scattering.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"

namespace orogen::nuclear {
namespace {

using Matrix = Eigen::MatrixXd;

/// Rows of column e of a rectangle with `columns` momenta: one column per wave.
Matrix column_of(const Matrix& V, int waves, long columns, long e) {
  Matrix out(V.rows(), waves);
  for (int y = 0; y < waves; ++y) out.col(y) = V.col(y * columns + e);
  return out;
}

/// dK as a symmetric matrix from dR: R = −(π/2) M q K.
Matrix adjoint_of_k(const OnShell& dR, int waves, double q, double mass) {
  Matrix w(waves, waves);
  if (waves == 1)
    w << dR.R[0];
  else
    w << dR.R[0], dR.R[1] / 2, dR.R[1] / 2, dR.R[2];
  return -std::numbers::pi / 2 * mass * q * w;
}

}  // namespace

MomentumSolver::MomentumSolver(const MomentumInteraction& force, Pair pair, int most_J, MomentumMesh mesh,
                               ProtonOptions protons)
    : force_(force),
      pair_(pair),
      mass_(mass(pair, force.constants)),
      protons_(protons),
      chosen_(mesh),
      mesh_(momentum_points(mesh)),
      blocks_(nuclear::blocks(pair, most_J)) {
  if (most_J < 0) throw InputError("highest J " + std::to_string(most_J) + "; expected at least 0");
  if (pair == Pair::pp && force.constants.alpha != 0) coulomb_.emplace(force.constants, protons);
  refresh();
}

void MomentumSolver::refresh() {
  resolvents_.clear();
  const bool first = charged_.empty();
  for (std::size_t k = 0; k < blocks_.size(); ++k) {
    const Block& b = blocks_[k];
    const long n = b.waves * long(mesh_.x.size());
    Matrix V = Matrix::Zero(n, n);
    force_.add(b, pair_, mesh_.x, V);
    if (!coulomb_) {
      resolvents_.emplace_back(V, b.waves, mesh_, mass_);
      continue;
    }
    if (first) {
      charged_.push_back({{}, Matrix::Zero(n, n)});
      coulomb_->term().add(b, pair_, mesh_.x, charged_[k].coulomb);
    }
    charged_[k].nuclear = std::move(V);
  }
}

/// The strength of the Coulomb force depends on the energy, so each energy has a resolvent of its own. [T15.17]
OnShellSolution MomentumSolver::of_protons(std::size_t k, double q, Matrix column, Matrix corner) const {
  const Block& b = blocks_[k];
  const double strength = relativistic_charge(q, force_.constants);
  const auto shell = std::span(&q, 1);
  Matrix more = Matrix::Zero(column.rows(), column.cols()), at_q = Matrix::Zero(corner.rows(), corner.cols());
  coulomb_->term().add_between(b, pair_, mesh_.x, shell, more);
  coulomb_->term().add_between(b, pair_, shell, shell, at_q);
  const Resolvent resolvent(charged_[k].nuclear + strength * charged_[k].coulomb, b.waves, mesh_, mass_);
  OnShellSolution s = solve_on_shell(resolvent, q, column + strength * more, corner + strength * at_q);
  coulomb_->match(b, q, s);
  return s;
}

std::size_t MomentumSolver::index(const Block& b) const {
  const auto it = std::find(blocks_.begin(), blocks_.end(), b);
  if (it == blocks_.end())
    throw InputError("block " + name(b) + " is not among those of " + std::string(name(pair_)) +
                     " with J <= " + std::to_string(blocks_.back().J));
  return std::size_t(it - blocks_.begin());
}

std::vector<double> MomentumSolver::momenta(std::span<const double> T_lab) const {
  std::vector<double> q;
  for (double T : T_lab) q.push_back(relative_momentum(T, pair_, force_.constants));
  return q;
}

std::optional<MomentumSolver> MomentumSolver::elsewhere(std::span<const double> T_lab) const {
  if (!too_near(mesh_, momenta(T_lab))) return {};
  const MomentumMesh clear = clear_of(chosen_, T_lab, pair_, force_.constants);
  return MomentumSolver(force_, pair_, blocks_.back().J, clear, protons_);
}

std::vector<OnShellSolution> MomentumSolver::solutions(std::size_t k, std::span<const double> q) const {
  const Block& b = blocks_[k];
  const long E = long(q.size());
  Matrix columns = Matrix::Zero(b.waves * long(mesh_.x.size()), b.waves * E);
  force_.add_between(b, pair_, mesh_.x, q, columns);
  std::vector<OnShellSolution> all;
  for (long e = 0; e < E; ++e) {
    Matrix corner = Matrix::Zero(b.waves, b.waves);
    const auto at = q.subspan(std::size_t(e), 1);
    force_.add_between(b, pair_, at, at, corner);
    const Matrix column = column_of(columns, b.waves, E, e);
    all.push_back(coulomb_ ? of_protons(k, at[0], column, corner)
                           : solve_on_shell(resolvents_[k], at[0], column, corner));
  }
  return all;
}

OnShell MomentumSolver::solve(const Block& b, double T_lab) const {
  const std::size_t k = index(b);
  if (const auto other = elsewhere(std::span(&T_lab, 1))) return other->solve(b, T_lab);
  const std::vector<double> q = momenta(std::span(&T_lab, 1));
  return reaction_matrix(solutions(k, q)[0].K, q[0], mass_);
}

PhaseTable MomentumSolver::phases(std::span<const double> T_lab) const {
  const EnergyLadder ladder(T_lab);
  if (const auto other = elsewhere(ladder.T_lab)) return other->phases(T_lab);
  PhaseTable table{pair_, ladder.T_lab, blocks_, {}};
  table.value.resize(ladder.T_lab.size() * blocks_.size());
  const std::vector<double> q = momenta(ladder.T_lab);
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const std::vector<OnShellSolution> at = solutions(b, q);
    for (std::size_t e = 0; e < q.size(); ++e)
      table.at(e, b) = stapp(blocks_[b], reaction_matrix(at[e].K, q[e], mass_));
  }
  make_continuous(table);
  return ladder.rows(table);
}

void MomentumSolver::pull(const Block& b, double T_lab, const double dR[3], std::span<double> gradient) const {
  const OnShell one{{dR[0], dR[1], dR[2]}};
  pull(b, std::span(&T_lab, 1), std::span(&one, 1), gradient);
}

void MomentumSolver::pull(const Block& b, std::span<const double> T_lab, std::span<const OnShell> dR,
                          std::span<double> gradient) const {
  const std::size_t k = index(b);
  if (const auto other = elsewhere(T_lab)) return other->pull(b, T_lab, dR, gradient);
  const std::vector<double> q = momenta(T_lab);
  const std::vector<OnShellSolution> at = solutions(k, q);
  const long E = long(q.size()), n = b.waves * long(mesh_.x.size());
  // ∂K_ab = y_aᵀ ∂V y_b: weights of V on the mesh, between mesh and q (both sides), and at q.
  Matrix square = Matrix::Zero(n, n), columns = Matrix::Zero(n, b.waves * E);
  for (long e = 0; e < E; ++e) {
    const OnShellSolution& y = at[std::size_t(e)];
    const Matrix w = adjoint_of_k(dR[std::size_t(e)], b.waves, q[std::size_t(e)], mass_);
    const Matrix weighted = product(y.mesh, w);
    square += product_with_transposed(weighted, y.mesh);
    const Matrix between = 2 * product_with_transposed(weighted, y.shell);
    for (int c = 0; c < b.waves; ++c) columns.col(c * E + e) = between.col(c);
    const auto shell = std::span(q).subspan(std::size_t(e), 1);
    force_.pull_between(b, pair_, shell, shell, product_with_transposed(product(y.shell, w), y.shell), gradient);
  }
  force_.pull(b, pair_, mesh_.x, square, gradient);
  force_.pull_between(b, pair_, mesh_.x, q, columns, gradient);
}

EffectiveRange effective_range(const MomentumSolver& solver, const Block& b) {
  const auto K = [&](double T) { return solver.solve(b, T); };
  return effective_range(b, K, solver.pair(), solver.constants());
}

}  // namespace orogen::nuclear
