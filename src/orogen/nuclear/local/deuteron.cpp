#include "orogen/nuclear/local/deuteron.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"

namespace orogen::nuclear {
namespace {

constexpr Block block{1, 1, 2, {0, 2}};
constexpr double matching_radius = 1.5;  // fm; where u is large

struct Pair2 {
  double s = 0, d = 0;
};
Pair2 operator*(Symmetric2 m, Pair2 x) { return {m.a * x.s + m.b * x.d, m.b * x.s + m.d * x.d}; }
double square(Pair2 x) { return x.s * x.s + x.d * x.d; }
double form(Symmetric2 m, Pair2 x) { return m.a * x.s * x.s + 2 * m.b * x.s * x.d + m.d * x.d * x.d; }

// The eigenvector of the eigenvalue nearest to 0.
Pair2 softest(Symmetric2 x) {
  const double mean = (x.a + x.d) / 2, half = std::hypot((x.a - x.d) / 2, x.b);
  const double value = mean > 0 ? mean - half : mean + half;
  const Pair2 one{x.b, value - x.a}, other{value - x.d, x.b};
  return square(one) > square(other) ? one : square(other) > 0 ? other : Pair2{1, 0};
}

class BoundState {
 public:
  BoundState(const LocalInteraction& force, const RadialMesh& mesh)
      : force_(force),
        mesh_(mesh),
        equation_(block),
        h2m_(force.constants.hbarc * force.constants.hbarc / mass(Pair::np, force.constants)) {
    if (mesh.range < 10)
      throw InputError(
          fmt::format("radial mesh of the deuteron: range {:g} fm; expected 10 fm and more, e.g. 60", mesh.range));
    equation_.tabulate(force, Pair::np, mesh_, h2m_);
  }
  bool bound() const { return states_below(0) > 0; }
  Deuteron solve() const;  ///< of a bound pair

 private:
  // A trial energy: φ on the mesh, and the energy that Newton's step leads to.
  struct Trial {
    std::vector<Pair2> wave;
    double next;
  };
  double shift(std::size_t j, double E) const { return mesh_.share[j] * E / h2m_; }
  Symmetric2 F_inverse(std::size_t j, double E) const { return inverse(equation_.F<Symmetric2>(j, shift(j, E))); }
  Symmetric2 U(std::size_t j, double E) const { return 12 * F_inverse(j, E) - diagonal<Symmetric2>(10); }
  int states_below(double E) const { return nuclear::states_below(E / h2m_, equation_, mesh_); }
  std::pair<double, double> bracket() const;
  Trial attempt(double E) const;
  double newton(double low, double high) const;

  const LocalInteraction& force_;
  StretchedMesh mesh_;
  RadialEquation equation_;
  double h2m_;
};

// Energies around the ground state, apart by less than 1 %.
std::pair<double, double> BoundState::bracket() const {
  double low = -4, high = 0;
  while (states_below(low) > 0) {
    high = low, low *= 2;
    if (low < -1e5)
      throw NumericalError(force_.title + ": 3S1-3D1 is bound by more than 100 GeV; the potential has no core");
  }
  while (high - low > 0.01 * std::abs(low) && low < -1e-9) {
    const double middle = (low + high) / 2;
    (states_below(middle) > 0 ? high : low) = middle;
  }
  return {low, high};
}

BoundState::Trial BoundState::attempt(double E) const {
  const std::size_t n = mesh_.size(), first = equation_.first();
  const auto m = std::size_t(std::lower_bound(mesh_.r.begin(), mesh_.r.end(), matching_radius) - mesh_.r.begin());
  std::vector<Symmetric2> step(n);  // G_j = step_j · (G of the neighbour on the side of m)
  Symmetric2 before = equation_.start<Symmetric2>(), R{}, behind{};
  for (std::size_t j = first; j <= m; ++j) {
    R = U(j, E) - before;
    before = step[j] = inverse(R);
  }
  for (std::size_t j = n - 1; j > m; --j) behind = step[j] = inverse(U(j, E) - behind);
  const Symmetric2 mismatch = R - behind;

  Trial t{std::vector<Pair2>(n), 0};
  std::vector<Pair2>& G = t.wave;
  G[m] = softest(mismatch);
  const double residual = form(mismatch, G[m]);
  for (std::size_t j = m; j-- > first;) G[j] = step[j] * G[j + 1];
  for (std::size_t j = m + 1; j < n; ++j) G[j] = step[j] * G[j - 1];
  double norm = 0;
  for (std::size_t j = 0; j < n; ++j) {
    G[j] = F_inverse(j, E) * G[j];  // φ = F⁻¹ G
    norm += 12 * mesh_.share[j] * square(G[j]);
  }
  t.next = E + residual * h2m_ / norm;  // [T14.9]
  return t;
}

double BoundState::newton(double low, double high) const {
  double E = (low + high) / 2;
  for (int iteration = 0; iteration < 100; ++iteration) {
    double next = attempt(E).next;
    if (std::abs(next - E) < 1e-8 * (1 + std::abs(E))) return next;  // the step after it is rounding
    if (!(next > low && next < high)) {                              // outside: halve the bracket
      (states_below(E) > 0 ? high : low) = E;
      next = (low + high) / 2;
    }
    E = next;
  }
  throw NumericalError(fmt::format("{}: the energy of the deuteron does not converge between {:g} and {:g} MeV",
                                   force_.title, low, high));
}

// Integrals by the trapezoidal rule in x, the rule in which the discrete states are orthonormal.
void integrate(Deuteron& d, const Constants& c) {
  for (std::size_t j = 0; j < d.r.size(); ++j) {
    const double r2 = d.r[j] * d.r[j], u = d.u[j], w = d.w[j], weight = d.weight[j];
    d.d_state += weight * w * w;
    d.radius += weight * r2 * (u * u + w * w) / 4;
    d.quadrupole += weight * r2 * w * (std::sqrt(8.0) * u - w) / 20;
  }
  d.radius = std::sqrt(d.radius);
  const double isoscalar = c.proton_moment + c.neutron_moment;
  d.moment = isoscalar - 1.5 * (isoscalar - 0.5) * d.d_state;
}

// A_S and η where the force has died out and the end of the mesh is still far: at a third of the range.
void read_asymptote(Deuteron& d, double h2m) {
  const auto j = std::size_t(std::lower_bound(d.r.begin(), d.r.end(), d.r.back() / 3) - d.r.begin());
  const double x = std::sqrt(-d.energy / h2m) * d.r[j];
  d.asymptotic_s = d.u[j] * std::exp(x);
  d.eta = d.w[j] / (d.u[j] * (1 + 3 / x + 3 / (x * x)));
}

Deuteron BoundState::solve() const {
  const auto [low, high] = bracket();
  Deuteron d;
  d.energy = newton(low, high);
  const auto wave = attempt(d.energy).wave;
  double norm = 0;
  for (std::size_t j = 0; j < wave.size(); ++j) norm += mesh_.h * mesh_.slope[j] * mesh_.slope[j] * square(wave[j]);
  const auto tail = std::size_t(std::lower_bound(mesh_.r.begin(), mesh_.r.end(), mesh_.r.back() / 3) - mesh_.r.begin());
  const double scale = (wave[tail].s < 0 ? -1 : 1) / std::sqrt(norm);
  d.r = mesh_.r;
  for (std::size_t j = 0; j < wave.size(); ++j) {
    const double root = scale * std::sqrt(mesh_.slope[j]);  // ψ = √r' φ
    d.weight.push_back(mesh_.h * mesh_.slope[j]);
    d.u.push_back(root * wave[j].s), d.w.push_back(root * wave[j].d);
  }
  integrate(d, force_.constants);
  read_asymptote(d, h2m_);
  return d;
}

}  // namespace

std::optional<Deuteron> deuteron(const LocalInteraction& force, RadialMesh mesh) {
  const BoundState state(force, mesh);
  if (!state.bound()) return {};
  return state.solve();
}

void energy_gradient(const LocalInteraction& force, const Deuteron& d, std::span<double> gradient) {
  if (d.weight.size() != d.r.size())
    throw InputError(
        "energy_gradient: this deuteron has no quadrature weights; expected the one of deuteron(interaction)");
  std::vector<double> w;
  for (std::size_t j = 0; j < d.r.size(); ++j) {
    const double u = d.u[j], v = d.w[j], weight = d.weight[j];
    w.insert(w.end(), {weight * u * u, 2 * weight * u * v, weight * v * v});
  }
  force.pull(block, Pair::np, d.r, std::span<const double>(w), gradient);
}

}  // namespace orogen::nuclear
