// The second line of a frame turned into cell, labels, weights and the layout of the lines that follow.
#pragma once
#include "orogen/system/files/extxyz_layout.hpp"

namespace orogen {

/// Fills cell, energy, virial, config_type, weights and info of the frame from its second line and returns the layout
/// of the atoms' lines. Problems (without place) are added to `problems`; counts are added to `taken`.
Layout read_header(std::string_view line, const KeyChoice& choice, Frame& frame, KeysTaken& taken,
                   std::vector<std::string>& problems);

}  // namespace orogen
