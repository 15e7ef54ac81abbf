// What a self-test finds.
#pragma once
#include <string>
#include <vector>

namespace orogen {

struct SelftestResult {
  std::string name;
  double value = 0;
  std::string unit;
  double limit = 0;  ///< the value must not exceed it; NaN when there is none
  bool passed = false;
};

/// The energy of two atoms alone, beyond their energies far apart.
struct DissociationCurve {
  std::string pair;              ///< "O–H"
  std::vector<double> distance;  ///< Å
  std::vector<double> energy;    ///< eV
};

}  // namespace orogen
