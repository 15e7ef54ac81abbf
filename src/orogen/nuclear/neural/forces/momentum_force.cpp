#include "orogen/nuclear/neural/forces/momentum_force.hpp"

#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/inference/contacts/lec_posterior.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"

namespace orogen::nuclear {
namespace {

constexpr int momentum_inputs = 3;
constexpr double negligible = 1e-26;  // products of regulators below count as zero
SpinOperator operator_of(int f) {
  static constexpr SpinOperator all[] = {SpinOperator::one,     SpinOperator::one,     SpinOperator::spin_orbit,
                                         SpinOperator::sigma_q, SpinOperator::sigma_k, SpinOperator::sigma_l};
  return all[f / 2];
}

/// Powers of momenta that the operator itself carries.
int power(SpinOperator o) {
  return o == SpinOperator::one || o == SpinOperator::sigma_sigma ? 0 : o == SpinOperator::sigma_l ? 4 : 2;
}

/// Functions that a state of spin and isospin feels.
std::vector<ShortRange> felt(int spin, int isospin, int count) {
  if (spin == 0) {
    const ShortRange c = isospin ? ShortRange::c01 : ShortRange::c00;
    return int(c) < count ? std::vector{c} : std::vector<ShortRange>{};
  }
  std::vector<ShortRange> all;
  for (ShortRange f : {ShortRange::c11, ShortRange::ls11, ShortRange::q11, ShortRange::k11, ShortRange::l11}) {
    const ShortRange other = f == ShortRange::c11 ? ShortRange::c10 : ShortRange(int(f) + 1);
    const ShortRange mine = isospin ? f : other;
    if (int(mine) < count) all.push_back(mine);
  }
  return all;
}

NeuralMomentumOptions checked(const NeuralMomentumOptions& o) {
  if (!(o.breakdown > 0) || !(o.natural > 0) || !(o.regulator.cutoff > 0) || o.regulator.power < 1 || o.points < 4 ||
      o.points > 30)
    throw InputError(fmt::format(
        "short range in momentum space: breakdown scale {:g} MeV, natural size {:g}, cut-off {:g} MeV, power {}, {} "
        "points; expected scales and size > 0, power >= 1, 4 to 30 points",
        o.breakdown, o.natural, o.regulator.cutoff, o.regulator.power, o.points));
  return o;
}

}  // namespace

const char* name(ShortRange f) {
  static constexpr const char* names[] = {"c01", "c10", "c11", "c00", "ls11", "ls10",
                                          "q11", "q10", "k11", "k10", "l11",  "l10"};
  return names[int(f)];
}

int short_range_functions(int order) {
  if (order != 0 && order != 2 && order != 3 && order != 4)
    throw InputError(fmt::format("short range of order {}; expected 0 (LO), 2 (NLO), 3 (N2LO) or 4 (N3LO)", order));
  return order == 0 ? 2 : order == 4 ? 12 : 10;
}

/// What one block needs, and room for a pair of momenta.
struct NeuralMomentumTerm::Work {
  Work(const NeuralMomentumTerm& term, const Block& b, Pair pair)
      : projection(b, term.rule_),
        functions(felt(b.S, b.isospin(), term.network_.outputs())),
        outputs(term.network_.outputs()),
        z(term.rule_.x.size()),
        y((z + 1) * std::size_t(outputs)),
        f(z),
        mass(nuclear::mass(pair, term.constants_)),
        regulator(term.options_.regulator) {
    for (ShortRange s : functions)
      unit.push_back(natural_unit(power(operator_of(int(s))), term.options_.breakdown) / (4 * std::numbers::pi));
  }
  double factor(Momenta p) const {
    return regulator(p.out, mass) * regulator(p.in, mass) * std::pow(2 * std::numbers::pi, -3);
  }
  Projection projection;
  std::vector<ShortRange> functions;
  std::vector<double> unit;
  int outputs;
  std::size_t z;
  std::vector<double> x, y, f;  ///< the last row of x and y: at rest
  double mass;
  Regulator regulator;
};

NeuralMomentumTerm::NeuralMomentumTerm(const NeuralMomentumOptions& options, const Constants& c)
    : options_(checked(options)),
      constants_(c),
      network_(momentum_inputs, options.width, short_range_functions(options.order)),
      rule_(gauss_legendre(options.points)) {
  network_.set_parameters(centre());
}

std::vector<double> NeuralMomentumTerm::size() const {
  return network_.spread(std::vector<double>(std::size_t(network_.outputs()), options_.natural));
}

void NeuralMomentumTerm::inputs(Momenta p, std::vector<double>& x) const {
  const double sum = p.out * p.out + p.in * p.in, product = 2 * p.out * p.in;
  const double scale = options_.breakdown * options_.breakdown;
  const double qk = (p.out * p.out - p.in * p.in) / (2 * scale);
  const auto squashed = [](double u) { return u / (1 + u); };  // slopes at rest then vary as values do [T18.6]
  x.clear();
  for (double c : rule_.x)
    x.insert(x.end(), {squashed(std::max(0.0, sum - product * c) / scale),
                       squashed(std::max(0.0, sum + product * c) / (4 * scale)), squashed(qk * qk)});
  x.insert(x.end(), momentum_inputs, 0.0);
}

void NeuralMomentumTerm::evaluate(Work& w, Momenta p, PairElements& e) const {
  inputs(p, w.x);
  network_.forward(w.x, w.y);
  const double *rest = &w.y[w.z * std::size_t(w.outputs)], *bias = parameters().data() + at_rest(ShortRange::c01);
  const double factor = w.factor(p);
  for (std::size_t k = 0; k < w.functions.size(); ++k) {
    const int o = int(w.functions[k]);
    for (std::size_t z = 0; z < w.z; ++z)
      w.f[z] = factor * w.unit[k] * (w.y[z * std::size_t(w.outputs) + std::size_t(o)] - rest[o] + bias[o]);
    w.projection.add(operator_of(o), p.out, p.in, w.f.data(), e);
  }
}

void NeuralMomentumTerm::pull(Work& w, Momenta p, const PairElements& weight, double* gradient) const {
  inputs(p, w.x);
  std::fill(w.y.begin(), w.y.end(), 0.0);
  const double factor = w.factor(p);
  double *rest = &w.y[w.z * std::size_t(w.outputs)], *bias = gradient + at_rest(ShortRange::c01);
  for (std::size_t k = 0; k < w.functions.size(); ++k) {
    const int o = int(w.functions[k]);
    std::fill(w.f.begin(), w.f.end(), 0.0);
    w.projection.pull(operator_of(o), p.out, p.in, weight, w.f.data());
    for (std::size_t z = 0; z < w.z; ++z) {
      const double d = factor * w.unit[k] * w.f[z];
      w.y[z * std::size_t(w.outputs) + std::size_t(o)] = d;
      rest[o] -= d, bias[o] += d;
    }
  }
  network_.pull(w.x, w.y, {gradient, std::size_t(network_.size())});
}

NeuralMomentumTerm::Rows NeuralMomentumTerm::elements(const Block& b, Pair pair, std::span<const Momenta> momenta,
                                                      Rows* jacobian) const {
  Work w(*this, b, pair);
  const int count = b.waves * b.waves;
  Rows out = Rows::Zero(long(momenta.size()), count);
  if (jacobian) jacobian->setZero(count * out.rows(), network_.size());
  for (long i = 0; i < out.rows(); ++i) {
    const Momenta p = momenta[std::size_t(i)];
    if (w.factor(p) < negligible) continue;
    PairElements e;
    evaluate(w, p, e);
    for (int x = 0; x < b.waves; ++x)
      for (int y = 0; y < b.waves; ++y) {
        out(i, b.waves * x + y) = e.value[2 * x + y];
        if (!jacobian) continue;
        PairElements one;
        one.value[2 * x + y] = 1;
        pull(w, p, one, &(*jacobian)(count * i + b.waves * x + y, 0));
      }
  }
  return out;
}

std::array<double, spin_operators> NeuralMomentumTerm::coefficients(int spin, int isospin, double out, double in,
                                                                    double z) const {
  NeuralMomentumTerm at_z = *this;
  at_z.rule_ = {{z}, {1}};
  std::vector<double> x, y(2 * std::size_t(network_.outputs()));
  at_z.inputs({out, in}, x);
  network_.forward(x, y);
  std::array<double, spin_operators> f{};
  for (ShortRange s : felt(spin, isospin, network_.outputs())) {
    const SpinOperator o = operator_of(int(s));
    const double unit = natural_unit(power(o), options_.breakdown) / (4 * std::numbers::pi);
    f[std::size_t(o)] =
        unit * (y[std::size_t(s)] - y[std::size_t(network_.outputs()) + std::size_t(s)] + parameters()[at_rest(s)]);
  }
  return f;
}

void NeuralMomentumTerm::add(const Block& b, Pair pair, std::span<const double> p, Eigen::MatrixXd& V) const {
  add_between(b, pair, p, p, V);
}

/// visit(p', p, i, j) for every pair of momenta that the regulator leaves something of.
template <class Work, class Visit>
static void visit_pairs(Work& w, std::span<const double> rows, std::span<const double> columns, Visit visit) {
  for (std::size_t j = 0; j < columns.size(); ++j)
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (w.factor({rows[i], columns[j]}) >= negligible) visit(rows[i], columns[j], long(i), long(j));
}

void NeuralMomentumTerm::add_between(const Block& b, Pair pair, std::span<const double> rows,
                                     std::span<const double> columns, Eigen::MatrixXd& V) const {
  const long R = long(rows.size()), C = long(columns.size());
  Work w(*this, b, pair);
  visit_pairs(w, rows, columns, [&](double out, double in, long i, long j) {
    PairElements e;
    evaluate(w, {out, in}, e);
    for (int x = 0; x < b.waves; ++x)
      for (int y = 0; y < b.waves; ++y) V(x * R + i, y * C + j) += e.value[2 * x + y];
  });
}

void NeuralMomentumTerm::pull(const Block& b, Pair pair, std::span<const double> p, const Eigen::MatrixXd& W,
                              std::span<double> gradient) const {
  pull_between(b, pair, p, p, W, gradient);
}

void NeuralMomentumTerm::pull_between(const Block& b, Pair pair, std::span<const double> rows,
                                      std::span<const double> columns, const Eigen::MatrixXd& W,
                                      std::span<double> gradient) const {
  const long R = long(rows.size()), C = long(columns.size());
  Work w(*this, b, pair);
  visit_pairs(w, rows, columns, [&](double out, double in, long i, long j) {
    PairElements weight;
    for (int x = 0; x < b.waves; ++x)
      for (int y = 0; y < b.waves; ++y) weight.value[2 * x + y] = W(x * R + i, y * C + j);
    pull(w, {out, in}, weight, gradient.data());
  });
}

GaussianPrior natural_prior(const NeuralMomentumTerm& term) {
  std::vector<double> precision;
  for (double sd : term.size()) precision.push_back(1 / (sd * sd));
  return {term.centre(), std::move(precision)};
}

}  // namespace orogen::nuclear
