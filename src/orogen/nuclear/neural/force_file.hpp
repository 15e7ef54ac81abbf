// A learned local force as a value and as a file: one-pion exchange plus the network, with everything that makes the numbers mean something.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "orogen/nuclear/neural/local_force.hpp"

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

/// In the safetensors layout: "theta" in double, everything else as JSON under "orogen_nuclear_force". Throws InputError.
void save(const NeuralForce&, const std::filesystem::path&);
/// Throws InputError for a file of another kind or version, missing entries, or parameters that do not fit the options.
NeuralForce load_neural_force(const std::filesystem::path&);

}  // namespace orogen::nuclear
