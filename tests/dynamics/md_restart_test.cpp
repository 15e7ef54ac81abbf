#include <gtest/gtest.h>
#include <zlib.h>

#include "dynamics/md_fixtures.hpp"
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

TEST(RestartFile, appears_as_often_as_asked_for_whatever_the_number_and_caches_are_dropped_seldom) {
  EXPECT_EQ(checkpoints_of(61, 200).restarts, (std::vector<long>{0, 61, 122, 183}));
  EXPECT_EQ(checkpoints_of(61, 200).dropped, (std::vector<long>{0, 50, 61, 100, 122, 150, 183, 200}));
  EXPECT_EQ(checkpoints_of(106, 220).restarts, (std::vector<long>{0, 106, 212}));
  EXPECT_EQ(checkpoints_of(106, 220).dropped, (std::vector<long>{0, 50, 100, 106, 150, 200, 212, 220}));
  EXPECT_EQ(checkpoints_of(7, 20).restarts, (std::vector<long>{0, 7, 14}));
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
  EXPECT_EQ(r.origin.physics, (std::map<std::string, std::string>{{"cell", "full"}, {"tau", "100 fs"}}));
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
