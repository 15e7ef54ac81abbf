#include "orogen/dynamics/run/md.hpp"

namespace orogen {
namespace {

constexpr double huge = std::numeric_limits<double>::infinity();

void describe_ensemble(OptionTable& t, MdOptions& o) {
  t.add("ensemble", o.ensemble, "",
        "constant energy, Langevin or CSVR thermostat, or constant pressure (CSVR + stochastic cell rescaling)")
      .one_of({"nve", "langevin", "csvr", "npt"});
  t.add("temperature", o.temperature, "K",
        "target temperature, also of velocities that are drawn; in nve of those only")
      .range(0, 1e6);
  t.add("ramp_to", o.ramp_to, "K", "temperature at the last step, reached linearly; negative keeps it constant")
      .range(-1, 1e6);
  t.add("pressure", o.pressure, "GPa", "target pressure of npt").range(-1e4, 1e4);
  t.add("timestep", o.timestep, "fs", "time step; 0.5 with hydrogen, 1 to 4 without").range(1e-4, 100);
  t.add("steps", o.steps, "", "number of steps in all, restarts included").range(0, 1e15);
  t.add("time", o.time, "ps", "length of the run in all; above 0 it replaces steps").range(0, 1e9);
  t.add("friction", o.friction, "1/fs", "friction of the Langevin thermostat; 0.001 to 0.1").range(0, 10);
  t.add("tau", o.tau, "fs", "relaxation time of the CSVR thermostat").range(1e-3, huge);
  t.add("barostat_tau", o.barostat_tau, "fs", "relaxation time of the pressure where compressibility is the true one")
      .range(1, huge);
  t.add("compressibility", o.compressibility, "1/GPa",
        "guess of the isothermal compressibility: water 0.45, metals 0.01")
      .range(1e-6, 1e3);
  t.add("cell", o.cell, "", "what npt may change: the volume, or all of the cell").one_of({"isotropic", "full"});
  t.add("start_velocities", o.start_velocities, "",
        "start with the velocities of the structure's file where it has some; false draws them at the temperature");
  t.add("seed", o.seed, "", "seed of velocities and thermostats; the same seed gives the same run");
  t.add("remove_com", o.remove_com, "", "take out the motion of the centre of mass");
  t.add("remove_rotation", o.remove_rotation, "", "take out the rotation of an isolated molecule");
  t.add("threads", o.threads, "", "threads of the integrator; 0 takes as many as the machine offers").range(0, 4096);
}

void describe_output(OptionTable& t, MdOptions& o) {
  t.add("trajectory", o.trajectory, "",
        "extended XYZ file of the frames, compressed if its name ends in .gz; empty writes none");
  t.add("every", o.every, "steps", "distance between frames").range(1, 1e12);
  t.add("write_forces", o.write_forces, "", "write forces [eV/Å] into the trajectory");
  t.add("write_velocities", o.write_velocities, "", "write velocities [Å/fs] into the trajectory");
  t.add("thermo", o.thermo, "",
        "CSV file of temperature, energies, pressure and, where the potential tells it, the largest uncertainty; empty "
        "writes none");
  t.add("thermo_every", o.thermo_every, "steps", "distance between rows of the thermo file").range(1, 1e12);
  t.add("restart", o.restart, "", "restart file; empty writes none");
  t.add("restart_every", o.restart_every, "steps",
        "distance between restart files, each written at the next multiple of checkpoint_every")
      .range(1, 1e12);
  t.add("checkpoint_every", o.checkpoint_every, "steps",
        "steps at which the run can be continued or end early; the potential's caches are dropped there, so that it "
        "acts "
        "on the last digits; lower it for slow quantum codes")
      .range(1, 1e12);
  t.add("resume", o.resume, "", "continue from the restart file where it exists; false starts over");
}

void describe_guards(OptionTable& t, MdOptions& o) {
  t.add("max_force", o.max_force, "eV/Å", "stop where the force on an atom is larger").range(0, huge);
  t.add("max_step", o.max_step, "Å", "stop where an atom moves farther in one step").range(0, huge);
  t.add("max_temperature", o.max_temperature, "K",
        "stop above this temperature; 0 takes 20 times the target plus 2000 K")
      .range(0, huge);
  t.add("max_uncertainty", o.max_uncertainty, "eV/Å",
        "stop where the potential's uncertainty of an atom is larger; 0 does not stop; a potential that tells none is "
        "refused")
      .range(0, huge);
  t.add("lost_distance", o.lost_distance, "Å",
        "stop where an atom of an isolated molecule is this far outside its first extent")
      .range(0, huge);
  t.add("check_timestep", o.check_timestep, "",
        "estimate the fastest vibration before the run and warn where the time step is too long");
  t.add("failed_frame", o.failed_frame, "",
        "extended XYZ file of the frame that stopped a run; empty puts it beside the restart file");
}

}  // namespace

void describe(OptionTable& table, MdOptions& options) {
  describe_ensemble(table, options);
  describe_output(table, options);
  describe_guards(table, options);
}

}  // namespace orogen
