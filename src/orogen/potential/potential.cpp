#include "orogen/potential/potential.hpp"

#include "orogen/base/errors.hpp"

namespace orogen {

std::vector<Vec3> Potential::hessian_vector(const Structure&, std::span<const Vec3>) {
  throw InputError("this potential gives no Hessian–vector products; use a learned model");
}

}  // namespace orogen
