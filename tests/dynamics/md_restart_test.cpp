#include <gtest/gtest.h>
#include <zlib.h>

#include "dynamics/md_fixtures.hpp"
#include "orogen/base/files/safetensors.hpp"
#include "orogen/dynamics/files/md_restart.hpp"

namespace orogen {
namespace {

using namespace reference;

struct Variant {
  const char *ensemble, *cell, *trajectory;
};

struct Killed {};

MdOptions options(const Variant& v, const ScratchFolder& folder) {
  MdOptions o;
  o.ensemble = v.ensemble;
  o.cell = v.cell;
  o.temperature = 60;
  o.timestep = 5;
  o.steps = 260;
  o.check_timestep = true;
  o.restart = folder / "md.restart";
  o.restart_every = 100;
  o.trajectory = folder / v.trajectory;
  o.every = 20;
  o.thermo = folder / "thermo.csv";
  o.thermo_every = 7;
  o.write_velocities = true;
  return o;
}

MdResult run(const MdOptions& o, ProgressSink& sink) {
  LennardJones lj;
  Remembering potential(lj);  // last bits depend on its history since forget()
  return run_md(face_centred_cubic(2, 5.35), potential, o, sink);
}

/// Dies at evaluation `last`, as a killed process would: files are longer than the restart file says.
void run_until_killed(const MdOptions& o, long last) {
  LennardJones lj;
  Remembering remembering(lj);
  Spoiled potential(remembering, [&](const Structure&, long k, Evaluation&) {
    if (k == last) throw Killed{};
  });
  SilentProgress silent;
  EXPECT_THROW(run_md(face_centred_cubic(2, 5.35), potential, o, silent), Killed);
}

std::string unpacked(const std::filesystem::path& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  std::string text;
  char buffer[4096];
  for (int n; (n = gzread(file, buffer, sizeof buffer)) > 0;) text.append(buffer, n);
  gzclose(file);
  return text;
}

class Restart : public testing::TestWithParam<Variant> {};

TEST_P(Restart, a_killed_and_continued_run_writes_the_same_bytes) {
  ScratchFolder undisturbed, disturbed;
  SilentProgress silent;
  const auto a = options(GetParam(), undisturbed), b = options(GetParam(), disturbed);
  const auto whole = run(a, silent);
  run_until_killed(b, 13 + 237);  // 13 evaluations before the first step
  const auto continued = run(b, silent);
  EXPECT_EQ(read_file(a.thermo), read_file(b.thermo));
  EXPECT_EQ(read_file(a.trajectory), read_file(b.trajectory));
  EXPECT_EQ(read_file(a.restart), read_file(b.restart));
  EXPECT_EQ(whole.structure.positions, continued.structure.positions);
  EXPECT_EQ(whole.velocities, continued.velocities);
}

TEST_P(Restart, a_stopped_and_continued_run_gives_the_same_numbers) {
  ScratchFolder undisturbed, disturbed;
  SilentProgress silent;
  const auto a = options(GetParam(), undisturbed), b = options(GetParam(), disturbed);
  run(a, silent);
  ScriptedProgress stops;
  stops.stop_at = 120;
  const auto stopped = run(b, stops);
  EXPECT_FALSE(stopped.completed);
  EXPECT_EQ(stopped.step, 150);  // the next checkpoint
  EXPECT_TRUE(run(b, silent).completed);
  EXPECT_EQ(read_file(a.thermo), read_file(b.thermo));
  EXPECT_EQ(unpacked(a.trajectory), unpacked(b.trajectory));
  EXPECT_EQ(read_file(a.restart).size(), read_file(b.restart).size());
  EXPECT_EQ(read_restart(a.restart).state.structure.positions, read_restart(b.restart).state.structure.positions);
}

INSTANTIATE_TEST_SUITE_P(EveryEnsemble, Restart,
                         testing::Values(Variant{"nve", "isotropic", "md.xyz"},
                                         Variant{"langevin", "isotropic", "md.xyz.gz"},
                                         Variant{"csvr", "isotropic", "md.xyz"},
                                         Variant{"npt", "isotropic", "md.xyz.gz"}, Variant{"npt", "full", "md.xyz"}),
                         [](const auto& info) { return std::string(info.param.ensemble) + "_" + info.param.cell; });

/// Steps at which the potential's caches were dropped, counted by its evaluations; every restart file is read when the
/// next step is evaluated.
struct Checkpoints {
  std::vector<long> dropped, restarts;
};

Checkpoints checkpoints_of(long restart_every, long steps) {
  struct Watched : Spoiled {
    std::function<void()> dropping;
    using Spoiled::Spoiled;
    void forget() override { dropping(); }
  };
  ScratchFolder folder;
  LennardJones lj;
  MdOptions o;
  o.ensemble = "nve";
  o.temperature = 30;
  o.timestep = 2;
  o.steps = steps;
  o.check_timestep = false;
  o.restart = folder / "md.restart";
  o.restart_every = restart_every;
  Checkpoints seen;
  Watched potential(lj, [&](const Structure&, long, Evaluation&) {
    if (!std::filesystem::exists(o.restart)) return;
    const long step = read_restart(o.restart).state.step;
    if (seen.restarts.empty() || seen.restarts.back() != step) seen.restarts.push_back(step);
  });
  potential.dropping = [&] { seen.dropped.push_back(potential.evaluations); };
  SilentProgress silent;
  run_md(face_centred_cubic(1, 10), potential, o, silent);
  return seen;
}

TEST(RestartFile, appears_at_the_first_checkpoint_after_it_is_due_and_caches_are_dropped_by_the_step_alone) {
  EXPECT_EQ(checkpoints_of(61, 200).restarts, (std::vector<long>{0, 100, 150}));
  EXPECT_EQ(checkpoints_of(61, 200).dropped, (std::vector<long>{0, 50, 100, 150, 200}));
  EXPECT_EQ(checkpoints_of(106, 220).restarts, (std::vector<long>{0, 150}));
  EXPECT_EQ(checkpoints_of(106, 220).dropped, (std::vector<long>{0, 50, 100, 150, 200}));
  EXPECT_EQ(checkpoints_of(7, 120).restarts, (std::vector<long>{0, 50, 100}));
}

TEST(RestartFile, comes_after_every_step_where_that_is_asked_for) {
  ScratchFolder folder;
  MdOptions o = options({"csvr", "isotropic", "md.xyz"}, folder);
  o.restart_every = o.checkpoint_every = 1;
  run_until_killed(o, 12 + 20);  // 12 evaluations before the first step: this one is that of step 21
  EXPECT_EQ(read_restart(o.restart).state.step, 20);
}

/// The three files of a run that goes in parts, each as long as `steps` says.
std::vector<std::string> files_after(const Variant& v, const std::vector<long>& steps, long restart_every = 100) {
  ScratchFolder folder;
  SilentProgress silent;
  MdOptions o = options(v, folder);
  o.restart_every = restart_every;
  for (const long n : steps) o.steps = n, run(o, silent);
  return {read_file(o.trajectory), read_file(o.thermo), read_file(o.restart)};
}

TEST_P(Restart, a_finished_run_that_is_extended_writes_the_bytes_of_one_that_was_longer_from_the_start) {
  const auto whole = files_after(GetParam(), {260});
  EXPECT_EQ(files_after(GetParam(), {135, 260}), whole) << "between two checkpoints";
  EXPECT_EQ(files_after(GetParam(), {200, 260}), whole) << "at a checkpoint that is no step of the thermo log";
  EXPECT_EQ(files_after(GetParam(), {3, 135, 140, 140, 260, 260, 250}), whole) << "again and again";
}

TEST_P(Restart, how_often_restart_files_are_written_does_not_change_the_numbers) {
  const auto often = files_after(GetParam(), {260}, 7), seldom = files_after(GetParam(), {260}, 100000);
  EXPECT_EQ(often, files_after(GetParam(), {260}, 100));
  EXPECT_EQ(often, seldom);
}

TEST(RestartFile, of_a_run_that_ended_between_checkpoints_goes_on_from_its_end_where_an_option_changed) {
  ScratchFolder folder;
  MdOptions o = options({"csvr", "isotropic", "md.xyz"}, folder);
  o.steps = 130;
  ScriptedProgress sink;
  run(o, sink);
  EXPECT_TRUE(read_restart(o.restart).mark.has_value());
  o.temperature = 80, o.steps = 260;
  run(o, sink);
  EXPECT_TRUE(sink.told("continuing from step 130"));
  EXPECT_FALSE(sink.told("are computed again"));
}

TEST(RestartFile, a_changed_distance_of_checkpoints_is_told) {
  ScratchFolder folder;
  MdOptions o = options({"nve", "isotropic", "md.xyz"}, folder);
  SilentProgress silent;
  run(o, silent);
  o.checkpoint_every = 20, o.steps = 300;
  ScriptedProgress sink;
  run(o, sink);
  EXPECT_TRUE(sink.told("checkpoint_every was 50 steps"));
  o.checkpoint_every = 50, o.steps = 320;
  run(o, sink);
  EXPECT_TRUE(sink.told("checkpoint_every was 20 steps"));
}

TEST(RestartFile, what_is_read_is_what_was_written_to_the_last_bit) {
  ScratchFolder folder;
  MdState s;
  s.structure = face_centred_cubic(1, 5.3);
  s.structure.cell.rows(0, 2) = 0.1;
  s.structure.positions[2] = Vec3(1.0 / 3, -0.1, 1e-17);
  s.velocities.assign(4, Vec3(0.1, 1.0 / 7, -2));
  s.step = 123456789012;
  s.heat = 0.1;
  s.evaluation.energy = -1.0 / 3;
  write_restart(folder / "r", s,
                {.seed = ~0ull,
                 .ensemble = "npt",
                 .timestep = 0.1,
                 .start = "abc",
                 .trajectory_bytes = 7,
                 .thermo_bytes = 8,
                 .clock = {12, 0.1},
                 .physics = {{"cell", "full"}, {"tau", "100 fs"}}});
  const auto r = read_restart(folder / "r");
  EXPECT_EQ(r.state.structure.positions, s.structure.positions);
  EXPECT_EQ(r.state.velocities, s.velocities);
  EXPECT_EQ(r.state.structure.cell.rows, s.structure.cell.rows);
  EXPECT_EQ(r.state.structure.cell.periodic, s.structure.cell.periodic);
  EXPECT_EQ(r.state.structure.species, s.structure.species);
  EXPECT_EQ(r.state.step, s.step);
  EXPECT_EQ(r.state.heat, s.heat);
  EXPECT_EQ(r.state.evaluation.energy, s.evaluation.energy);
  EXPECT_EQ(r.origin.seed, ~0ull);
  EXPECT_EQ(r.origin.thermo_bytes, 8u);
  EXPECT_EQ(r.origin.clock.step, 12);
  EXPECT_EQ(r.origin.clock.time, 0.1);
  EXPECT_FALSE(r.mark);
  EXPECT_EQ(r.state.mass, (std::vector<double>(4, 39.95)));
  EXPECT_EQ(r.origin.physics, (std::map<std::string, std::string>{{"cell", "full"}, {"tau", "100 fs"}}));
}

/// Written by the program before restart files had marks, masses, segments and thermostats (water, 70 steps of CSVR).
TEST(RestartFile, of_the_first_version_is_read_and_what_it_holds_is_written_to_the_same_bytes_beside_its_seal) {
  const std::string old = OROGEN_TEST_DIR "/common/reference/md-restart-v1.safetensors";
  const auto r = read_restart(old);
  EXPECT_EQ(r.state.step, 70);
  EXPECT_EQ(r.state.structure.species, (std::vector<int>{8, 1, 1}));
  EXPECT_EQ(r.state.mass, (std::vector<double>{15.999, 1.008, 1.008}));
  EXPECT_TRUE(r.state.structure.masses.empty());
  EXPECT_EQ(r.origin.ensemble, "csvr");
  EXPECT_EQ(r.origin.physics.at("temperature"), "250 K");
  EXPECT_FALSE(r.mark);
  EXPECT_TRUE(r.origin.segments.empty());
  ScratchFolder folder;
  write_restart(folder / "again", r.state, r.origin);
  auto again = SafetensorsFile::read(folder / "again");
  EXPECT_EQ(again.metadata.erase("sha256"), 1u);
  again.write(folder / "without a seal");
  EXPECT_EQ(read_file(folder / "without a seal"), read_file(old));
}

TEST(RestartFile, with_one_bit_changed_is_refused_by_name) {
  ScratchFolder folder;
  MdState s;
  s.structure = face_centred_cubic(1, 5.3);
  s.velocities.assign(4, Vec3(0.1, 1.0 / 7, -2));
  write_restart(folder / "restart", s, {});
  std::string bytes = read_file(folder / "restart");
  bytes[bytes.size() - 40] ^= 1;
  write_atomically(folder / "restart", bytes);
  try {
    read_restart(folder / "restart");
    FAIL() << "a damaged file was read";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find((folder / "restart").string() + ": the content does not fit"),
              std::string::npos)
        << error.what();
  }
}

TEST(RestartFile, holds_masses_segments_thermostat_and_mark_where_there_are_some) {
  ScratchFolder folder;
  MdState s;
  s.structure = face_centred_cubic(1, 5.3);
  s.structure.masses = {39.95, 40, 36, 1.0 / 3};
  s.velocities.assign(4, Vec3(0.1, 1.0 / 7, -2));
  s.step = 60;
  MdOrigin origin;
  origin.segments = {{0, "model.safetensors SHA-256 = 12ab"}, {50, "other = x"}};
  origin.thermostat = {0.1, -1.0 / 3};
  MdMark mark;
  mark.positions.assign(4, Vec3(1.0 / 3, 0, 5)), mark.velocities.assign(4, Vec3(0, -1.0 / 7, 1));
  mark.cell << 1, 2, 3, 4, 5, 6, 7, 8, 1.0 / 9;
  mark.step = 50, mark.heat = 0.1, mark.energy = -1.0 / 3, mark.trajectory_bytes = 7, mark.thermo_bytes = 8;
  mark.thermostat = {0.7};
  write_restart(folder / "r", s, origin, mark);
  auto r = read_restart(folder / "r");
  EXPECT_EQ(r.state.mass, s.structure.masses);
  EXPECT_EQ(r.state.structure.masses, s.structure.masses);
  EXPECT_EQ(r.origin.segments, origin.segments);
  EXPECT_EQ(r.origin.thermostat, origin.thermostat);
  ASSERT_TRUE(r.mark);
  r.return_to_mark();
  EXPECT_EQ(r.state.structure.positions, mark.positions);
  EXPECT_EQ(r.state.velocities, mark.velocities);
  EXPECT_EQ(r.state.structure.cell.rows, mark.cell);
  EXPECT_EQ(r.state.step, 50);
  EXPECT_EQ(r.state.heat, 0.1);
  EXPECT_EQ(r.state.evaluation.energy, -1.0 / 3);
  EXPECT_EQ(r.origin.trajectory_bytes, 7u);
  EXPECT_EQ(r.origin.thermo_bytes, 8u);
  EXPECT_EQ(r.origin.thermostat, (std::vector<double>{0.7}));
}

TEST(RestartFile, of_another_run_is_refused_and_a_changed_option_is_told) {
  ScratchFolder folder;
  MdOptions o = options({"nve", "isotropic", "md.xyz"}, folder);
  SilentProgress silent;
  run(o, silent);
  LennardJones lj;
  EXPECT_THROW(run_md(face_centred_cubic(2, 5.36), lj, o, silent), InputError);
  EXPECT_THROW(run_md(face_centred_cubic(1, 5.35), lj, o, silent), InputError);
  o.steps = 300;
  o.ensemble = "csvr";
  ScriptedProgress sink;
  EXPECT_EQ(run(o, sink).step, 300);
  EXPECT_TRUE(sink.told("ensemble was nve"));
  EXPECT_TRUE(sink.told("continuing from step 260"));
}

TEST(RestartFile, every_changed_option_that_acts_is_told_and_time_goes_on_with_another_time_step) {
  ScratchFolder folder;
  MdOptions o = options({"npt", "isotropic", "md.xyz"}, folder);
  o.steps = 100;
  o.thermo_every = 50;
  SilentProgress silent;
  run(o, silent);
  o.timestep = 2, o.time = 0.6;  // ps: 500 fs so far, then 50 steps of 2 fs
  o.temperature = 70, o.ramp_to = 80, o.pressure = 0.1, o.tau = 90, o.barostat_tau = 900, o.compressibility = 0.2;
  o.cell = "full", o.remove_com = false;
  o.friction = 0.5;  // does not act in this ensemble
  ScriptedProgress sink;
  EXPECT_EQ(run(o, sink).step, 150);
  for (const char* text :
       {"timestep was 5 fs", "temperature was 60 K", "ramp_to was -1 K", "pressure was 0 GPa", "tau was 100 fs",
        "barostat_tau was 1000 fs", "compressibility was 0.1 1/GPa", "cell was isotropic", "remove_com was true"})
    EXPECT_TRUE(sink.told(text)) << text;
  EXPECT_FALSE(sink.told("friction"));
  EXPECT_EQ(read_thermo(o.thermo)["time"], (std::vector<double>{0, 250, 500, 600}));
  o.time = 0.7;  // the clock is kept, too
  run(o, silent);
  EXPECT_EQ(read_thermo(o.thermo)["time"].back(), 700);
}

TEST(RestartFile, a_shortened_trajectory_is_refused) {
  ScratchFolder folder;
  MdOptions o = options({"nve", "isotropic", "md.xyz"}, folder);
  SilentProgress silent;
  run(o, silent);
  std::filesystem::resize_file(o.trajectory, 10);
  o.steps = 300;
  EXPECT_THROW(run(o, silent), InputError);
}

TEST(RestartFile, another_potential_is_noticed) {
  ScratchFolder folder;
  MdOptions o = options({"nve", "isotropic", "md.xyz"}, folder);
  ScriptedProgress sink;
  run(o, sink);
  LennardJones other(0.0104, 3.4, 6.0, 7.5);
  run_md(face_centred_cubic(2, 5.35), other, o, sink);
  EXPECT_TRUE(sink.told("not the one that the run was started with"));
}

}  // namespace
}  // namespace orogen
