// What every term of a potential promises, in six kinds of structures; a new term is one more model to try it on.
#pragma once
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "orogen/base/random.hpp"
#include "orogen/potential/check_derivatives.hpp"
#include "orogen/potential/learned/learned_potential.hpp"
#include "orogen/potential/learned/site_network.hpp"
#include "orogen/potential/terms/term_kinds.hpp"

namespace orogen::promises {

struct Named {
  std::string name;
  Structure structure;
};

inline Structure with(std::vector<int> species, std::vector<Vec3> positions, const Mat3& rows,
                      std::array<bool, 3> periodic) {
  Structure s;
  s.species = std::move(species), s.positions = std::move(positions), s.cell.rows = rows, s.cell.periodic = periodic;
  return s;
}

inline Structure molecule() {
  return with({8, 1, 1, 8}, {{0.01, 0, 0.02}, {0.55, 0.03, 0}, {-0.23, 0.92, -0.05}, {0.7, 0.5, 0.6}}, Mat3::Zero(),
              {false, false, false});
}

/// Eight atoms, alternating, each moved a little; neighbours 0.6 Å apart: inside the contact of all pairs with oxygen.
inline Structure rock_salt() {
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

inline Mat3 tilted() {
  Mat3 rows;
  rows << 4.1, 0, 0, 0.9, 3.8, 0, -0.7, 0.6, 4.4;
  return rows;
}
inline std::vector<Vec3> four_sites() { return {{0.1, 0.2, 0.1}, {0.5, 0.35, 0.25}, {2.0, 2.1, 1.9}, {2.2, 1.4, 2.4}}; }

inline Structure slab() { return with({8, 1, 8, 1}, four_sites(), tilted(), {true, true, false}); }
inline Structure triclinic() { return with({8, 1, 1, 8}, four_sites(), tilted(), {true, true, true}); }
/// One atom and its own images, 0.7 Å away along a: nearer than contact and than the cut-off.
inline Structure small_cell() {
  Mat3 rows;
  rows << 0.7, 0, 0, 0.2, 2.1, 0, 0, 0.3, 2.5;
  return with({8}, {{0.1, 0.1, 0.1}}, rows, {true, true, true});
}
inline Structure one_atom() { return with({1}, {{0.3, 0.1, 0}}, Mat3::Zero(), {false, false, false}); }

inline std::vector<Named> six_structures() {
  return {{"molecule", molecule()}, {"rock salt", rock_salt()},   {"triclinic", triclinic()},
          {"slab", slab()},         {"small cell", small_cell()}, {"one atom", one_atom()}};
}

/// A model of hydrogen and oxygen with these terms; its network is silent (all parameters zero) or drawn at random.
struct TermCase {
  std::string name;
  std::vector<TermOptions> terms;
  bool learned = false;
  int layers = 1, members = 1, outputs = 1;
};

inline Model model_of(const TermCase& c) {
  Model m;
  m.shape.layers = c.layers, m.shape.species = 2, m.shape.features = 4, m.shape.hidden = 8, m.shape.radial = 4;
  m.shape.l_max = 2, m.shape.cutoff = 1.6, m.shape.mean_neighbors = 40, m.shape.energy_scale = 0.1;
  m.shape.outputs = c.outputs;
  m.elements = {1, 8};
  m.reference_energies = {-13.5, -20.25};
  m.terms = c.terms;
  for (int k = 0; k < c.members; ++k) {
    m.members.push_back(m.parameterization().initial(std::uint64_t(11 + k)));
    if (!c.learned) std::fill(m.members.back().begin(), m.members.back().end(), 0.0f);
  }
  return m;
}

inline std::vector<Vec3> some_direction(int atoms) {
  Random random(9);
  std::vector<Vec3> v;
  for (int i = 0; i < atoms; ++i) v.push_back(Vec3{random.normal(), random.normal(), random.normal()});
  return v;
}

inline Structure moved(Structure s, const std::vector<Vec3>& direction, double h) {
  for (int i = 0; i < s.size(); ++i) s.positions[i] += h * direction[i];
  return s;
}

/// Energy, forces and virial against differences and against the structure's images, of which one is twice as large.
inline void expect_derivatives_and_symmetries(Potential& potential, const Named& named) {
  // Nuclei this near have steep forces: the differences are as good as a short displacement makes them.
  const auto report = check_derivatives(potential, named.structure,
                                        {.displacement = 5e-4,
                                         .strain = 5e-4,
                                         .energy_tolerance = 1e-9,
                                         .force_tolerance = 1e-4,
                                         .virial_tolerance = 1e-4});
  EXPECT_TRUE(report.passed()) << named.name << "\n" << report.text();
}

inline void expect_hessian_products(Potential& potential, const Named& named) {
  const Structure& s = named.structure;
  const auto direction = some_direction(s.size());
  const auto product = potential.hessian_vector(s, direction);
  const auto difference = [&](double h) {
    const auto ahead = potential.evaluate(moved(s, direction, h)).forces;
    auto slope = potential.evaluate(moved(s, direction, -h)).forces;
    for (int i = 0; i < s.size(); ++i) slope[i] = (slope[i] - ahead[i]) / (2 * h);
    return slope;
  };
  // Steep contacts: two steps of Richardson's extrapolation leave an error of sixth order.
  const auto a = difference(2e-4), b = difference(1e-4), c = difference(5e-5);
  for (int i = 0; i < s.size(); ++i) {
    const Vec3 coarse = (4 * b[i] - a[i]) / 3, fine = (4 * c[i] - b[i]) / 3, slope = (16 * fine - coarse) / 15;
    EXPECT_LT((product[i] - slope).norm(), 1e-6 * (1 + slope.norm())) << named.name << ", atom " << i;
  }
}

/// An energy alone costs less and is the same, to the last bit; site energies add up to it.
inline void expect_same_energy_alone(Potential& potential, const Named& named) {
  const Evaluation all = potential.evaluate(named.structure, {.site_energies = true, .site_virials = true});
  const Evaluation alone = potential.evaluate(named.structure, {.forces = false, .virial = false});
  EXPECT_EQ(alone.energy, all.energy) << named.name;
  EXPECT_TRUE(alone.forces.empty()) << named.name;
  double sum = 0;
  for (double e : all.site_energies) sum += e;
  EXPECT_NEAR(sum, all.energy, 1e-11 * (1 + std::abs(sum))) << named.name;
  Mat3 virial = Mat3::Zero();
  for (const Mat3& w : all.site_virials) virial += 0.5 * (w + w.transpose());
  EXPECT_LT((virial - all.virial).norm(), 1e-11 * (1 + virial.norm())) << named.name;
}

/// Along the distance of two atoms, through contact and cut-off, forces jump half as far at half the step.
inline void expect_smooth_forces(Potential& potential, int z1, int z2) {
  const auto largest_jump = [&](int steps) {
    double largest = 0, before = 0;
    for (int k = 0; k <= steps; ++k) {
      Structure pair;
      pair.species = {z1, z2}, pair.positions = {Vec3::Zero(), Vec3(0, 0.3, 0.4 + 1.6 * k / steps)};
      const double force = potential.evaluate(pair).forces[1].norm();
      if (k > 0) largest = std::max(largest, std::abs(force - before));
      before = force;
    }
    return largest;
  };
  EXPECT_LE(largest_jump(800), 0.55 * largest_jump(400) + 1e-9) << z1 << " and " << z2;
}

/// Large enough that several threads take part.
inline Structure many_cells() {
  Structure s;
  const Structure one = triclinic();
  for (int k = 0; k < 27; ++k)
    for (int i = 0; i < one.size(); ++i) {
      s.positions.push_back(one.positions[i] + one.cell.rows.transpose() * Vec3(k % 3, k / 3 % 3, k / 9));
      s.species.push_back(one.species[i]);
    }
  s.cell.rows = 3 * one.cell.rows, s.cell.periodic = {true, true, true};
  return s;
}

inline void expect_equal(const Evaluation& a, const Evaluation& b, double tolerance, const std::string& what) {
  EXPECT_NEAR(a.energy, b.energy, tolerance * (1 + std::abs(b.energy))) << what;
  ASSERT_EQ(a.forces.size(), b.forces.size()) << what;
  double size = 1;
  for (const Vec3& f : b.forces) size = std::max(size, f.norm());
  for (std::size_t i = 0; i < a.forces.size(); ++i)
    EXPECT_LT((a.forces[i] - b.forces[i]).norm(), tolerance * size) << what << ", atom " << i;
}

/// A batch and a large structure, with several threads as with one; Hessian products too.
inline void expect_same_with_threads(const Model& model) {
  std::vector<Structure> batch{many_cells()};
  for (const Named& named : six_structures()) batch.push_back(named.structure);
  std::vector<std::vector<Vec3>> directions;
  for (const Structure& s : batch) directions.push_back(some_direction(s.size()));
  const auto one = make_learned_potential(model, {1, 0.5, "float64"});
  const auto three = make_learned_potential(model, {3, 0.5, "float64"});
  std::vector<Evaluation> together(batch.size());
  const Want want{.tangent = directions};
  for (int repeated = 0; repeated < 2; ++repeated) three->evaluate(batch, want, together);
  const Evaluation large = three->evaluate(batch[0]);
  for (std::size_t k = 0; k < batch.size(); ++k) {
    const Evaluation alone = one->evaluate(batch[k]);
    expect_equal(together[k], alone, 1e-11, "batch");
    if (k == 0) expect_equal(large, alone, 1e-11, "large");
    const auto product = one->hessian_vector(batch[k], directions[k]);
    for (std::size_t i = 0; i < product.size(); ++i)
      EXPECT_LT((together[k].hessian_product[i] - product[i]).norm(), 1e-9 * (1 + product[i].norm()));
  }
}

inline void expect_same_in_float(const Model& model) {
  const auto twice = make_learned_potential(model, {1, 0.5, "float64"});
  const auto single = make_learned_potential(model, {1, 0.5, "float32"});
  for (const Named& named : six_structures())
    expect_equal(single->evaluate(named.structure), twice->evaluate(named.structure), 1e-5, named.name);
}

/// The model's sum on one instruction set.
inline double energy_on(const kernel::KernelTable& table, const Model& model, const Structure& s) {
  SiteNetwork<double> network(model.shape, table);
  std::vector<float> theta(model.parameterization().network_size());
  model.parameterization().expand(model.members[0].data(), theta.data());
  network.set_parameters(std::vector<double>(theta.begin(), theta.end()));
  network.couple(make_couplings(model));
  NeighborList list(model.shape.cutoff, 0.5);
  Graph graph;
  graph.set(list.update(s), model.type_of());
  SiteNetwork<double>::Memory memory;
  SweepResult result;
  network.forces(graph, memory, nullptr, result);
  for (const auto& term : make_terms(model)) add_term(*term, *graph.atoms, result);
  double sum = 0;
  for (double e : result.site_energies) sum += e;
  return sum;
}

inline void expect_same_on_every_instruction_set(const Model& model) {
  for (const Named& named : six_structures()) {
    const double expected = energy_on(*kernel::kernels_named("plain"), model, named.structure);
    for (const char* name : {"v2", "v3", "v4"}) {
      const kernel::KernelTable* table = kernel::kernels_named(name);
      if (!table) continue;
      EXPECT_NEAR(energy_on(*table, model, named.structure), expected, 1e-10 * (1 + std::abs(expected)))
          << named.name << " on " << name;
    }
  }
}

/// The whole table for one model.
inline void expect_all(const Model& model) {
  const auto potential = make_learned_potential(model, {1, 0.5, "float64"});
  for (const Named& named : six_structures()) {
    expect_derivatives_and_symmetries(*potential, named);
    expect_hessian_products(*potential, named);
    expect_same_energy_alone(*potential, named);
  }
  expect_smooth_forces(*potential, 1, 1);
  expect_smooth_forces(*potential, 1, 8);
  expect_smooth_forces(*potential, 8, 8);
  expect_same_with_threads(model);
  expect_same_in_float(model);
  if (model.members.size() == 1) expect_same_on_every_instruction_set(model);
}

}  // namespace orogen::promises
