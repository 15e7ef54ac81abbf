#include "orogen/dynamics/motion/thermostat.hpp"

#include <fmt/format.h>

#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"

namespace orogen {
namespace {

/// Gamma distribution with unit scale. Marsaglia & Tsang 2000, doi:10.1145/358407.358414; shapes below 1 by their §6.
double draw_gamma(double shape, Random& random) {
  if (shape < 1) {
    const double u = 1 - random.uniform();
    return draw_gamma(shape + 1, random) * std::pow(u, 1 / shape);
  }
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = random.normal(), v = std::pow(1 + c * x, 3);
    if (v > 0 && std::log(1 - random.uniform()) < 0.5 * x * x + d * (1 - v + std::log(v))) return d * v;
  }
}

/// Σ of `count` squared standard normals.
double draw_chi_squared(int count, Random& random) { return count > 0 ? 2 * draw_gamma(0.5 * count, random) : 0; }

}  // namespace

void Thermostat::restore(std::span<const double> numbers) {
  if (!numbers.empty())
    throw InputError(
        fmt::format("{} numbers of a thermostat were saved, and this one has no memory; start over "
                    "(resume=false) or choose the thermostat of before",
                    numbers.size()));
}

KineticChange Langevin::apply(MdState& s, double kt, const Freedom& freedom, AtomLoops& loops) {
  const double keep = std::exp(-friction_ * dt_), noise = std::sqrt((1 - keep * keep) * kt);
  KineticChange kinetic;
  const std::uint64_t key = stream(Draw::langevin, s.step);
  const auto sums = loops.sum<2>([&](long i, auto& sum) {
    Random random(seed_, key, 3 * std::uint64_t(i));
    Vec3& v = s.velocities[i];
    sum[0] += s.mass[i] * v.squaredNorm();
    const double width = noise / std::sqrt(s.mass[i]);
    const double x = random.normal(), y = random.normal(), z = random.normal();
    v = keep * v + width * Vec3(x, y, z);
    sum[1] += s.mass[i] * v.squaredNorm();
  });
  kinetic.before = 0.5 * sums[0];
  kinetic.after = 0.5 * sums[1];
  if (freedom.removal.translation || freedom.removal.rotation) {
    remove_motion(s, freedom.removal, loops);
    kinetic.after = kinetic_energy(s, loops);
  }
  return kinetic;
}

double Csvr::draw(double kinetic, double mean, int freedom, long step) const {
  Random random(seed_, stream(Draw::csvr, step));
  const double keep = std::exp(-dt_ / tau_), share = (1 - keep) * mean / freedom;
  const double r = random.normal(), rest = draw_chi_squared(freedom - 1, random);
  return keep * kinetic + share * (r * r + rest) + 2 * r * std::sqrt(keep * share * kinetic);
}

KineticChange Csvr::apply(MdState& s, double kt, const Freedom& freedom, AtomLoops& loops) {
  const double before = kinetic_energy(s, loops);
  if (before <= 0) return {before, before};
  const double after = draw(before, 0.5 * freedom.degrees * kt, freedom.degrees, s.step);
  const double factor = std::sqrt(std::max(0.0, after) / before);
  loops.each([&](long i) { s.velocities[i] *= factor; });
  return {before, after};
}

}  // namespace orogen
