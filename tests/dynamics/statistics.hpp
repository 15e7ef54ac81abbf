// Means of correlated series with honest error bars.
#pragma once
#include <cmath>
#include <vector>

namespace orogen::reference {

struct MeanError {
  double mean, error;
};

/// Mean and its standard error from `blocks` block averages (Flyvbjerg & Petersen 1989: blocks longer than the
/// correlation).
inline MeanError block_mean(const std::vector<double>& series, int blocks = 20) {
  const std::size_t length = series.size() / blocks;
  std::vector<double> means(blocks, 0);
  for (int b = 0; b < blocks; ++b) {
    for (std::size_t i = 0; i < length; ++i) means[b] += series[b * length + i];
    means[b] /= double(length);
  }
  double mean = 0, square = 0;
  for (double m : means) mean += m / blocks;
  for (double m : means) square += (m - mean) * (m - mean);
  return {mean, std::sqrt(square / blocks / (blocks - 1))};
}

inline double variance(const std::vector<double>& series) {
  double mean = 0, square = 0;
  for (double x : series) mean += x / double(series.size());
  for (double x : series) square += (x - mean) * (x - mean);
  return square / double(series.size() - 1);
}

/// (x − mean)² for block_mean: the variance with its error bar.
inline std::vector<double> squared_deviations(const std::vector<double>& series, double mean) {
  std::vector<double> d;
  for (double x : series) d.push_back((x - mean) * (x - mean));
  return d;
}

}  // namespace orogen::reference
