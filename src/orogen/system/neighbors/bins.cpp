#include "orogen/system/neighbors/bins.hpp"

namespace orogen {

Grid Grid::over(const Vec3& low, const Vec3& high, double edge, long limit) {
  Grid grid;
  grid.low = low;
  const Vec3 extent = (high - low).cwiseMax(0.0);
  for (;; edge *= 1.25) {
    double bins = 1;
    for (int d = 0; d < 3; ++d) bins *= std::max(1.0, std::floor(extent[d] / edge));
    if (bins <= double(std::max(limit, 64L))) break;
  }
  for (int d = 0; d < 3; ++d) {
    grid.count[d] = int(std::max(1.0, std::floor(extent[d] / edge)));
    grid.edge[d] = std::max(extent[d] / grid.count[d], edge);
  }
  return grid;
}

void Bins::place(const Grid& grid, const double* points, int n) {
  grid_ = grid;
  start_.assign(grid.total() + 1, 0);
  points_.resize(n);
  bin_.resize(n);
  for (int i = 0; i < n; ++i) {
    const double* p = points + 4L * i;
    bin_[i] =
        int((long(grid.index(2, p[2])) * grid.count[1] + grid.index(1, p[1])) * grid.count[0] + grid.index(0, p[0]));
    ++start_[bin_[i] + 1];
  }
  for (long b = 0; b < grid.total(); ++b) start_[b + 1] += start_[b];
  for (int i = n - 1; i >= 0; --i) points_[--start_[bin_[i] + 1]] = i;
  // Filling from the back has moved every start one bin forward: entry b + 1 now holds where bin b begins.
  std::copy(start_.begin() + 1, start_.end(), start_.begin());
  start_.back() = n;
}

}  // namespace orogen
