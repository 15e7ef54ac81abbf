// A small maker of inline SVG plots: lines, steps, points and bars; linear and logarithmic axes; no script, no network.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace orogen::svg {

struct Axis {
  std::string label = {};                    ///< "force"
  std::string unit = {};                     ///< "meV/Å"; "" when dimensionless
  bool logarithmic = false;                  ///< values ≤ 0 are then not drawn
  std::optional<double> min = {}, max = {};  ///< default: the data with a little room
};

enum class Mark { line, steps, points, bars, area };

/// One curve, cloud or histogram. Numbers that are not finite leave a gap.
struct Series {
  std::string name = {};  ///< for the legend; "" = no entry
  Mark mark = Mark::line;
  std::vector<double>
      x = {},
      y = {};  ///< same length; bars and steps: x are the middles of equally wide bins; area: its edge, all round
  std::vector<double> crowd = {};  ///< points only: how many points each one stands for; darker where it is crowded
  int color = 0;                   ///< which of the six colours
  bool dashed = false;
  bool faint = false;  ///< in the background: a noisy curve behind its mean
};

struct Plot {
  std::string title = {};
  Axis x = {}, y = {};
  std::vector<Series> series = {};
  bool diagonal = false;  ///< parity plot: both axes the same range, with the line y = x
  std::string note = {};  ///< small line under the plot
};

/// Tick positions of an axis, and their texts.
struct Ticks {
  std::vector<double> at;
  std::vector<std::string> text;
};
/// About `wanted` round numbers within [low, high]; the texts share their number of decimals.
Ticks linear_ticks(double low, double high, int wanted);
/// Decades, or 1-2-5 steps when the range spans few decades.
Ticks log_ticks(double low, double high, int wanted);

/// The plot as a <figure> with an inline <svg>, to stand in a page that has `style()`. Lines of many points are thinned
/// to the extremes of every pixel column. Throws InputError when x and y of a series differ in length.
std::string figure(const Plot& plot);

/// The style sheet of the figures: colours for light, dark (prefers-color-scheme) and paper.
std::string style();

}  // namespace orogen::svg
