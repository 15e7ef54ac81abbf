// The formula of a structure, for messages.
#pragma once
#include <string>

#include "orogen/system/structure.hpp"

namespace orogen {

/// Hill order: carbon, hydrogen, then alphabetical ("C3H4O2").
std::string formula(const Structure& structure);

}  // namespace orogen
