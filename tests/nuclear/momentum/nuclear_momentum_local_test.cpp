// Local interactions between momenta.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/momentum/forces/projection.hpp"
#include "orogen/nuclear/momentum/local_in_momentum.hpp"
#include "orogen/nuclear/momentum/solvers/deuteron_momentum.hpp"

namespace orogen::nuclear {
namespace {

constexpr double pi = std::numbers::pi, hbarc = 197.32698;

/// Σ V_k exp(−a_k r²) in all waves.
struct Gaussians : LocalTerm {
  std::vector<double> strength, a;
  Gaussians(std::vector<double> v, std::vector<double> exponents) : strength(std::move(v)), a(std::move(exponents)) {}
  void add(const Block& b, Pair, std::span<const double> r, std::span<double> v) const override {
    for (std::size_t i = 0; i < r.size(); ++i)
      for (std::size_t k = 0; k < a.size(); ++k)
        for (int c : {0, 2})
          if (c == 0 || b.coupled()) v[3 * i + std::size_t(c)] += strength[k] * std::exp(-a[k] * r[i] * r[i]);
  }
  std::span<const double> parameters() const override { return strength; }
  void set_parameters(std::span<const double> t) override { strength.assign(t.begin(), t.end()); }
  void pull(const Block& b, Pair, std::span<const double> r, std::span<const double> w,
            std::span<double> gradient) const override {
    for (std::size_t i = 0; i < r.size(); ++i)
      for (std::size_t k = 0; k < a.size(); ++k)
        for (int c : {0, 2})
          if (c == 0 || b.coupled()) gradient[k] += w[3 * i + std::size_t(c)] * std::exp(-a[k] * r[i] * r[i]);
  }
};

/// −(σ1·∇)(σ2·∇) (a/π)^3/2 exp(−a r²), the transform of exp(−q²/4a) σ1·q σ2·q.
struct GaussianTensor : LocalTerm {
  double a;
  explicit GaussianTensor(double exponent) : a(exponent) {}
  void add(const Block& b, Pair, std::span<const double> r, std::span<double> v) const override {
    const Elements s12 = tensor(b);
    for (std::size_t i = 0; i < r.size(); ++i) {
      const double r2 = r[i] * r[i], g = std::pow(a / pi, 1.5) * std::exp(-a * r2);
      for (int c = 0; c < (b.coupled() ? 3 : 1); ++c)
        v[3 * i + std::size_t(c)] -=
            g / 3 * ((c == 1 ? 0 : sigma_sigma(b.S)) * (4 * a * a * r2 - 6 * a) + s12.value[c] * 4 * a * a * r2);
    }
  }
};

template <class Term, class... Arguments> LocalInMomentum of(Arguments... arguments) {
  LocalInteraction force("test", chiral_constants);
  force += std::make_unique<Term>(arguments...);
  return LocalInMomentum(std::move(force), 12, 120);
}

TEST(NuclearSum, of_terms_adds_their_elements) {
  const std::vector<double> r{0.3, 1.1, 2.7};
  const Block deuteron = block_of(wave("3S1"));
  auto elements = [&](const LocalInteraction& force) {
    std::vector<double> v(3 * r.size(), 0.0);
    force.add(deuteron, Pair::np, r, v);
    return v;
  };
  LocalInteraction central("central", chiral_constants), tensor("tensor", chiral_constants),
      sum("sum", chiral_constants);
  central += std::make_unique<Gaussians>(std::vector{-50.0}, std::vector{0.6});
  tensor += std::make_unique<GaussianTensor>(1.3);
  EXPECT_EQ(elements(sum), std::vector<double>(9, 0.0));
  sum += std::make_unique<Gaussians>(std::vector{-50.0}, std::vector{0.6});
  sum += std::make_unique<GaussianTensor>(1.3);
  const auto a = elements(central), b = elements(tensor), both = elements(sum);
  for (std::size_t k = 0; k < both.size(); ++k) EXPECT_DOUBLE_EQ(both[k], a[k] + b[k]);
}

TEST(NuclearLocalInMomentum, gaussian_in_S_waves_has_its_closed_form) {
  const double a = 0.639;
  const LocalInMomentum v = of<Gaussians>(std::vector<double>{-178}, std::vector<double>{a});
  for (double out : {40.0, 250.0, 700.0})
    for (double in : {90.0, 300.0}) {
      Eigen::MatrixXd V = Eigen::MatrixXd::Zero(1, 1);
      v.add_between(block_of(wave("1S0")), Pair::np, std::span(&out, 1), std::span(&in, 1), V);
      const double p = out / hbarc, k = in / hbarc, both = std::sqrt(pi / a) / (4 * p * k);
      const double expected =
          -178 * 2 / pi * both * (std::exp(-(p - k) * (p - k) / (4 * a)) - std::exp(-(p + k) * (p + k) / (4 * a)));
      EXPECT_NEAR(V(0, 0), expected / std::pow(hbarc, 3), 1e-16);
    }
}

TEST(NuclearLocalInMomentum, tensor_force_is_that_of_the_projection_with_its_signs) {
  const double a = 0.8, out = 260, in = 110;
  const LocalInMomentum v = of<GaussianTensor>(a);
  const Quadrature rule = gauss_legendre(40);
  std::vector<double> f;
  for (double z : rule.x) f.push_back(std::exp(-(out * out + in * in - 2 * out * in * z) / (4 * a * hbarc * hbarc)));
  for (const Block& b : blocks(Pair::np, 3)) {
    Eigen::MatrixXd V = Eigen::MatrixXd::Zero(b.waves, b.waves);
    v.add_between(b, Pair::np, std::span(&out, 1), std::span(&in, 1), V);
    PairElements e;
    Projection(b, rule).add(SpinOperator::sigma_q, out / hbarc, in / hbarc, f.data(), e);
    for (int x = 0; x < b.waves; ++x)
      for (int y = 0; y < b.waves; ++y)
        EXPECT_NEAR(V(x, y), e.value[2 * x + y] / std::pow(2 * pi * hbarc, 3), 1e-13 * std::pow(hbarc, -3))
            << name(b) << x << y;
  }
}

TEST(NuclearLocalInMomentum, minnesota_deuteron_has_its_energy) {
  // Thompson, LeMere and Tang (1977), ħ²/M = 41.47 MeV fm²; the energy is that of an independent calculation in
  // coordinate space.
  Constants c = chiral_constants;
  c.proton = c.neutron = hbarc * hbarc / 41.47;
  LocalInteraction force("Minnesota 3S1", c);
  force += std::make_unique<Gaussians>(std::vector<double>{200, -178}, std::vector<double>{1.487, 0.639});
  MomentumInteraction v("Minnesota 3S1", c);
  v += std::make_unique<LocalInMomentum>(std::move(force), 12, 200);
  EXPECT_NEAR(deuteron_energy(v).value(), -2.202269, 2e-6);
  std::vector<double> gradient(2, 0.0);
  deuteron_energy(v, gradient);
  v.set_parameters(std::vector<double>{200.001, -178});
  const double up = deuteron_energy(v).value();
  v.set_parameters(std::vector<double>{199.999, -178});
  EXPECT_NEAR(gradient[0], (up - deuteron_energy(v).value()) / 0.002, 1e-6 * gradient[0]);
}

TEST(NuclearLocalInMomentum, spherical_bessel_functions_are_those_of_the_standard_library) {
  for (int L = 0; L < 9; ++L)
    for (double x : {0.0, 1e-4, 0.3, 2.0, 5.5, double(L + 1), L + 1.01, 17.0, 80.0})
      EXPECT_NEAR(spherical_bessel(L, x), std::sph_bessel(unsigned(L), x), 1e-13) << L << " " << x;
}

TEST(NuclearLocalInMomentum, refuses_a_radius_that_is_none) {
  EXPECT_THROW(LocalInMomentum(LocalInteraction("none", chiral_constants), -1), InputError);
}

}  // namespace
}  // namespace orogen::nuclear
