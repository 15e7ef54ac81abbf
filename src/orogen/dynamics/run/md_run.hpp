// Molecular dynamics that a caller holds in the hand: it steps, looks, replaces the potential, adds and removes atoms.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "orogen/dynamics/motion/thermostat.hpp"
#include "orogen/dynamics/run/md.hpp"

namespace orogen {

class MdRun;

/// Looks on while a run steps, and says how it goes on.
class MdObserver {
 public:
  enum class Answer {
    go_on,     ///< as if nothing had been
    stop,      ///< end here
    replaced,  ///< the potential is another one, by MdRun::replace() or inside the same object: ask it again
  };
  virtual ~MdObserver() = default;
  /// After every step, when it is recorded. MdRun's functions may be called.
  virtual Answer after_step(MdRun&) { return Answer::go_on; }
  /// A guard found something, and the run is about to throw MdStopped (the answer `stop`). `replaced` computes the
  /// forces of this step again and asks the guards anew. `go_on` passes over a finding; one that leaves no forces
  /// ("finite", "potential", "cell") cannot be passed over and stops. Of MdRun's functions only replace() and those
  /// that look may be called.
  virtual Answer found(MdRun&, const MdFinding&) { return Answer::stop; }
};

/// What a run may be given beside structure, potential and options.
struct MdStart {
  std::span<const Vec3> velocities = {};        ///< Å/fs, one per atom; needed while MdRun is made
  std::function<void()> ready = {};             ///< called once, when the run cannot be refused any more
  std::string potential = {};                   ///< what the potential is (a file and its digest), for restart files
  MdObserver* observer = nullptr;               ///< lives as long as the run
  std::unique_ptr<Thermostat> thermostat = {};  ///< in place of that of the ensemble; not in nve
};

/// One run under way; run_md (md.hpp) says what it computes. The potential and the sink live as long as it does.
class MdRun {
 public:
  /// Begins, or continues from the restart file: the state is that of the first step, with forces. Throws InputError
  /// and MdStopped as run_md does.
  MdRun(const Structure& start, Potential& potential, const MdOptions& options, ProgressSink& sink, MdStart how = {});
  ~MdRun();
  MdRun(const MdRun&) = delete;
  MdRun& operator=(const MdRun&) = delete;

  /// One time step with all that is written at it. Throws MdStopped when a guard fires and no observer helps.
  void step();
  /// No step is left.
  bool finished() const;
  /// The observer wants to end here, or the sink does and this is a step at which it may.
  bool stopping() const;

  const MdState& state() const;
  double temperature() const;  ///< K, of the last step
  double time() const;         ///< fs
  long total_steps() const;

  /// Flushes all files and writes a restart file, which continues to the same bytes.
  void checkpoint();
  /// Another potential from here on, whose forces at the present structure are those of the next step; `what` it is
  /// goes into the restart file, with the step. The conserved quantity is carried over the change of the energy. Throws
  /// MdStopped where it breaks a guard at once.
  void replace(Potential& potential, const std::string& what = "");
  /// Atoms come, behind those that are there, with velocities [Å/fs]; atoms go. As replace(): forces anew, a restart
  /// file, the conserved quantity carried over. Throws InputError as add_atoms and remove_atoms do, and during a step.
  void add_atoms(const Structure& more, std::span<const Vec3> velocities);
  void remove_atoms(std::span<const int> which);

  /// Writes what is left to write, with a restart file of the last step, and sums up.
  MdResult finish();

 private:
  class Engine;
  std::unique_ptr<Engine> engine_;
};

/// Runs to the end, or to where the sink or the observer wants to stop.
MdResult run_md(const Structure& start, Potential& potential, const MdOptions& options, ProgressSink& sink,
                MdStart how);

}  // namespace orogen
