// All pairs and images without any list: the reference that the neighbour list is compared with.
#pragma once
#include <algorithm>
#include <array>
#include <tuple>
#include <vector>

#include "orogen/system/lattice.hpp"

namespace orogen {

/// A pair without any list. Sorted by (i, j, shift).
struct BrutePair {
  int i, j;
  std::array<int, 3> shift;
  double distance;
};

/// Images n of direction d with |s + n| · height ≤ cutoff, for a fractional separation s.
inline std::pair<int, int> images(const Lattice& lattice, int d, double s, double cutoff) {
  if (!lattice.periodic[d]) return {0, 0};
  const double reach = cutoff / lattice.height[d] + 1e-9;
  return {int(std::ceil(-s - reach)), int(std::floor(-s + reach))};
}

inline void add_images(const Structure& structure, const Lattice& lattice, int i, int j, double cutoff,
                       std::vector<BrutePair>& out) {
  const Vec3 apart = structure.positions[j] - structure.positions[i];
  const Vec3 s = lattice.fractional(apart);
  const auto [a0, a1] = images(lattice, 0, s[0], cutoff);
  const auto [b0, b1] = images(lattice, 1, s[1], cutoff);
  const auto [c0, c1] = images(lattice, 2, s[2], cutoff);
  for (int a = a0; a <= a1; ++a)
    for (int b = b0; b <= b1; ++b)
      for (int c = c0; c <= c1; ++c) {
        if (i == j && a == 0 && b == 0 && c == 0) continue;
        const double distance = (apart + lattice.rows.transpose() * Vec3(a, b, c)).norm();
        if (distance <= cutoff) out.push_back({i, j, {a, b, c}, distance});
      }
}

/// All pairs within `cutoff` [Å], each in both orders.
inline std::vector<BrutePair> brute_force_pairs(const Structure& structure, double cutoff) {
  const Lattice lattice = complete_lattice(structure.cell);
  std::vector<BrutePair> out;
  for (int i = 0; i < structure.size(); ++i)
    for (int j = 0; j < structure.size(); ++j) add_images(structure, lattice, i, j, cutoff, out);
  return out;  // the loops already run in the order (i, j, shift)
}

}  // namespace orogen
