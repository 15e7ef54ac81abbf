// What the plots of an error table need: thinned reference–prediction points and histograms of errors.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace orogen {

/// Points of a parity plot, thinned so that a page stays small and every outlier stays visible.
struct Scatter {
  std::vector<double> reference, prediction;  ///< unit of the quantity, one entry per point kept
  std::vector<double> crowd;                  ///< how many points of the full data the point's cell holds (≥ 1)
  std::size_t total = 0;                      ///< points before thinning
};

/// Keeps at most `limit` points. The plane (reference, error) is cut into cells; every cell keeps up to m points,
/// evenly spaced in the order given, with the largest m that fits (if even m = 1 does not fit, the cells grow): thin
/// regions keep everything, only crowded ones lose points. Deterministic: the same data in the same order give the same
/// points.
Scatter thin(const std::vector<double>& reference, const std::vector<double>& prediction, std::size_t limit);

/// Counts of signed errors in equal bins between −range and +range.
struct ErrorHistogram {
  double range = 0;           ///< unit of the error
  std::vector<double> count;  ///< bins from −range to +range
  std::size_t outside = 0;    ///< errors beyond the range, not in any bin
};

/// Bins prediction − reference, times `factor`: the more errors the finer, 11 to 61 bins. The range is a round number
/// that holds at least 99.5 % of the errors.
ErrorHistogram error_histogram(const std::vector<double>& reference, const std::vector<double>& prediction,
                               double factor);

}  // namespace orogen
