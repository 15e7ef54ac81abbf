#include "orogen/nuclear/local/scattering.hpp"

#include <fmt/format.h>

#include <Eigen/LU>
#include <algorithm>
#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/local/coulomb.hpp"
#include "orogen/nuclear/local/forces/electromagnetic.hpp"

namespace orogen::nuclear {
namespace {

template <int N> using Matrix = Eigen::Matrix<double, N, N>;
template <int N> using Value = std::conditional_t<N == 1, double, Symmetric2>;

Matrix<1> dense(double x) { return Matrix<1>(x); }
Matrix<2> dense(Symmetric2 x) { return (Matrix<2>() << x.a, x.b, x.b, x.d).finished(); }
double symmetric(const Matrix<1>& x) { return x(0, 0); }
Symmetric2 symmetric(const Matrix<2>& x) { return {x(0, 0), (x(0, 1) + x(1, 0)) / 2, x(1, 1)}; }

double reduced_inverse_mass(Pair p, const Constants& c) { return c.hbarc * c.hbarc / mass(p, c); }  // ħ²/M

bool is_S(const Block& b) { return b.L[0] == 0; }

// The exchange of two photons in units of α'ħc F_C², −αħc/M_p [fm] (Wiringa, Stoks, Schiavilla 1995, their V_C2).
double two_photons(const Constants& c) { return c.alpha * c.hbarc / c.proton; }

// Two points a, b at the end: ψ = J − N K, ψ_b = M ψ_a. [T14.7]
template <int N> struct Matching {
  Matrix<N> Ja = Matrix<N>::Zero(), Na = Ja, Jb = Ja, Nb = Ja;  // free solutions
  Matrix<N> Fa, Fb_inverse, R, M, denominator_inverse, K;
  double stretch;  // √(r'_b/r'_a)

  Matching(const Block& b, double k, double eta, const std::optional<VacuumCorrection>& vacuum, double ra, double rb,
           double stretching, const Matrix<N>& F_a, const Matrix<N>& F_b, const Matrix<N>& last)
      : Fa(F_a), Fb_inverse(F_b.inverse()), R(last), M(stretching * Fb_inverse * R * Fa), stretch(stretching) {
    for (int i = 0; i < N; ++i) {
      WaveValues at_a = free_waves(b.L[i], eta, k * ra), at_b = free_waves(b.L[i], eta, k * rb);
      if (vacuum) at_a = vacuum->corrected(at_a, k * (ra - rb)), at_b = vacuum->corrected(at_b, 0);
      Ja(i, i) = at_a.F, Na(i, i) = -at_a.G, Jb(i, i) = at_b.F, Nb(i, i) = -at_b.G;
    }
    denominator_inverse = (Nb - M * Na).inverse();
    K = denominator_inverse * (Jb - M * Ja);
  }
  // Adjoints of R, F_a and F_b for an adjoint of K.
  struct Adjoint {
    Matrix<N> R, Fa, Fb;
  };
  Adjoint adjoint(const Matrix<N>& dK) const {
    const Matrix<N> dM = -denominator_inverse.transpose() * dK * (Ja - Na * K).transpose();
    return {stretch * Fb_inverse.transpose() * dM * Fa.transpose(), stretch * (Fb_inverse * R).transpose() * dM,
            -Fb_inverse.transpose() * dM * M.transpose()};
  }
};

template <int N>
Matching<N> match(const RadialEquation& e, const StretchedMesh& mesh, const EnergyTerms& at, Value<N>* kept = nullptr) {
  const std::size_t b = mesh.size() - 1, a = b - 1;
  const auto R = propagate<Value<N>>(e, at.shift, a, kept);
  return {e.block(),
          at.k,
          at.eta,
          at.vacuum,
          mesh.r[a],
          mesh.r[b],
          std::sqrt(mesh.slope[b] / mesh.slope[a]),
          dense(e.F<Value<N>>(a, at.shift[a])),
          dense(e.F<Value<N>>(b, at.shift[b])),
          dense(R)};
}

// w += factor times the adjoint of F with respect to the three elements.
void add_weight(double* w, double factor, double x) { w[0] += factor * x; }
void add_weight(double* w, double factor, Symmetric2 x) {
  w[0] += factor * x.a, w[1] += 2 * factor * x.b, w[2] += factor * x.d;
}

// The recursion and the matching of `match`, line by line in reverse. [T14.8]
template <int N>
void pull_block(const RadialEquation& e, const StretchedMesh& mesh, const EnergyTerms& at, double h2m,
                const Matrix<N>& dK, double* w) {
  std::vector<Value<N>> kept(mesh.size());
  const auto matching = match<N>(e, mesh, at, kept.data());
  const auto d = matching.adjoint(dK);
  const std::size_t b = mesh.size() - 1, a = b - 1;
  add_weight(w + 3 * b, -mesh.share[b] / h2m, symmetric(d.Fb));
  add_weight(w + 3 * a, -mesh.share[a] / h2m, symmetric(d.Fa));
  Value<N> dR = symmetric(d.R);
  for (std::size_t j = a + 1; j-- > e.first();) {
    const auto F_inverse = inverse(e.F<Value<N>>(j, at.shift[j]));
    add_weight(w + 3 * j, 12 * mesh.share[j] / h2m, sandwich(F_inverse, dR));
    if (j > e.first()) dR = sandwich(kept[j - 1], dR);
  }
}

}  // namespace

LocalSolver::LocalSolver(const LocalInteraction& force, Pair pair, int most_J, RadialMesh mesh,
                         bool vacuum_polarisation)
    : force_(&force), pair_(pair), mesh_(mesh), blocks_(nuclear::blocks(pair, most_J)) {
  for (const Block& b : blocks_) equations_.emplace_back(b);
  const Constants& c = force.constants;
  if (pair == Pair::pp && c.alpha != 0)
    for (std::size_t j = 0; j < mesh_.size(); ++j) {
      const double r = mesh_.r[j], unit = mesh_.share[j] * c.alpha * c.hbarc / reduced_inverse_mass(pair, c);
      const double charge = coulomb_form_factor(r), vacuum = vacuum_form_factor(r, c);
      coulomb_.push_back(unit * charge);
      if (vacuum_polarisation) coulomb_S_.push_back(unit * (charge + vacuum - two_photons(c) * charge * charge));
    }
  refresh();
}

void LocalSolver::refresh() {
  for (auto& e : equations_) e.tabulate(*force_, pair_, mesh_, reduced_inverse_mass(pair_, force_->constants));
}

EnergyTerms LocalSolver::at(double T_lab, const Block& block) const {
  const Constants& c = force_->constants;
  const double q = relative_momentum(T_lab, pair_, c), k = q / c.hbarc;
  EnergyTerms e{mesh_.share, k, 0, {}};
  for (double& s : e.shift) s *= k * k;
  if (coulomb_.empty()) return e;
  const double raise = relativistic_charge(q, c);
  e.eta = sommerfeld(q, c);
  const bool vacuum = is_S(block) && !coulomb_S_.empty();
  const std::vector<double>& charge = vacuum ? coulomb_S_ : coulomb_;
  for (std::size_t j = 0; j < charge.size(); ++j) e.shift[j] -= raise * charge[j];
  if (vacuum) e.vacuum.emplace(k * mesh_.r.back(), q, e.eta, c.alpha);
  return e;
}

const RadialEquation& LocalSolver::equation(const Block& b) const {
  for (const auto& e : equations_)
    if (e.block() == b) return e;
  throw InputError(fmt::format("block {}: not among the blocks of {} with J <= {} that this solver holds", name(b),
                               name(pair_), blocks_.back().J));
}

OnShell LocalSolver::solve(const RadialEquation& e, const EnergyTerms& energy) const {
  OnShell out;
  if (e.block().coupled()) {
    const Symmetric2 K = symmetric(match<2>(e, mesh_, energy).K);
    out = {{K.a, K.b, K.d}};
  } else {
    out.R[0] = match<1>(e, mesh_, energy).K(0, 0);
  }
  for (double x : out.R)
    if (!std::isfinite(x))
      throw NumericalError(fmt::format("{}: the K matrix of {} at k = {:g}/fm is not a finite number", force_->title,
                                       name(e.block()), energy.k));
  return out;
}

bool LocalSolver::has_deuteron() const {
  for (const auto& e : equations_)
    if (e.block() == block_of({0, 1, 1})) return states_below(0, e, mesh_) > 0;
  return false;
}

OnShell LocalSolver::solve(const Block& b, double T_lab) const { return solve(equation(b), at(T_lab, b)); }

PhaseTable LocalSolver::phases(std::span<const double> T_lab) const {
  const EnergyLadder ladder(T_lab);
  PhaseTable table{pair_, ladder.T_lab, blocks_, {}};
  for (double T : ladder.T_lab) {
    for (const auto& e : equations_) table.value.push_back(stapp(e.block(), solve(e, at(T, e.block()))));
  }
  make_continuous(table, has_deuteron());
  return ladder.rows(table);
}

void LocalSolver::pull(const Block& b, double T_lab, const double dR[3], std::span<double> w) const {
  const RadialEquation& e = equation(b);
  const EnergyTerms energy = at(T_lab, b);
  const double h2m = reduced_inverse_mass(pair_, force_->constants);
  if (b.coupled()) {
    const Matrix<2> dK = (Matrix<2>() << dR[0], dR[1] / 2, dR[1] / 2, dR[2]).finished();
    pull_block<2>(e, mesh_, energy, h2m, dK, w.data());
  } else {
    pull_block<1>(e, mesh_, energy, h2m, Matrix<1>(dR[0]), w.data());
  }
}

}  // namespace orogen::nuclear
