// Input files in TOML.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "orogen/base/options/options.hpp"

namespace orogen {

/// Sets the options that the file gives. Every unknown key and bad value is appended to `problems` with file:line; a
/// file that cannot be read or is not TOML throws InputError with file:line:column.
void read_input_file(const std::filesystem::path& path, OptionTable& table, std::vector<std::string>& problems);

}  // namespace orogen
