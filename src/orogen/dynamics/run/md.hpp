// Molecular dynamics on any Potential: NVE, NVT (Langevin, CSVR) and NPT (stochastic cell rescaling).
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "orogen/base/errors.hpp"
#include "orogen/base/options/options.hpp"
#include "orogen/base/progress.hpp"
#include "orogen/potential/potential.hpp"

namespace orogen {

/// What a run does; describe() gives every field its key, unit, range and sentence.
struct MdOptions {
  std::string ensemble = "langevin";  ///< nve, langevin, csvr or npt
  double temperature = 300;           ///< K
  double ramp_to = -1;                ///< K at the last step, linear in time; negative = constant
  double pressure = 0;                ///< GPa (npt)
  double timestep = 0.5;              ///< fs
  long steps = 1000;                  ///< total, restarts included
  double time = 0;                    ///< ps; > 0 replaces steps
  double friction = 0.01;             ///< 1/fs (langevin)
  double tau = 100;                   ///< fs (csvr, npt)
  double barostat_tau = 1000;         ///< fs (npt)
  double compressibility = 0.1;       ///< 1/GPa (npt); only compressibility/barostat_tau matters
  std::string cell = "isotropic";     ///< isotropic or full (npt)
  bool start_velocities = true;       ///< use those that come with the structure
  std::uint64_t seed = 1;
  bool remove_com = true;
  bool remove_rotation = false;  ///< isolated molecules only
  int threads = 0;               ///< of the integrator; 0 = default_threads()

  std::string trajectory;  ///< extxyz; ".gz" at the end compresses; "" = none
  long every = 100;        ///< steps between frames
  bool write_forces = true, write_velocities = false;
  std::string thermo;  ///< CSV; "" = none
  long thermo_every = 10;
  std::string restart;  ///< "" = none
  long restart_every = 1000;
  bool resume = true;          ///< continue from `restart` where it exists
  long checkpoint_every = 50;  ///< steps between those at which a run may end, or be continued, to the last bit

  double max_force = 200;      ///< eV/Å
  double max_step = 1;         ///< Å per step and atom
  double max_temperature = 0;  ///< K; 0 = 20 × temperature + 2000 K
  double max_uncertainty = 0;  ///< the potential's unit; 0 = not asked for
  double lost_distance = 50;   ///< Å beyond the first frame's size (isolated molecules)
  bool check_timestep = true;
  std::string failed_frame;  ///< extxyz of the frame at which a guard stopped; "" = beside restart or trajectory
};

/// Describes every option; the fields' present values are the defaults.
void describe(OptionTable& table, MdOptions& options);

/// What a run leaves behind, beside its files. Means are over the thermo steps of this call, without the first 20 %.
struct MdResult {
  Structure structure;           ///< last positions [Å], not wrapped
  std::vector<Vec3> velocities;  ///< Å/fs
  long step = 0;                 ///< last step
  bool completed = false;        ///< false: the sink asked to stop
  double mean_temperature = 0;   ///< K
  double mean_pressure = 0;      ///< GPa, 0 where not periodic
  double mean_volume = 0;        ///< Å³
  double drift = 0;              ///< meV per atom and ps: slope of the conserved quantity over this call
  double seconds = 0;            ///< wall time
  double period = 0;             ///< fs, of the fastest vibration (0: not asked for)
};

/// What a guard found.
struct MdFinding {
  std::string guard;  ///< "force", "displacement", "lost", "temperature", "uncertainty", "finite", "potential", "cell"
  int atom = -1;      ///< 0-based; −1 where no atom is to blame
  std::string text;   ///< "the force on atom 17 (O) is 312.4 eV/Å, above max_force = 200 eV/Å"
};

/// A guard ended the run, or the potential gave no answer. The restart file of the last checkpoint and the frame are
/// written.
class MdStopped : public NumericalError {
 public:
  MdStopped(const std::string& text, Structure frame, long step, int atom, std::string guard)
      : NumericalError(text), frame(std::move(frame)), step(step), atom(atom), guard(std::move(guard)) {}
  Structure frame;  ///< the frame at which it stopped
  long step;
  int atom;           ///< as in MdFinding
  std::string guard;  ///< as in MdFinding
};

/// Runs MD from `start` or from the restart file where one exists, to the end. Velocities are `velocities` [Å/fs, one
/// per atom] where given and wanted (less the motions that are taken out), else drawn at the temperature from the seed.
/// Masses are those of the structure. MdRun (md_run.hpp) does the same step by step.
///
/// Time stepping is velocity Verlet with the thermostat and barostat in the middle of the drift (BAOAB; Leimkuhler &
/// Matthews 2013, doi:10.1063/1.4802990), so that positions are sampled to fourth order in the time step for harmonic
/// motion; T and pressure of thermostatted runs are taken there, E_kin is that of the full step. NVT: Langevin, or CSVR
/// (Bussi, Donadio, Parrinello 2007, doi:10.1063/1.2408420). NPT: CSVR and stochastic cell rescaling (Bernetti & Bussi
/// 2020, doi:10.1063/5.0020514; full cell: Del Tatto et al. 2022, doi:10.3390/app12031139).
///
/// Every random number is keyed by (seed, step, atom). At the multiples of checkpoint_every the potential's caches are
/// dropped and, without Langevin, the drift is taken out, so that the numbers depend on the step alone: not on
/// restart_every, not on where a run was interrupted, ended or extended. Restart files appear at the first such step
/// after each multiple of restart_every; the one at the end, wherever that is, also holds the last such step, from
/// which an extension begins. It stops only at these steps. Throws InputError for options that do not fit the structure
/// or the restart file, MdStopped when a guard fires. `ready` is called once, when the run cannot be refused any more
/// and before any file is written.
MdResult run_md(const Structure& start, Potential& potential, const MdOptions& options, ProgressSink& sink,
                std::span<const Vec3> velocities = {}, const std::function<void()>& ready = {});

}  // namespace orogen
