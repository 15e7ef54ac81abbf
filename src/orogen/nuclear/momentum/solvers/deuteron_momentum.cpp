#include "orogen/nuclear/momentum/solvers/deuteron_momentum.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/momentum/solvers/resolvent.hpp"

namespace orogen::nuclear {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using std::numbers::pi;
constexpr Block triplet{1, 1, 2, {0, 2}};

/// √w k of both waves.
Vector scale(const Quadrature& mesh) {
  const long n = long(mesh.x.size());
  Vector s(2 * n);
  for (long i = 0; i < 2 * n; ++i) s[i] = std::sqrt(mesh.w[std::size_t(i % n)]) * mesh.x[std::size_t(i % n)];
  return s;
}

Matrix hamiltonian(const MomentumInteraction& force, const Quadrature& mesh, double M) {
  const long n = long(mesh.x.size());
  Matrix H = Matrix::Zero(2 * n, 2 * n);
  force.add(triplet, Pair::np, mesh.x, H);
  const Vector s = scale(mesh);
  H = s.asDiagonal() * H * s.asDiagonal();
  for (long i = 0; i < 2 * n; ++i) H(i, i) += mesh.x[std::size_t(i % n)] * mesh.x[std::size_t(i % n)] / M;
  if (!H.allFinite()) throw NumericalError("potential of 3S1-3D1 on the momentum mesh is not finite");
  return H;
}

/// g_l(p) = ∫ V ψ k² dk for the momenta p: columns S, D.
Matrix vertex(const MomentumInteraction& force, const Quadrature& mesh, const Vector& state,
              std::span<const double> p) {
  const long P = long(p.size());
  Matrix V = Matrix::Zero(2 * P, state.size());
  force.add_between(triplet, Pair::np, p, mesh.x, V);
  const Vector g = V * scale(mesh).cwiseProduct(state);
  return g.reshaped(P, 2);
}

/// Value at t = −γ² of a function of t = p² given at Chebyshev points of (0, top): g is analytic up to t = −m_π².
struct Continuation {
  static constexpr int points = 13;
  static constexpr double top = 1e4;  // MeV²
  std::vector<double> p, weight;

  explicit Continuation(double gamma) : p(points), weight(points) {
    Vector t(points);
    for (int i = 0; i < points; ++i) {
      t[i] = top / 2 * (1 - std::cos(pi * (i + 0.5) / points));
      p[std::size_t(i)] = std::sqrt(t[i]);
    }
    for (int i = 0; i < points; ++i) {
      double w = 1;
      for (int j = 0; j < points; ++j)
        if (j != i) w *= (-gamma * gamma - t[j]) / (t[i] - t[j]);
      weight[std::size_t(i)] = w;
    }
  }
  double operator()(const Vector& g) const { return g.dot(Eigen::Map<const Vector>(weight.data(), points)); }
};

/// j_0 and j_2.
void bessel(double x, double& j0, double& j2) {
  if (x < 0.02) {
    j0 = 1 - x * x / 6, j2 = x * x / 15 * (1 - x * x / 14);
    return;
  }
  const double s = std::sin(x) / x, c = std::cos(x);
  j0 = s;
  j2 = (3 / (x * x) - 1) * s - 3 * c / (x * x);
}

/// As many points as r = 40 fm asks for. Waves of a force without a cut-off reach beyond the last: a smooth end keeps
/// them from ringing.
Quadrature fine_points() {
  constexpr double top = 4000;  // MeV
  Quadrature q = gauss_legendre(480);
  for (std::size_t i = 0; i < q.x.size(); ++i) {
    const double end = std::cos(pi / 2 * std::max(q.x[i], 0.0));
    q.x[i] = top / 2 * (1 + q.x[i]);
    q.w[i] *= top / 2 * end * end;
  }
  return q;
}

/// u and w on r, from ψ at many momenta; [MeV, fm].
void transform(const MomentumInteraction& force, const Quadrature& mesh, const BoundState& b, Deuteron& d) {
  const double M = mass(Pair::np, force.constants), hbarc = force.constants.hbarc;
  const Quadrature fine = fine_points();
  Matrix psi = vertex(force, mesh, b.state, fine.x);
  for (long i = 0; i < psi.rows(); ++i) {
    const double p = fine.x[std::size_t(i)];
    psi.row(i) *= fine.w[std::size_t(i)] * p * p / (b.energy - p * p / M);
  }
  // ψ in MeV^-3/2 and r in fm: ∫ p² dp ψ j(pr/ħc) r = ħc^-3/2 in fm^-1/2.
  const double factor = std::sqrt(2 / pi) * std::pow(hbarc, -1.5);
  for (std::size_t k = 0; k < d.r.size(); ++k) {
    double u = 0, w = 0, j0, j2;
    for (long i = 0; i < psi.rows(); ++i) {
      if (std::abs(psi(i, 0)) + std::abs(psi(i, 1)) < 1e-18 * psi.cwiseAbs().maxCoeff()) break;
      bessel(fine.x[std::size_t(i)] * d.r[k] / hbarc, j0, j2);
      u += psi(i, 0) * j0, w += psi(i, 1) * j2;
    }
    d.u[k] = factor * d.r[k] * u, d.w[k] = factor * d.r[k] * w;
  }
}

/// Radii 0 … 40 fm with Simpson's weights.
void make_radii(Deuteron& d) {
  constexpr int steps = 800;
  constexpr double h = 40.0 / steps;
  for (int k = 0; k <= steps; ++k) {
    d.r.push_back(h * k);
    d.weight.push_back(h / 3 * (k == 0 || k == steps ? 1 : k % 2 ? 4 : 2));
  }
  d.u.assign(d.r.size(), 0), d.w.assign(d.r.size(), 0);
}

void moments(Deuteron& d) {
  double norm = 0, radius = 0, quadrupole = 0;
  for (std::size_t k = 0; k < d.r.size(); ++k) {
    const double weight = d.weight[k], r2 = d.r[k] * d.r[k], u = d.u[k], w = d.w[k];
    norm += weight * (u * u + w * w);
    radius += weight * r2 * (u * u + w * w) / 4;
    quadrupole += weight * r2 * w * (std::sqrt(8.0) * u - w) / 20;
  }
  d.radius = std::sqrt(radius / norm);
  d.quadrupole = quadrupole / norm;
}

}  // namespace

std::optional<BoundState> lowest_state(const Matrix& H) {
  // The largest eigenvalue of (H − z0)⁻¹: H itself has entries of 10⁸ MeV and more.
  const ShiftedInverse inverse = inverse_below(H);
  const SymmetricEigen all = symmetric_eigen(inverse.value);
  const long last = inverse.value.rows() - 1;
  BoundState b{inverse.reference + 1 / all.values[last], all.vectors.col(last)};
  if (!(b.energy < 0)) return {};
  if (b.state.head(b.state.size() / 2).sum() < 0) b.state = -b.state;
  return b;
}

std::optional<BoundState> bound_state(const MomentumInteraction& force, const MomentumMesh& points) {
  try {
    return lowest_state(hamiltonian(force, momentum_points(points), mass(Pair::np, force.constants)));
  } catch (const NumericalError& e) {
    throw NumericalError(force.title + ": " + e.what());
  }
}

std::optional<double> deuteron_energy(const MomentumInteraction& force, std::span<double> gradient, double weight,
                                      const MomentumMesh& points) {
  const std::optional<BoundState> b = bound_state(force, points);
  if (!b) return {};
  if (gradient.empty()) return b->energy;
  const Quadrature mesh = momentum_points(points);
  const Vector psi = scale(mesh).cwiseProduct(b->state);
  force.pull(triplet, Pair::np, mesh.x, Matrix(weight * psi * psi.transpose()), gradient);
  return b->energy;
}

std::optional<Deuteron> momentum_deuteron(const MomentumInteraction& force, const MomentumMesh& points) {
  const Quadrature mesh = momentum_points(points);
  const std::optional<BoundState> found = bound_state(force, points);
  if (!found) return {};
  const BoundState& b = *found;
  const Constants& c = force.constants;
  const double M = mass(Pair::np, c), gamma = std::sqrt(-M * b.energy);
  Deuteron d{};
  d.energy = b.energy;
  d.d_state = b.state.tail(b.state.size() / 2).squaredNorm();
  const Continuation continued(gamma);
  const Matrix g = vertex(force, mesh, b.state, continued.p);
  d.asymptotic_s = -std::sqrt(pi / 2) * M * continued(g.col(0)) / std::sqrt(c.hbarc);
  d.eta = std::sqrt(pi / 2) * M * continued(g.col(1)) / std::sqrt(c.hbarc) / d.asymptotic_s;
  const double sum = c.proton_moment + c.neutron_moment;
  d.moment = sum - 1.5 * (sum - 0.5) * d.d_state;
  make_radii(d);
  transform(force, mesh, b, d);
  moments(d);
  return d;
}

}  // namespace orogen::nuclear
