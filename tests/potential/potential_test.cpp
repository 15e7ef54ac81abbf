// What every potential refuses and answers alike, and sums of potentials.
#include <gtest/gtest.h>

#include "orogen/base/errors.hpp"
#include "orogen/potential/sum_potential.hpp"
#include "potential/domain_fixtures.hpp"
#include "potential/reference_potentials.hpp"

namespace orogen {
namespace {

Structure argon() {
  Structure s;
  s.species = {18, 18, 18};
  s.positions = {{0, 0, 0}, {3.7, 0.2, 0}, {1.7, 3.3, 0.4}};
  return s;
}
std::vector<Vec3> direction() { return {{0.3, -1, 0.2}, {0.1, 0.4, -0.6}, {-0.2, 0.3, 1}}; }

Structure mixed() {
  Mat3 rows;
  rows << 6.1, 0, 0, 0.4, 5.8, 0, -0.3, 0.5, 6.4;
  return domain::scattered(20, rows, {true, true, true}, 3);
}

TEST(Potential, refuses_answers_for_another_number_of_structures) {
  reference::IdealGas gas;
  const std::vector<Structure> two(2, argon());
  std::vector<Evaluation> one(1);
  EXPECT_THROW(gas.evaluate(two, {}, one), InputError);
  EXPECT_EQ(gas.evaluations, 0);
}

TEST(Potential, refuses_directions_of_another_length_and_such_as_are_not_finite) {
  const auto learned = make_learned_potential(domain::random_model({}));
  reference::LennardJones argon_pairs;
  const Structure s = mixed();
  for (Potential* potential : {static_cast<Potential*>(&argon_pairs), learned.get()}) {
    std::vector<Vec3> v(std::size_t(s.size()) - 1, Vec3::Zero());
    EXPECT_THROW(potential->hessian_vector(s, v), InputError);
    v.resize(std::size_t(s.size()) + 1, Vec3::Zero());
    EXPECT_THROW(potential->hessian_vector(s, v), InputError);
    v.assign(std::size_t(s.size()), Vec3(0, NAN, 0));
    EXPECT_THROW(potential->hessian_vector(s, v), InputError);
    std::vector<Evaluation> out(1);
    const std::vector<std::vector<Vec3>> two(2, v);
    EXPECT_THROW(potential->evaluate(std::span(&s, 1), {.tangent = two}, out), InputError);
  }
}

TEST(Potential, without_products_of_its_own_takes_differences) {
  reference::LennardJones potential;
  const auto v = direction();
  const auto product = potential.hessian_vector(argon(), v);
  const auto forces = [&](double h) {
    Structure s = argon();
    for (int i = 0; i < 3; ++i) s.positions[i] += h * v[i];
    return potential.evaluate(s).forces;
  };
  const auto a = forces(1e-4), b = forces(-1e-4);
  for (int i = 0; i < 3; ++i) EXPECT_LT((product[i] - (b[i] - a[i]) / 2e-4).norm(), 1e-4);
  for (const Vec3& p : potential.hessian_vector(argon(), std::vector<Vec3>(3, Vec3::Zero()))) EXPECT_EQ(p.norm(), 0);
}

TEST(Potential, of_a_model_gives_the_same_products_as_differences) {
  const auto potential = make_learned_potential(domain::random_model({.layers = 2, .members = 2}));
  const Structure s = mixed();
  std::vector<Vec3> v;
  for (int i = 0; i < s.size(); ++i) v.push_back(direction()[std::size_t(i) % 3]);
  const auto exact = potential->hessian_vector(s, v);
  struct Forces : Potential {  // the same potential without its own products
    Potential& inner;
    explicit Forces(Potential& p) : inner(p) {}
    void compute(std::span<const Structure> structures, Want want, std::span<Evaluation> out) override {
      inner.evaluate(structures, want, out);
    }
  } forces(*potential);
  const auto differences = forces.hessian_vector(s, v);
  for (std::size_t i = 0; i < exact.size(); ++i)
    EXPECT_LT((exact[i] - differences[i]).norm(), 2e-2 * (1 + exact[i].norm()));
}

TEST(Potential, answers_members_only_where_they_are_wanted) {
  const auto committee = make_learned_potential(domain::random_model({.members = 3}));
  const Evaluation plain = committee->evaluate(mixed());
  EXPECT_TRUE(plain.member_forces.empty() && plain.member_energies.empty() && plain.uncertainty.empty());
  const Evaluation members = committee->evaluate(mixed(), {.members = true});
  ASSERT_EQ(members.member_forces.size(), 3u);
  EXPECT_EQ(members.member_energies.size(), 3u);
  const Evaluation spread = committee->evaluate(mixed(), {.forces = false, .virial = false, .uncertainty = true});
  EXPECT_TRUE(spread.forces.empty() && spread.member_forces.empty());
  EXPECT_EQ(spread.uncertainty, committee->evaluate(mixed(), {.uncertainty = true}).uncertainty);
}

struct Sum : testing::Test {
  Structure s = mixed();
  std::unique_ptr<Potential> sum_of(const Model& a, const Model& b) {
    std::vector<std::unique_ptr<Potential>> terms;
    terms.push_back(make_learned_potential(a));
    terms.push_back(make_learned_potential(b));
    return std::make_unique<SumPotential>(std::move(terms));
  }
  static Evaluation of(const Model& m, const Structure& s, Want want = {}) {
    return make_learned_potential(m)->evaluate(s, want);
  }
};

TEST_F(Sum, adds_energies_forces_virials_and_hessian_products) {
  const Model a = domain::random_model({.layers = 2}), b = domain::random_model({.members = 2, .cutoff = 3});
  const auto sum = sum_of(a, b);
  const Want want{.site_energies = true, .site_virials = true};
  const Evaluation all = sum->evaluate(s, want), one = of(a, s, want), two = of(b, s, want);
  EXPECT_NEAR(all.energy, one.energy + two.energy, 1e-10);
  EXPECT_LT((all.virial - one.virial - two.virial).norm(), 1e-10);
  const std::vector<Vec3> v(std::size_t(s.size()), Vec3(0.1, 0.2, 0.3));
  std::vector<Vec3> w = v;
  w[0] = Vec3(1, 0, 0);
  const auto h = sum->hessian_vector(s, w), h1 = make_learned_potential(a)->hessian_vector(s, w),
             h2 = make_learned_potential(b)->hessian_vector(s, w);
  for (std::size_t i = 0; i < all.forces.size(); ++i) {
    EXPECT_LT((all.forces[i] - one.forces[i] - two.forces[i]).norm(), 1e-10);
    EXPECT_NEAR(all.site_energies[i], one.site_energies[i] + two.site_energies[i], 1e-10);
    EXPECT_LT((all.site_virials[i] - one.site_virials[i] - two.site_virials[i]).norm(), 1e-10);
    EXPECT_LT((h[i] - h1[i] - h2[i]).norm(), 1e-9);
  }
  EXPECT_EQ(sum->reach(), 7.0);
}

TEST_F(Sum, has_the_root_of_the_squares_as_uncertainty_of_the_terms_that_know_theirs) {
  const Model last = domain::random_model({.last_layer = true}), committee = domain::random_model({.members = 2}),
              silent = domain::random_model({});
  const Want want{.uncertainty = true};
  const auto u = sum_of(last, committee)->evaluate(s, want).uncertainty;
  const auto a = of(last, s, want).uncertainty, b = of(committee, s, want).uncertainty;
  ASSERT_EQ(u.size(), std::size_t(s.size()));
  for (std::size_t i = 0; i < u.size(); ++i) EXPECT_NEAR(u[i], std::hypot(a[i], b[i]), 1e-12);
  EXPECT_EQ(sum_of(silent, last)->evaluate(s, want).uncertainty, a);
  EXPECT_TRUE(sum_of(silent, silent)->evaluate(s, want).uncertainty.empty());
}

TEST_F(Sum, adds_the_other_terms_to_every_member_of_a_committee) {
  const Model committee = domain::random_model({.members = 3}), one = domain::random_model({.layers = 2});
  const Want want{.members = true};
  const Evaluation all = sum_of(one, committee)->evaluate(s, want), members = of(committee, s, want), rest = of(one, s);
  ASSERT_EQ(all.member_forces.size(), 3u);
  for (std::size_t m = 0; m < 3; ++m) {
    EXPECT_NEAR(all.member_energies[m], members.member_energies[m] + rest.energy, 1e-10);
    EXPECT_LT((all.member_forces[m][4] - members.member_forces[m][4] - rest.forces[4]).norm(), 1e-10);
  }
  EXPECT_TRUE(sum_of(domain::random_model({.members = 2}), committee)->evaluate(s, want).member_energies.empty());
}

TEST_F(Sum, has_site_energies_only_where_every_term_has_them) {
  std::vector<std::unique_ptr<Potential>> terms;
  terms.push_back(make_learned_potential(domain::random_model({})));
  terms.push_back(std::make_unique<reference::LennardJones>());
  SumPotential sum(std::move(terms));
  EXPECT_TRUE(sum.evaluate(s, {.site_energies = true}).site_energies.empty());
  EXPECT_EQ(sum.evaluate(s).forces.size(), std::size_t(s.size()));
}

}  // namespace
}  // namespace orogen
