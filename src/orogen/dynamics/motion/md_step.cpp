#include "orogen/dynamics/motion/md_step.hpp"

namespace orogen {

void MdStep::move(MdState& s, double kt, AtomLoops& loops) {
  const double half = 0.5 * dt, first = ensemble == Ensemble::nve ? dt : half;
  loops.each([&](long i) {
    s.velocities[i] += half / s.mass[i] * s.evaluation.forces[i];
    s.structure.positions[i] += first * s.velocities[i];
  });
  if (ensemble == Ensemble::nve) return;
  heat(s, kt, loops);
  if (ensemble == Ensemble::npt) rescale_cell(s, kt, loops);
  loops.each([&](long i) { s.structure.positions[i] += half * s.velocities[i]; });
}

void MdStep::finish(MdState& s, AtomLoops& loops) const {
  const double half = 0.5 * dt;
  loops.each([&](long i) { s.velocities[i] += half / s.mass[i] * s.evaluation.forces[i]; });
  // The potential energy that the strain M gave is −∫ W:dM; the mean of both ends is right to second order in the
  // noise.
  if (ensemble == Ensemble::npt)
    s.heat -= 0.5 * (virial_before_ + s.evaluation.virial).cwiseProduct(strain_).sum();
  else if (ensemble == Ensemble::nve)
    s.kinetic_at_thermostat = kinetic_energy(s, loops);
}

void MdStep::heat(MdState& s, double kt, AtomLoops& loops) const {
  const KineticChange kinetic = thermostat->apply(s, kt, freedom, loops);
  s.heat += kinetic.after - kinetic.before;
  s.kinetic_at_thermostat = 0.5 * (kinetic.before + kinetic.after);
}

void MdStep::rescale_cell(MdState& s, double kt, AtomLoops& loops) {
  strain_ = barostat.strain(s, kt, loops);
  virial_before_ = s.evaluation.virial;
  const double before = kinetic_energy(s, loops);
  apply_strain(s, strain_, loops);
  s.heat += kinetic_energy(s, loops) - before;
}

}  // namespace orogen
