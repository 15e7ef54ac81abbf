#include "orogen/nuclear/neural/forces/neural_force.hpp"

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/local/forces/pion_exchange.hpp"

namespace orogen::nuclear {

LocalInteraction interaction(const NeuralForce& force) {
  LocalInteraction sum(force.title, force.constants);
  sum += std::make_unique<PionExchange>(force.constants, force.pion_coupling, force.pion_cutoff);
  auto learned = std::make_unique<NeuralLocalTerm>(force.network, force.constants);
  if (!force.theta.empty()) learned->set_parameters(force.theta);
  sum += std::move(learned);
  return sum;
}

const NeuralLocalTerm& learned_term(const LocalInteraction& sum) {
  const auto* term = sum.size() ? dynamic_cast<const NeuralLocalTerm*>(&sum.term(sum.size() - 1)) : nullptr;
  if (!term) throw InputError("force '" + sum.title + "': its last term is not a learned one");
  return *term;
}

}  // namespace orogen::nuclear
