#include <gtest/gtest.h>

#include "dynamics/md_fixtures.hpp"
#include "orogen/dynamics/files/md_restart.hpp"

namespace orogen {
namespace {

using namespace reference;

MdOptions quiet_options(const ScratchFolder& folder) {
  MdOptions o;
  o.ensemble = "nve";
  o.temperature = 30;
  o.timestep = 5;
  o.steps = 200;
  o.check_timestep = false;
  o.restart = folder / "md.restart";
  o.restart_every = 50;
  return o;
}

MdStopped stopped_by(Potential& potential, const MdOptions& o, const Structure& start = face_centred_cubic(2, 5.35)) {
  SilentProgress silent;
  try {
    run_md(start, potential, o, silent);
  } catch (const MdStopped& stopped) {
    return stopped;
  }
  throw std::runtime_error("no guard fired");
}

/// Lennard-Jones whose answer for step `step` is spoiled.
Spoiled spoiled_at(LennardJones& lj, long step, std::function<void(Evaluation&)> spoil) {
  return Spoiled(lj, [=](const Structure&, long evaluation, Evaluation& e) {
    if (evaluation == step) spoil(e);
  });
}

TEST(Guards, a_force_that_is_not_a_number_names_its_atom_and_step_and_leaves_restart_and_frame) {
  ScratchFolder folder;
  LennardJones lj;
  auto potential = spoiled_at(lj, 123, [](Evaluation& e) { e.forces[7][1] = std::nan(""); });
  const auto stopped = stopped_by(potential, quiet_options(folder));
  EXPECT_EQ(stopped.atom, 7);
  EXPECT_EQ(stopped.step, 123);
  EXPECT_EQ(stopped.guard, "finite");
  EXPECT_NE(std::string(stopped.what()).find("atom 7 (Ar)"), std::string::npos) << stopped.what();
  EXPECT_NE(std::string(stopped.what()).find("step 123 (615 fs)"), std::string::npos) << stopped.what();
  EXPECT_EQ(read_restart(folder / "md.restart").state.step, 100);
  EXPECT_EQ(read_file(folder / "md.restart.failed.xyz").substr(0, 3), "32\n");
  EXPECT_EQ(stopped.frame.size(), 32);
}

TEST(Guards, the_largest_force_stops_the_run) {
  ScratchFolder folder;
  LennardJones lj;
  auto potential =
      spoiled_at(lj, 60, [](Evaluation& e) { e.forces[3] = Vec3(0, 300, 0), e.forces[4] = Vec3(250, 0, 0); });
  const auto stopped = stopped_by(potential, quiet_options(folder));
  EXPECT_EQ(stopped.atom, 3);
  EXPECT_EQ(stopped.guard, "force");
}

TEST(Guards, an_atom_that_jumps_stops_the_run) {
  ScratchFolder folder;
  LennardJones lj;
  auto potential = spoiled_at(lj, 20, [](Evaluation& e) { e.forces[9] = Vec3(0, 0, 150); });
  MdOptions o = quiet_options(folder);
  o.timestep = 20;
  const auto stopped = stopped_by(potential, o);
  EXPECT_EQ(stopped.atom, 9);
  EXPECT_EQ(stopped.guard, "displacement");
}

TEST(Guards, too_hot_stops_the_run) {
  ScratchFolder folder;
  LennardJones lj;
  auto potential = spoiled_at(lj, 20, [](Evaluation& e) { e.forces[11] = Vec3(0, 0, 50); });
  MdOptions o = quiet_options(folder);
  o.max_temperature = 200;
  const auto stopped = stopped_by(potential, o);
  EXPECT_EQ(stopped.guard, "temperature");
  EXPECT_EQ(stopped.atom, 11);
}

TEST(Guards, uncertainty_above_its_limit_stops_the_run) {
  ScratchFolder folder;
  LennardJones lj;
  MdOptions o = quiet_options(folder);
  o.max_uncertainty = 0.5;
  EXPECT_THROW(stopped_by(lj, o), InputError);  // it reports none
  Spoiled potential(lj, [](const Structure& s, long k, Evaluation& e) {
    e.uncertainty.assign(s.size(), 0.1);
    if (k == 77) e.uncertainty[13] = 0.6;
  });
  o.resume = false;
  const auto stopped = stopped_by(potential, o);
  EXPECT_EQ(stopped.guard, "uncertainty");
  EXPECT_EQ(stopped.atom, 13);
  EXPECT_EQ(stopped.step, 77);
}

TEST(Guards, the_thermo_log_has_the_largest_uncertainty_where_the_potential_tells_it_and_only_there) {
  ScratchFolder folder;
  LennardJones lj;
  Spoiled potential(lj, [](const Structure& s, long k, Evaluation& e) {
    e.uncertainty.assign(s.size(), 0.1);
    e.uncertainty[5] = 0.5 + 0.001 * double(k);
  });
  MdOptions o = quiet_options(folder);
  o.steps = 20;
  o.thermo = folder / "thermo.csv";
  SilentProgress silent;
  const Structure start = face_centred_cubic(2, 5.35);
  run_md(start, potential, o, silent);
  EXPECT_EQ(read_thermo(o.thermo)["max_uncertainty"], (std::vector<double>{0.5, 0.51, 0.52}));
  o.steps = 30;  // a continued log keeps its columns, also with a potential that tells none
  run_md(start, lj, o, silent);
  const auto columns = read_thermo(o.thermo);
  ASSERT_EQ(columns.at("max_uncertainty").size(), 4u);
  EXPECT_TRUE(std::isnan(columns.at("max_uncertainty").back()));
  o.resume = false;
  run_md(start, lj, o, silent);
  EXPECT_EQ(read_thermo(o.thermo).count("max_uncertainty"), 0u);
}

TEST(Guards, a_run_that_is_refused_for_want_of_uncertainties_leaves_the_files_of_an_earlier_one) {
  ScratchFolder folder;
  LennardJones lj;
  MdOptions o = quiet_options(folder);
  o.thermo = folder / "thermo.csv";
  o.trajectory = folder / "md.xyz";
  SilentProgress silent;
  const Structure start = face_centred_cubic(2, 5.35);
  run_md(start, lj, o, silent);
  const std::string thermo = read_file(o.thermo), trajectory = read_file(o.trajectory);
  o.resume = false;
  o.max_uncertainty = 1;
  EXPECT_THROW(run_md(start, lj, o, silent), InputError);
  EXPECT_EQ(read_file(o.thermo), thermo);
  EXPECT_EQ(read_file(o.trajectory), trajectory);
}

TEST(Guards, an_atom_that_leaves_its_molecule_is_lost) {
  ScratchFolder folder;
  IdealGas gas;
  Structure s;
  s.species = {18, 18, 18};
  s.positions = {{0, 0, 0}, {3, 0, 0}, {0, 3, 0}};
  MdOptions o = quiet_options(folder);
  o.temperature = 300;
  o.lost_distance = 5;
  o.steps = 100000;
  const auto stopped = stopped_by(gas, o, s);
  EXPECT_EQ(stopped.guard, "lost");
  const auto& r = stopped.frame.positions;
  const Vec3 middle = (r[0] + r[1] + r[2]) / 3;
  for (int i = 0; i < 3; ++i) EXPECT_LE((r[i] - middle).norm(), (r[stopped.atom] - middle).norm());
}

TEST(Guards, a_potential_that_gives_up_is_reported_with_the_step) {
  ScratchFolder folder;
  LennardJones lj;
  auto potential = spoiled_at(lj, 42, [](Evaluation&) { throw NumericalError("SCF did not converge"); });
  const auto stopped = stopped_by(potential, quiet_options(folder));
  EXPECT_EQ(stopped.guard, "potential");
  EXPECT_NE(std::string(stopped.what()).find("step 42"), std::string::npos);
  EXPECT_NE(std::string(stopped.what()).find("SCF did not converge"), std::string::npos);
}

TEST(Guards, a_stopped_run_continues_from_its_restart_file) {
  ScratchFolder folder;
  LennardJones lj;
  auto potential = spoiled_at(lj, 123, [](Evaluation& e) { e.forces[7][1] = std::nan(""); });
  const MdOptions o = quiet_options(folder);
  stopped_by(potential, o);
  SilentProgress silent;
  EXPECT_EQ(run_md(face_centred_cubic(2, 5.35), lj, o, silent).step, 200);
}

TEST(Guards, a_cell_that_collapses_stops_the_run) {
  ScratchFolder folder;
  LennardJones lj;
  MdOptions o = quiet_options(folder);
  o.ensemble = "npt";
  o.pressure = 1000;
  o.barostat_tau = 10;
  EXPECT_EQ(stopped_by(lj, o).guard, "cell");
}

}  // namespace
}  // namespace orogen
