#include "orogen/nuclear/momentum/forces/contacts.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"
#include "orogen/fit/linear_algebra.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"

namespace orogen::nuclear {
namespace {

/// One constant: V(p', p) = C p'^out p^in between two waves of a block, plus its mirror image.
struct Shape {
  const char* name;
  Block block;
  int row, column, out, in;
};

constexpr Block s1{0, 0, 1, {0, 0}}, p0{0, 1, 1, {1, 0}}, p1{1, 0, 1, {1, 0}}, t1{1, 1, 1, {1, 0}}, sd{1, 1, 2, {0, 2}},
    d2{2, 0, 1, {2, 0}}, t2{2, 1, 1, {2, 0}}, pf{2, 1, 2, {1, 3}}, dg{3, 1, 2, {2, 4}};

/// The first three stand for one shape and the pairs np, pp, nn. N3LO: Entem and Machleidt (2003), appendix.
constexpr Shape shapes[] = {
    {"Ct_1S0np", s1, 0, 0, 0, 0}, {"Ct_1S0pp", s1, 0, 0, 0, 0}, {"Ct_1S0nn", s1, 0, 0, 0, 0},
    {"Ct_3S1", sd, 0, 0, 0, 0},   {"C_1S0", s1, 0, 0, 2, 0},    {"C_3P0", p0, 0, 0, 1, 1},
    {"C_1P1", p1, 0, 0, 1, 1},    {"C_3P1", t1, 0, 0, 1, 1},    {"C_3S1", sd, 0, 0, 2, 0},
    {"C_SD", sd, 0, 1, 0, 2},     {"C_3P2", pf, 0, 0, 1, 1},    {"Dh_1S0", s1, 0, 0, 4, 0},
    {"D_1S0", s1, 0, 0, 2, 2},    {"D_3P0", p0, 0, 0, 3, 1},    {"D_1P1", p1, 0, 0, 3, 1},
    {"D_3P1", t1, 0, 0, 3, 1},    {"Dh_3S1", sd, 0, 0, 4, 0},   {"D_3S1", sd, 0, 0, 2, 2},
    {"D_3D1", sd, 1, 1, 2, 2},    {"Dh_SD", sd, 0, 1, 0, 4},    {"D_SD", sd, 0, 1, 2, 2},
    {"D_1D2", d2, 0, 0, 2, 2},    {"D_3D2", t2, 0, 0, 2, 2},    {"D_3P2", pf, 0, 0, 3, 1},
    {"D_PF", pf, 0, 1, 1, 3},     {"D_3D3", dg, 0, 0, 2, 2},
};

std::size_t constants_of(int order) {
  if (order != 0 && order != 2 && order != 3 && order != 4)
    throw InputError("contacts of order " + std::to_string(order) + "; expected 0 (LO), 2 (NLO), 3 (N2LO) or 4 (N3LO)");
  return order == 0 ? 4 : order == 4 ? std::size(shapes) : 11;
}

bool of_pair(std::size_t k, Pair pair) { return k > 2 || k == (pair == Pair::np ? 0u : pair == Pair::pp ? 1u : 2u); }

int power_of(const ContactForm& form, std::size_t k) {
  const int powers = shapes[k].out + shapes[k].in;
  if (powers == 0) return form.leading_power;
  if (powers == 4) return form.fourth_power;
  return shapes[k].block == t1 ? form.second_power_3P1 : form.second_power;
}

/// Index of the column, which is made where it is new.
long column(ContactBasis& basis, int wave, int power, const Regulator& r) {
  const auto same = [&](const ContactBasis::Column& c) {
    return c.wave == wave && c.power == power && c.regulator.power == r.power;
  };
  const auto it = std::find_if(basis.columns.begin(), basis.columns.end(), same);
  const long at = it - basis.columns.begin();
  if (it == basis.columns.end()) basis.columns.push_back({wave, power, r});
  return at;
}

}  // namespace

std::vector<std::string> contact_names(int order) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < constants_of(order); ++k) names.push_back(shapes[k].name);
  return names;
}

ContactBasis contact_basis(const ContactForm& form, const Block& b, Pair pair) {
  ContactBasis basis;
  for (std::size_t k = 0; k < constants_of(form.order); ++k) {
    const Shape& s = shapes[k];
    if (!(s.block == b) || !of_pair(k, pair)) continue;
    const Regulator r{form.cutoff, power_of(form, k)};
    const long a = column(basis, s.row, s.out, r), c = column(basis, s.column, s.in, r);
    // 10⁴ GeV⁻² = 10⁻² MeV⁻²; (p/Λ)^power keeps the columns of one size; (2π)⁻³ as in the other terms.
    const double unit = 1e-2 * std::pow(1e-3 * form.cutoff, s.out + s.in) / std::pow(2 * std::numbers::pi, 3);
    basis.entries.push_back({k, a, c, unit});
  }
  return basis;
}

Eigen::MatrixXd ContactBasis::functions(int waves, std::span<const double> p, double mass) const {
  const long n = long(p.size());
  Eigen::MatrixXd G = Eigen::MatrixXd::Zero(waves * n, long(columns.size()));
  for (long a = 0; a < G.cols(); ++a) {
    const Column& c = columns[std::size_t(a)];
    for (long i = 0; i < n; ++i) {
      const double k = p[std::size_t(i)];
      G(c.wave * n + i, a) = c.regulator(k, mass) * std::pow(k / c.regulator.cutoff, c.power);
    }
  }
  return G;
}

Eigen::MatrixXd ContactBasis::coupling(std::span<const double> constants) const {
  Eigen::MatrixXd C = Eigen::MatrixXd::Zero(long(columns.size()), long(columns.size()));
  for (const Entry& e : entries) {
    C(e.a, e.b) += e.unit * constants[e.constant];
    if (e.a != e.b) C(e.b, e.a) += e.unit * constants[e.constant];
  }
  return C;
}

void ContactBasis::pull(const Eigen::MatrixXd& weight, std::span<double> gradient) const {
  for (const Entry& e : entries)
    gradient[e.constant] += e.unit * (e.a == e.b ? weight(e.a, e.a) : weight(e.a, e.b) + weight(e.b, e.a));
}

Contacts::Contacts(const Constants& c, const ContactForm& form, std::span<const double> lecs)
    : constants_(c), form_(form), lecs_(lecs.size()) {
  const std::size_t expected = constants_of(form.order);
  if (lecs.size() != expected)
    throw InputError(std::to_string(lecs.size()) + " contact constants of order " + std::to_string(form.order) +
                     "; expected " + std::to_string(expected) + ", as contact_names lists them");
  set_parameters(lecs);
}

void Contacts::set_parameters(std::span<const double> lecs) { std::copy_n(lecs.begin(), lecs_.size(), lecs_.begin()); }

void Contacts::add(const Block& b, Pair pair, std::span<const double> p, Eigen::MatrixXd& V) const {
  add_between(b, pair, p, p, V);
}

void Contacts::add_between(const Block& b, Pair pair, std::span<const double> rows, std::span<const double> columns,
                           Eigen::MatrixXd& V) const {
  const ContactBasis basis = contact_basis(form_, b, pair);
  if (basis.empty()) return;
  const double M = mass(pair, constants_);
  const Eigen::MatrixXd coupled = product(basis.functions(b.waves, rows, M), basis.coupling(lecs_));
  V += product_with_transposed(coupled, basis.functions(b.waves, columns, M));
}

void Contacts::pull(const Block& b, Pair pair, std::span<const double> p, const Eigen::MatrixXd& W,
                    std::span<double> gradient) const {
  pull_between(b, pair, p, p, W, gradient);
}

void Contacts::pull_between(const Block& b, Pair pair, std::span<const double> rows, std::span<const double> columns,
                            const Eigen::MatrixXd& W, std::span<double> gradient) const {
  const ContactBasis basis = contact_basis(form_, b, pair);
  if (basis.empty()) return;
  const double M = mass(pair, constants_);
  const Eigen::MatrixXd half = product_of_transposed(basis.functions(b.waves, rows, M), W);
  basis.pull(product(half, basis.functions(b.waves, columns, M)), gradient);
}

}  // namespace orogen::nuclear
