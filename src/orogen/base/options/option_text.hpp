// The text forms of options' values and ranges, shared by messages, help, docs and the saved input.
#pragma once
#include <string>

#include "orogen/base/options/options.hpp"

namespace orogen {

std::string trimmed(std::string text);

/// The value that command-line text means for this option; what cannot be read stays a text, which `set` then refuses.
OptionValue parse_option_text(const Option& option, const std::string& text);

/// "0.5 … 12 Å", "≥ 0 Å", "≤ 1", or "" without bounds.
std::string option_range(const Option& option);

}  // namespace orogen
