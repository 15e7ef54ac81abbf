#include "orogen/dynamics/run/md_setup.hpp"

#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "orogen/base/options/run_inputs.hpp"
#include "orogen/base/units.hpp"
#include "orogen/dynamics/files/output_file.hpp"
#include "orogen/system/masses.hpp"

namespace orogen {
namespace {

Ensemble ensemble(const std::string& name) {
  if (name == "nve") return Ensemble::nve;
  if (name == "langevin") return Ensemble::langevin;
  if (name == "csvr") return Ensemble::csvr;
  return Ensemble::npt;
}

void check_choices(const MdOptions& o, std::vector<std::string>& problems) {
  if (o.ensemble != "nve" && o.ensemble != "langevin" && o.ensemble != "csvr" && o.ensemble != "npt")
    problems.push_back(fmt::format("ensemble = '{}' is unknown; expected nve, langevin, csvr or npt", o.ensemble));
  if (o.cell != "isotropic" && o.cell != "full")
    problems.push_back(fmt::format("cell = '{}' is unknown; expected isotropic or full", o.cell));
  if (o.thermo.ends_with(".gz"))
    problems.push_back(fmt::format("thermo = {}: the thermo log is plain text; leave .gz away", o.thermo));
}

void check_numbers(const MdOptions& o, std::vector<std::string>& problems) {
  const auto above_zero = [&](const char* key, double value, const char* unit) {
    if (!(value > 0)) problems.push_back(fmt::format("{} = {} {} must be above 0", key, value, unit));
  };
  above_zero("timestep", o.timestep, "fs");
  if (!(o.temperature >= 0)) problems.push_back(fmt::format("temperature = {} K is negative", o.temperature));
  if (o.steps < 0) problems.push_back(fmt::format("steps = {} is negative", o.steps));
  above_zero("every", double(o.every), "steps");
  above_zero("thermo_every", double(o.thermo_every), "steps");
  above_zero("restart_every", double(o.restart_every), "steps");
  above_zero("checkpoint_every", double(o.checkpoint_every), "steps");
  if (o.ensemble == "csvr" || o.ensemble == "npt") above_zero("tau", o.tau, "fs");
  if (o.ensemble != "npt") return;
  above_zero("barostat_tau", o.barostat_tau, "fs");
  above_zero("compressibility", o.compressibility, "1/GPa");
}

void check_start(const MdOptions& o, const Structure& start, std::vector<std::string>& problems) {
  if (start.size() == 0) problems.push_back("the structure has no atoms");
  if (start.positions.size() != start.species.size())
    problems.push_back(
        fmt::format("the structure has {} species and {} positions", start.species.size(), start.positions.size()));
  if (o.ensemble == "npt" && (!start.cell.fully_periodic() || start.cell.volume() <= 0))
    problems.push_back(
        "ensemble = npt needs a cell that is periodic in all three directions; use csvr or langevin for this "
        "structure");
  if (o.remove_rotation && start.cell.any_periodic())
    problems.push_back("remove_rotation = true is for isolated molecules; this structure is periodic");
}

void take_velocities(MdState& state, std::span<const Vec3> velocities, Removal removal, AtomLoops& loops) {
  if (long(velocities.size()) != state.size())
    throw InputError(fmt::format("the structure has {} atoms and {} velocities", state.size(), velocities.size()));
  for (long i = 0; i < state.size(); ++i) {
    if (!velocities[i].allFinite())
      throw InputError(fmt::format("the velocity of atom {} is not finite; mend it or set start_velocities=false", i));
    state.velocities[i] = velocities[i] / units::fs;
  }
  remove_motion(state, removal, loops);
}

void refuse_other_run(const MdOptions& o, const Structure& start, const MdRestart& r) {
  RunInputs inputs;
  inputs.add_digest("structure", fingerprint(start));
  inputs.require_same({{"structure", r.origin.start}}, "restart = " + o.restart,
                      "it belongs to a run that started from another structure; remove it or set resume=false");
}

/// A file that holds fewer bytes than the restart file says cannot be continued.
void refuse_shortened(const char* key, const std::string& name, std::uint64_t bytes) {
  if (!name.empty() && bytes > 0) require_length(fmt::format("{} = {}", key, name), name, bytes);
}

/// What acts on the numbers from the restart file on. Files of earlier versions do not have all of it.
std::vector<InputChange> changes(const MdOptions& o, const MdOrigin& r, const std::string& potential) {
  RunInputs::Record before = r.physics;
  before["ensemble"] = r.ensemble;
  before["timestep"] = fmt::format("{} fs", r.timestep);
  before["seed"] = fmt::format("{}", r.seed);
  RunInputs inputs;
  inputs.add("ensemble", o.ensemble);
  inputs.add("timestep", fmt::format("{} fs", o.timestep));
  inputs.add("seed", fmt::format("{}", o.seed));
  for (const auto& [key, is] : physics(o)) inputs.add(key, is, is);
  inputs.add("checkpoint_every", fmt::format("{} steps", o.checkpoint_every),
             fmt::format("{} steps", MdOptions().checkpoint_every));
  if (!r.segments.empty() && !potential.empty()) {
    before["potential"] = r.segments.back().second;
    inputs.add("potential", potential);
  }
  return inputs.changes(before);
}

}  // namespace

void check_options(const MdOptions& options, const Structure& start) {
  std::vector<std::string> problems;
  check_choices(options, problems);
  check_numbers(options, problems);
  check_start(options, start, problems);
  if (!problems.empty()) throw InputError(problems);
}

long total_steps(const MdOptions& o, const MdClock& clock) {
  return o.time > 0 ? clock.step + std::lround(std::ceil((o.time * 1000 - clock.time) / o.timestep - 1e-9)) : o.steps;
}

std::map<std::string, std::string> physics(const MdOptions& o) {
  std::map<std::string, std::string> all;
  const auto add = [&](const char* key, auto value, const char* unit) {
    all[key] = fmt::format("{}{}{}", value, *unit ? " " : "", unit);
  };
  add("remove_com", o.remove_com, ""), add("remove_rotation", o.remove_rotation, "");
  if (o.checkpoint_every != MdOptions().checkpoint_every) add("checkpoint_every", o.checkpoint_every, "steps");
  if (o.ensemble == "nve") return all;
  add("temperature", o.temperature, "K"), add("ramp_to", o.ramp_to, "K");
  if (o.ramp_to >= 0) add("length of the ramp", total_steps(o), "steps");
  if (o.ensemble == "langevin") add("friction", o.friction, "1/fs");
  if (o.ensemble == "csvr" || o.ensemble == "npt") add("tau", o.tau, "fs");
  if (o.ensemble != "npt") return all;
  add("pressure", o.pressure, "GPa"), add("barostat_tau", o.barostat_tau, "fs");
  add("compressibility", o.compressibility, "1/GPa"), add("cell", o.cell, "");
  return all;
}

bool is_checkpoint(const MdOptions& o, long step) { return step % o.checkpoint_every == 0; }

bool is_restart(const MdOptions& o, long step) {
  return is_checkpoint(o, step) && step / o.restart_every > (step - o.checkpoint_every) / o.restart_every;
}

Removal removal(const MdOptions& o, const Structure& s) {
  return {o.remove_com && s.size() > 1, o.remove_rotation && s.size() > 1};
}

Freedom freedom(const MdOptions& o, const MdState& state) {
  const Removal out = removal(o, state.structure);
  const Freedom left{out, degrees_of_freedom(state, out)};
  if (left.degrees < 1) throw InputError("nothing is left to move: set remove_com=false for this structure");
  return left;
}

double thermal_energy(const MdOptions& o, long step, long total) {
  const double part = o.ramp_to >= 0 ? double(step) / double(std::max(1l, total)) : 0;
  return units::boltzmann * (o.temperature + part * (o.ramp_to - o.temperature));
}

MdStep make_step(const MdOptions& o, const MdState& state) {
  MdStep step;
  step.ensemble = ensemble(o.ensemble);
  step.dt = o.timestep * units::fs;
  step.freedom = freedom(o, state);
  if (step.ensemble == Ensemble::langevin)
    step.thermostat = std::make_unique<Langevin>(o.friction / units::fs, step.dt, o.seed);
  else if (step.ensemble != Ensemble::nve)
    step.thermostat = std::make_unique<Csvr>(o.tau * units::fs, step.dt, o.seed);
  step.barostat = {o.pressure * units::gpa,    o.compressibility / units::gpa,
                   o.barostat_tau * units::fs, step.dt,
                   o.cell == "full",           o.seed};
  return step;
}

MdState make_state(const MdOptions& o, const Structure& start, std::span<const Vec3> velocities, AtomLoops& loops) {
  MdState state;
  state.structure = start;
  state.mass = atomic_masses(start);
  state.velocities.assign(start.size(), Vec3::Zero());
  if (velocities.empty() || !o.start_velocities)
    draw_velocities(state, o.temperature, o.seed, removal(o, start), loops);
  else
    take_velocities(state, velocities, removal(o, start), loops);
  return state;
}

MdRestart resume(const MdOptions& o, const Structure& start, const std::string& potential, ProgressSink& sink) {
  MdRestart r = read_restart(o.restart);
  refuse_other_run(o, start, r);
  const auto changed = changes(o, r.origin, potential);
  for (const InputChange& c : changed)
    sink.message(Level::warning, fmt::format("{} was {} when {} was written and is {} from here on", c.key, c.before,
                                             o.restart, c.now));
  if (r.mark && changed.empty() && total_steps(o, r.origin.clock) > r.state.step) {
    sink.message(Level::note,
                 fmt::format("steps {} to {} are computed again, so that the numbers are those of a run that "
                             "did not end between",
                             r.mark->step + 1, r.state.step));
    r.return_to_mark();
  }
  refuse_shortened("trajectory", o.trajectory, r.origin.trajectory_bytes);
  refuse_shortened("thermo", o.thermo, r.origin.thermo_bytes);
  if (r.origin.timestep != o.timestep)
    r.origin.clock = {r.state.step, r.origin.clock.at(r.state.step, r.origin.timestep)};
  return r;
}

}  // namespace orogen
