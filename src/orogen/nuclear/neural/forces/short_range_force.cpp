#include "orogen/nuclear/neural/forces/short_range_force.hpp"

namespace orogen::nuclear {

ChiralForm form(const ShortRangeForce& f) { return emn_form(f.order, f.cutoff); }

MomentumInteraction interaction(const ShortRangeForce& f) {
  const ChiralForm pions = form(f);
  MomentumInteraction sum = chiral_pions(pions);
  sum.title = f.title;
  std::vector<double> contacts(contact_names(pions.contacts.order).size(), 0.0);
  contacts[1] = f.pp, contacts[2] = f.nn;  // Ct_1S0pp, Ct_1S0nn
  sum += std::make_unique<Contacts>(pions.constants, pions.contacts, contacts);
  auto learned = std::make_unique<NeuralMomentumTerm>(f.network, pions.constants);
  if (!f.theta.empty()) learned->set_parameters(f.theta);
  sum += std::move(learned);
  return sum;
}

}  // namespace orogen::nuclear
