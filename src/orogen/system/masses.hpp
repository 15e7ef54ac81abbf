// The masses of a structure's atoms.
#pragma once
#include <vector>

#include "orogen/system/structure.hpp"

namespace orogen {

/// One mass per atom [amu]: the structure's own where it has some, else the elements' standard masses. Throws
/// InputError for masses that are not one positive finite number per atom, and for a species that is no element.
std::vector<double> atomic_masses(const Structure& structure);

}  // namespace orogen
