// Thermostats act on velocities in the middle of a step and report the heat that they gave.
#pragma once
#include <span>
#include <vector>

#include "orogen/dynamics/motion/md_state.hpp"

namespace orogen {

/// Kinetic energy before and after a thermostat [eV].
struct KineticChange {
  double before = 0, after = 0;
};

/// What a thermostat must know about the whole.
struct Freedom {
  Removal removal;  ///< motions that are taken out
  int degrees = 0;  ///< those that are left
};

class Thermostat {
 public:
  virtual ~Thermostat() = default;
  /// One step at k_B T = kt [eV], after the state's step has become the new one. Random numbers are to be keyed by the
  /// step, so that a run that goes on draws the same ones.
  virtual KineticChange apply(MdState& state, double kt, const Freedom& freedom, AtomLoops& loops) = 0;
  /// What the next step depends on beside the state (the auxiliary momenta of a chain, say); it stands in restart
  /// files.
  virtual std::vector<double> saved() const { return {}; }
  /// Takes back what saved() gave. Throws InputError where it does not fit this thermostat.
  virtual void restore(std::span<const double> numbers);
};

/// Exact Ornstein–Uhlenbeck step of length dt (the O of BAOAB): v ← e^{−γ dt} v + √((1−e^{−2γ dt}) kT/m) ξ.
/// Friction and dt in internal units of time. No memory.
class Langevin : public Thermostat {
 public:
  Langevin(double friction, double dt, std::uint64_t seed) : friction_(friction), dt_(dt), seed_(seed) {}
  KineticChange apply(MdState& state, double kt, const Freedom& freedom, AtomLoops& loops) override;

 private:
  double friction_, dt_;
  std::uint64_t seed_;
};

/// Stochastic velocity rescaling: all velocities times α, drawn so that the kinetic energy has its canonical
/// distribution. Bussi, Donadio, Parrinello 2007, doi:10.1063/1.2408420, eq. A7. tau and dt in internal units of time.
/// No memory.
class Csvr : public Thermostat {
 public:
  Csvr(double tau, double dt, std::uint64_t seed) : tau_(tau), dt_(dt), seed_(seed) {}
  KineticChange apply(MdState& state, double kt, const Freedom& freedom, AtomLoops& loops) override;

 private:
  /// The new kinetic energy [eV]: drawn for `kinetic` in `freedom` degrees of freedom at the target `mean`.
  double draw(double kinetic, double mean, int freedom, long step) const;
  double tau_, dt_;
  std::uint64_t seed_;
};

}  // namespace orogen
