#include "orogen/dynamics/relax/relax.hpp"

#include <gtest/gtest.h>

#include "common/scratch_folder.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/base/units.hpp"
#include "orogen/dynamics/relax/relax_objective.hpp"
#include "orogen/oracle/xtb/xtb.hpp"
#include "orogen/system/files/extxyz.hpp"
#include "potential/reference_potentials.hpp"

namespace orogen {
namespace {

using namespace reference;

constexpr const char* methods[] = {"lbfgs", "fire"};

LennardJones short_ranged() { return {0.0103, 3.4, 5.5, 6.5}; }

Structure rattled(Structure s, double width) {
  Random random(7);
  for (auto& r : s.positions)
    for (int k = 0; k < 3; ++k) r[k] += width * random.normal();
  return s;
}

/// Icosahedron of 13 atoms: the global minimum of the Lennard-Jones cluster, −44.326801 ε without a cut-off.
Structure icosahedron(double radius) {
  const double g = (1 + std::sqrt(5.0)) / 2;
  Structure s;
  s.positions.push_back(Vec3::Zero());
  for (double a : {-1.0, 1.0})
    for (double b : {-g, g})
      for (const Vec3& v : {Vec3(0, a, b), Vec3(a, b, 0), Vec3(b, 0, a)})
        s.positions.push_back(radius * v.normalized());
  s.species.assign(13, 18);
  return s;
}

TEST(Relaxation, the_thirteen_atom_cluster_has_its_known_energy) {
  LennardJones lj(1, 1, 50, 60);  // reduced units, the cut-off far away
  SilentProgress silent;
  for (const char* method : methods) {
    RelaxOptions o;
    o.method = method;
    o.max_force = 1e-5;
    o.max_step = 0.05;
    o.steps = 3000;
    const auto r = relax(rattled(icosahedron(1.1), 0.03), lj, o, silent);
    EXPECT_TRUE(r.converged) << method;
    EXPECT_NEAR(r.evaluation.energy, -44.326801, 1e-6) << method;
    EXPECT_LE(r.max_force, 1e-5);
    EXPECT_LT(r.evaluations, method[0] == 'l' ? 120 : 1000);
  }
}

TEST(Relaxation, a_rattled_and_strained_crystal_finds_its_cell_again) {
  auto lj = short_ranged();
  SilentProgress silent;
  RelaxOptions o;
  o.cell = "isotropic";
  o.max_force = 1e-6;
  o.max_stress = 1e-6;
  const auto perfect = relax(face_centred_cubic(2, 5.35), lj, o, silent);
  ASSERT_TRUE(perfect.converged);
  Structure strained = rattled(face_centred_cubic(2, 5.35), 0.05);
  Mat3 f;
  f << 1.03, 0.02, 0, 0.01, 0.97, 0.03, 0, 0.02, 1.01;
  strained.cell.rows = strained.cell.rows * f.transpose();
  for (auto& r : strained.positions) r = f * r;
  o.cell = "full";
  for (const char* method : methods) {
    o.method = method;
    o.steps = 5000;
    const auto r = relax(strained, lj, o, silent);
    EXPECT_TRUE(r.converged) << method;
    EXPECT_NEAR(r.evaluation.energy, perfect.evaluation.energy, 1e-6) << method;
    EXPECT_NEAR(r.structure.cell.volume(), perfect.structure.cell.volume(), 0.01) << method;
    EXPECT_LT(r.max_stress, 1e-6) << method;
  }
}

TEST(Relaxation, pressure_outside_is_met_by_pressure_inside) {
  auto lj = short_ranged();
  SilentProgress silent;
  RelaxOptions o;
  o.pressure = 1;
  o.max_stress = 1e-5;
  for (const char* cell : {"isotropic", "full"}) {
    o.cell = cell;
    const auto r = relax(face_centred_cubic(2, 5.35), lj, o, silent);
    EXPECT_TRUE(r.converged);
    EXPECT_NEAR(r.evaluation.virial.trace() / 3 / r.structure.cell.volume() / units::gpa, 1, 1e-4);
  }
}

TEST(Relaxation, the_gradient_is_the_derivative_of_the_enthalpy_even_at_large_strain) {
  auto lj = short_ranged();
  RelaxObjective objective(rattled(face_centred_cubic(1, 5.4), 0.1), lj, RelaxObjective::CellMotion::full, 0.01);
  Eigen::VectorXd x = objective.start(), g, ignored;
  Eigen::Map<Mat3>(x.data() + 12) << 0.2, 0.06, -0.04, 0.06, -0.1, 0.08, -0.04, 0.08, 0.12;
  objective.evaluate(x, g);
  const double h = 1e-5;
  for (long i = 0; i < x.size(); ++i) {
    Eigen::VectorXd step = Eigen::VectorXd::Zero(x.size());
    step[i] = h;
    double expected = g[i];
    if (const long k = i - 12; k >= 0 && k / 3 != k % 3) {  // strains stay symmetric
      step[12 + (k % 3) * 3 + k / 3] = h;
      expected *= 2;
    }
    const double difference = (objective.evaluate(x + step, ignored) - objective.evaluate(x - step, ignored)) / (2 * h);
    EXPECT_NEAR(expected, difference, 1e-7) << i;
  }
}

TEST(Relaxation, water_in_xtb_finds_its_minimum) {
  Structure water;
  water.species = {8, 1, 1};
  water.positions = {{0, 0, 0.2}, {0.1, 0.8, -0.47}, {0, -0.7, -0.47}};
  XtbPotential xtb({.accuracy = 0.01});
  SilentProgress silent;
  for (const char* method : methods) {
    RelaxOptions o;
    o.method = method;
    o.max_force = 1e-3;
    const auto r = relax(water, xtb, o, silent);
    EXPECT_TRUE(r.converged) << method;
    EXPECT_NEAR(r.evaluation.energy, -5.070544 * units::hartree, 1e-4) << method;
    const Vec3 a = r.structure.positions[1] - r.structure.positions[0],
               b = r.structure.positions[2] - r.structure.positions[0];
    EXPECT_NEAR(a.norm(), 0.959, 2e-3);
    EXPECT_NEAR(a.norm(), b.norm(), 1e-3);
    EXPECT_NEAR(std::acos(a.normalized().dot(b.normalized())) * 180 / M_PI, 107.2, 0.5);
  }
}

TEST(Relaxation, the_trajectory_goes_down_and_ends_at_the_answer) {
  ScratchFolder folder;
  auto lj = short_ranged();
  SilentProgress silent;
  RelaxOptions o;
  o.trajectory = folder / "relax.xyz";
  const auto r = relax(rattled(face_centred_cubic(2, 5.35), 0.1), lj, o, silent);
  const auto frames = read_extxyz(o.trajectory);
  ASSERT_GT(frames.size(), 3u);
  for (std::size_t k = 1; k < frames.size(); ++k)
    EXPECT_LE(*frames[k].labels.energy, *frames[k - 1].labels.energy + 1e-6);
  EXPECT_EQ(frames.back().structure.positions, r.structure.positions);
  EXPECT_EQ(*frames.back().labels.energy, r.evaluation.energy);
}

TEST(Relaxation, steps_that_run_out_are_told_by_the_result) {
  auto lj = short_ranged();
  SilentProgress silent;
  for (const char* method : methods) {
    RelaxOptions o;
    o.method = method;
    o.steps = 3;
    o.max_force = 1e-9;
    const auto r = relax(rattled(face_centred_cubic(2, 5.35), 0.1), lj, o, silent);
    EXPECT_FALSE(r.converged);
    EXPECT_LE(r.evaluations, 3);
  }
}

TEST(Relaxation, a_molecule_has_no_cell_to_relax) {
  auto lj = short_ranged();
  SilentProgress silent;
  RelaxOptions o;
  o.cell = "full";
  o.method = "newton";
  try {
    relax(icosahedron(3.7), lj, o, silent);
    FAIL();
  } catch (const InputError& e) {
    EXPECT_NE(std::string(e.what()).find("newton"), std::string::npos);
    EXPECT_NE(std::string(e.what()).find("cell = fixed"), std::string::npos);
  }
}

}  // namespace
}  // namespace orogen
