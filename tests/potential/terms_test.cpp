// Terms × properties × six structures. A new term adds one line to the table.
#include <gtest/gtest.h>

#include "common/brute_force_pairs.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/potential/terms/zbl.hpp"
#include "potential/term_promises.hpp"

namespace orogen {
namespace {

using namespace promises;

const std::vector<TermCase> table = {
    {"nothing", {}},
    {"zbl", {{"zbl"}}},
    {"reference_energies", {{"reference_energies"}}},
    {"learned", {}, true},
    {"learned_two_layers", {}, true, 2},
    {"sum", {{"zbl"}, {"reference_energies"}}, true},
    {"sum_two_layers", {{"zbl"}, {"reference_energies"}}, true, 2},
    {"committee", {{"zbl"}, {"reference_energies"}}, true, 2, 2},
};

class Terms : public testing::TestWithParam<TermCase> {};

TEST_P(Terms, keep_every_promise_in_every_kind_of_structure) { expect_all(model_of(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Table, Terms, testing::ValuesIn(table), [](const auto& info) { return info.param.name; });

TEST(Sum, of_a_silent_network_is_physics_alone) {
  const auto silent = make_learned_potential(model_of({"", {{"zbl"}, {"reference_energies"}}}), {1, 0.5, "float64"});
  for (const Named& named : six_structures()) {
    const Structure& s = named.structure;
    double expected = 0;
    for (int z : s.species) expected += z == 1 ? -13.5 : -20.25;
    for (const BrutePair& p : brute_force_pairs(s, Zbl({{1, 8}}).reach().distance))
      expected += 0.5 * Zbl::energy(s.species[p.i], s.species[p.j], p.distance);
    EXPECT_NEAR(silent->evaluate(s).energy, expected, 1e-9 * (1 + std::abs(expected))) << named.name;
  }
}

TEST(Sum, reaches_as_far_as_its_farthest_term_where_the_network_sees_less_far) {
  Model near = model_of({"", {{"zbl"}}});
  near.shape.cutoff = 0.6;  // Å; two oxygens touch at 0.92
  const Structure s = rock_salt();
  double expected = 0;
  for (const BrutePair& p : brute_force_pairs(s, 1))
    expected += 0.5 * Zbl::energy(s.species[p.i], s.species[p.j], p.distance);
  const auto potential = make_learned_potential(near, {1, 0.1, "float64"});
  EXPECT_NEAR(potential->evaluate(s).energy, expected, 1e-9 * (1 + expected));
  EXPECT_GE(potential->reach(), Zbl::contact(8, 8));
}

TEST(TermKinds, that_do_not_exist_are_refused_by_name) {
  try {
    make_terms(model_of({"", {{"zlb"}}}));
    FAIL();
  } catch (const InputError& e) {
    EXPECT_NE(std::string(e.what()).find("zbl"), std::string::npos) << e.what();
  }
}

TEST(NuclearRepulsion, acts_in_all_structures_of_the_table_but_the_lone_atom_and_nowhere_else_twice) {
  const auto with_it = make_learned_potential(model_of({"", {{"zbl"}}, true}), {1, 0.5, "float64"});
  const auto without = make_learned_potential(model_of({"", {}, true}), {1, 0.5, "float64"});
  for (const auto& [name, s] : six_structures()) {
    double expected = 0;
    for (const BrutePair& p : brute_force_pairs(s, Zbl({{1, 8}}).reach().distance))
      expected += 0.5 * Zbl::energy(s.species[p.i], s.species[p.j], p.distance);
    const double repulsion = with_it->evaluate(s).energy - without->evaluate(s).energy;
    EXPECT_NEAR(repulsion, expected, 1e-9 * (1 + expected)) << name;
    EXPECT_EQ(expected > 0.1, s.size() > 1 || s.cell.any_periodic()) << name;
  }
}

TEST(NuclearRepulsion, drives_two_nuclei_apart) {
  const auto with_it = make_learned_potential(model_of({"", {{"zbl"}}, true}), {1, 0.5, "float64"});
  const auto without = make_learned_potential(model_of({"", {}, true}), {1, 0.5, "float64"});
  Structure pair = one_atom();
  pair.species = {8, 8}, pair.positions = {Vec3::Zero(), Vec3(0.5, 0, 0)};
  const auto a = with_it->evaluate(pair), b = without->evaluate(pair);
  EXPECT_GT(a.forces[1].x() - b.forces[1].x(), 10);
  EXPECT_GT(a.virial(0, 0) - b.virial(0, 0), 5);
}

}  // namespace
}  // namespace orogen
