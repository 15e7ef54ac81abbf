// Chiral forces in momentum space: pions, contacts, regulators, and the published choices of them.
#pragma once
#include "orogen/nuclear/momentum/forces/contacts.hpp"
#include "orogen/nuclear/momentum/forces/pions.hpp"

namespace orogen::nuclear {

/// Everything about a chiral force but its contact constants.
struct ChiralForm {
  std::string title;
  int order = 3;  ///< 0 LO, 2 NLO, 3 N2LO: of the pions
  Constants constants = chiral_constants;
  PionCouplings pions;
  int one_pion_power = 2, two_pion_power = 2;  ///< n of the regulators
  ContactForm contacts;
};

/// Entem, Machleidt and Nosyk, Phys. Rev. C 96, 024004 (2017): cut-off 450, 500 or 550 MeV. Throws InputError for other
/// orders.
ChiralForm emn_form(int order, double cutoff);
/// Carlsson et al., Phys. Rev. X 6, 011019 (2016), "sim": all regulators n = 3, spectral cut-off 700 MeV; at N2LO the
/// c_i were fitted too (pions.c1 …).
ChiralForm sim_form(int order, double cutoff);
/// The published contact constants of emn_form. Throws InputError for a cut-off that is not 450, 500 or 550 MeV.
std::vector<double> emn_constants(int order, double cutoff);

/// Pion exchange alone: what stays while contacts vary.
MomentumInteraction chiral_pions(const ChiralForm&);
/// Pions and contacts; the contact constants (contact_names) are the parameters.
MomentumInteraction chiral(const ChiralForm&, std::span<const double> lecs);
/// The same in the form of Entem, Machleidt and Nosyk; without `lecs` with the published ones.
MomentumInteraction chiral_emn(int order, double cutoff, std::span<const double> lecs);
MomentumInteraction chiral_emn(int order, double cutoff);

}  // namespace orogen::nuclear
