// One- and two-pion exchange with chiral couplings. [T15.3, T15.4]
#pragma once
#include "orogen/nuclear/momentum/forces/operator_term.hpp"

namespace orogen::nuclear {

/// Couplings of pions to nucleons. Defaults: those of Entem, Machleidt and Nosyk (2017), up to N2LO.
struct PionCouplings {
  double axial = 1.29;                       ///< gA
  double decay = 92.4;                       ///< f_π, MeV
  double mass = 138.0390;                    ///< MeV, average; two-pion exchange
  double spectral_cutoff = 650;              ///< Λ̃, MeV
  double c1 = -0.74, c3 = -3.61, c4 = 2.44;  ///< GeV⁻¹
};

/// With the masses of neutral and charged pions of `Constants`: charge dependent.
class OnePionExchange : public OperatorTerm {
 public:
  OnePionExchange(const Constants&, const PionCouplings&, const Regulator&);

 private:
  void coefficients(Pair, int isospin, const Eigen::ArrayXd& q2, Eigen::ArrayXXd&) const override;
  double strength_;
};

/// The order counts as powers of the expansion do: 2 (NLO) or 3 (N2LO, which holds NLO). Throws InputError for others.
class TwoPionExchange : public OperatorTerm {
 public:
  TwoPionExchange(const Constants&, const PionCouplings&, const Regulator&, int order);

 private:
  void coefficients(Pair, int isospin, const Eigen::ArrayXd& q2, Eigen::ArrayXXd&) const override;
  PionCouplings pion_;
  int order_;
};

}  // namespace orogen::nuclear
