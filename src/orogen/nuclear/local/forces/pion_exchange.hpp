// One-pion exchange in coordinate space, with the masses of the neutral and the charged pion. [T14.1]
#pragma once
#include "orogen/nuclear/interaction.hpp"

namespace orogen::nuclear {

/// What the exchange of neutral and of charged pions adds up to: neutral (pp, nn), −neutral + 2 charged (np, T = 1),
/// −neutral − 2 charged (T = 0).
inline double charge_combination(Pair p, int isospin, double neutral, double charged) {
  if (isospin == 0) return -neutral - 2 * charged;
  return p == Pair::np ? -neutral + 2 * charged : neutral;
}

/// V = spin σ1·σ2 + tensor S12 [MeV]; the isospin factor is inside.
struct PionFunctions {
  double spin, tensor;
};

/// f² = 0.075 and a cut-off 1 − exp(−c r²) (once in the spin part, squared in the tensor part), as in Argonne v18.
class PionExchange final : public LocalTerm {
 public:
  explicit PionExchange(const Constants& constants, double coupling = 0.075, double cutoff = 2.1)
      : constants_(constants), coupling_(coupling), cutoff_(cutoff) {}
  /// At r > 0 [fm].
  PionFunctions at(Pair, int isospin, double r) const;
  void add(const Block&, Pair, std::span<const double> r, std::span<double> v) const override;

 private:
  Constants constants_;
  double coupling_, cutoff_;  // f², c [fm⁻²]
};

/// (1 + 3/x + 3/x²) e^−x/x · C², the radial tensor function for x = m r and cut-off C. [T14.1]
double tensor_yukawa(double x, double C);

}  // namespace orogen::nuclear
