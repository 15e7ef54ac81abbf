// Chains on disk: a run that was interrupted goes on bit for bit, with the same density and options.
#pragma once
#include <filesystem>
#include <vector>

#include "orogen/fit/sampler.hpp"

namespace orogen {

/// Written atomically, in the safetensors layout. Throws InputError.
void write_chains(const std::filesystem::path&, const std::vector<Chain>&);
/// Throws InputError for a file that is not one of chains.
std::vector<Chain> read_chains(const std::filesystem::path&);

}  // namespace orogen
