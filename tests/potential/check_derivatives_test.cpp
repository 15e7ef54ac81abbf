#include "orogen/potential/check_derivatives.hpp"

#include <gtest/gtest.h>

#include "orogen/base/random.hpp"
#include "orogen/oracle/xtb/xtb.hpp"
#include "potential/reference_potentials.hpp"

namespace orogen {
namespace {

using namespace reference;

Structure rattled_crystal() {
  Structure s = face_centred_cubic(1, 5.4);
  Random random(3);
  for (auto& r : s.positions)
    for (int k = 0; k < 3; ++k) r[k] += 0.1 * random.normal();
  s.cell.rows(1, 0) = 0.7;  // triclinic
  return s;
}

Structure molecule() {
  Structure s;
  s.species = {8, 1, 1, 6};
  s.positions = {{0.1, 0, 0}, {3.5, 0, 0}, {-0.4, 3.9, 0.1}, {0.3, 0.4, 4.1}};
  return s;
}

TEST(CheckDerivatives, a_sound_potential_passes_in_crystals_slabs_and_molecules) {
  LennardJones lj(0.0103, 3.4, 5.5, 6.5);
  Structure slab = rattled_crystal();
  slab.cell.periodic[2] = false;
  for (const Structure& s : {rattled_crystal(), slab}) {
    const auto report = check_derivatives(lj, s);
    EXPECT_TRUE(report.passed()) << report.text();
    EXPECT_LT(report.find("forces = -dE/dr")->worst, 1e-7);
    EXPECT_NE(report.find("cell doubled along a: energy"), nullptr);
  }
  const auto report = check_derivatives(lj, molecule(), {.force_tolerance = 1e-3, .virial_tolerance = 1e-3});
  EXPECT_TRUE(report.passed()) << report.text();
}

void expect_caught(Potential& potential, const Structure& s, const std::string& promise, int atom) {
  const auto report = check_derivatives(potential, s);
  EXPECT_FALSE(report.passed());
  const auto* deviation = report.find(promise);
  ASSERT_NE(deviation, nullptr) << report.text();
  EXPECT_FALSE(deviation->kept()) << report.text();
  EXPECT_EQ(deviation->atom, atom) << report.text();
}

TEST(CheckDerivatives, a_wrong_force_is_found_with_its_atom) {
  LennardJones lj;
  Spoiled wrong(lj, [](const Structure&, long, Evaluation& e) { e.forces[2][1] += 1e-3; });
  expect_caught(wrong, rattled_crystal(), "forces = -dE/dr", 2);
}

TEST(CheckDerivatives, a_virial_of_the_wrong_sign_is_found) {
  LennardJones lj;
  Spoiled wrong(lj, [](const Structure&, long, Evaluation& e) { e.virial = -e.virial; });
  expect_caught(wrong, rattled_crystal(), "virial = -dE/dstrain", -1);
}

TEST(CheckDerivatives, an_energy_that_depends_on_the_frame_is_found) {
  LennardJones lj;
  Spoiled field(lj, [](const Structure& s, long, Evaluation& e) { e.energy += 0.01 * s.positions[0].x(); });
  expect_caught(field, molecule(), "translation: energy", -1);
  expect_caught(field, molecule(), "rotation: energy", -1);
}

TEST(CheckDerivatives, an_energy_that_is_not_extensive_or_knows_the_order_of_atoms_is_found) {
  LennardJones lj;
  Spoiled constant(lj, [](const Structure&, long, Evaluation& e) { e.energy += 0.1; });
  expect_caught(constant, rattled_crystal(), "cell doubled along b: energy", -1);
  Spoiled ordered(
      lj, [](const Structure& s, long, Evaluation& e) { e.energy += 0.1 * (s.positions[0] - s.positions[1]).norm(); });
  expect_caught(ordered, molecule(), "permutation of atoms: energy", -1);
  expect_caught(ordered, rattled_crystal(), "atoms moved by lattice vectors: energy", -1);
}

TEST(CheckDerivatives, a_handed_energy_is_found_by_reflection_alone) {
  LennardJones lj;
  Spoiled handed(lj, [](const Structure& s, long, Evaluation& e) {
    const auto& r = s.positions;
    e.energy += 0.01 * (r[1] - r[0]).cross(r[2] - r[0]).dot(r[3] - r[0]);
  });
  const auto report = check_derivatives(handed, molecule());
  EXPECT_TRUE(report.find("rotation: energy")->kept()) << report.text();
  EXPECT_FALSE(report.find("reflection: energy")->kept()) << report.text();
}

TEST(CheckDerivatives, a_number_that_is_not_one_never_passes) {
  LennardJones lj;
  Spoiled wrong(lj, [](const Structure&, long, Evaluation& e) { e.forces[1][0] = std::nan(""); });
  const auto report = check_derivatives(wrong, molecule());
  EXPECT_FALSE(report.passed());
  EXPECT_EQ(report.find("forces = -dE/dr")->atom, 1);
}

TEST(CheckDerivatives, xtb_keeps_its_promises_for_a_molecule) {
  Structure water;
  water.species = {8, 1, 1};
  water.positions = {{0, 0, 0.1173}, {0, 0.7572, -0.4692}, {0.02, -0.80, -0.45}};
  for (const char* method : {"GFN2-xTB", "GFN1-xTB", "GFN-FF"}) {
    XtbPotential xtb({.method = method, .accuracy = 0.001});
    const auto report = check_derivatives(xtb, water, {.force_tolerance = 1e-4, .virial_tolerance = 1e-4});
    EXPECT_TRUE(report.passed()) << method << "\n" << report.text();
  }
}

}  // namespace
}  // namespace orogen
