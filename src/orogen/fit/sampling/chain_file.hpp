// Chains on disk: a run that was interrupted or killed goes on bit for bit, with the same density and options.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "orogen/fit/sampling/sampler.hpp"

namespace orogen {

/// Chains with what the caller will need to know about them when they are read again.
struct ChainFile {
  std::vector<Chain> chains;
  std::map<std::string, std::string> about;  ///< any texts: data, options
};

/// One file, written atomically in the safetensors layout; its header holds format, version, numbers of chains,
/// parameters and transitions, the texts and a checksum of everything. Throws InputError.
void write_chains(const std::filesystem::path&, const ChainFile&);
/// Throws InputError for a file of another kind or version, one that is damaged, or chains that do not fit together.
ChainFile read_chains(const std::filesystem::path&);

}  // namespace orogen
