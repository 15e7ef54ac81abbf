// All pairs of parameters in one drawing.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "orogen/app/nuclear/reports/posterior/lec_report.hpp"
#include "orogen/fit/sampling/convergence.hpp"
#include "orogen/report/page/markup.hpp"

namespace orogen {
namespace {

constexpr double side = 100, gap = 6, margin = 64;  // of a cell, in the units of the drawing
constexpr int bins = 24;
constexpr long most_points = 500;  // of a pair

/// The range that a parameter's cells show.
struct Shown {
  double low, high;
  double at(double x) const { return std::clamp((x - low) / (high - low), 0.0, 1.0) * side; }
};

Shown shown(const Eigen::VectorXd& values) {
  const std::vector<double> all(values.begin(), values.end());
  const double low = quantile(all, 0.002), high = quantile(all, 0.998);
  const double room = high > low ? 0.08 * (high - low) : 1e-9;
  return {low - room, high + room};
}

std::string histogram(const Eigen::VectorXd& values, const Shown& x) {
  std::vector<double> count(bins, 0.0);
  for (const double v : values) ++count[std::size_t(std::min(bins - 1.0, std::floor(x.at(v) / side * bins)))];
  const double most = *std::max_element(count.begin(), count.end());
  std::string path = fmt::format("M0 {}", side);
  for (int k = 0; k < bins; ++k)
    path += fmt::format("V{:.1f}H{:.1f}", side * (1 - 0.95 * count[std::size_t(k)] / most), side * (k + 1) / bins);
  return fmt::format("<path class=\"area\" d=\"{0}V{1}Z\"/><path class=\"line\" d=\"{0}V{1}\"/>", path, side);
}

std::string cloud(const Eigen::VectorXd& a, const Eigen::VectorXd& b, const Shown& x, const Shown& y) {
  std::string path;
  const long stride = std::max(1L, long(a.size()) / most_points);
  for (long d = 0; d < a.size(); d += stride) path += fmt::format("M{:.0f} {:.0f}h0", x.at(a[d]), side - y.at(b[d]));
  return fmt::format("<path class=\"points\" d=\"{}\"/>", path);
}

std::string label(const std::string& name, double x, double y, const char* turn) {
  return fmt::format("<text class=\"label\" transform=\"translate({:.0f} {:.0f}){}\" text-anchor=\"middle\">{}</text>",
                     x, y, turn, markup::escape(name));
}

}  // namespace

std::string corner_plot(const std::vector<std::string>& names, const Eigen::MatrixXd& draws) {
  const long n = draws.cols();
  std::vector<Shown> range;
  for (long k = 0; k < n; ++k) range.push_back(shown(draws.col(k)));
  const double width = margin + double(n) * (side + gap);
  std::string inside;
  for (long row = 0; row < n; ++row)
    for (long col = 0; col <= row; ++col) {
      const double x = margin + double(col) * (side + gap), y = double(row) * (side + gap);
      const std::string marks =
          row == col ? histogram(draws.col(row), range[std::size_t(row)])
                     : cloud(draws.col(col), draws.col(row), range[std::size_t(col)], range[std::size_t(row)]);
      inside += fmt::format(
          "<g class=\"c0\" transform=\"translate({:.0f} {:.0f})\">{}<path class=\"frame\" d=\"M0 0V{}H{}\"/></g>", x, y,
          marks, side, side);
      if (col == 0) inside += label(names[std::size_t(row)], margin - 34, y + side / 2, " rotate(-90)");
      if (row + 1 == n) {
        const Shown& r = range[std::size_t(col)];
        inside +=
            label(markup::number(r.low, 3) + " … " + markup::number(r.high, 3), x + side / 2, width - margin + 16, "");
        inside += label(names[std::size_t(col)], x + side / 2, width - margin + 34, "");
      }
    }
  return fmt::format(
             "<figure class=\"plot\"><svg viewBox=\"0 0 {0:.0f} {0:.0f}\" role=\"img\" aria-label=\"pairs of "
             "constants\">",
             width) +
         inside + "</svg></figure>\n";
}

}  // namespace orogen
