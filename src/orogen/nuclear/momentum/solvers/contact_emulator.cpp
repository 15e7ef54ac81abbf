#include "orogen/nuclear/momentum/solvers/contact_emulator.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"

namespace orogen::nuclear {
namespace {

using Matrix = Eigen::MatrixXd;
constexpr Block sd{1, 1, 2, {0, 2}};

using Small = SmallMatrix;

Small small_coupling(const ContactBasis& basis, std::span<const double> lecs) {
  Small C = Small::Zero(long(basis.columns.size()), long(basis.columns.size()));
  for (const ContactBasis::Entry& e : basis.entries) {
    C(e.a, e.b) += e.unit * lecs[e.constant];
    if (e.a != e.b) C(e.b, e.a) += e.unit * lecs[e.constant];
  }
  return C;
}

}  // namespace

ContactEmulator::ContactEmulator(const MomentumInteraction& long_range, const ContactForm& form, Pair pair, int most_J,
                                 std::span<const double> T_lab, MomentumMesh mesh, double reference_energy)
    : form_(form),
      pair_(pair),
      mass_(mass(pair, long_range.constants)),
      reference_energy_(reference_energy),
      constants_(contact_names(form.order).size()),
      T_lab_(T_lab.begin(), T_lab.end()),
      blocks_(nuclear::blocks(pair, most_J)) {
  if (blocks_.empty()) throw InputError("highest J " + std::to_string(most_J) + "; expected at least 0");
  if (!(reference_energy < 0)) throw InputError("reference energy of a bound state must be negative");
  if (!std::is_sorted(T_lab.begin(), T_lab.end())) throw InputError("energies of an emulator must ascend");
  for (double T : T_lab) q_.push_back(relative_momentum(T, pair, long_range.constants));
  const Quadrature points = momentum_points(clear_of(mesh, T_lab, pair, long_range.constants));
  for (const Block& b : blocks_) prepare(long_range, b, points);
}

void ContactEmulator::prepare(const MomentumInteraction& force, const Block& b, const Quadrature& mesh) {
  const long n = b.waves * long(mesh.x.size()), E = long(q_.size());
  Matrix V = Matrix::Zero(n, n), columns = Matrix::Zero(n, b.waves * E);
  force.add(b, pair_, mesh.x, V);
  force.add_between(b, pair_, mesh.x, q_, columns);
  const Resolvent resolvent(V, b.waves, mesh, mass_);
  const ContactBasis& basis = bases_.emplace_back(contact_basis(form_, b, pair_));
  const Matrix contacts = resolvent.turn(basis.functions(b.waves, mesh.x, mass_));
  for (long e = 0; e < E; ++e) {
    const auto shell = std::span(q_).subspan(std::size_t(e), 1);
    Matrix corner = Matrix::Zero(b.waves, b.waves), column(n, b.waves);
    force.add_between(b, pair_, shell, shell, corner);
    for (int y = 0; y < b.waves; ++y) column.col(y) = columns.col(y * E + e);
    points_.push_back(at_energy(resolvent, contacts, basis.functions(b.waves, shell, mass_), shell[0], column, corner));
  }
  if (!(b == sd)) return;
  deuteron_.push_back(resolvent);
  deuteron_columns_ = contacts;
}

/// Contacts are further outer channels: one solve gives K0, the on-shell rows x and H, all after the principal-value
/// point is taken out.
ContactEmulator::Point ContactEmulator::at_energy(const Resolvent& r, const Matrix& turned, const Matrix& shell,
                                                  double q, const Matrix& column, const Matrix& corner) {
  const long w = corner.rows(), m = turned.cols();
  const double d = r.on_shell_weight(q);
  Matrix outer(turned.rows(), w + m), T = Matrix::Zero(w + m, w + m);
  outer.leftCols(w) = r.turn(column);
  if (m > 0) outer.rightCols(m) = turned;  // none in high waves
  T.topLeftCorner(w, w) = corner;
  T.topRightCorner(w, m) = shell;
  T.bottomLeftCorner(m, w) = shell.transpose();
  T += product_of_transposed(outer, r.solve(q * q / r.mass(), outer));
  const Matrix denominator = Matrix::Identity(w, w) - d * T.topLeftCorner(w, w);
  Point p;
  p.K = solve_general(denominator, T.topLeftCorner(w, w));
  if (m == 0) return p;
  p.x = solve_general(denominator, T.topRightCorner(w, m));
  p.H = T.bottomRightCorner(m, m) + d * T.bottomLeftCorner(m, w) * p.x;
  return p;
}

const ContactEmulator::Point& ContactEmulator::point(std::size_t block, std::size_t energy) const {
  if (block >= blocks_.size() || energy >= q_.size())
    throw InputError("emulator has " + std::to_string(blocks_.size()) + " blocks and " + std::to_string(q_.size()) +
                     " energies; asked for block " + std::to_string(block) + ", energy " + std::to_string(energy));
  return points_[block * q_.size() + energy];
}

void ContactEmulator::check(std::span<const double> lecs) const {
  if (lecs.size() != constants_)
    throw InputError(std::to_string(lecs.size()) + " contact constants; expected " + std::to_string(constants_));
}

OnShell ContactEmulator::solve(std::size_t block, std::size_t energy, std::span<const double> lecs) const {
  check(lecs);
  const Point& p = point(block, energy);
  if (bases_[block].empty()) return reaction_matrix(p.K, q_[energy], mass_);
  const Small C = small_coupling(bases_[block], lecs);
  const Small one = Small::Identity(C.rows(), C.cols());
  const Small inner = solve_small(one - C * p.H, C * p.x.transpose());
  return reaction_matrix(p.K + p.x * inner, q_[energy], mass_);
}

OnShell ContactEmulator::solve(std::size_t block, std::size_t energy, std::span<const double> lecs,
                               Matrix& derivative) const {
  check(lecs);
  derivative = Matrix::Zero(3, long(constants_));
  const Point& p = point(block, energy);
  const ContactBasis& basis = bases_[block];
  if (basis.empty()) return reaction_matrix(p.K, q_[energy], mass_);
  // y = (1 − H C)⁻¹ xᵀ: K = K0 + x C y and ∂K = yᵀ ∂C y.
  const Small C = small_coupling(basis, lecs), one = Small::Identity(C.rows(), C.cols());
  const Small y = solve_small(one - p.H * C, p.x.transpose());
  const double factor = -std::numbers::pi / 2 * mass_ * q_[energy];
  const int elements[3][2] = {{0, 0}, {0, 1}, {1, 1}}, count = blocks_[block].coupled() ? 3 : 1;
  for (const ContactBasis::Entry& e : basis.entries)
    for (int c = 0; c < count; ++c) {
      const auto [a, b] = elements[c];
      const double mirror = e.a == e.b ? 0 : y(e.b, a) * y(e.a, b);
      derivative(c, long(e.constant)) += factor * e.unit * (y(e.a, a) * y(e.b, b) + mirror);
    }
  return reaction_matrix(p.K + p.x * (C * y), q_[energy], mass_);
}

void ContactEmulator::pull(std::size_t block, std::size_t energy, std::span<const double> lecs, const double dR[3],
                           std::span<double> gradient) const {
  Matrix derivative;
  solve(block, energy, lecs, derivative);
  const int count = blocks_[block].coupled() ? 3 : 1;
  for (std::size_t k = 0; k < constants_; ++k)
    for (int c = 0; c < count; ++c) gradient[k] += dR[c] * derivative(c, long(k));
}

PhaseTable ContactEmulator::phases(std::span<const double> lecs) const {
  PhaseTable table{pair_, T_lab_, blocks_, {}};
  table.value.resize(T_lab_.size() * blocks_.size());
  for (std::size_t b = 0; b < blocks_.size(); ++b)
    for (std::size_t e = 0; e < T_lab_.size(); ++e) table.at(e, b) = stapp(blocks_[b], solve(b, e, lecs));
  make_continuous(table);
  return table;
}

std::size_t ContactEmulator::triplet() const {
  const auto it = std::find(blocks_.begin(), blocks_.end(), sd);
  if (it == blocks_.end()) throw InputError("bound state of an emulator without 3S1-3D1; it needs np and J up to 1");
  return std::size_t(it - blocks_.begin());
}

double ContactEmulator::bound_at(double z, const Matrix& C) const {
  const Matrix H = product_of_transposed(deuteron_columns_, deuteron_[0].solve(z, deuteron_columns_));
  return determinant(Matrix::Identity(C.rows(), C.cols()) - product(C, H));
}

double ContactEmulator::bound(std::span<const double> lecs) const {
  check(lecs);
  return bound_at(reference_energy_, bases_[triplet()].coupling(lecs));
}

std::optional<double> ContactEmulator::deuteron_energy(std::span<const double> lecs) const {
  check(lecs);
  const Matrix C = bases_[triplet()].coupling(lecs);
  const auto f = [&](double z) { return bound_at(z, C); };
  // A change of sign next to the reference, outwards in steps of κ = √−z; then halving, sped up by secants (Illinois).
  const double centre = std::sqrt(-reference_energy_);
  for (double step = 0.05; step < 8; step *= 1.5) {
    double a = -std::pow(centre + step, 2), b = -std::pow(std::max(centre - step, 1e-3), 2), fa = f(a), fb = f(b);
    if (fa * fb > 0) continue;
    for (int turn = 0; turn < 200 && std::abs(b - a) > 1e-13 * std::abs(a); ++turn) {
      const double c = (a * fb - b * fa) / (fb - fa), fc = f(c);
      if (fc == 0) return c;
      if (fc * fb < 0)
        a = b, fa = fb;
      else
        fa /= 2;
      b = c, fb = fc;
      if (std::abs(fb) < 1e-15) break;
    }
    return b;
  }
  return {};
}

}  // namespace orogen::nuclear
