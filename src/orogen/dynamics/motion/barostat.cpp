#include "orogen/dynamics/motion/barostat.hpp"

#include <cmath>

#include "orogen/base/random.hpp"
#include "orogen/dynamics/motion/exponential.hpp"

namespace orogen {
namespace {

Mat3 symmetric_noise(Random& random) {
  Mat3 xi;
  for (int i = 0; i < 3; ++i)
    for (int k = 0; k < 3; ++k) xi(i, k) = random.normal();
  return 0.5 * (xi + xi.transpose());
}

}  // namespace

Mat3 Barostat::strain(const MdState& s, double kt, AtomLoops& loops) const {
  const double volume = s.structure.cell.volume(), rate = compressibility * dt / tau;
  const Mat3 stress = (kinetic_tensor(s, loops) + s.evaluation.virial) / volume;
  Random random(seed, stream(Draw::barostat, s.step));
  if (full)
    return rate / 3 * (stress - pressure * Mat3::Identity()) +
           std::sqrt(2 * kt * rate / (3 * volume)) * symmetric_noise(random);
  const double log_volume =
      rate * (stress.trace() / 3 - pressure) + std::sqrt(2 * kt * rate / volume) * random.normal();
  return log_volume / 3 * Mat3::Identity();
}

void apply_strain(MdState& s, const Mat3& strain, AtomLoops& loops) {
  const Mat3 stretch = exponential(strain), shrink = exponential(-strain);
  s.structure.cell.rows = s.structure.cell.rows * stretch;  // rows: r ← stretch r, stretch symmetric
  loops.each([&](long i) {
    s.structure.positions[i] = stretch * s.structure.positions[i];
    s.velocities[i] = shrink * s.velocities[i];
  });
}

}  // namespace orogen
