// A learned local force as a value and as a file: one-pion exchange plus the network, with everything that makes the
// numbers mean something.
#pragma once
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/neural/forces/local_force.hpp"

namespace orogen::nuclear {

/// What is needed to compute with the force again.
struct NeuralForce {
  std::string title = "neural force";
  Constants constants = argonne_constants;
  double pion_coupling = 0.075, pion_cutoff = 2.1;  ///< f², c [fm⁻²] of PionExchange
  NeuralLocalOptions network;
  std::vector<double> theta;               ///< of the network's term; empty: its start
  std::map<std::string, std::string> fit;  ///< where it comes from: data, χ², …
};

/// The sum of both terms; the learned one is the last.
LocalInteraction interaction(const NeuralForce&);
/// The learned term of such an interaction.
const NeuralLocalTerm& learned_term(const LocalInteraction&);

/// What the files of all learned forces hold: JSON under "orogen_nuclear_force" with "version" and "form" ("local",
/// where it is missing, or "momentum"),
/// and the parameters as "theta" in double, in the safetensors layout, with a digest of it all.
struct ForceFile {
  nlohmann::json description;
  std::vector<double> theta;
};
/// Adds the version. Throws InputError.
void write_force_file(const std::filesystem::path&, nlohmann::json description, const std::vector<double>& theta);
/// Throws InputError for a file of another kind, version or form ("": any), for a damaged one and for parameters that
/// are not finite.
ForceFile read_force_file(const std::filesystem::path&, const std::string& form);
/// `make` of the description, whose missing or wrong entries become an InputError that names the file.
template <class Make> auto described(const std::filesystem::path& path, Make make) {
  try {
    return make();
  } catch (const nlohmann::json::exception& e) {
    throw InputError(path.string() + ": the description of the force cannot be read: " + e.what());
  }
}

/// Throws InputError.
void save(const NeuralForce&, const std::filesystem::path&);
/// Throws InputError for a file of another kind or version, missing entries, or parameters that do not fit the options.
NeuralForce load_neural_force(const std::filesystem::path&);

}  // namespace orogen::nuclear
