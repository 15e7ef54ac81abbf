#include "orogen/app/nuclear/reports/phase_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "orogen/app/nuclear/reports/curve_report.hpp"
#include "orogen/app/nuclear/reports/text_table.hpp"
#include "orogen/app/options/help_text.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/nuclear/observables/data/phase_spread.hpp"
#include "orogen/report/page/markup.hpp"
#include "orogen/report/page/page.hpp"
#include "orogen/report/page/svg.hpp"

namespace orogen {
namespace {

using namespace nuclear;

constexpr int reference_color = 5;

double degrees(const PhaseFile& f, std::size_t e, std::size_t b, int c) {
  const BlockPhases& p = f.phases.at(e, b);
  return (c == 1 ? p.epsilon : p.delta[c / 2]) / degree;
}

/// One phase of a file: its values where it has them.
struct Curve {
  std::vector<double> T, value, error;
};

Curve curve(const PhaseFile& f, const std::string& name) {
  Curve out;
  for (std::size_t b = 0; b < f.phases.blocks.size(); ++b) {
    const auto names = phase_names(f.phases.blocks[b]);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) continue;
    const int c = int(found - names.begin());
    for (std::size_t e = 0; e < f.phases.T_lab.size(); ++e)
      if (f.present[f.index(e, b, c)]) {
        out.T.push_back(f.phases.T_lab[e]);
        out.value.push_back(degrees(f, e, b, c));
        out.error.push_back(f.error[f.index(e, b, c)] / degree);
      }
  }
  return out;
}

std::vector<std::string> all_names(const PhaseFile& f) {
  std::vector<std::string> names;
  for (const Block& b : f.phases.blocks)
    for (const auto& n : phase_names(b)) names.push_back(n);
  return names;
}

std::string phase_figure(const std::string& name, const std::vector<NamedPhases>& tables,
                         const std::optional<NamedPhases>& reference) {
  svg::Plot plot{.title = name, .x = {.label = "T_lab", .unit = "MeV"}, .y = {.label = name, .unit = "°"}};
  if (reference) {
    const Curve r = curve(reference->file, name);
    add_band(r.T, r.value, r.error, reference_color, plot);
    if (!r.T.empty())
      plot.series.push_back(
          {.name = reference->name, .mark = svg::Mark::points, .x = r.T, .y = r.value, .color = reference_color});
  }
  for (std::size_t k = 0; k < tables.size(); ++k) {
    const Curve c = curve(tables[k].file, name);
    add_band(c.T, c.value, c.error, int(k), plot);
    plot.series.push_back({.name = tables[k].name, .x = c.T, .y = c.value, .color = int(k), .dashed = k > 0});
  }
  return svg::figure(plot);
}

std::string residual_figure(const std::string& name, const std::vector<std::pair<std::string, PhaseDeviation>>& of) {
  svg::Plot plot{.title = name + ", minus the reference",
                 .x = {.label = "T_lab", .unit = "MeV"},
                 .y = {.label = "deviation", .unit = "°"}};
  const PhaseDeviation& first = of.front().second;
  add_band(first.T_lab, std::vector<double>(first.T_lab.size(), 0.0), first.spread, reference_color, plot);
  for (std::size_t k = 0; k < of.size(); ++k)
    plot.series.push_back(
        {.name = of[k].first, .x = of[k].second.T_lab, .y = of[k].second.deviation, .color = int(k), .dashed = k > 0});
  return svg::figure(plot);
}

std::string deviation_table(const std::vector<NamedPhases>& tables, const NamedPhases& reference) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& t : tables)
    for (const auto& d : deviations(t.file, reference.file))
      rows.push_back({markup::escape(d.name), markup::escape(t.name), std::to_string(d.T_lab.size()),
                      markup::number(d.rms), markup::number(d.largest), markup::number(d.at)});
  return report::html_table({"phase", "table", "energies", "RMS [°]", "largest [°]", "at [MeV]"}, rows);
}

std::string residual_figures(const std::vector<NamedPhases>& tables, const NamedPhases& reference) {
  std::string figures;
  for (const auto& name : all_names(tables.front().file)) {
    std::vector<std::pair<std::string, PhaseDeviation>> of;
    for (const auto& t : tables)
      for (auto& d : deviations(t.file, reference.file))
        if (d.name == name) of.emplace_back(t.name, std::move(d));
    if (!of.empty()) figures += residual_figure(name, of);
  }
  return report::figure_grid(figures);
}

}  // namespace

std::vector<PhaseDeviation> deviations(const PhaseFile& table, const PhaseFile& reference) {
  std::vector<PhaseDeviation> all;
  for (const auto& name : all_names(table)) {
    PhaseDeviation d{.name = name, .T_lab = {}, .deviation = {}, .spread = {}};
    const Curve mine = curve(table, name), other = curve(reference, name);
    double sum = 0;
    for (std::size_t i = 0; i < mine.T.size(); ++i) {
      const auto found = std::find(other.T.begin(), other.T.end(), mine.T[i]);
      if (found == other.T.end()) continue;
      const std::size_t j = std::size_t(found - other.T.begin());
      const double x = mine.value[i] - other.value[j];
      d.T_lab.push_back(mine.T[i]), d.deviation.push_back(x), d.spread.push_back(other.error[j]);
      sum += x * x;
      if (std::abs(x) >= std::abs(d.largest)) d.largest = x, d.at = mine.T[i];
    }
    if (d.T_lab.empty()) continue;
    d.rms = std::sqrt(sum / double(d.T_lab.size()));
    all.push_back(std::move(d));
  }
  return all;
}

std::optional<NamedPhases> read_reference(const std::string& reference, const std::string& spread, Pair pair) {
  if (reference.empty() && spread.empty()) return {};
  if (reference.empty())
    throw InputError("spread: the widths belong to a table of phases; give reference=TABLE.csv too");
  NamedPhases out{std::filesystem::path(reference).stem().string(), read_phases(reference, pair)};
  if (!spread.empty()) read_spread(spread, out.file);
  return out;
}

std::string deviation_text(const std::vector<PhaseDeviation>& all) {
  TextRows rows;
  for (const auto& d : all)
    rows.push_back({d.name, std::to_string(d.T_lab.size()), fmt::format("{:.4f}", d.rms),
                    fmt::format("{:.4f}", d.largest), fmt::format("{:g}", d.at)});
  return text_table({"phase", "energies", "RMS [°]", "largest [°]", "at [MeV]"}, rows);
}

nlohmann::json deviations_json(const std::vector<PhaseDeviation>& all) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& d : all)
    json[d.name] = {{"energies", d.T_lab.size()}, {"rms_deg", d.rms}, {"largest_deg", d.largest}, {"at_MeV", d.at}};
  return json;
}

std::string phase_page(const std::string& title, const std::vector<NamedPhases>& tables,
                       const std::optional<NamedPhases>& reference, const std::string& input_toml) {
  std::string figures;
  for (const auto& name : all_names(tables.front().file)) figures += phase_figure(name, tables, reference);
  std::string body = report::section("Phases", report::figure_grid(figures));
  if (reference)
    body += report::section("Deviations from " + reference->name,
                            deviation_table(tables, *reference) + residual_figures(tables, *reference));
  body += report::section("Input", "<pre>" + markup::escape(input_toml) + "</pre>\n");
  return report::page(title, "<p class=\"lead\">" + version_text() + "</p>\n", body,
                      "Nuclear-bar (Stapp) phases in degrees; T_lab is the kinetic energy in the laboratory. "
                      "Bands: one standard deviation or spread.");
}

}  // namespace orogen
