// Files of learned forces, of both forms: JSON under "orogen_nuclear_force" with "version" and "form" ("local", where
// it is missing, or "momentum"), and the parameters as "theta" in double, in the safetensors layout, with a digest of
// it all.
#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "orogen/nuclear/neural/forces/neural_force.hpp"
#include "orogen/nuclear/neural/forces/short_range_force.hpp"

namespace orogen::nuclear {

/// Written atomically. Throws InputError.
void save(const NeuralForce&, const std::filesystem::path&);
void save(const ShortRangeForce&, const std::filesystem::path&);

/// Throws InputError that names the file, what is wrong and what is expected: a file of another kind, version or form,
/// a damaged one, missing entries, parameters that are not finite or do not fit the options.
NeuralForce load_neural_force(const std::filesystem::path&);
ShortRangeForce load_short_range_force(const std::filesystem::path&);

/// Is the learned force of a file one in momentum space? Throws InputError for a file that holds none.
bool is_in_momentum_space(const std::filesystem::path&);

}  // namespace orogen::nuclear
