// Runs that a caller steps, watches and changes on the way.
#include "orogen/dynamics/run/md_run.hpp"

#include <gtest/gtest.h>

#include "dynamics/md_fixtures.hpp"
#include "orogen/base/units.hpp"
#include "orogen/dynamics/files/md_restart.hpp"
#include "orogen/system/elements.hpp"
#include "orogen/system/files/extxyz.hpp"

namespace orogen {
namespace {

using namespace reference;

MdOptions options(const ScratchFolder& folder, const char* ensemble = "nve") {
  MdOptions o;
  o.ensemble = ensemble;
  o.temperature = 40;
  o.timestep = 4;
  o.steps = 200;
  o.check_timestep = false;
  o.restart = folder / "md.restart";
  o.restart_every = 100;
  o.trajectory = folder / "md.xyz";
  o.every = 10;
  o.thermo = folder / "thermo.csv";
  o.thermo_every = 5;
  return o;
}

Structure argon() { return face_centred_cubic(2, 5.35); }

/// Answers findings and steps as a test says.
class Scripted : public MdObserver {
 public:
  std::function<Answer(MdRun&)> on_step = [](MdRun&) { return Answer::go_on; };
  std::function<Answer(MdRun&, const MdFinding&)> on_finding = [](MdRun&, const MdFinding&) { return Answer::stop; };
  std::vector<std::string> findings;
  Answer after_step(MdRun& run) override { return on_step(run); }
  Answer found(MdRun& run, const MdFinding& finding) override {
    findings.push_back(finding.guard);
    return on_finding(run, finding);
  }
};

MdResult finish(MdRun& run) {
  while (!run.finished() && !run.stopping()) run.step();
  return run.finish();
}

MdResult run_watched(const Structure& start, Potential& potential, const MdOptions& o, MdObserver& observer,
                     const std::string& what = "") {
  SilentProgress silent;
  MdStart how;
  how.observer = &observer, how.potential = what;
  MdRun run(start, potential, o, silent, std::move(how));
  return finish(run);
}

TEST(MdRun, stepped_by_hand_and_watched_writes_the_bytes_of_run_md) {
  ScratchFolder one, two;
  LennardJones lj;
  SilentProgress silent;
  run_md(argon(), lj, options(one, "csvr"), silent);
  Scripted observer;
  long steps = 0;
  observer.on_step = [&](MdRun& run) {
    EXPECT_EQ(run.state().step, ++steps);
    return MdObserver::Answer::go_on;
  };
  const auto o = options(two, "csvr");
  EXPECT_TRUE(run_watched(argon(), lj, o, observer).completed);
  EXPECT_EQ(steps, 200);
  for (const char* name : {"md.xyz", "thermo.csv", "md.restart"})
    EXPECT_EQ(read_file(one / name), read_file(two / name));
}

TEST(MdRun, ends_where_the_observer_wants_and_continues_to_the_same_bytes) {
  ScratchFolder one, two;
  LennardJones lj;
  SilentProgress silent;
  run_md(argon(), lj, options(one), silent);
  Scripted observer;
  observer.on_step = [](MdRun& run) {
    return run.state().step == 137 ? MdObserver::Answer::stop : MdObserver::Answer::go_on;
  };
  const auto stopped = run_watched(argon(), lj, options(two), observer);
  EXPECT_EQ(stopped.step, 137);
  EXPECT_FALSE(stopped.completed);
  EXPECT_EQ(read_restart(two / "md.restart").state.step, 137);
  run_md(argon(), lj, options(two), silent);
  for (const char* name : {"md.xyz", "thermo.csv", "md.restart"})
    EXPECT_EQ(read_file(one / name), read_file(two / name));
}

TEST(MdRun, a_finding_can_be_looked_at_before_the_run_throws) {
  ScratchFolder folder;
  LennardJones lj;
  Spoiled potential(lj, [](const Structure&, long k, Evaluation& e) {
    if (k == 60) e.forces[3] = Vec3(0, 300, 0);
  });
  Scripted observer;
  observer.on_finding = [](MdRun& run, const MdFinding& found) {
    EXPECT_EQ(found.atom, 3);
    EXPECT_EQ(run.state().step, 60);
    EXPECT_EQ(run.state().evaluation.forces[3][1], 300);
    return MdObserver::Answer::stop;
  };
  EXPECT_THROW(run_watched(argon(), potential, options(folder), observer), MdStopped);
  EXPECT_EQ(observer.findings, (std::vector<std::string>{"force"}));
}

TEST(MdRun, goes_on_with_a_potential_that_replaces_one_that_failed_as_if_it_had_been_there_at_that_step) {
  for (const char* ensemble : {"nve", "langevin", "npt"}) {
    ScratchFolder one, two;
    LennardJones lj;
    SilentProgress silent;
    auto o = options(one, ensemble);
    run_md(argon(), lj, o, silent);
    Spoiled failing(lj, [](const Structure&, long k, Evaluation& e) {
      if (k == 73) e.forces[5] = Vec3(400, 0, 0), e.energy += 1;
    });
    Scripted observer;
    observer.on_finding = [&](MdRun& run, const MdFinding&) {
      return run.replace(lj, "sound"), MdObserver::Answer::replaced;
    };
    const auto r = run_watched(argon(), failing, options(two, ensemble), observer, "failing");
    EXPECT_TRUE(r.completed);
    EXPECT_EQ(observer.findings.size(), 1u);
    // The same positions: the forces of the failed answer left no trace.
    const auto whole = read_restart(one / "md.restart"), mended = read_restart(two / "md.restart");
    for (int i = 0; i < 32; ++i)
      EXPECT_LT((whole.state.structure.positions[i] - mended.state.structure.positions[i]).norm(), 1e-9) << ensemble;
    EXPECT_EQ(mended.origin.segments, (std::vector<std::pair<long, std::string>>{{0, "failing"}, {73, "sound"}}));
    EXPECT_TRUE(whole.origin.segments.empty());
    // The change of the energy by the replacement is no drift; what the failed answer itself was wrong by is one.
    const auto conserved = read_thermo(two / "thermo.csv")["conserved"];
    EXPECT_NEAR(conserved[16] - conserved[14], 1, 0.05) << ensemble;
  }
}

TEST(MdRun, replaced_at_a_checkpoint_and_ended_soon_after_is_extended_to_the_same_bytes) {
  ScratchFolder one, two;
  LennardJones lj;
  auto run = [&](const ScratchFolder& folder, long steps) {
    Spoiled failing(lj, [](const Structure&, long k, Evaluation& e) {
      if (k == 50) e.forces[5] = Vec3(400, 0, 0);
    });
    Scripted observer;
    observer.on_finding = [&](MdRun& md, const MdFinding&) {
      return md.replace(lj, "sound"), MdObserver::Answer::replaced;
    };
    auto o = options(folder);
    o.steps = steps;
    run_watched(argon(), failing, o, observer, "failing");
    EXPECT_EQ(observer.findings.size(), 1u);
  };
  run(one, 120);
  run(two, 57);
  Scripted idle;
  auto o = options(two);
  o.steps = 120;
  run_watched(argon(), lj, o, idle, "sound");
  for (const char* name : {"md.xyz", "thermo.csv", "md.restart"})
    EXPECT_EQ(read_file(one / name), read_file(two / name)) << name;
}

/// Lennard-Jones that fails once, at the evaluation of step 20.
class FailingOnce : public Spoiled {
 public:
  explicit FailingOnce(LennardJones& lj)
      : Spoiled(lj, [this](const Structure&, long k, Evaluation& e) {
          if (k == 20 && !std::exchange(failed_, true)) throw NumericalError("SCF did not converge");
          if (k == 40) e.forces[1] = Vec3(6, 0, 0);
        }) {}

 private:
  bool failed_ = false;
};

TEST(MdRun, goes_on_after_an_answer_that_never_came_and_passes_over_what_may_be_passed_over) {
  ScratchFolder folder;
  LennardJones lj;
  FailingOnce potential(lj), again(lj);
  Scripted observer;
  observer.on_finding = [&](MdRun& run, const MdFinding& found) {
    if (found.guard == "force") return MdObserver::Answer::go_on;
    run.replace(potential, "the same, tried again");
    return MdObserver::Answer::replaced;
  };
  auto o = options(folder);
  o.max_force = 5;
  EXPECT_TRUE(run_watched(argon(), potential, o, observer).completed);
  EXPECT_EQ(observer.findings, (std::vector<std::string>{"potential", "force"}));
  observer.on_finding = [](MdRun&, const MdFinding&) { return MdObserver::Answer::go_on; };
  o.resume = false;
  EXPECT_THROW(run_watched(argon(), again, o, observer), MdStopped) << "there are no forces to go on with";
}

TEST(MdRun, replaced_between_two_steps_carries_the_conserved_quantity_over_and_continues_from_its_restart_file) {
  ScratchFolder one, two;
  LennardJones lj;
  class Shifted : public LennardJones {
   protected:
    void answer(const Structure& s, Want want, Evaluation& out) override {
      LennardJones::answer(s, want, out);
      out.energy += 5;
    }
  } shifted;
  const auto at_130 = [&](MdRun& run) {
    if (run.state().step == 130) run.replace(shifted, "shifted");
    return MdObserver::Answer::go_on;
  };
  Scripted observer;
  observer.on_step = at_130;
  run_watched(argon(), lj, options(one), observer, "plain");
  const auto rows = read_thermo(one / "thermo.csv");
  for (std::size_t k = 1; k < rows.at("conserved").size(); ++k)
    EXPECT_NEAR(rows.at("conserved")[k], rows.at("conserved")[0], 0.01);
  EXPECT_NEAR(rows.at("potential")[27] - rows.at("potential")[26], 5, 0.1);
  // Killed at step 150 and continued with the new potential, from the restart file that the replacement wrote.
  struct Killed {};
  observer.on_step = [&](MdRun& run) {
    if (run.state().step == 150) throw Killed{};
    return at_130(run);
  };
  EXPECT_THROW(run_watched(argon(), lj, options(two), observer, "plain"), Killed);
  EXPECT_EQ(read_restart(two / "md.restart").state.step, 130);
  Scripted quiet;
  run_watched(argon(), shifted, options(two), quiet, "shifted");
  for (const char* name : {"md.xyz", "thermo.csv", "md.restart"})
    EXPECT_EQ(read_file(one / name), read_file(two / name));
}

TEST(MdRun, tells_when_a_continued_run_gets_another_potential_than_the_last_one) {
  ScratchFolder folder;
  LennardJones lj, other(0.0104, 3.4, 6.0, 7.5);
  Scripted observer;
  auto o = options(folder);
  run_watched(argon(), lj, o, observer, "plain");
  o.steps = 300;
  run_watched(argon(), other, o, observer, "other");
  using Segments = std::vector<std::pair<long, std::string>>;
  EXPECT_EQ(read_restart(o.restart).origin.segments, (Segments{{0, "not recorded"}, {200, "other"}}));
  o.steps = 400;
  ScriptedProgress sink;
  MdStart how;
  how.potential = "third";
  MdRun run(argon(), lj, o, sink, std::move(how));
  finish(run);
  EXPECT_TRUE(sink.told("potential was other"));
  EXPECT_EQ(read_restart(o.restart).origin.segments, (Segments{{0, "not recorded"}, {200, "other"}, {300, "third"}}));
}

// ---- Atoms that come and go ----

TEST(MdState, grows_and_shrinks_with_the_masses_of_its_atoms) {
  MdState s;
  s.structure = {{18, 1}, {Vec3(0, 0, 0), Vec3(1, 0, 0)}, {}};
  s.velocities.assign(2, Vec3::Zero());
  s.mass = {39.95, 1.008};
  const std::vector<Vec3> fast{Vec3(1, 2, 3)};
  add_atoms(s, {{1}, {Vec3(5, 0, 0)}, {}, {deuterium_mass}}, fast);
  EXPECT_EQ(s.structure.species, (std::vector<int>{18, 1, 1}));
  EXPECT_EQ(s.mass, (std::vector<double>{39.95, 1.008, deuterium_mass}));
  EXPECT_EQ(s.structure.masses, s.mass);
  EXPECT_EQ(s.velocities[2], fast[0]);
  remove_atoms(s, std::vector<int>{1});
  EXPECT_EQ(s.structure.positions, (std::vector<Vec3>{Vec3(0, 0, 0), Vec3(5, 0, 0)}));
  EXPECT_EQ(s.mass, (std::vector<double>{39.95, deuterium_mass}));
  EXPECT_THROW(remove_atoms(s, std::vector<int>{2}), InputError);
  EXPECT_THROW(remove_atoms(s, std::vector<int>{0, 0}), InputError);
  EXPECT_THROW(remove_atoms(s, std::vector<int>{0, 1}), InputError);
  EXPECT_THROW(add_atoms(s, {{1}, {Vec3(5, 0, 0)}, {}}, {}), InputError);
}

/// A deposit: one atom comes at step 60, one goes at step 110.
MdObserver::Answer deposit(MdRun& run) {
  if (run.state().step == 60) {
    const std::vector<Vec3> velocity{Vec3(0, 0, -0.001)};
    run.add_atoms({{18}, {Vec3(2, 2, 14)}, {}}, velocity);
  }
  if (run.state().step == 110) run.remove_atoms(std::vector<int>{7});
  return MdObserver::Answer::go_on;
}

/// A slab of argon with room above it.
Structure slab() {
  Structure s = argon();
  s.cell.rows(2, 2) = 30;
  return s;
}

TEST(MdRun, with_atoms_that_come_and_go_continues_to_the_same_bytes) {
  for (const char* ensemble : {"nve", "langevin"}) {
    ScratchFolder one, two;
    LennardJones lj;
    Remembering remembering(lj);
    Scripted observer;
    observer.on_step = deposit;
    const auto whole = run_watched(slab(), remembering, options(one, ensemble), observer);
    EXPECT_EQ(whole.structure.size(), 32);
    struct Killed {};
    for (const long last : {90L, 140L}) {  // with one atom more than at the start, and after another one went
      auto o = options(two, ensemble);
      o.resume = false;
      observer.on_step = [&](MdRun& run) {
        if (run.state().step == last) throw Killed{};
        return deposit(run);
      };
      EXPECT_THROW(run_watched(slab(), remembering, o, observer), Killed);
      observer.on_step = deposit;
      const auto continued = run_watched(slab(), remembering, options(two, ensemble), observer);
      EXPECT_EQ(whole.structure.positions, continued.structure.positions) << ensemble << last;
      for (const char* name : {"md.xyz", "thermo.csv", "md.restart"})
        EXPECT_EQ(read_file(one / name), read_file(two / name)) << ensemble << last << name;
    }
    const auto frames = read_extxyz(one / "md.xyz");
    EXPECT_EQ(frames[6].structure.size(), 32);
    EXPECT_EQ(frames[7].structure.size(), 33);
    EXPECT_EQ(frames.back().structure.size(), 32);
    const auto conserved = read_thermo(one / "thermo.csv")["conserved"];
    for (const double e : conserved) EXPECT_NEAR(e, conserved[0], 0.05);
  }
}

// ---- Masses ----

TEST(MdRun, a_heavier_isotope_vibrates_more_slowly_by_the_root_of_its_mass) {
  Structure dimer{{1, 1}, {{0, 0, 0}, {0.74, 0, 0}}, {}};
  Springs springs(dimer, 35);
  MdOptions o;
  o.ensemble = "nve";
  o.timestep = 0.1;
  o.steps = 200;
  SilentProgress silent;
  const double light = run_md(dimer, springs, o, silent).period;
  dimer.masses = {deuterium_mass, deuterium_mass};
  EXPECT_NEAR(run_md(dimer, springs, o, silent).period / light, std::sqrt(deuterium_mass / 1.008), 1e-6);
}

TEST(MdRun, masses_stand_in_velocities_energy_trajectory_and_restart_file) {
  ScratchFolder one, two;
  LennardJones lj;
  Structure start = argon();
  start.masses.assign(32, 39.95);
  start.masses[0] = 80;
  SilentProgress silent;
  run_md(start, lj, options(one, "langevin"), silent);
  auto o = options(two, "langevin");
  o.steps = 130;
  const auto part = run_md(start, lj, o, silent);
  double kinetic = 0;
  Vec3 momentum = Vec3::Zero();
  for (int i = 0; i < 32; ++i) {
    const Vec3 v = part.velocities[i] / units::fs;
    kinetic += 0.5 * start.masses[i] * v.squaredNorm(), momentum += start.masses[i] * v;
  }
  EXPECT_NEAR(read_thermo(o.thermo)["kinetic"].back(), kinetic, 1e-6);
  EXPECT_LT(momentum.norm(), 1e-9);
  o.steps = 200;
  run_md(start, lj, o, silent);
  for (const char* name : {"md.xyz", "thermo.csv", "md.restart"})
    EXPECT_EQ(read_file(one / name), read_file(two / name));
  EXPECT_EQ(read_restart(o.restart).state.structure.masses, start.masses);
  EXPECT_EQ(read_extxyz(o.trajectory).back().structure.masses, start.masses);
  start.masses[0] = 39.95;
  o.steps = 300;
  EXPECT_THROW(run_md(start, lj, o, silent), InputError) << "another start";
}

// ---- A thermostat with memory ----

/// Nosé and Hoover's friction, which is a state of its own.
class NoseHoover : public Thermostat {
 public:
  explicit NoseHoover(double dt) : dt_(dt) {}
  KineticChange apply(MdState& s, double kt, const Freedom& freedom, AtomLoops& loops) override {
    const double before = kinetic_energy(s, loops), target = 0.5 * freedom.degrees * kt;
    friction_ += dt_ * 1e-3 * (before / target - 1);
    const double factor = std::exp(-friction_ * dt_);
    loops.each([&](long i) { s.velocities[i] *= factor; });
    return {before, factor * factor * before};
  }
  std::vector<double> saved() const override { return {friction_}; }
  void restore(std::span<const double> numbers) override {
    if (!numbers.empty()) friction_ = numbers[0];
  }

 private:
  double dt_, friction_ = 0;
};

TEST(MdRun, saves_what_its_thermostat_remembers) {
  ScratchFolder one, two;
  LennardJones lj;
  SilentProgress silent;
  const auto run_to = [&](MdOptions o, long steps) {
    o.steps = steps;
    MdStart how;
    how.thermostat = std::make_unique<NoseHoover>(o.timestep * units::fs);
    MdRun run(argon(), lj, o, silent, std::move(how));
    finish(run);
  };
  run_to(options(one, "csvr"), 200);
  run_to(options(two, "csvr"), 90);
  EXPECT_EQ(read_restart(two / "md.restart").origin.thermostat.size(), 1u);
  EXPECT_NE(read_restart(two / "md.restart").origin.thermostat[0], 0);
  run_to(options(two, "csvr"), 200);
  for (const char* name : {"md.xyz", "thermo.csv", "md.restart"})
    EXPECT_EQ(read_file(one / name), read_file(two / name));
  auto o = options(two, "csvr");
  o.steps = 300;
  EXPECT_THROW(run_md(argon(), lj, o, silent), InputError) << "CSVR cannot take what another thermostat saved";
}

}  // namespace
}  // namespace orogen
