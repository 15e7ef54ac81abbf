#include "orogen/nuclear/neural/phases/short_range_phases.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/momentum/solvers/deuteron_momentum.hpp"

namespace orogen::nuclear {
namespace {

using Eigen::MatrixXd;

/// Index of (i, j), i ≤ j, among the pairs of the mesh.
long pair_index(long i, long j) { return j * (j + 1) / 2 + i; }

/// ∂(phase)/∂K as a symmetric matrix, R = −(π/2) M q K.
MatrixXd adjoint_of_k(const double dR[3], int waves, double factor) {
  MatrixXd w(waves, waves);
  if (waves == 1)
    w << dR[0];
  else
    w << dR[0], dR[1] / 2, dR[1] / 2, dR[2];
  return factor * w;
}

std::vector<double> energies_of(const std::vector<PhasePoint>& points) {
  std::vector<double> T_lab;
  for (const PhasePoint& p : points) T_lab.push_back(p.T_lab);
  return T_lab;
}

}  // namespace

ShortRangePhases::ShortRangePhases(const ChiralForm& form, const NeuralMomentumOptions& options, Pair pair,
                                   const std::vector<PhasePoint>& points, MomentumMesh mesh)
    : pair_(pair),
      mass_(mass(pair, form.constants)),
      mesh_(momentum_points(clear_of(mesh, energies_of(points), pair, form.constants))),
      term_(options, form.constants),
      points_(long(points.size())) {
  const MomentumInteraction pions = chiral_pions(form);
  std::vector<Block> blocks;
  for (const PhasePoint& p : points)
    if (std::find(blocks.begin(), blocks.end(), p.block) == blocks.end()) blocks.push_back(p.block);
  for (const Block& b : blocks) {
    std::vector<double> q;
    std::vector<Datum> data;
    for (long i = 0; i < points_; ++i) {
      const PhasePoint& p = points[std::size_t(i)];
      if (!(p.block == b)) continue;
      const double at = relative_momentum(p.T_lab, pair, form.constants);
      const auto found = std::find(q.begin(), q.end(), at);
      data.push_back({std::size_t(found - q.begin()), p.part, i});
      if (found == q.end()) q.push_back(at);
    }
    parts_.push_back(make_part(b, std::move(q), pions));
    parts_.back().data = std::move(data);
  }
  if (pair == Pair::np) triplet_ = make_part(block_of({0, 1, 1}), {}, pions);
}

ShortRangePhases::Part ShortRangePhases::make_part(const Block& b, std::vector<double> q,
                                                   const MomentumInteraction& pions) const {
  Part part{b, std::move(q), {}, {}, {}};
  for (std::size_t j = 0; j < mesh_.x.size(); ++j)
    for (std::size_t i = 0; i <= j; ++i) part.pairs.push_back({mesh_.x[i], mesh_.x[j]});
  for (double shell : part.q) {
    for (double k : mesh_.x) part.pairs.push_back({k, shell});
    part.pairs.push_back({shell, shell});
  }
  part.pions.resize(long(part.pairs.size()), b.waves * b.waves);
  MatrixXd V;
  for (long i = 0; i < part.pions.rows(); ++i) {
    const auto& p = part.pairs[std::size_t(i)];
    V = MatrixXd::Zero(b.waves, b.waves);
    pions.add_between(b, pair_, std::span(&p.out, 1), std::span(&p.in, 1), V);
    part.pions.row(i) = V.reshaped<Eigen::RowMajor>().transpose();
  }
  return part;
}

MatrixXd ShortRangePhases::square(const Part& part, const Rows& v) const {
  const long n = long(mesh_.x.size()), w = part.block.waves;
  MatrixXd V(w * n, w * n);
  for (long j = 0; j < n; ++j)
    for (long i = 0; i <= j; ++i)
      for (long x = 0; x < w; ++x)
        for (long y = 0; y < w; ++y) V(x * n + i, y * n + j) = V(y * n + j, x * n + i) = v(pair_index(i, j), w * x + y);
  return V;
}

MatrixXd ShortRangePhases::column(const Part& part, const Rows& v, std::size_t shell) const {
  const long n = long(mesh_.x.size()), w = part.block.waves, first = pair_index(0, n) + long(shell) * (n + 1);
  MatrixXd V(w * n, w);
  for (long x = 0; x < w; ++x)
    for (long y = 0; y < w; ++y) V.block(x * n, y, n, 1) = v.block(first, w * x + y, n, 1);
  return V;
}

MatrixXd ShortRangePhases::corner(const Part& part, const Rows& v, std::size_t shell) const {
  const long n = long(mesh_.x.size()), w = part.block.waves, at = pair_index(0, n) + long(shell) * (n + 1) + n;
  return v.row(at).reshaped<Eigen::RowMajor>(w, w);
}

/// What the elements of pairs weigh in Σ all(i, j) V(i, j) over the mesh.
Eigen::RowVectorXd ShortRangePhases::mesh_weights(const Part& part, const MatrixXd& all) const {
  const long n = long(mesh_.x.size()), waves = part.block.waves, count = waves * waves;
  Eigen::RowVectorXd out = Eigen::RowVectorXd::Zero(count * long(part.pairs.size()));
  for (long x = 0; x < waves; ++x)
    for (long y = 0; y < waves; ++y)
      for (long j = 0; j < n; ++j) {
        for (long i = 0; i < j; ++i) out[count * pair_index(i, j) + waves * x + y] = 2 * all(x * n + i, y * n + j);
        out[count * pair_index(j, j) + waves * x + y] = all(x * n + j, y * n + j);
      }
  return out;
}

/// The same in Σ w ∂K = Σ w yᵀ ∂V y. [T15.9]
Eigen::RowVectorXd ShortRangePhases::weights(const Part& part, const OnShellSolution& s, const MatrixXd& w,
                                             std::size_t shell) const {
  const long n = long(mesh_.x.size()), waves = part.block.waves, count = waves * waves;
  Eigen::RowVectorXd out = mesh_weights(part, product_with_transposed(product(s.mesh, w), s.mesh));
  const MatrixXd between = 2 * product_with_transposed(product(s.mesh, w), s.shell);
  const MatrixXd at_q = product_with_transposed(product(s.shell, w), s.shell);
  const long first = pair_index(0, n) + long(shell) * (n + 1);
  for (long x = 0; x < waves; ++x)
    for (long y = 0; y < waves; ++y) {
      for (long i = 0; i < n; ++i) out[count * (first + i) + waves * x + y] = between(x * n + i, y);
      out[count * (first + n) + waves * x + y] = at_q(x, y);
    }
  return out;
}

void ShortRangePhases::solve(const Part& part, const NeuralMomentumTerm& term, std::span<double> phase,
                             Eigen::Ref<MatrixXd> J) const {
  const bool wanted = J.rows() > 0;
  Rows by_theta;
  const Rows v = part.pions + term.elements(part.block, pair_, part.pairs, wanted ? &by_theta : nullptr);
  const Resolvent resolvent(square(part, v), part.block.waves, mesh_, mass_);
  Rows all(wanted ? long(part.data.size()) : 0, by_theta.rows());
  for (std::size_t e = 0; e < part.q.size(); ++e) {
    const OnShellSolution s = solve_on_shell(resolvent, part.q[e], column(part, v, e), corner(part, v, e));
    const OnShell R = reaction_matrix(s.K, part.q[e], mass_);
    BlockPhases found = stapp(part.block, R);
    PhaseDerivative d = stapp_derivative(part.block, R);
    take_bound_branch(part.block, found, d);
    for (std::size_t k = 0; k < part.data.size(); ++k) {
      const Datum& datum = part.data[k];
      if (datum.shell != e) continue;
      phase[std::size_t(datum.at)] = datum.part == 1 ? found.epsilon : found.delta[datum.part / 2];
      if (!wanted) continue;
      const double factor = -std::numbers::pi / 2 * mass_ * part.q[e];
      all.row(long(k)) = weights(part, s, adjoint_of_k(d.value[datum.part], part.block.waves, factor), e);
    }
  }
  if (!wanted) return;
  const MatrixXd found = all * by_theta;
  for (std::size_t k = 0; k < part.data.size(); ++k) J.row(part.data[k].at) = found.row(long(k));
}

void ShortRangePhases::phases(std::span<const double> theta, std::span<double> phase,
                              Eigen::Ref<MatrixXd> jacobian) const {
  NeuralMomentumTerm term = term_;
  term.set_parameters(theta);
  for (const Part& part : parts_) solve(part, term, phase, jacobian);
}

void ShortRangePhases::phases_of_block(std::size_t k, std::span<const double> theta, std::span<double> phase,
                                       Eigen::Ref<MatrixXd> jacobian) const {
  NeuralMomentumTerm term = term_;
  term.set_parameters(theta);
  solve(parts_[k], term, phase, jacobian);
}

std::optional<double> ShortRangePhases::deuteron_energy(std::span<const double> theta, std::span<double> gradient,
                                                        double weight) const {
  if (pair_ != Pair::np) throw InputError("deuteron of a force between like nucleons; expected pair np");
  NeuralMomentumTerm term = term_;
  term.set_parameters(theta);
  Rows by_theta;
  const Rows v =
      triplet_.pions + term.elements(triplet_.block, pair_, triplet_.pairs, gradient.empty() ? nullptr : &by_theta);
  const long n = long(mesh_.x.size());
  Eigen::VectorXd s(2 * n), kinetic(2 * n);
  for (long i = 0; i < 2 * n; ++i) {
    const double k = mesh_.x[std::size_t(i % n)];
    s[i] = std::sqrt(mesh_.w[std::size_t(i % n)]) * k, kinetic[i] = k * k / mass_;
  }
  MatrixXd H = s.asDiagonal() * square(triplet_, v) * s.asDiagonal();
  H.diagonal() += kinetic;
  const std::optional<BoundState> b = lowest_state(H);
  if (!b) return {};
  if (gradient.empty()) return b->energy;
  const Eigen::VectorXd psi = s.cwiseProduct(b->state);
  const Eigen::RowVectorXd by_pairs = mesh_weights(triplet_, weight * psi * psi.transpose());
  Eigen::Map<Eigen::RowVectorXd>(gradient.data(), long(gradient.size())) += by_pairs * by_theta;
  return b->energy;
}

}  // namespace orogen::nuclear
