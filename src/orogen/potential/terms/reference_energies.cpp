#include "orogen/potential/terms/reference_energies.hpp"

#include "orogen/system/elements.hpp"

namespace orogen {

ReferenceEnergies::ReferenceEnergies(std::span<const int> elements, std::span<const double> energies)
    : of_(element_count + 1, 0.0) {
  for (std::size_t k = 0; k < elements.size(); ++k) of_[elements[k]] = energies[k];
}

}  // namespace orogen
