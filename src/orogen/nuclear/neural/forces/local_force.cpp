#include "orogen/nuclear/neural/forces/local_force.hpp"

#include <algorithm>
#include <cmath>

#include "orogen/base/errors.hpp"

namespace orogen::nuclear {
namespace {

constexpr int network_inputs = 3;
constexpr double input_width[network_inputs] = {0.5, 1.0, 2.0};  // fm
constexpr double cutoff = 2.1;                                   // fm⁻², of T_μ, as in Argonne v18
constexpr double farthest = 6;  // envelopes beyond count as zero: e^{−r²/R²} in units of R
constexpr double central_size = 1000, tensor_size = 300, other_size = 300, two_pion_size = 5;  // MeV

bool is_tensor(int p) { return Radial(p) == Radial::t11 || Radial(p) == Radial::t10 || Radial(p) == Radial::td11; }

bool is_central(int p) {
  return Radial(p) == Radial::c11 || Radial(p) == Radial::c10 || Radial(p) == Radial::c01 || Radial(p) == Radial::c00;
}

double network_size(int p) {
  if (p >= charge_independent_functions) return 10;  // breaking of charge independence: some per cent
  return is_central(p) ? central_size : is_tensor(p) ? tensor_size : other_size;
}

double two_pion_strength(int p) { return p >= charge_independent_functions ? 0.1 : two_pion_size; }

Elements unit(const Block& b) { return {{1, 0, b.coupled() ? 1.0 : 0.0}}; }

Elements scaled(Elements e, double by) {
  for (double& x : e.value) x *= by;
  return e;
}

NeuralLocalOptions checked(const NeuralLocalOptions& o) {
  if (!(o.range >= 0.3 && o.range <= 3))
    throw InputError("neural force: range " + std::to_string(o.range) + " fm; expected 0.3 to 3");
  return o;
}

}  // namespace

const char* name(Radial f) {
  static constexpr const char* names[radial_functions] = {"c11", "t11",   "ls11",  "l2_11", "q11", "c10",
                                                          "t10", "ls10",  "l2_10", "q10",   "c01", "l2_01",
                                                          "c00", "l2_00", "cd11",  "td11",  "cd01"};
  return names[int(f)];
}

std::vector<Coupling> couplings(const Block& b, Pair pair) {
  const bool t1 = b.isospin() == 1;
  const double t12 = isotensor(pair, b.isospin());
  std::vector<Coupling> out;
  if (b.S == 0) {
    out = {{t1 ? Radial::c01 : Radial::c00, unit(b)}, {t1 ? Radial::l2_01 : Radial::l2_00, orbital_squared(b)}};
    if (t1) out.push_back({Radial::cd01, scaled(unit(b), t12)});
    return out;
  }
  const int first = int(t1 ? Radial::c11 : Radial::c10);
  const Elements elements[5] = {unit(b), tensor(b), spin_orbit(b), orbital_squared(b), spin_orbit_squared(b)};
  for (int k = 0; k < 5; ++k) out.push_back({Radial(first + k), elements[k]});
  if (t1) out.push_back({Radial::cd11, scaled(unit(b), t12)}), out.push_back({Radial::td11, scaled(tensor(b), t12)});
  return out;
}

std::array<double, 17> operator_coefficients(const std::array<double, radial_functions>& f) {
  const auto of = [&](Radial p) { return f[std::size_t(p)]; };
  std::array<double, 17> v{};
  const auto four = [&](int at, double f11, double f10, double f01, double f00) {
    const auto k = std::size_t(at);
    v[k] = (9 * f11 + 3 * f10 + 3 * f01 + f00) / 16;
    v[k + 1] = (3 * f11 - 3 * f10 + f01 - f00) / 16;
    v[k + 2] = (3 * f11 + f10 - 3 * f01 - f00) / 16;
    v[k + 3] = (f11 - f10 - f01 + f00) / 16;
  };
  const auto two = [&](int at, double f1, double f0) {
    v[std::size_t(at)] = (3 * f1 + f0) / 4, v[std::size_t(at + 1)] = (f1 - f0) / 4;
  };
  four(0, of(Radial::c11), of(Radial::c10), of(Radial::c01), of(Radial::c00));
  two(4, of(Radial::t11), of(Radial::t10));
  two(6, of(Radial::ls11), of(Radial::ls10));
  four(8, of(Radial::l2_11), of(Radial::l2_10), of(Radial::l2_01), of(Radial::l2_00));
  two(12, of(Radial::q11), of(Radial::q10));
  two(14, of(Radial::cd11), of(Radial::cd01));  // spin 1 and 0 instead of isospin: the same two weights
  v[16] = of(Radial::td11);
  return v;
}

NeuralLocalTerm::NeuralLocalTerm(const NeuralLocalOptions& options, const Constants& c)
    : options_(checked(options)),
      pion_((c.neutral_pion + 2 * c.charged_pion) / 3),
      hbarc_(c.hbarc),
      network_(network_inputs, options.width,
               options.charge_dependence ? radial_functions : charge_independent_functions) {
  set_parameters(centre());
}

std::vector<double> NeuralLocalTerm::centre() const {
  std::vector<double> theta = network_.start(options_.seed);
  theta.resize(theta.size() + std::size_t(functions()), 0.0);
  return theta;
}

std::vector<double> NeuralLocalTerm::size() const {
  std::vector<double> scale(std::size_t(functions()), 0.0);
  for (int p = 0; p < functions(); ++p) scale[std::size_t(p)] = network_size(p);
  std::vector<double> sd = network_.spread(scale);
  for (int p = 0; p < functions(); ++p) sd.push_back(two_pion_strength(p));
  return sd;
}

void NeuralLocalTerm::set_parameters(std::span<const double> theta) {
  const auto strengths = std::size_t(functions());
  if (theta.size() != std::size_t(network_.size()) + strengths)
    throw InputError("neural force: " + std::to_string(theta.size()) + " parameters; expected " +
                     std::to_string(std::size_t(network_.size()) + strengths));
  network_.set_parameters(theta.first(theta.size() - strengths));
  theta_.assign(theta.begin(), theta.end());
}

/// T_μ² with T_μ = (1 + 3/x + 3/x²) e^{−x}/x · (1 − e^{−c r²})², x = μ r.
double NeuralLocalTerm::two_pion(double r) const {
  const double x = pion_ / hbarc_ * r, c = -std::expm1(-cutoff * r * r);
  const double t = (1 + 3 / x + 3 / (x * x)) * std::exp(-x) / x * c * c;
  return t * t;
}

double NeuralLocalTerm::envelope(double r, int p) const {
  const double x = r / options_.range;
  return std::exp(-x * x) * (is_tensor(p) ? -std::expm1(-4 * r * r) : 1.0);
}

std::vector<double> NeuralLocalTerm::inputs(std::span<const double> r) const {
  std::vector<double> x;
  x.reserve(r.size() * network_inputs);
  for (double ri : r)
    for (double w : input_width) x.push_back(2 * std::exp(-ri * ri / (w * w)) - 1);
  return x;
}

void NeuralLocalTerm::evaluate(std::span<const double> r, std::span<double> f) const {
  const auto n = std::size_t(functions());
  const double* strength = theta_.data() + network_.size();
  network_.forward(inputs(r), f);
  for (std::size_t i = 0; i < r.size(); ++i) {
    const double tail = two_pion(r[i]);
    for (std::size_t p = 0; p < n; ++p) f[i * n + p] = f[i * n + p] * envelope(r[i], int(p)) + strength[p] * tail;
  }
}

void NeuralLocalTerm::pull_functions(std::span<const double> r, std::span<const double> w,
                                     std::span<double> gradient) const {
  const auto n = std::size_t(functions());
  std::vector<double> dy(w.begin(), w.end());
  std::size_t near = 0;
  for (std::size_t i = 0; i < r.size(); ++i) {
    const double tail = two_pion(r[i]);
    if (r[i] < farthest * options_.range) near = i + 1;
    for (std::size_t p = 0; p < n; ++p) {
      gradient[std::size_t(network_.size()) + p] += w[i * n + p] * tail;
      dy[i * n + p] *= envelope(r[i], int(p));
    }
  }
  network_.pull(inputs(r.first(near)), std::span(dy).first(near * n), gradient);
}

void NeuralLocalTerm::add(const Block& b, Pair pair, std::span<const double> r, std::span<double> v) const {
  const auto n = std::size_t(functions());
  std::vector<double> f(r.size() * n);
  evaluate(r, f);
  for (const Coupling& c : couplings(b, pair)) {
    const auto p = std::size_t(c.function);
    if (p >= n) continue;
    for (std::size_t i = 0; i < r.size(); ++i)
      for (std::size_t e = 0; e < 3; ++e) v[3 * i + e] += c.element.value[e] * f[i * n + p];
  }
}

void NeuralLocalTerm::pull(const Block& b, Pair pair, std::span<const double> r, std::span<const double> w,
                           std::span<double> gradient) const {
  const auto n = std::size_t(functions());
  std::vector<double> df(r.size() * n, 0.0);
  for (const Coupling& c : couplings(b, pair)) {
    const auto p = std::size_t(c.function);
    if (p >= n) continue;
    for (std::size_t i = 0; i < r.size(); ++i)
      for (std::size_t e = 0; e < 3; ++e) df[i * n + p] += c.element.value[e] * w[3 * i + e];
  }
  pull_functions(r, df, gradient);
}

}  // namespace orogen::nuclear
