// The sum of the learned term and the nuclear repulsion keeps every promise of a potential, in every kind of structure.
#include <gtest/gtest.h>

#include <cmath>

#include "common/brute_force_pairs.hpp"
#include "orogen/base/random.hpp"
#include "orogen/potential/check_derivatives.hpp"
#include "orogen/potential/learned/learned_potential.hpp"
#include "orogen/potential/terms/zbl.hpp"

namespace orogen {
namespace {

struct Named {
  std::string name;
  Structure structure;
};

Structure with(std::vector<int> species, std::vector<Vec3> positions, const Mat3& rows, std::array<bool, 3> periodic) {
  Structure s;
  s.species = std::move(species), s.positions = std::move(positions), s.cell.rows = rows, s.cell.periodic = periodic;
  return s;
}

Structure molecule() {
  return with({8, 1, 1, 8}, {{0.01, 0, 0.02}, {0.55, 0.03, 0}, {-0.23, 0.92, -0.05}, {0.7, 0.5, 0.6}}, Mat3::Zero(),
              {false, false, false});
}

/// Eight atoms, alternating, each moved a little; neighbours 0.6 Å apart: inside the contact of all pairs with oxygen.
Structure rock_salt() {
  Structure s;
  Random random(4);
  for (int i = 0; i < 8; ++i) {
    const Vec3 site(i & 1, i >> 1 & 1, i >> 2 & 1);
    s.positions.push_back(0.58 * site + 0.03 * Vec3(random.normal(), random.normal(), random.normal()));
    s.species.push_back((int(site.sum()) & 1) ? 1 : 8);
  }
  s.cell.rows = 1.16 * Mat3::Identity();
  s.cell.periodic = {true, true, true};
  return s;
}

Mat3 tilted() {
  Mat3 rows;
  rows << 4.1, 0, 0, 0.9, 3.8, 0, -0.7, 0.6, 4.4;
  return rows;
}
std::vector<Vec3> four_sites() { return {{0.1, 0.2, 0.1}, {0.5, 0.35, 0.25}, {2.0, 2.1, 1.9}, {2.2, 1.4, 2.4}}; }

Structure slab() { return with({8, 1, 8, 1}, four_sites(), tilted(), {true, true, false}); }
Structure triclinic() { return with({8, 1, 1, 8}, four_sites(), tilted(), {true, true, true}); }
/// One atom and its own images, 0.7 Å away along a: nearer than contact and than the cut-off.
Structure small_cell() {
  Mat3 rows;
  rows << 0.7, 0, 0, 0.2, 2.1, 0, 0, 0.3, 2.5;
  return with({8}, {{0.1, 0.1, 0.1}}, rows, {true, true, true});
}
Structure one_atom() { return with({1}, {{0.3, 0.1, 0}}, Mat3::Zero(), {false, false, false}); }

std::vector<Named> six_structures() {
  return {{"molecule", molecule()}, {"rock salt", rock_salt()},   {"triclinic", triclinic()},
          {"slab", slab()},         {"small cell", small_cell()}, {"one atom", one_atom()}};
}

Model model(int layers, bool zbl, int members = 1) {
  Model m;
  m.shape.layers = layers, m.shape.species = 2, m.shape.features = 4, m.shape.hidden = 8, m.shape.radial = 4;
  m.shape.l_max = 2, m.shape.cutoff = 1.6, m.shape.mean_neighbors = 40, m.shape.energy_scale = 0.1;
  m.elements = {1, 8};
  m.reference_energies = {-13.5, -20.25};
  m.zbl = zbl;
  for (int k = 0; k < members; ++k) m.members.push_back(m.parameterization().initial(std::uint64_t(11 + k)));
  return m;
}

class LearnedTerms : public testing::TestWithParam<int> {};

TEST_P(LearnedTerms, keep_every_promise_in_every_kind_of_structure) {
  for (int members : {1, 2}) {
    const auto potential = make_learned_potential(model(GetParam(), true, members), {1, 0.5, "float64"});
    for (const auto& [name, s] : six_structures()) {
      // Nuclei this near have steep forces: the differences are as good as a short displacement makes them.
      const auto report = check_derivatives(*potential, s,
                                            {.displacement = 5e-4,
                                             .strain = 5e-4,
                                             .energy_tolerance = 1e-9,
                                             .force_tolerance = 1e-4,
                                             .virial_tolerance = 1e-4});
      EXPECT_TRUE(report.passed()) << name << ", " << members << " member(s)\n" << report.text();
    }
  }
}

TEST_P(LearnedTerms, hessian_times_vector_is_the_derivative_of_the_forces) {
  const auto potential = make_learned_potential(model(GetParam(), true, 2), {1, 0.5, "float64"});
  for (const Named& named : six_structures()) {
    const Structure& s = named.structure;  // clang 14 captures no structured bindings
    Random random(9);
    std::vector<Vec3> direction;
    for (int i = 0; i < s.size(); ++i) direction.emplace_back(random.normal(), random.normal(), random.normal());
    const auto product = potential->hessian_vector(s, direction);
    const auto moved = [&](double h) {
      Structure m = s;
      for (int i = 0; i < s.size(); ++i) m.positions[i] += h * direction[i];
      return potential->evaluate(m).forces;
    };
    const double h = 1e-4;
    const auto a = moved(h), b = moved(-h), c = moved(h / 2), d = moved(-h / 2);
    for (int i = 0; i < s.size(); ++i) {
      const Vec3 coarse = (b[i] - a[i]) / (2 * h), fine = (d[i] - c[i]) / h, slope = (4 * fine - coarse) / 3;
      EXPECT_LT((product[i] - slope).norm(), 1e-6 * (1 + slope.norm())) << named.name << ", atom " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Layers, LearnedTerms, testing::Values(1, 2),
                         [](const auto& info) { return "layers" + std::to_string(info.param); });

TEST(NuclearRepulsion, acts_in_all_structures_of_the_table_but_the_lone_atom_and_nowhere_else_twice) {
  const auto with_it = make_learned_potential(model(1, true), {1, 0.5, "float64"});
  const auto without = make_learned_potential(model(1, false), {1, 0.5, "float64"});
  for (const auto& [name, s] : six_structures()) {
    double expected = 0;
    for (const BrutePair& p : brute_force_pairs(s, Zbl({{1, 8}}).reach()))
      expected += 0.5 * Zbl::energy(s.species[p.i], s.species[p.j], p.distance);
    const double repulsion = with_it->evaluate(s).energy - without->evaluate(s).energy;
    EXPECT_NEAR(repulsion, expected, 1e-9 * (1 + expected)) << name;
    EXPECT_EQ(expected > 0.1, s.size() > 1 || s.cell.any_periodic()) << name;
  }
}

TEST(NuclearRepulsion, drives_two_nuclei_apart) {
  const auto with_it = make_learned_potential(model(1, true), {1, 0.5, "float64"});
  const auto without = make_learned_potential(model(1, false), {1, 0.5, "float64"});
  Structure pair = one_atom();
  pair.species = {8, 8}, pair.positions = {Vec3::Zero(), Vec3(0.5, 0, 0)};
  const auto a = with_it->evaluate(pair), b = without->evaluate(pair);
  EXPECT_GT(a.forces[1].x() - b.forces[1].x(), 10);
  EXPECT_GT(a.virial(0, 0) - b.virial(0, 0), 5);
}

}  // namespace
}  // namespace orogen
