#include "orogen/oracle/xtb/xtb.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "common/scratch_folder.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/dynamics/run/md.hpp"

namespace orogen {
namespace {

Structure water() {
  Structure s;
  s.species = {8, 1, 1};
  s.positions = {{0.0, 0.0, 0.1173}, {0.0, 0.7572, -0.4692}, {0.02, -0.80, -0.45}};
  return s;
}

/// GFN2-xTB minimum of malonaldehyde (accuracy 0.01), found with our own search.
Structure malonaldehyde() {
  Structure s;
  s.species = {8, 6, 6, 6, 8, 1, 1, 1, 1};
  s.positions = {{-1.26359053, 1.15492137, 0},  {-1.18810872, -0.15360701, 0}, {-0.02545858, -0.85348833, 0},
                 {1.22657833, -0.15308458, 0},  {1.33368901, 1.06766641, 0},   {-0.32839084, 1.50741441, 0},
                 {-2.15450913, -0.64745008, 0}, {-0.03040470, -1.92846473, 0}, {2.13019517, -0.78390746, 0}};
  return s;
}

double max_force_error(XtbPotential& xtb, const Structure& s, double h) {
  const auto forces = xtb.evaluate(s).forces;
  double worst = 0;
  for (int i = 0; i < s.size(); ++i)
    for (int k = 0; k < 3; ++k) {
      Structure plus = s, minus = s;
      plus.positions[i][k] += h;
      minus.positions[i][k] -= h;
      const double f = -(xtb.evaluate(plus).energy - xtb.evaluate(minus).energy) / (2 * h);
      worst = std::max(worst, std::abs(f - forces[i][k]));
    }
  return worst;
}

TEST(Xtb, malonaldehyde_minimum_has_the_reference_energy_and_no_force) {
  XtbPotential xtb({.accuracy = 0.01});
  const auto e = xtb.evaluate(malonaldehyde());
  EXPECT_NEAR(e.energy, -450.4101296, 2e-7);
  for (const auto& f : e.forces) EXPECT_LT(f.norm(), 1e-4);
  double charge = 0;
  for (double q : e.charges) charge += q;
  EXPECT_NEAR(charge, 0, 1e-6);
}

TEST(Xtb, forces_are_minus_the_derivative_of_the_energy) {
  for (const char* method : {"GFN2-xTB", "GFN1-xTB"}) {
    XtbPotential xtb({.method = method, .accuracy = 0.01});
    EXPECT_LT(max_force_error(xtb, water(), 1e-3), 2e-4) << method;
  }
  XtbPotential ff({.method = "GFN-FF", .topology = water()});
  EXPECT_LT(max_force_error(ff, water(), 1e-3), 2e-4);
}

TEST(Xtb, forces_are_right_where_a_bond_has_a_zero_component) {
  Structure s = water();
  ASSERT_EQ(s.positions[0].x(), s.positions[1].x());
  XtbPotential xtb({.accuracy = 0.01});
  const double h = 1e-3;
  Structure plus = s, minus = s;
  plus.positions[0].x() += h;
  minus.positions[0].x() -= h;
  EXPECT_NEAR(xtb.evaluate(s).forces[0].x(), -(xtb.evaluate(plus).energy - xtb.evaluate(minus).energy) / (2 * h), 2e-4);
}

TEST(Xtb, virial_of_a_molecule_is_minus_the_derivative_by_strain) {
  XtbPotential xtb({.accuracy = 0.01});
  const Mat3 virial = xtb.evaluate(water()).virial;
  const double h = 1e-3;
  for (int a = 0; a < 3; ++a)
    for (int b = 0; b <= a; ++b) {
      Mat3 strain = Mat3::Zero();
      strain(a, b) += 0.5 * h;
      strain(b, a) += 0.5 * h;
      Structure plus = water(), minus = water();
      for (auto& r : plus.positions) r += strain * r;
      for (auto& r : minus.positions) r -= strain * r;
      EXPECT_NEAR(virial(a, b), -(xtb.evaluate(plus).energy - xtb.evaluate(minus).energy) / (2 * h), 2e-4);
    }
}

TEST(Xtb, answers_depend_on_the_geometry_alone_to_the_last_bit) {
  XtbPotential xtb;
  const auto fresh = xtb.evaluate(water());
  Structure stretched = water();
  stretched.positions[1] *= 1.3;
  xtb.evaluate(stretched);
  xtb.evaluate(malonaldehyde());
  const auto again = xtb.evaluate(water());
  EXPECT_EQ(again.energy, fresh.energy);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(again.forces[i], fresh.forces[i]);
}

TEST(Xtb, a_batch_gives_the_single_answers) {
  XtbPotential xtb;
  Structure other = water();
  other.positions[2] *= 1.1;
  const std::vector<Structure> batch{water(), malonaldehyde(), other};
  std::vector<Evaluation> out(3);
  for (int repeat = 0; repeat < 2; ++repeat) {
    xtb.evaluate(batch, Want{}, out);
    for (int k = 0; k < 3; ++k) {
      XtbPotential alone;
      EXPECT_EQ(out[k].energy, alone.evaluate(batch[k]).energy);
    }
  }
}

TEST(Xtb, gfnff_takes_its_bonds_from_the_given_structure) {
  Structure broken = water();
  broken.positions[1] = Vec3(0, 3.0, -0.5);
  XtbPotential with({.method = "GFN-FF", .topology = water()}), without({.method = "GFN-FF"});
  EXPECT_GT(with.evaluate(broken).energy - without.evaluate(broken).energy, 0.1);
  // Without one, the first structure sets the bonds until forget().
  XtbPotential kept({.method = "GFN-FF"});
  kept.evaluate(water());
  EXPECT_EQ(kept.evaluate(broken).energy, with.evaluate(broken).energy);
  kept.forget();
  EXPECT_EQ(kept.evaluate(broken).energy, without.evaluate(broken).energy);
}

TEST(Xtb, gfnff_prints_nothing) {
  testing::internal::CaptureStdout();
  XtbPotential({.method = "GFN-FF"}).evaluate(malonaldehyde());
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

TEST(Xtb, gfnff_leaves_no_files_in_the_working_directory) {
  const bool there = std::filesystem::exists("gfnff_topo");
  XtbPotential({.method = "GFN-FF"}).evaluate(malonaldehyde());
  EXPECT_EQ(std::filesystem::exists("gfnff_topo"), there);
}

TEST(Xtb, a_failed_scf_names_method_formula_and_reason) {
  XtbPotential xtb({.max_iterations = 2});
  try {
    xtb.evaluate(malonaldehyde());
    FAIL() << "two iterations cannot converge";
  } catch (const NumericalError& e) {
    const std::string text = e.what();
    EXPECT_NE(text.find("GFN2-xTB"), std::string::npos) << text;
    EXPECT_NE(text.find("C3H4O2"), std::string::npos) << text;
    EXPECT_NE(text.find("converge"), std::string::npos) << text;
  }
  // and the next call, with a geometry that works, is not harmed
  EXPECT_THROW(xtb.evaluate(malonaldehyde()), NumericalError);
  EXPECT_LT(XtbPotential().evaluate(water()).energy, -100);
}

TEST(Xtb, charge_and_unpaired_electrons_must_fit_the_electron_count) {
  EXPECT_THROW(XtbPotential({.charge = 1}).evaluate(water()), InputError);
  const double cation = XtbPotential({.charge = 1, .unpaired = 1}).evaluate(water()).energy;
  EXPECT_GT(cation, XtbPotential().evaluate(water()).energy + 5);
}

TEST(Xtb, the_4f_electrons_of_lanthanides_are_no_unpaired_electrons) {
  const auto trichloride = [](int lanthanide) {
    Structure s;
    s.species = {lanthanide, 17, 17, 17};
    s.positions = {{0, 0, 0}, {2.57, 0, 0.1}, {-1.285, 2.2257, 0}, {-1.285, -2.2257, 0}};
    return s;
  };
  for (int z : {58, 60, 64, 71}) {
    const auto e = XtbPotential().evaluate(trichloride(z));
    EXPECT_LT(e.energy, -300) << z;
    EXPECT_THROW(XtbPotential({.unpaired = 1}).evaluate(trichloride(z)), InputError) << z;
  }
}

TEST(Xtb, bad_options_are_collected_in_one_error) {
  try {
    XtbPotential xtb({.method = "PM7", .accuracy = -1});
    FAIL();
  } catch (const InputError& e) {
    EXPECT_NE(std::string(e.what()).find("PM7"), std::string::npos);
    EXPECT_NE(std::string(e.what()).find("accuracy"), std::string::npos);
  }
}

TEST(Xtb, a_periodic_structure_is_refused_because_libxtb_gets_it_wrong) {
  Structure s = water();
  s.cell.rows = 10 * Mat3::Identity();
  EXPECT_NO_THROW(XtbPotential().evaluate(s));  // a box without periodicity is a molecule
  s.cell.periodic = {true, true, true};
  for (const char* method : {"GFN2-xTB", "GFN1-xTB", "GFN-FF"})
    EXPECT_THROW(XtbPotential({.method = method}).evaluate(s), InputError);
}

TEST(Xtb, molecular_dynamics_conserves_energy_and_restarts_to_the_last_bit) {
  ScratchFolder folder;
  XtbPotential xtb({.accuracy = 0.01});
  MdOptions o;
  o.ensemble = "nve";
  o.timestep = 0.25;
  o.steps = 150;
  o.check_timestep = false;
  SilentProgress silent;
  o.thermo = folder / "whole.csv";
  const auto whole = run_md(water(), xtb, o, silent);
  EXPECT_LT(std::abs(whole.drift), 20);  // meV per atom and ps, over 37 fs
  o.thermo = folder / "thermo.csv";
  o.restart = folder / "md.restart";
  o.restart_every = 50;
  o.steps = 100;
  run_md(water(), xtb, o, silent);
  o.steps = 150;
  const auto continued = run_md(water(), xtb, o, silent);
  EXPECT_EQ(continued.structure.positions, whole.structure.positions);
  EXPECT_EQ(read_file(folder / "whole.csv"), read_file(folder / "thermo.csv"));
}

}  // namespace
}  // namespace orogen
