// A learned force in coordinate space as a value: one-pion exchange plus the network, with everything that makes the
// numbers mean something. Its file is that of force_file.hpp.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "orogen/nuclear/interaction.hpp"
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

}  // namespace orogen::nuclear
