#include "orogen/nuclear/kinematics/kinematics.hpp"

#include <cmath>
#include <string>

#include "orogen/base/errors.hpp"

namespace orogen::nuclear {

double mass(Pair p, const Constants& c) {
  return p == Pair::pp ? c.proton : p == Pair::nn ? c.neutron : 2 * c.proton * c.neutron / (c.proton + c.neutron);
}

double relative_momentum(double T, Pair p, const Constants& c) {
  if (!(T > 0) || !std::isfinite(T))
    throw InputError("laboratory energy " + std::to_string(T) + " MeV; expected a number > 0");
  if (p != Pair::np) return std::sqrt(mass(p, c) * T / 2);
  const double sum = c.proton + c.neutron;
  return c.proton * std::sqrt(T * (T + 2 * c.neutron) / (sum * sum + 2 * T * c.proton));
}

double relativistic_charge(double q, const Constants& c) {
  const double x = q * q / (c.proton * c.proton);
  return (1 + 2 * x) / std::sqrt(1 + x);
}

double sommerfeld(double q, const Constants& c) { return relativistic_charge(q, c) * c.alpha * c.proton / (2 * q); }

}  // namespace orogen::nuclear
