// Drawing of one plot: ranges, axes, marks, legend.
#include "orogen/report/page/svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "orogen/base/errors.hpp"
#include "orogen/report/page/markup.hpp"

namespace orogen::svg {
namespace {

using markup::escape;

constexpr double width = 440;      // of the viewBox; the page scales it
constexpr double character = 6.5;  // mean width of a character at the font size used
constexpr int colors = 6;

std::string label(const Axis& axis) {
  return axis.unit.empty() ? axis.label : fmt::format("{} [{}]", axis.label, axis.unit);
}

std::size_t characters(const std::string& text) {
  return std::size_t(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// ---- ranges ---------------------------------------------------------------------------------------------------------

struct Range {
  double low = INFINITY, high = -INFINITY;
  bool logarithmic = false;

  void take(double v) {
    if (!std::isfinite(v) || (logarithmic && v <= 0)) return;
    low = std::min(low, v), high = std::max(high, v);
  }
  bool empty() const { return !(low <= high); }
  /// Position of a value between 0 (low) and 1 (high); NaN where it cannot be drawn.
  double at(double v) const {
    if (!logarithmic) return (v - low) / (high - low);
    return v > 0 ? std::log(v / low) / std::log(high / low) : NAN;
  }
};

bool stands_on_zero(const Series& s) { return s.mark == Mark::bars || s.mark == Mark::steps; }

/// Values that differ by rounding alone are one value.
void merge(Range& r) {
  if (r.high - r.low <= 1e-12 * std::max(std::abs(r.low), std::abs(r.high))) r.high = r.low;
}

/// Adds room around the data; `share` of the span on both sides.
void widen(Range& r, double share, bool keep_low) {
  merge(r);
  if (r.logarithmic) {
    const double factor = r.high > r.low ? std::pow(r.high / r.low, share) : 2;
    if (!keep_low) r.low /= factor;
    r.high *= factor;
    return;
  }
  const double span = r.high > r.low ? r.high - r.low : std::max(std::abs(r.high) * 0.1, 1e-6);
  if (!keep_low) r.low -= (r.high > r.low ? share : 1) * span;
  r.high += (r.high > r.low ? share : 1) * span;
}

void impose(Range& r, const Axis& axis) {
  if (axis.min) r.low = *axis.min;
  if (axis.max) r.high = *axis.max;
  if (!(r.high > r.low)) r.high = r.low + std::max(1e-6, 0.1 * std::abs(r.low));
}

Range x_range(const Plot& plot) {
  Range r{.logarithmic = plot.x.logarithmic};
  bool clouds = false;
  for (const Series& s : plot.series) {
    clouds = clouds || s.mark == Mark::points;
    const double half = stands_on_zero(s) && s.x.size() > 1 ? (s.x[1] - s.x[0]) / 2 : 0;
    for (std::size_t i = 0; i < s.x.size(); ++i)
      if (std::isfinite(s.y[i])) r.take(s.x[i] - half), r.take(s.x[i] + half);
  }
  if (r.empty()) return r;
  merge(r);
  if (clouds || r.low == r.high) widen(r, 0.04, false);
  impose(r, plot.x);
  return r;
}

Range y_range(const Plot& plot) {
  Range r{.logarithmic = plot.y.logarithmic};
  bool zero = false;
  for (const Series& s : plot.series) {
    zero = zero || (stands_on_zero(s) && !r.logarithmic);
    for (const double v : s.y) r.take(v);
  }
  if (r.empty()) return r;
  if (zero) r.take(0);
  if (stands_on_zero(plot.series[0]) && r.logarithmic) r.low = std::min(r.low, r.high / 10) * 0.7;
  widen(r, 0.05, zero && r.low == 0);
  impose(r, plot.y);
  return r;
}

// ---- the drawing area -----------------------------------------------------------------------------------------------

struct Canvas {
  Range x, y;
  Ticks x_ticks, y_ticks;
  double height = 290, left = 0, right = 14, top = 8, bottom = 44;

  double plot_width() const { return width - left - right; }
  double plot_height() const { return height - top - bottom; }
  double px(double v) const { return x.at(v) * plot_width(); }
  double py(double v) const { return (1 - y.at(v)) * plot_height(); }
};

std::string point(double x, double y) { return fmt::format("{:.1f} {:.1f}", x, y); }

Ticks ticks(const Range& r, int wanted) {
  return r.logarithmic ? log_ticks(r.low, r.high, wanted) : linear_ticks(r.low, r.high, wanted);
}

/// Fewer ticks when their texts would touch.
Ticks x_ticks(const Canvas& c, int wanted) {
  Ticks t = ticks(c.x, wanted);
  std::size_t longest = 1;
  for (const std::string& text : t.text) longest = std::max(longest, characters(text));
  const bool crowded = double(t.text.size()) * (double(longest) * character + 10) > c.plot_width() * 1.15;
  return crowded && wanted > 2 ? x_ticks(c, wanted - 1) : t;
}

std::string axes(const Plot& plot, const Canvas& c) {
  std::string out, grid;
  const double w = c.plot_width(), h = c.plot_height();
  for (std::size_t i = 0; i < c.x_ticks.at.size(); ++i) {
    const double x = c.left + c.px(c.x_ticks.at[i]);
    grid += fmt::format("M{} v{:.1f}", point(x, c.top), h);
    out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>", x, c.top + h + 16,
                       c.x_ticks.text[i]);
  }
  for (std::size_t i = 0; i < c.y_ticks.at.size(); ++i) {
    const double y = c.top + c.py(c.y_ticks.at[i]);
    grid += fmt::format("M{} h{:.1f}", point(c.left, y), w);
    out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", c.left - 6, y + 4,
                       c.y_ticks.text[i]);
  }
  out += fmt::format("<text class=\"label\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>", c.left + w / 2,
                     c.height - 8, escape(label(plot.x)));
  out += fmt::format(
      "<text class=\"label\" transform=\"translate(13 {:.1f}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
      c.top + h / 2, escape(label(plot.y)));
  return fmt::format("<path class=\"grid\" d=\"{}\"/><path class=\"frame\" d=\"M{} v{:.1f} h{:.1f}\"/>", grid,
                     point(c.left, c.top), h, w) +
         out;
}

// ---- marks ----------------------------------------------------------------------------------------------------------

std::string tooltip(const Plot& plot, const Series& s, double x, double y) {
  const auto part = [](const Axis& axis, double v) {
    return fmt::format("{} {} {}", axis.label, markup::number(v, 4), axis.unit);
  };
  const std::string name = s.name.empty() ? "" : s.name + "\n";
  return fmt::format("<title>{}</title>", escape(name + part(plot.x, x) + "\n" + part(plot.y, y)));
}

struct Pixel {
  double x, y;
  std::size_t index;  ///< in the series
};

/// Of every pixel column the first, lowest, highest and last point, in order: the curve looks the same.
std::vector<Pixel> thin_columns(const std::vector<Pixel>& run) {
  if (run.size() < 1000) return run;
  std::vector<Pixel> out;
  for (std::size_t begin = 0; begin < run.size();) {
    std::size_t end = begin, low = begin, high = begin;
    for (; end < run.size() && std::floor(run[end].x) == std::floor(run[begin].x); ++end) {
      if (run[end].y < run[low].y) low = end;
      if (run[end].y > run[high].y) high = end;
    }
    std::size_t last = run.size();
    for (const std::size_t k : {begin, std::min(low, high), std::max(low, high), end - 1}) {
      if (k != last) out.push_back(run[k]);
      last = k;
    }
    begin = end;
  }
  return out;
}

/// The curve cut at numbers that cannot be drawn.
std::vector<std::vector<Pixel>> runs(const Canvas& c, const Series& s) {
  std::vector<std::vector<Pixel>> out(1);
  for (std::size_t i = 0; i < s.x.size(); ++i) {
    const Pixel p{c.px(s.x[i]), c.py(s.y[i]), i};
    if (std::isfinite(p.x) && std::isfinite(p.y))
      out.back().push_back(p);
    else if (!out.back().empty())
      out.emplace_back();
  }
  return out;
}

std::string line(const Plot& plot, const Canvas& c, const Series& s) {
  std::string path, dots, hits;
  for (const auto& whole : runs(c, s)) {
    const auto run = thin_columns(whole);
    for (std::size_t k = 0; k < run.size(); ++k)
      path += fmt::format("{}{}", k == 0 ? "M" : "L", point(run[k].x, run[k].y));
    if (run.size() == 1)
      dots += fmt::format("<circle class=\"dot\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\"/>", run[0].x, run[0].y);
    if (s.x.size() <= 200)
      for (const Pixel& p : run)
        hits += fmt::format("<circle class=\"hit\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"7\">{}</circle>", p.x, p.y,
                            tooltip(plot, s, s.x[p.index], s.y[p.index]));
  }
  return fmt::format("<path class=\"line{}\" d=\"{}\"/>", s.dashed ? " dashed" : "", path) + dots + hits;
}

std::string steps(const Canvas& c, const Series& s) {
  if (s.x.empty()) return "";
  const double half = s.x.size() > 1 ? (s.x[1] - s.x[0]) / 2 : 0.5;
  const double floor = c.plot_height();
  std::string path = std::string("M") + point(c.px(s.x[0] - half), floor);
  for (std::size_t i = 0; i < s.x.size(); ++i) {
    const double y = c.py(s.y[i]);
    path += fmt::format("V{:.1f}H{:.1f}", std::isfinite(y) ? y : floor, c.px(s.x[i] + half));
  }
  return fmt::format("<path class=\"area\" d=\"{0}V{1:.1f}\"/><path class=\"line{2}\" d=\"{0}V{1:.1f}\"/>", path, floor,
                     s.dashed ? " dashed" : "");
}

std::string bars(const Plot& plot, const Canvas& c, const Series& s) {
  if (s.x.empty()) return "";
  const double half = s.x.size() > 1 ? (s.x[1] - s.x[0]) / 2 : 0.5;
  std::string out;
  for (std::size_t i = 0; i < s.x.size(); ++i) {
    const double left = c.px(s.x[i] - half), right = c.px(s.x[i] + half), y = c.py(s.y[i]);
    if (!std::isfinite(y) || y >= c.plot_height()) continue;
    out +=
        fmt::format("<rect class=\"bar\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\">{}</rect>", left,
                    y, std::max(0.5, right - left - 0.6), c.plot_height() - y, tooltip(plot, s, s.x[i], s.y[i]));
  }
  return out;
}

/// What the points go round.
std::string area(const Canvas& c, const Series& s) {
  std::string path;
  for (std::size_t i = 0; i < s.x.size(); ++i) {
    const double x = c.px(s.x[i]), y = c.py(s.y[i]);
    if (std::isfinite(x) && std::isfinite(y)) path += (path.empty() ? "M" : "L") + point(x, y);
  }
  return fmt::format("<path class=\"area\" d=\"{}Z\"/>", path.empty() ? "M0 0" : path);
}

/// Points as strokes of no length, one per half pixel (few bytes each), in four shades by how many points lie there.
std::string points(const Canvas& c, const Series& s) {
  std::map<std::pair<int, int>, double> crowd_at;
  for (std::size_t i = 0; i < s.x.size(); ++i) {
    const double x = c.px(s.x[i]), y = c.py(s.y[i]);
    if (!std::isfinite(x) || !std::isfinite(y) || std::abs(x) > 1e5 || std::abs(y) > 1e5) continue;
    double& crowd = crowd_at[{int(std::lround(2 * x)), int(std::lround(2 * y))}];
    crowd = std::max(crowd, i < s.crowd.size() ? s.crowd[i] : 1);
  }
  std::string shade[4];
  for (const auto& [at, crowd] : crowd_at) {
    const int k = crowd < 4 ? 0 : crowd < 20 ? 1 : crowd < 100 ? 2 : 3;
    shade[k] += fmt::format("M{:g} {:g}h0", at.first / 2.0, at.second / 2.0);
  }
  std::string out;
  for (int k = 0; k < 4; ++k)
    if (!shade[k].empty()) out += fmt::format("<path class=\"points s{}\" d=\"{}\"/>", k, shade[k]);
  return out;
}

std::string marks(const Plot& plot, const Canvas& c, const Series& s) {
  std::string drawn = s.mark == Mark::line    ? line(plot, c, s)
                      : s.mark == Mark::steps ? steps(c, s)
                      : s.mark == Mark::bars  ? bars(plot, c, s)
                      : s.mark == Mark::area  ? area(c, s)
                                              : points(c, s);
  return fmt::format("<g class=\"c{}{}\">{}</g>", s.color % colors, s.faint ? " faint" : "", drawn);
}

/// The legend above the plot; sets `c.top` to the room it takes.
std::string legend(const Plot& plot, Canvas& c) {
  const auto named =
      std::count_if(plot.series.begin(), plot.series.end(), [](const Series& s) { return !s.name.empty(); });
  if (named < 2) return "";
  double x = c.left, y = 12;
  std::string out;
  for (const Series& s : plot.series) {
    if (s.name.empty()) continue;
    const double wide = 24 + character * double(characters(s.name)) + 12;
    if (x > c.left && x + wide > width) x = c.left, y += 17;
    out += fmt::format(
        "<g class=\"c{}\"><path class=\"key{}\" d=\"M{} h16\"/></g><text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>",
        s.color % colors, s.dashed ? " dashed" : "", point(x + 1, y - 4), x + 22, y, escape(s.name));
    x += wide;
  }
  c.top = y + 10;
  return out;
}

void require_equal_lengths(const Plot& plot) {
  for (const Series& s : plot.series)
    if (s.x.size() != s.y.size())
      throw InputError(fmt::format("plot \"{}\", series \"{}\": {} values along x but {} along y", plot.title, s.name,
                                   s.x.size(), s.y.size()));
}

Canvas canvas(const Plot& plot) {
  Canvas c{.x = x_range(plot), .y = y_range(plot), .x_ticks = {}, .y_ticks = {}};
  if (plot.diagonal) {
    c.height = 380;
    c.x.low = c.y.low = std::min(c.x.low, c.y.low);
    c.x.high = c.y.high = std::max(c.x.high, c.y.high);
  }
  c.y_ticks = ticks(c.y, plot.diagonal ? 6 : 5);
  std::size_t longest = 1;
  for (const std::string& text : c.y_ticks.text) longest = std::max(longest, characters(text));
  c.left = 32 + character * double(longest);
  return c;
}

std::string drawing(const Plot& plot) {
  Canvas c = canvas(plot);
  if (c.x.empty() || c.y.empty())
    return fmt::format(
        "<svg viewBox=\"0 0 {} 80\" role=\"img\"><text x=\"{}\" y=\"44\" text-anchor=\"middle\">no data</text></svg>",
        width, width / 2);
  c.x_ticks = x_ticks(c, 6);
  const std::string keys = legend(plot, c);
  std::string inside;
  if (plot.diagonal)
    inside +=
        fmt::format("<path class=\"diagonal\" d=\"M{} L{}\"/>", point(0, c.plot_height()), point(c.plot_width(), 0));
  for (const Series& s : plot.series) inside += marks(plot, c, s);
  return fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">", width, c.height,
                     escape(plot.title)) +
         keys + axes(plot, c) +
         fmt::format("<svg x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\">", c.left, c.top,
                     c.plot_width(), c.plot_height()) +
         inside + "</svg></svg>";
}

}  // namespace

std::string figure(const Plot& plot) {
  require_equal_lengths(plot);
  std::string out = "<figure class=\"plot\">";
  if (!plot.title.empty()) out += fmt::format("<figcaption>{}</figcaption>", escape(plot.title));
  out += drawing(plot);
  if (!plot.note.empty()) out += fmt::format("<p class=\"note\">{}</p>", escape(plot.note));
  return out + "</figure>\n";
}

std::string style() {
  return R"(:root{--c0:#2563a8;--c1:#d2711a;--c2:#23886f;--c3:#94508f;--c4:#b8443c;
--c5:#6b7280;--axis:#8a8f98;--grid:#e7e8ea}
@media (prefers-color-scheme:dark){:root{--c0:#6aa9e9;--c1:#f0a355;--c2:#5cc4ab;--c3:#c98ac6;--c4:#e8837a;
--c5:#9ca3af;--axis:#767c87;--grid:#2b2f36}}
@media print{:root{--c0:#2563a8;--c1:#d2711a;--c2:#23886f;--c3:#94508f;--c4:#b8443c;
--c5:#6b7280;--axis:#8a8f98;--grid:#e7e8ea}}
.plot{margin:0;break-inside:avoid}
.plot figcaption{font-weight:600;font-size:.95rem;margin:0 0 .35rem}
.plot svg{display:block;width:100%;height:auto;font-size:12px;overflow:visible}
.plot svg svg{overflow:hidden}
.plot text{fill:var(--muted,#5c626c);font-variant-numeric:tabular-nums}
.plot .label{fill:var(--ink,#1d2126)}
.plot .note{margin:.3rem 0 0;font-size:.8rem;color:var(--muted,#5c626c)}
.plot path{fill:none}
.plot .grid{stroke:var(--grid);stroke-width:1}
.plot .frame{stroke:var(--axis);stroke-width:1}
.plot .diagonal{stroke:var(--axis);stroke-width:1;stroke-dasharray:5 4}
.c0{color:var(--c0)}.c1{color:var(--c1)}.c2{color:var(--c2)}.c3{color:var(--c3)}.c4{color:var(--c4)}.c5{color:var(--c5)}
.plot .line{stroke:currentColor;stroke-width:1.6;stroke-linejoin:round}
.plot .faint .line{stroke-width:1;opacity:.28}
.plot .dashed{stroke-dasharray:6 4}
.plot .key{stroke:currentColor;stroke-width:4;stroke-linecap:round}
.plot .key.dashed{stroke-width:2.5;stroke-linecap:butt}
.plot .area{fill:currentColor;opacity:.13}
.plot .bar{fill:currentColor;opacity:.6}
.plot .dot{fill:currentColor}
.plot .hit{fill:transparent}
.plot .hit:hover{fill:currentColor;opacity:.35}
.plot .points{stroke:currentColor;stroke-width:2.8;stroke-linecap:round;opacity:.45}
.plot .points.s1{opacity:.55}.plot .points.s2{opacity:.7}.plot .points.s3{opacity:.9}
)";
}

}  // namespace orogen::svg
