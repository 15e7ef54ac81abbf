#include "orogen/dynamics/run/md.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "dynamics/md_fixtures.hpp"
#include "orogen/base/units.hpp"
#include "orogen/system/elements.hpp"

namespace orogen {
namespace {

using namespace reference;

constexpr double argon_lattice = 5.35;  // Å, near the minimum of the cut Lennard-Jones crystal

MdOptions argon_options() {
  MdOptions o;
  o.ensemble = "nve";
  o.temperature = 60;
  o.timestep = 5;
  o.check_timestep = false;
  o.threads = 1;
  return o;
}

Structure bent_molecule() {
  Structure s;
  s.species = {8, 1, 1, 6};
  s.positions = {{0, 0, 0}, {0.96, 0, 0}, {-0.24, 0.93, 0.1}, {0.3, 0.4, 1.2}};
  return s;
}

TEST(MolecularDynamics, nve_energy_error_is_proportional_to_the_square_of_the_time_step) {
  LennardJones lj;
  const auto spread = [&](double dt) {
    MdOptions o = argon_options();
    o.timestep = dt;
    o.time = 2;
    o.thermo_every = 1;
    return std::sqrt(variance(thermo_of(face_centred_cubic(2, argon_lattice), lj, o).at("total")));
  };
  const double coarse = spread(10), fine = spread(5);
  EXPECT_GT(coarse, 1e-7);
  EXPECT_NEAR(coarse / fine, 4, 0.4);
}

TEST(MolecularDynamics, nve_keeps_momentum_and_energy) {
  LennardJones lj;
  MdOptions o = argon_options();
  o.steps = 500;
  SilentProgress silent;
  const auto result = run_md(face_centred_cubic(2, argon_lattice), lj, o, silent);
  Vec3 momentum = Vec3::Zero();
  for (const auto& v : result.velocities) momentum += v;
  EXPECT_LT(momentum.norm(), 1e-14);
  EXPECT_LT(std::abs(result.drift), 1e-2);
  EXPECT_TRUE(result.completed);
  EXPECT_EQ(result.step, 500);
}

TEST(MolecularDynamics, first_velocities_have_the_temperature_asked_for_and_depend_on_the_seed) {
  LennardJones lj;
  MdOptions o = argon_options();
  o.steps = 0;
  const auto start = face_centred_cubic(2, argon_lattice);
  EXPECT_NEAR(thermo_of(start, lj, o).at("temperature")[0], 60, 1e-3);
  SilentProgress silent;
  const auto first = run_md(start, lj, o, silent), again = run_md(start, lj, o, silent);
  o.seed = 2;
  const auto other = run_md(start, lj, o, silent);
  EXPECT_EQ(first.velocities[5], again.velocities[5]);
  EXPECT_NE(first.velocities[5], other.velocities[5]);
}

TEST(MolecularDynamics, velocities_of_the_start_are_used_unless_new_ones_are_asked_for) {
  IdealGas gas;
  const Structure start = face_centred_cubic(1, 8);
  const std::vector<Vec3> velocities{{0.003, 0, 0}, {-0.001, 0.002, 0}, {-0.002, -0.002, 0.001}, {0, 0, -0.001}};
  MdOptions o;
  o.ensemble = "nve";
  o.steps = 10;
  ScriptedProgress sink;
  const auto used = run_md(start, gas, o, sink, velocities);
  for (int i = 0; i < 4; ++i) {
    EXPECT_LT((used.velocities[i] - velocities[i]).norm(), 1e-15);
    EXPECT_LT((used.structure.positions[i] - start.positions[i] - 5 * velocities[i]).norm(), 1e-12);
  }
  EXPECT_TRUE(sink.told("starts with the velocities of the structure"));
  o.start_velocities = false;
  SilentProgress silent;
  EXPECT_EQ(run_md(start, gas, o, silent, velocities).velocities, run_md(start, gas, o, silent).velocities);
  o.start_velocities = true;
  EXPECT_THROW(run_md(start, gas, o, silent, std::span(velocities).first(3)), InputError);
  auto bad = velocities;
  bad[2][0] = std::nan("");
  EXPECT_THROW(run_md(start, gas, o, silent, bad), InputError);
}

TEST(MolecularDynamics, rotation_of_a_molecule_is_taken_out_on_request) {
  Springs springs(bent_molecule(), 20);
  for (const char* ensemble : {"nve", "langevin"}) {
    MdOptions o;
    o.ensemble = ensemble;
    o.timestep = 0.25;
    o.steps = 400;
    o.remove_rotation = true;
    SilentProgress silent;
    const auto r = run_md(bent_molecule(), springs, o, silent);
    Vec3 centre = Vec3::Zero(), l = Vec3::Zero();
    double mass = 0;
    for (int i = 0; i < 4; ++i) {
      const double m = standard_mass(r.structure.species[i]);
      centre += m * r.structure.positions[i], mass += m;
    }
    centre /= mass;
    for (int i = 0; i < 4; ++i)
      l += standard_mass(r.structure.species[i]) * (r.structure.positions[i] - centre).cross(r.velocities[i]);
    EXPECT_LT(l.norm(), 1e-13) << ensemble;
  }
}

TEST(MolecularDynamics, the_time_step_check_finds_the_fastest_vibration_and_warns) {
  Structure dimer;
  dimer.species = {1, 1};
  dimer.positions = {{0, 0, 0}, {0.74, 0, 0}};
  Springs springs(dimer, 35);  // ω² = 2k/m
  const double period = 2 * M_PI / std::sqrt(2 * 35 / 1.008) / units::fs;
  MdOptions o;
  o.ensemble = "nve";
  o.steps = 300;
  for (const auto& [timestep, warns] : {std::pair(0.2, false), std::pair(1.0, true)}) {
    ScriptedProgress sink;
    o.timestep = timestep;
    const auto result = run_md(dimer, springs, o, sink);
    EXPECT_NEAR(result.period, period, 0.05 * period);
    EXPECT_EQ(sink.told("timestep = 1 fs is long"), warns);
  }
}

TEST(MolecularDynamics, the_time_step_check_lets_atoms_pass_that_feel_nothing) {
  IdealGas gas;
  Spoiled potential(gas, [](const Structure& s, long, Evaluation&) {
    for (const Vec3& r : s.positions)
      if (!r.allFinite()) throw NumericalError("an atom is lost");
  });
  Structure atom;
  atom.species = {8};
  atom.positions = {{0.3, 0, 0}};
  MdOptions o;
  o.steps = 300;
  ScriptedProgress sink;
  for (const Structure& start : {atom, face_centred_cubic(1, 30)})
    for (const char* ensemble : {"nve", "langevin"}) {
      o.ensemble = ensemble;
      const auto result = run_md(start, potential, o, sink);
      EXPECT_TRUE(result.completed);
      EXPECT_EQ(result.period, 0);
    }
  EXPECT_TRUE(sink.messages.empty());
}

TEST(MolecularDynamics, the_time_step_check_warns_where_the_potential_has_no_answer_for_a_displaced_structure) {
  LennardJones lj;
  bool failed = false;
  Spoiled potential(lj, [&](const Structure&, long k, Evaluation&) {
    if (k == 1 && !std::exchange(failed, true)) throw NumericalError("SCF did not converge");
  });
  MdOptions o;
  o.temperature = 30;
  o.timestep = 2;
  o.steps = 200;
  ScriptedProgress sink;
  EXPECT_TRUE(run_md(face_centred_cubic(2, 5.35), potential, o, sink).completed);
  EXPECT_TRUE(sink.told("time step was not checked"));
  EXPECT_TRUE(sink.told("SCF did not converge"));
}

TEST(MolecularDynamics, options_that_do_not_fit_are_refused_together) {
  Springs springs(bent_molecule(), 20);
  MdOptions o;
  o.ensemble = "npt";
  o.timestep = -1;
  o.every = 0;
  o.thermo = "thermo.csv.gz";
  SilentProgress silent;
  try {
    run_md(bent_molecule(), springs, o, silent);
    FAIL();
  } catch (const InputError& e) {
    const std::string text = e.what();
    for (const char* key : {"npt", "timestep", "every", "thermo.csv.gz"})
      EXPECT_NE(text.find(key), std::string::npos) << text;
  }
}

TEST(MolecularDynamics, every_option_is_described_once_and_can_be_set_by_its_key) {
  MdOptions o;
  OptionTable table;
  describe(table, o);
  table.set_text("ensemble=csvr", "command line");
  table.set_text("timestep=2", "command line");
  table.set_text("steps=5000", "command line");
  EXPECT_EQ(o.ensemble, "csvr");
  EXPECT_EQ(o.timestep, 2);
  EXPECT_EQ(o.steps, 5000);
  EXPECT_THROW(table.set_text("ensemble=nph", "command line"), InputError);
  for (const auto& option : table.options()) EXPECT_FALSE(option.sentence.empty()) << option.key;
}

TEST(MolecularDynamics, answers_do_not_depend_on_the_number_of_threads) {
  Structure start = face_centred_cubic(17, 5.35);  // 19652 atoms: enough for threads to be used
  IdealGas gas;
  MdOptions o;
  o.ensemble = "csvr";
  o.steps = 3;
  o.timestep = 2;
  o.max_step = 100;
  SilentProgress silent;
  o.threads = 1;
  const auto one = run_md(start, gas, o, silent);
  o.threads = 3;
  const auto three = run_md(start, gas, o, silent);
  for (int i = 0; i < start.size(); i += 97) EXPECT_EQ(one.structure.positions[i], three.structure.positions[i]);
}

}  // namespace
}  // namespace orogen
