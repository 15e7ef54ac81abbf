// A chiral force with a learned short range as a value: pions of an order and the network, with everything that makes
// the numbers mean something. Its file is that of force_file.hpp.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "orogen/nuclear/momentum/forces/chiral.hpp"
#include "orogen/nuclear/neural/forces/momentum_force.hpp"

namespace orogen::nuclear {

/// What is needed to compute with the force again. Pions, constants and their regulators are those of emn_form(order,
/// cutoff).
struct ShortRangeForce {
  std::string title = "learned chiral force";
  int order = 3;          ///< 0 LO, 2 NLO, 3 N2LO: of the pions
  double cutoff = 500;    ///< MeV
  double pp = 0, nn = 0;  ///< contacts that pp and nn have in 1S0 beside the network [10⁴ GeV⁻²]
  NeuralMomentumOptions network;
  std::vector<double> theta;               ///< of the network; empty: its start
  std::map<std::string, std::string> fit;  ///< where it comes from: data, χ², …
};

ChiralForm form(const ShortRangeForce&);
/// The sum of pions, charge dependence (none for np) and network; the network is the last term.
MomentumInteraction interaction(const ShortRangeForce&);

}  // namespace orogen::nuclear
