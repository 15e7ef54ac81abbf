// Waves of high J, which only one-pion exchange reaches: its Born term on the energy shell, without a regulator.
#pragma once
#include <span>
#include <vector>

#include "orogen/nuclear/channels.hpp"
#include "orogen/nuclear/kinematics/constants.hpp"
#include "orogen/nuclear/phases/phases.hpp"

namespace orogen::nuclear {

/// Masses of the pions come with the Constants.
struct PionCoupling {
  double g_A = 1.29;   ///< axial coupling, with the Goldberger–Treiman discrepancy
  double f_pi = 92.4;  ///< MeV
};

/// Legendre functions of the second kind Q_0 … Q_most at x > 1.
std::vector<double> legendre_q(int most, double x);
/// R = −(π/2) M q V(q, q) of one-pion exchange with charge-dependent pion masses, at relative momentum q [MeV]. [T16.4]
OnShell one_pion_born(const Block&, Pair, double q, const Constants&, const PionCoupling& = {});
/// Its phases for every block.
std::vector<BlockPhases> one_pion_phases(std::span<const Block>, Pair, double q, const Constants&,
                                         const PionCoupling& = {});

}  // namespace orogen::nuclear
