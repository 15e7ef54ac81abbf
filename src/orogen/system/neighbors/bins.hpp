// Points sorted into a uniform grid, and the runs of points near a place.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "orogen/system/structure.hpp"

namespace orogen {

/// An axis-aligned box [Å] cut into bins.
struct Grid {
  Vec3 low = Vec3::Zero();
  Vec3 edge = Vec3::Ones();           ///< Å, of one bin
  std::array<int, 3> count{1, 1, 1};  ///< bins per direction

  /// Bins of at least `edge` over [low, high], at most about `limit` of them in all (wider bins where space is empty).
  static Grid over(const Vec3& low, const Vec3& high, double edge, long limit);

  int index(int d, double x) const {
    const double t = (x - low[d]) / edge[d];
    return t <= 0 ? 0 : t >= count[d] ? count[d] - 1 : int(t);
  }
  long total() const { return long(count[0]) * count[1] * count[2]; }
};

/// Point indices grouped by bin; rows of bins along x are contiguous.
class Bins {
 public:
  /// Sorts n points (x y z 0 each, Å) into the grid: O(n + bins).
  void place(const Grid& grid, const double* points, int n);

  /// Calls visit(begin, end) with runs of point indices that together hold every point within `reach` of `centre`.
  template <class Visit> void near(const double* centre, double reach, Visit&& visit) const {
    const double reach2 = reach * reach;
    const int y0 = grid_.index(1, centre[1] - reach), y1 = grid_.index(1, centre[1] + reach);
    const int z0 = grid_.index(2, centre[2] - reach), z1 = grid_.index(2, centre[2] + reach);
    for (int z = z0; z <= z1; ++z) {
      const double gap_z = gap(2, z, centre[2]);
      for (int y = y0; y <= y1; ++y) {
        const double gap_y = gap(1, y, centre[1]);
        const double left = reach2 - gap_z * gap_z - gap_y * gap_y;
        if (left < 0) continue;
        const double half = std::sqrt(left);
        const long row = (long(z) * grid_.count[1] + y) * grid_.count[0];
        visit(points_.data() + start_[row + grid_.index(0, centre[0] - half)],
              points_.data() + start_[row + grid_.index(0, centre[0] + half) + 1]);
      }
    }
  }

 private:
  /// Distance of x from the slab of bin k; the outermost bins reach to infinity, rounding gets a margin.
  double gap(int d, int k, double x) const {
    const double from = grid_.low[d] + k * grid_.edge[d], to = from + grid_.edge[d];
    const double g = std::max(x < from ? from - x : 0.0, x > to ? x - to : 0.0) - 1e-9 * (1 + std::abs(x));
    const bool open = (k == 0 && x < from) || (k == grid_.count[d] - 1 && x > to);
    return open || g < 0 ? 0.0 : g;
  }
  Grid grid_;
  std::vector<int> start_, points_, bin_;
};

}  // namespace orogen
