// Thinning of parity points and binning of errors.
#include "orogen/report/page/scatter.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <unordered_map>

namespace orogen {
namespace {

using Cells = std::unordered_map<std::uint64_t, std::vector<std::uint32_t>>;

/// Maps a value to one of n equal slots between low and high.
std::uint64_t slot(double value, double low, double high, std::uint64_t n) {
  if (!(high > low)) return 0;
  return std::min<std::uint64_t>(n - 1, std::uint64_t((value - low) / (high - low) * double(n)));
}

Cells sort_into_cells(const std::vector<double>& reference, const std::vector<double>& prediction, std::uint64_t n) {
  double low = INFINITY, high = -INFINITY, error_low = INFINITY, error_high = -INFINITY;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double error = prediction[i] - reference[i];
    low = std::min(low, reference[i]), high = std::max(high, reference[i]);
    error_low = std::min(error_low, error), error_high = std::max(error_high, error);
  }
  Cells cells;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double error = prediction[i] - reference[i];
    cells[slot(reference[i], low, high, n) * n + slot(error, error_low, error_high, n)].push_back(std::uint32_t(i));
  }
  return cells;
}

std::size_t kept(const Cells& cells, std::size_t per_cell) {
  std::size_t sum = 0;
  for (const auto& [key, members] : cells) sum += std::min(per_cell, members.size());
  return sum;
}

/// The largest number of points per cell with which at most `limit` points stay; 0 when even one per cell is too many.
std::size_t largest_per_cell(const Cells& cells, std::size_t limit, std::size_t points) {
  std::size_t low = 0, high = points;
  while (low < high) {
    const std::size_t middle = (low + high + 1) / 2;
    if (kept(cells, middle) <= limit)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

/// 1, 2 or 5 times a power of ten, at least x.
double round_up(double x) {
  if (!(x > 0)) return 1;
  const double decade = std::pow(10.0, std::floor(std::log10(x)));
  for (const double step : {1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0})
    if (x <= step * decade * (1 + 1e-9)) return step * decade;
  return 10 * decade;
}

}  // namespace

Scatter thin(const std::vector<double>& reference, const std::vector<double>& prediction, std::size_t limit) {
  Scatter out;
  out.total = reference.size();
  if (reference.empty() || limit == 0) return out;
  std::uint64_t n = 160;
  Cells cells = sort_into_cells(reference, prediction, n);
  std::size_t per_cell = largest_per_cell(cells, limit, reference.size());
  while (per_cell == 0) {
    n = std::max<std::uint64_t>(1, n / 2);
    cells = sort_into_cells(reference, prediction, n);
    per_cell = largest_per_cell(cells, limit, reference.size());
  }
  std::vector<std::pair<std::uint32_t, std::size_t>> chosen;  // (index, crowd), put back in the order given
  for (const auto& [key, members] : cells) {
    const std::size_t take = std::min(per_cell, members.size());
    for (std::size_t k = 0; k < take; ++k) chosen.emplace_back(members[k * members.size() / take], members.size());
  }
  std::sort(chosen.begin(), chosen.end());
  for (const auto& [index, crowd] : chosen) {
    out.reference.push_back(reference[index]);
    out.prediction.push_back(prediction[index]);
    out.crowd.push_back(double(crowd));
  }
  return out;
}

ErrorHistogram error_histogram(const std::vector<double>& reference, const std::vector<double>& prediction,
                               double factor) {
  ErrorHistogram out;
  const int bins = std::clamp(int(3 * std::cbrt(double(reference.size()))), 11, 61) | 1;  // odd: one bin around zero
  out.count.assign(std::size_t(bins), 0.0);
  if (reference.empty()) return out;
  std::vector<double> size;
  for (std::size_t i = 0; i < reference.size(); ++i) size.push_back(std::abs(prediction[i] - reference[i]) * factor);
  const auto last = std::size_t(std::ceil(0.995 * double(size.size()))) - 1;
  std::nth_element(size.begin(), size.begin() + std::ptrdiff_t(last), size.end());
  out.range = round_up(size[last]);
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double error = (prediction[i] - reference[i]) * factor;
    if (std::abs(error) > out.range)
      ++out.outside;
    else
      ++out.count[slot(error, -out.range, out.range, std::uint64_t(bins))];
  }
  return out;
}

}  // namespace orogen
