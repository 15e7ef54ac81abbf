#include "orogen/app/nuclear/reports/posterior/lec_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "orogen/app/options/help_text.hpp"
#include "orogen/report/page/markup.hpp"
#include "orogen/report/page/page.hpp"
#include "orogen/report/page/svg.hpp"

namespace orogen {
namespace {

using namespace nuclear;

/// x + kπ nearest to `near`, in degrees.
double beside(double x, double near) { return (near + std::remainder(x - near, std::numbers::pi)) / degree; }

void add_data(const LecData& data, int wave, const char* name, int color, svg::Plot& plot) {
  svg::Series points{.name = name, .mark = svg::Mark::points, .color = color}, errors{.color = color};
  for (const PhaseDatum& d : data.data) {
    if (d.wave != wave) continue;
    points.x.push_back(d.T_lab), points.y.push_back(d.phase / degree);
    for (const double y : {d.phase - d.error, d.phase + d.error, std::nan("")})
      errors.x.push_back(d.T_lab), errors.y.push_back(y / degree);
  }
  if (points.x.empty()) return;
  plot.series.push_back(std::move(points));
  plot.series.push_back(std::move(errors));
}

/// Phases of one wave at every order with their 68 % bands, and the data.
std::string wave_figure(const LecReport& r, std::size_t wave) {
  svg::Plot plot{
      .title = r.waves[wave], .x = {.label = "T_lab", .unit = "MeV"}, .y = {.label = r.waves[wave], .unit = "°"}};
  double near = 0;
  for (const auto* some : {&r.data.known, &r.data.apart})
    for (const PhaseDatum& d : some->data)
      if (d.wave == int(wave)) near = d.phase;
  for (std::size_t k = 0; k < r.orders.size(); ++k) {
    const Bands& b = r.orders[k].bands;
    svg::Series line{.name = r.orders[k].order, .x = r.T_lab, .color = int(k)};
    svg::Series band{.mark = svg::Mark::area, .x = r.T_lab, .color = int(k)};
    const long first = long(wave * r.T_lab.size()), n = long(r.T_lab.size());
    for (long i = first; i < first + n; ++i) {
      const double middle = beside(b.mean[i], near);
      near = middle * degree;  // on the branch of the energy before
      line.y.push_back(middle), band.y.push_back(middle + (b.high68[i] - b.mean[i]) / degree);
    }
    for (long i = first + n - 1; i >= first; --i) {
      band.x.push_back(r.T_lab[std::size_t(i - first)]);
      band.y.push_back(line.y[std::size_t(i - first)] + (b.low68[i] - b.mean[i]) / degree);
    }
    near = line.y.front() * degree;
    plot.series.push_back(std::move(band));
    plot.series.push_back(std::move(line));
  }
  add_data(r.data.known, int(wave), "data", 5, plot);
  add_data(r.data.apart, int(wave), "kept apart", 4, plot);
  return svg::figure(plot);
}

std::string coverage_figure(const LecReport& r) {
  std::vector<double> held = holding_probability(r.apart, r.data.apart.data);
  std::sort(held.begin(), held.end());
  svg::Series ideal{.name = "as it should be", .x = {0, 1}, .y = {0, 1}, .color = 5, .dashed = true};
  svg::Series found{.name = "data kept apart", .x = {0}, .y = {0}};
  for (std::size_t k = 0; k < held.size(); ++k) {
    found.x.insert(found.x.end(), {held[k], held[k]});
    found.y.insert(found.y.end(), {double(k) / double(held.size()), double(k + 1) / double(held.size())});
  }
  found.x.push_back(1), found.y.push_back(1);
  return svg::figure({.title = "Coverage",
                      .x = {.label = "probability of the band", .min = 0, .max = 1},
                      .y = {.label = "fraction of data inside", .min = 0, .max = 1},
                      .series = {ideal, found},
                      .note = fmt::format("{} data", held.size())});
}

}  // namespace

std::vector<double> holding_probability(const Bands& bands, const std::vector<PhaseDatum>& data) {
  std::vector<double> p;
  for (long i = 0; i < bands.size(); ++i) {
    const double away = std::remainder(data[std::size_t(i)].phase - bands.mean[i], std::numbers::pi);
    p.push_back(std::erf(std::abs(away) / bands.sd[i] / std::numbers::sqrt2));
  }
  return p;
}

std::string lec_page(const LecReport& r, const std::string& input_toml) {
  std::string figures;
  for (std::size_t w = 0; w < r.waves.size(); ++w) figures += wave_figure(r, w);
  TextRows rows = r.constants;
  for (auto& row : rows) row[0] = markup::escape(row[0]);
  std::string body = report::section("Constants", report::paragraphs(r.note) + report::html_table(r.header, rows));
  if (r.draws.rows() > 1) body += report::section("Joint distribution (natural units)", corner_plot(r.names, r.draws));
  body += report::section("Order by order", report::figure_grid(figures));
  if (r.apart.size() > 0)
    body += report::section("Data kept apart", report::figure_grid(coverage_figure(r) + "<div></div>\n"));
  body += report::section("Input", "<pre>" + markup::escape(input_toml) + "</pre>\n");
  return report::page(r.title, "<p class=\"lead\">" + version_text() + "</p>\n", body,
                      "Bands: 68 %, constants and omitted orders. Natural units: 4π/(fπ² Λbⁿ), n powers of momentum.");
}

}  // namespace orogen
