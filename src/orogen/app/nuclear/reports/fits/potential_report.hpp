// Pictures of learned forces in coordinate space.
#pragma once
#include <string>
#include <vector>

#include "orogen/nuclear/interaction.hpp"

namespace orogen {

/// Two sections (HTML): potentials of partial waves beside Argonne v18, and the learned functions of r alone. Lines are
/// means over the members, bands their spread. The last term of every member is the learned one.
std::string potential_sections(const std::vector<nuclear::LocalInteraction>& members);

}  // namespace orogen
