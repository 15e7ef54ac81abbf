#include "orogen/app/nuclear/reports/curve_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "orogen/app/options/help_text.hpp"
#include "orogen/report/page/markup.hpp"
#include "orogen/report/page/page.hpp"

namespace orogen {
namespace {

constexpr int colors = 6;
constexpr double shown_radius = 15;  // fm, of wave functions

std::vector<double> or_zeros(std::vector<double> values, std::size_t n) {
  return values.empty() ? std::vector<double>(n, 0.0) : values;
}

std::string input_section(const std::string& toml) {
  return report::section("Input", "<pre>" + markup::escape(toml) + "</pre>\n");
}

std::string lead() { return "<p class=\"lead\">" + version_text() + "</p>\n"; }

/// The rows of `table` whose first column is `value`.
NumberTable with_first(const NumberTable& table, double value) {
  NumberTable some{table.header, table.rows};
  std::erase_if(some.rows, [&](const auto& row) { return row[0] != value; });
  return some;
}

BandCurve curve(const std::string& name, const NumberTable& t, const std::string& x, const CurveColumn& c) {
  BandCurve out{name, t.column(x), t.column(c.column), {}};
  out.half = or_zeros(t.column(c.spread), out.y.size());
  return out;
}

/// At most as many as there are colours, the first and the last among them.
std::vector<double> some_of(std::vector<double> T) {
  T.erase(std::unique(T.begin(), T.end()), T.end());
  if (T.size() <= colors) return T;
  std::vector<double> some;
  for (int k = 0; k < colors; ++k) some.push_back(T[std::size_t(k) * (T.size() - 1) / (colors - 1)]);
  return some;
}

/// Positive throughout, and large and small ones.
bool spans_decades(const std::vector<double>& y) {
  const auto [low, high] = std::minmax_element(y.begin(), y.end());
  return *low > 0 && *high > 10 * *low;
}

}  // namespace

void add_band(const std::vector<double>& x, const std::vector<double>& middle, const std::vector<double>& half,
              int color, svg::Plot& plot) {
  svg::Series band{.mark = svg::Mark::area, .color = color};
  std::vector<std::size_t> known;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (half[i] > 0) known.push_back(i);
  if (known.size() < 2) return;
  for (const std::size_t i : known) band.x.push_back(x[i]), band.y.push_back(middle[i] + half[i]);
  for (auto i = known.rbegin(); i != known.rend(); ++i)
    band.x.push_back(x[*i]), band.y.push_back(middle[*i] - half[*i]);
  plot.series.push_back(std::move(band));
}

std::string curve_figure(svg::Plot plot, const std::vector<BandCurve>& curves) {
  for (std::size_t k = 0; k < curves.size(); ++k) {
    const BandCurve& c = curves[k];
    add_band(c.x, c.y, c.half, int(k) % colors, plot);
    plot.series.push_back({.name = c.name, .x = c.x, .y = c.y, .color = int(k) % colors});
  }
  return svg::figure(plot);
}

std::vector<double> NumberTable::column(const std::string& name) const {
  const auto found = std::find(header.begin(), header.end(), name);
  std::vector<double> values;
  if (found != header.end())
    for (const auto& row : rows) values.push_back(row[std::size_t(found - header.begin())]);
  return values;
}

TextRows NumberTable::text() const {
  TextRows out;
  for (const auto& row : rows) {
    auto& cells = out.emplace_back();
    for (const double x : row) cells.push_back(fmt::format("{:.8g}", x));
  }
  return out;
}

nlohmann::json NumberTable::json() const {
  nlohmann::json out = nlohmann::json::object();
  for (std::size_t k = 0; k < header.size(); ++k)
    for (const auto& row : rows) out[header[k]].push_back(row[k]);
  return out;
}

std::string deuteron_page(const std::string& force, const TextRows& quantities, const NumberTable& wave,
                          const std::string& input_toml) {
  NumberTable near = wave;
  std::erase_if(near.rows, [](const auto& row) { return row[0] > shown_radius; });
  const std::vector<double> r = near.column("r_fm"), u = near.column("u_fm^-1/2"), w = near.column("w_fm^-1/2");
  const auto half = [&](const char* name) { return or_zeros(near.column(name), r.size()); };
  svg::Series total{.name = "u² + w²", .x = r}, d_state{.name = "w²", .x = r, .color = 1};
  for (std::size_t i = 0; i < r.size(); ++i)
    total.y.push_back(u[i] * u[i] + w[i] * w[i]), d_state.y.push_back(w[i] * w[i]);
  const svg::Axis radius{.label = "r", .unit = "fm"};
  const std::string figures =
      curve_figure({.title = "Wave functions", .x = radius, .y = {.label = "u, w", .unit = "fm^-1/2"}},
                   {{"u (S wave)", r, u, half("u_spread_fm^-1/2")}, {"w (D wave)", r, w, half("w_spread_fm^-1/2")}}) +
      svg::figure({.title = "Probability",
                   .x = radius,
                   .y = {.label = "u² + w²", .unit = "1/fm"},
                   .series = {std::move(total), std::move(d_state)}});
  TextRows rows = quantities;
  for (auto& row : rows)
    for (auto& cell : row) cell = markup::escape(cell);
  std::vector<std::string> head{"", "value", "unit"};
  if (!rows.empty() && rows[0].size() > 3) head.insert(head.begin() + 2, "spread");
  const std::string body = report::section("Quantities", report::html_table(head, rows)) +
                           report::section("Wave functions", report::figure_grid(figures)) + input_section(input_toml);
  return report::page(
      "The deuteron of " + force, lead(), body,
      "∫(u² + w²) dr = 1. Radius, quadrupole moment and magnetic moment are those of the wave function, "
      "without exchange currents.");
}

std::string observable_figures(const std::vector<CurveColumn>& all, const NumberTable& total,
                               const NumberTable& angular) {
  std::string figures;
  for (const CurveColumn& c : all) {
    svg::Plot plot{.title = c.code, .y = {.label = c.code, .unit = c.unit}};
    if (!c.against_angle && total.rows.size() > 1) {
      plot.x = {.label = "T_lab", .unit = "MeV"};
      plot.y.logarithmic = spans_decades(total.column(c.column));
      figures += curve_figure(plot, {curve("", total, "T_lab_MeV", c)});
    }
    if (c.against_angle && !angular.rows.empty()) {
      plot.x = {.label = "θ (centre of mass)", .unit = "°"};
      std::vector<BandCurve> curves;
      for (const double T : some_of(angular.column("T_lab_MeV")))
        curves.push_back(curve(fmt::format("{:g} MeV", T), with_first(angular, T), "theta_cm_deg", c));
      if (curves[0].x.size() > 1) figures += curve_figure(plot, curves);
    }
  }
  return report::figure_grid(figures);
}

std::string observable_page(const std::string& title, const std::string& figures, const std::string& input_toml) {
  return report::page(title, lead(), report::section("Curves", figures) + input_section(input_toml),
                      "Bands: one standard deviation of the members of a committee.");
}

}  // namespace orogen
