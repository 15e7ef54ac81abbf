// Partial-wave projection and chiral forces in momentum space.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <complex>

#include "nuclear/nuclear_checkpoints.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/nuclear/momentum/forces/chiral.hpp"
#include "orogen/nuclear/momentum/forces/projection.hpp"

namespace orogen::nuclear {
namespace {

using Complex = std::complex<double>;
constexpr double pi = std::numbers::pi;
constexpr Complex I{0, 1};
using Spin = Eigen::Matrix4cd;

double factorial(int n) { return std::tgamma(n + 1.0); }

/// Racah's formula; arguments are twice the angular momenta.
double clebsch(int a, int ma, int b, int mb, int c, int mc) {
  if (ma + mb != mc || std::abs(ma) > a || std::abs(mb) > b || std::abs(mc) > c) return 0;
  if (c > a + b || c < std::abs(a - b)) return 0;
  const auto f = [](int twice) { return factorial(twice / 2); };
  const double root = std::sqrt((c + 1) * f(a + b - c) * f(a - b + c) * f(-a + b + c) / f(a + b + c + 2)) *
                      std::sqrt(f(a + ma) * f(a - ma) * f(b + mb) * f(b - mb) * f(c + mc) * f(c - mc));
  double sum = 0;
  for (int k = 0; k <= 8; ++k) {
    const int terms[5] = {a + b - c - 2 * k, a - ma - 2 * k, b + mb - 2 * k, c - b + ma + 2 * k, c - a - mb + 2 * k};
    bool inside = true;
    double below = factorial(k);
    for (int t : terms) {
      inside = inside && t >= 0;
      if (t >= 0) below *= f(t);
    }
    if (inside) sum += (k % 2 ? -1 : 1) / below;
  }
  return root * sum;
}

Complex harmonic(int l, int m, double cosine, double azimuth) {
  const int n = std::abs(m);
  const double sign = n % 2 ? -1 : 1;  // Condon–Shortley, which std::assoc_legendre leaves out
  const double plain = sign * std::sqrt((2 * l + 1) / (4 * pi) * factorial(l - n) / factorial(l + n)) *
                       std::assoc_legendre(unsigned(l), unsigned(n), cosine);
  return (m < 0 ? sign : 1.0) * plain * std::polar(1.0, m * azimuth);
}

/// σ_a of nucleon 1 or 2 in the basis ↑↑, ↑↓, ↓↑, ↓↓.
Spin make_pauli(int nucleon, int axis) {
  Eigen::Matrix2cd s, one = Eigen::Matrix2cd::Identity();
  if (axis == 0) s << 0, 1, 1, 0;
  if (axis == 1) s << 0, -I, I, 0;
  if (axis == 2) s << 1, 0, 0, -1;
  Spin both;
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 2; ++j)
      for (int k = 0; k < 2; ++k)
        for (int l = 0; l < 2; ++l)
          both(2 * i + k, 2 * j + l) = nucleon == 1 ? s(i, j) * one(k, l) : one(i, j) * s(k, l);
  return both;
}

const Spin& pauli(int nucleon, int axis) {
  static const Spin all[6] = {make_pauli(1, 0), make_pauli(1, 1), make_pauli(1, 2),
                              make_pauli(2, 0), make_pauli(2, 1), make_pauli(2, 2)};
  return all[3 * (nucleon - 1) + axis];
}

Spin along(int nucleon, const Eigen::Vector3d& v) {
  return v[0] * pauli(nucleon, 0) + v[1] * pauli(nucleon, 1) + v[2] * pauli(nucleon, 2);
}

Spin spin_matrix(SpinOperator o, const Eigen::Vector3d& out, const Eigen::Vector3d& in) {
  const Eigen::Vector3d q = out - in, k = (out + in) / 2, n = q.cross(k);
  switch (o) {
    case SpinOperator::one:
      return Spin::Identity();
    case SpinOperator::sigma_sigma:
      return pauli(1, 0) * pauli(2, 0) + pauli(1, 1) * pauli(2, 1) + pauli(1, 2) * pauli(2, 2);
    case SpinOperator::spin_orbit:
      return -I * 0.5 * (along(1, n) + along(2, n));
    case SpinOperator::sigma_l:
      return along(1, n) * along(2, n);
    case SpinOperator::sigma_q:
      return along(1, q) * along(2, q);
    default:
      return along(1, k) * along(2, k);
  }
}

/// |(L S) J M=0⟩ at a direction: a spinor.
Eigen::Vector4cd state(int L, int S, int J, double cosine, double azimuth) {
  Eigen::Vector4cd v = Eigen::Vector4cd::Zero();
  for (int ms = -S; ms <= S; ++ms) {
    const Complex y = clebsch(2 * L, -2 * ms, 2 * S, 2 * ms, 2 * J, 0) *
                      (std::abs(ms) <= L ? harmonic(L, -ms, cosine, azimuth) : 0.0);
    for (int i = 0; i < 4; ++i) {
      const int m1 = i < 2 ? 1 : -1, m2 = i % 2 ? -1 : 1;
      v[i] += y * clebsch(1, m1, 1, m2, 2 * S, 2 * ms);
    }
  }
  return v;
}

/// ∫ dΩ' dΩ ⟨state'|V(p', p)|state⟩, over both directions.
double brute_force(SpinOperator o, int L_out, int L_in, int S, int J, double out, double in,
                   double (*f)(double, double, double)) {
  const Quadrature theta = gauss_legendre(5);
  const int turns = 10;
  Complex sum = 0;
  const auto vector = [](double size, double c, double phi) {
    const double s = std::sqrt(1 - c * c);
    return Eigen::Vector3d(size * s * std::cos(phi), size * s * std::sin(phi), size * c);
  };
  // Rotation about z changes nothing for M = 0: the azimuth of p' may stay 0, times 2π.
  for (std::size_t a = 0; a < 5; ++a) {
    const Eigen::Vector3d to = vector(out, theta.x[a], 0);
    const Eigen::Vector4cd bra = state(L_out, S, J, theta.x[a], 0);
    for (std::size_t b = 0; b < 5; ++b)
      for (int t = 0; t < turns; ++t) {
        const double phi = 2 * pi * t / turns;
        const Eigen::Vector3d from = vector(in, theta.x[b], phi);
        const double z = to.dot(from) / (out * in);
        const Complex element = bra.dot(spin_matrix(o, to, from) * state(L_in, S, J, theta.x[b], phi));
        sum += theta.w[a] * theta.w[b] * (2 * pi) * (2 * pi / turns) * f(out, in, z) * element;
      }
  }
  EXPECT_NEAR(sum.imag(), 0, 1e-9 * (1 + std::abs(sum.real())));
  // i^(L − L'): real radial functions.
  return sum.real() * (L_out == L_in ? 1 : -1);
}

/// Smooth, symmetric, of low degree in z so that the sums above are exact.
double smooth(double out, double in, double z) {
  const double a = out * in, s = out * out + in * in;
  return 0.7 - 0.3 * s + 0.9 * a * z + 0.4 * z * z * a * a - 0.25 * z * z * z * s;
}

TEST(NuclearProjection, of_each_operator_is_the_sum_over_spins_and_angles) {
  const double out = 1.3, in = 0.6;
  const Quadrature rule = gauss_legendre(16);
  for (const Block& b : blocks(Pair::np, 2)) {
    const Projection projection(b, rule);
    for (int o = 0; o < spin_operators; ++o) {
      std::vector<double> f;
      for (double z : rule.x) f.push_back(smooth(out, in, z));
      PairElements e;
      projection.add(SpinOperator(o), out, in, f.data(), e);
      for (int x = 0; x < b.waves; ++x)
        for (int y = 0; y < b.waves; ++y)
          EXPECT_NEAR(e.value[2 * x + y], brute_force(SpinOperator(o), b.L[x], b.L[y], b.S, b.J, out, in, smooth),
                      1e-12)
              << name(b) << " operator " << o << " element " << x << y;
    }
  }
}

TEST(NuclearProjection, adjoint_is_the_transpose) {
  const Quadrature rule = gauss_legendre(8);
  for (const Block& b : blocks(Pair::np, 2))
    for (int o = 0; o < spin_operators; ++o) {
      const Projection projection(b, rule);
      const PairElements weight{{0.3, -0.8, 1.1, 0.4}};
      std::vector<double> df(8, 0.0), f(8);
      projection.pull(SpinOperator(o), 1.3, 0.6, weight, df.data());
      double through_f = 0, through_elements = 0;
      for (std::size_t k = 0; k < 8; ++k) f[k] = std::sin(1.0 + double(k)), through_f += df[k] * f[k];
      PairElements e;
      projection.add(SpinOperator(o), 1.3, 0.6, f.data(), e);
      for (int c = 0; c < 4; ++c) through_elements += weight.value[c] * e.value[c];
      EXPECT_NEAR(through_f, through_elements, 1e-13) << name(b) << " operator " << o;
    }
}

Eigen::MatrixXd elements(const MomentumInteraction& v, const Block& b, double out, double in, Pair pair = Pair::np) {
  Eigen::MatrixXd V = Eigen::MatrixXd::Zero(b.waves, b.waves);
  v.add_between(b, pair, std::span(&out, 1), std::span(&in, 1), V);
  return V;
}

TEST(NuclearChiral, elements_of_EMN_N2LO_500_are_the_published_ones_of_J_1) {
  // An independent implementation, which agrees with the authors' routines to 2e-8; MeV^-2.
  const MomentumInteraction v = chiral_emn(3, 500);
  EXPECT_NEAR(elements(v, block_of(wave("1P1")), 100, 200)(0, 0), 6.33124e-7, 1e-12);
  EXPECT_NEAR(elements(v, block_of(wave("3P1")), 100, 200)(0, 0), 5.89844e-7, 1e-12);
  const Eigen::MatrixXd sd = elements(v, block_of(wave("3S1")), 100, 200);
  EXPECT_NEAR(sd(0, 0), -2.90017e-6, 1e-11);
  EXPECT_NEAR(sd(1, 1), 2.24557e-7, 1e-12);
  EXPECT_NEAR(sd(1, 0), -2.70411e-7, 1e-12);
  EXPECT_NEAR(sd(0, 1), -3.05881e-6, 1e-11);
}

TEST(NuclearChiral, one_pion_exchange_of_EMN_LO_500) {
  const MomentumInteraction v = chiral_pions(emn_form(0, 500));
  EXPECT_NEAR(elements(v, block_of(wave("1S0")), 100, 100)(0, 0), 1.081303170e-06, 1e-14);
  EXPECT_NEAR(elements(v, block_of(wave("3P2")), 20, 400)(0, 1), 4.008585343e-08, 1e-15);
  EXPECT_NEAR(elements(v, block_of(wave("1D2")), 20, 400)(0, 0), -1.888698756e-10, 1e-18);
}

int order_of(const std::string& name) { return name == "LO" ? 0 : name == "NLO" ? 2 : 3; }

/// "ope", "tpe", "ct" or the sum.
MomentumInteraction part(const std::string& name, int order, double cutoff) {
  const ChiralForm form = emn_form(order, cutoff);
  if (name.find('+') != std::string::npos) return chiral_emn(order, cutoff);
  MomentumInteraction one(name, form.constants);
  if (name == "ope")
    one += std::make_unique<OnePionExchange>(form.constants, form.pions, Regulator{cutoff, form.one_pion_power});
  if (name == "tpe")
    one += std::make_unique<TwoPionExchange>(form.constants, form.pions, Regulator{cutoff, form.two_pion_power}, order);
  if (name == "ct") one += std::make_unique<Contacts>(form.constants, form.contacts, emn_constants(order, cutoff));
  return one;
}

TEST(NuclearChiral, all_elements_of_all_nine_forces_agree_with_the_checkpoints) {
  const std::vector<Row> rows = checkpoint("ck_emn_matrix_elements.csv");
  if (rows.empty()) GTEST_SKIP() << "no checkpoints under " << shared_folder() << "; set OROGEN_SHARED";
  double worst = 0;
  int compared = 0;
  for (const Row& row : rows) {
    const int J = std::stoi(row.at("J"));
    const double out = std::stod(row.at("pprime_MeV")), in = std::stod(row.at("p_MeV"));
    const MomentumInteraction v = part(row.at("part"), order_of(row.at("order")), std::stod(row.at("Lambda_MeV")));
    const auto check = [&](const char* column, const Block& b, int x, int y) {
      const std::string& cell = row.at(column);
      if (cell.empty()) return;
      ++compared;
      const double expected = std::stod(cell), got = elements(v, b, out, in)(x, y);
      worst = std::max(worst, std::abs(got - expected) / std::abs(expected));
      EXPECT_NEAR(got, expected, 1e-6 * std::abs(expected)) << row.at("order") << row.at("Lambda_MeV") << row.at("part")
                                                            << " " << column << " J=" << J << " " << out << " " << in;
    };
    check("V_singlet", {J, 0, 1, {J, 0}}, 0, 0);
    if (J == 0) {
      check("V_Jp1_Jp1", {0, 1, 1, {1, 0}}, 0, 0);
      continue;
    }
    check("V_triplet_LeqJ", {J, 1, 1, {J, 0}}, 0, 0);
    const Block coupled{J, 1, 2, {J - 1, J + 1}};
    check("V_Jm1_Jm1", coupled, 0, 0);
    check("V_Jp1_Jp1", coupled, 1, 1);
    check("V_Jp1_Jm1", coupled, 1, 0);
    check("V_Jm1_Jp1", coupled, 0, 1);
  }
  EXPECT_GT(compared, 1000);
  RecordProperty("worst_relative_in_1e-12", std::to_string(1e12 * worst));
  RecordProperty("compared", compared);
}

TEST(NuclearChiral, rectangle_and_square_agree_and_the_square_is_symmetric) {
  const MomentumInteraction v = chiral_emn(3, 500);
  const std::vector<double> p = {3, 80, 240, 650, 1900};
  for (const Block& b : blocks(Pair::np, 2)) {
    Eigen::MatrixXd square = Eigen::MatrixXd::Zero(5 * b.waves, 5 * b.waves), between = square, pairs = square;
    v.add(b, Pair::np, p, square);
    v.add_between(b, Pair::np, p, p, between);
    for (std::size_t t = 0; t < v.size(); ++t) v.term(t).MomentumTerm::add_between(b, Pair::np, p, p, pairs);
    EXPECT_LT((square - between).cwiseAbs().maxCoeff(), 1e-20) << name(b);
    EXPECT_LT((square - pairs).cwiseAbs().maxCoeff(), 1e-20) << name(b);
    EXPECT_LT((square - square.transpose()).cwiseAbs().maxCoeff(), 1e-20) << name(b);
  }
}

TEST(NuclearChiral, derivatives_with_respect_to_contacts_are_exact_up_to_N3LO) {
  ChiralForm form = emn_form(3, 500);
  form.contacts.order = 4;
  std::vector<double> lecs;
  for (std::size_t k = 0; k < contact_names(4).size(); ++k) lecs.push_back(0.1 * std::cos(double(k)));
  EXPECT_EQ(lecs.size(), 26u);
  MomentumInteraction v = chiral(form, lecs);
  const std::vector<double> p = {50, 300, 520};
  std::vector<bool> seen(26, false);
  for (Pair pair : {Pair::np, Pair::pp, Pair::nn})
    for (const Block& b : blocks(pair, 4)) {
      const long n = 3 * b.waves;
      Eigen::MatrixXd W(n, n), base = Eigen::MatrixXd::Zero(n, n);
      for (long i = 0; i < n * n; ++i) W(i) = std::sin(0.7 * double(i));
      std::vector<double> gradient(26, 0.0), default_pull(26, 0.0);
      v.set_parameters(lecs);
      v.add(b, pair, p, base);
      v.pull(b, pair, p, W, gradient);
      v.term(2).MomentumTerm::pull_between(b, pair, p, p, W, default_pull);
      for (std::size_t k = 0; k < 26; ++k) {
        std::vector<double> moved = lecs;
        moved[k] += 1;  // linear: the difference is exact
        v.set_parameters(moved);
        Eigen::MatrixXd up = Eigen::MatrixXd::Zero(n, n);
        v.add(b, pair, p, up);
        const double expected = W.cwiseProduct(up - base).sum();
        EXPECT_NEAR(gradient[k], expected, 1e-9 * std::abs(expected) + 1e-18) << name(b) << " " << contact_names(4)[k];
        EXPECT_NEAR(default_pull[k], gradient[k], 1e-12 * std::abs(expected) + 1e-25);
        if (expected != 0) seen[k] = true;
      }
    }
  for (std::size_t k = 0; k < 26; ++k) EXPECT_TRUE(seen[k]) << contact_names(4)[k] << " acts nowhere";
}

/// Momentum-dependent factor of an operator, as a function of p'², p², z.
using Factor = double (*)(double, double, double);
double q2(double out, double in, double z) { return out * out + in * in - 2 * out * in * z; }
double k2(double out, double in, double z) { return (out * out + in * in + 2 * out * in * z) / 4; }
const std::vector<std::pair<SpinOperator, Factor>>& contact_operators() {
  using enum SpinOperator;
  static const auto unit = [](double, double, double) { return 1.0; };
  static const auto q4 = [](double o, double i, double z) { return q2(o, i, z) * q2(o, i, z); };
  static const auto k4 = [](double o, double i, double z) { return k2(o, i, z) * k2(o, i, z); };
  static const auto q2k2 = [](double o, double i, double z) { return q2(o, i, z) * k2(o, i, z); };
  static const auto cross2 = [](double o, double i, double z) { return o * o * i * i * (1 - z * z); };
  static const std::vector<std::pair<SpinOperator, Factor>> all = {
      {one, unit},         {sigma_sigma, unit},   {one, q2},        {one, k2},         {sigma_sigma, q2},
      {sigma_sigma, k2},   {spin_orbit, unit},    {sigma_q, unit},  {sigma_k, unit},   {one, q4},
      {one, k4},           {one, q2k2},           {one, cross2},    {sigma_sigma, q4}, {sigma_sigma, k4},
      {sigma_sigma, q2k2}, {sigma_sigma, cross2}, {spin_orbit, q2}, {spin_orbit, k2},  {sigma_l, unit},
      {sigma_q, q2},       {sigma_q, k2},         {sigma_k, q2},    {sigma_k, k2}};
  return all;
}

/// The elements of a block for all pairs of momenta, one after the other.
Eigen::VectorXd projected(const Block& b, SpinOperator o, Factor f, const std::vector<double>& p) {
  const Quadrature rule = gauss_legendre(10);
  const Projection projection(b, rule);
  Eigen::MatrixXd V(b.waves * long(p.size()), b.waves * long(p.size()));
  const long n = long(p.size());
  for (long i = 0; i < n; ++i)
    for (long j = 0; j < n; ++j) {
      std::vector<double> values;
      for (double z : rule.x) values.push_back(f(p[std::size_t(i)], p[std::size_t(j)], z));
      PairElements e;
      projection.add(o, p[std::size_t(i)], p[std::size_t(j)], values.data(), e);
      for (int x = 0; x < b.waves; ++x)
        for (int y = 0; y < b.waves; ++y) V(x * n + i, y * n + j) = e.value[2 * x + y];
    }
  return V.reshaped();
}

TEST(NuclearChiral, contacts_of_all_waves_are_the_24_operators_of_N3LO_in_another_basis) {
  // No regulator to speak of: p << cut-off, high powers.
  const ContactForm form{4, 1000, 20, 20, 20, 20};
  const std::vector<double> p = {0.05, 0.11, 0.18, 0.26, 0.3};
  std::vector<double> MeV;
  for (double x : p) MeV.push_back(1000 * x);
  Eigen::MatrixXd map = Eigen::MatrixXd::Zero(26, 24);
  for (const Block& b : blocks(Pair::np, 5)) {
    const ContactBasis basis = contact_basis(form, b, Pair::np);
    const Eigen::MatrixXd G = basis.functions(b.waves, MeV, 1e9);
    Eigen::MatrixXd span(b.waves * 5 * b.waves * 5, long(basis.entries.size()));
    for (long e = 0; e < span.cols(); ++e) {
      std::vector<double> unit(26, 0.0);
      unit[basis.entries[std::size_t(e)].constant] = 1;
      span.col(e) = (G * basis.coupling(unit) * G.transpose()).eval().reshaped() / basis.entries[std::size_t(e)].unit;
    }
    for (std::size_t k = 0; k < contact_operators().size(); ++k) {
      const auto& [o, f] = contact_operators()[k];
      const Eigen::VectorXd V = projected(b, o, f, p);
      if (basis.empty()) {
        EXPECT_LT(V.cwiseAbs().maxCoeff(), 1e-14) << name(b) << " operator " << k;
        continue;
      }
      const Eigen::VectorXd share = span.colPivHouseholderQr().solve(V);
      EXPECT_LT((span * share - V).cwiseAbs().maxCoeff(), 1e-12) << name(b) << " operator " << k;
      for (long e = 0; e < share.size(); ++e) map(long(basis.entries[std::size_t(e)].constant), long(k)) = share[e];
    }
  }
  // C̃(1S0) = 4π(C_S − 3C_T), C_SD = −4π√2(2C6/3 + C7/6), C(3P2) has C5/3.
  EXPECT_NEAR(map(0, 1), -12 * pi, 1e-8);
  EXPECT_NEAR(map(9, 7), -4 * pi * std::sqrt(2.0) * 2 / 3, 1e-7);
  EXPECT_NEAR(map(9, 8), -4 * pi * std::sqrt(2.0) / 6, 1e-7);
  EXPECT_NEAR(map(10, 6), 4 * pi / 3, 1e-7);
  EXPECT_EQ(Eigen::FullPivLU<Eigen::MatrixXd>(map).setThreshold(1e-9).rank(), 24);
}

TEST(NuclearChiral, forms_that_do_not_exist_are_refused) {
  EXPECT_THROW(emn_form(1, 500), InputError);
  EXPECT_THROW(emn_constants(3, 475), InputError);
  const std::vector<double> few = {1, 2, 3};
  EXPECT_THROW(chiral_emn(0, 500, few), InputError);
  EXPECT_THROW(gauss_legendre(0), InputError);
  EXPECT_THROW(momentum_points({40, -1}), InputError);
  ChiralForm form = emn_form(2, 500);
  form.pions.spectral_cutoff = 200;
  EXPECT_THROW(chiral_pions(form), InputError);
}

}  // namespace
}  // namespace orogen::nuclear
