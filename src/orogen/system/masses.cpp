#include "orogen/system/masses.hpp"

#include <fmt/format.h>

#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/system/elements.hpp"

namespace orogen {

std::vector<double> atomic_masses(const Structure& s) {
  std::vector<double> masses = s.masses;
  if (masses.empty())
    for (const int z : s.species) masses.push_back(standard_mass(z));
  if (masses.size() != s.species.size())
    throw InputError(fmt::format("the structure has {} atoms and {} masses; give one mass [amu] per atom, or none",
                                 s.species.size(), masses.size()));
  for (std::size_t i = 0; i < masses.size(); ++i)
    if (!(masses[i] > 0) || !std::isfinite(masses[i]))
      throw InputError(fmt::format("the mass of atom {} is {} amu, expected a positive number", i, masses[i]));
  return masses;
}

}  // namespace orogen
