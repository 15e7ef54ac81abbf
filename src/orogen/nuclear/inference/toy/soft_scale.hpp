// Where an expansion breaks down and what its soft scale is, inferred together from one curve order by order. [T17.13]
#pragma once
#include <span>
#include <vector>

#include "orogen/nuclear/inference/truncation.hpp"

namespace orogen::nuclear {

enum class Expansion { smooth, sum };
/// Q at relative momentum p for soft scale m and breakdown scale Λb, all MeV: smooth_scale(p, m)/Λb, or (p + m)/(Λb +
/// m) (Millican, Furnstahl, Melendez,
/// Phillips, Pratola, Phys. Rev. C 110, 044002 (2024)).
double expansion_parameter(Expansion, double p, double m, double breakdown_scale);

/// Values that are weighed against each other, MeV: those of Λb like 1/Λb, of the others alike.
struct ScaleGrids {
  std::vector<double> breakdown, soft, length;
};
struct JointScales {
  GridPosterior breakdown, soft, length;  ///< each with the others integrated out
  double log_evidence = 0;
};
/// From points of one curve whose c_n(p) ~ GP(0, c̄² R), R squared exponential in p with one length of all orders; c̄
/// is integrated out, ν > 0. Every point has
/// the same orders; its `scale` does not count. p(Λb, m, ℓ) = 0 where some Q ≥ 1. Throws InputError for other sizes, an
/// improper prior or empty grids, NumericalError where nothing is left.
JointScales joint_scales(std::span<const OrderByOrder> points, std::span<const double> momentum, Expansion,
                         const Naturalness&, const ScaleGrids&);

}  // namespace orogen::nuclear
