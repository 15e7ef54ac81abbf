#include "orogen/app/nuclear/reports/scattering_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "orogen/app/options/help_text.hpp"
#include "orogen/report/page/markup.hpp"
#include "orogen/report/page/page.hpp"
#include "orogen/report/page/svg.hpp"

namespace orogen {
namespace {

using namespace nuclear;

constexpr std::size_t most_figures = 18;
constexpr const char* total_name = "all";

std::string unit(Observable o) { return !has_angle(o) ? "mb" : o == Observable::dsg ? "mb/sr" : ""; }

std::vector<double> pulls(const Comparison& c) {
  std::vector<double> all;
  for (const auto& e : c.experiments)
    for (const auto& d : e.data) all.push_back(d.pull());
  return all;
}

/// Counts in bins of half a standard deviation from −5 to 5, beside those of a unit normal; what lies beyond is in the
/// note.
std::string pull_figure(const Comparison& c) {
  constexpr double width = 0.5, most = 5;
  constexpr int bins = int(2 * most / width);
  svg::Series counts{.name = "data", .mark = svg::Mark::bars};
  svg::Series normal{.name = "normal distribution", .color = 1};
  const std::vector<double> all = pulls(c);
  std::vector<double> count(bins, 0.0);
  long beyond = 0;
  for (const double p : all) {
    const double k = std::floor((p + most) / width);
    if (k >= 0 && k < bins)
      ++count[std::size_t(k)];
    else
      ++beyond;
  }
  for (int k = 0; k < bins; ++k) {
    const double x = -most + (k + 0.5) * width;
    counts.x.push_back(x), counts.y.push_back(count[std::size_t(k)]);
    normal.x.push_back(x);
    normal.y.push_back(double(all.size()) * width * std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi));
  }
  return svg::figure({.title = "Residuals",
                      .x = {.label = "(data − theory)/error"},
                      .y = {.label = "data"},
                      .series = {counts, normal},
                      .note = fmt::format("{} of {} data lie beyond ±{:g}", beyond, all.size(), most)});
}

/// Data with their errors, and the theory through them.
void add_points(const std::vector<ComparedDatum>& data, bool against_angle, svg::Plot& plot) {
  svg::Series points{.name = "data", .mark = svg::Mark::points, .color = 5};
  svg::Series errors{.color = 5}, theory{.name = "theory"};
  for (const auto& d : data) {
    const double x = against_angle ? d.datum.theta / degree : d.datum.T_lab;
    points.x.push_back(x), points.y.push_back(d.datum.value);
    for (const double y : {d.datum.value - d.datum.error, d.datum.value + d.datum.error, std::nan("")})
      errors.x.push_back(x), errors.y.push_back(y);
    theory.x.push_back(x), theory.y.push_back(d.theory);
  }
  plot.series = {std::move(points), std::move(errors), std::move(theory)};
}

std::string experiment_figure(const ComparedExperiment& e) {
  std::vector<ComparedDatum> data = e.data;
  const bool angles = has_angle(e.experiment.observable);
  std::sort(data.begin(), data.end(), [&](const auto& a, const auto& b) {
    return angles ? a.datum.theta < b.datum.theta : a.datum.T_lab < b.datum.T_lab;
  });
  svg::Plot plot{.title = fmt::format("{}{}: {} ({})", name(e.experiment.observable),
                                      angles ? fmt::format(", {:g} MeV", data.front().datum.T_lab) : "",
                                      e.experiment.reference, e.experiment.year),
                 .x = {.label = angles ? "θ (centre of mass)" : "T_lab", .unit = angles ? "°" : "MeV"},
                 .y = {.label = name(e.experiment.observable), .unit = unit(e.experiment.observable)},
                 .note = fmt::format("χ² {:.1f} for {} data, theory times {:.4f}", e.chi2.chi2, e.chi2.data,
                                     e.chi2.normalisation)};
  add_points(data, angles, plot);
  return svg::figure(plot);
}

/// The experiments with most data, each observable in turn.
std::string experiment_figures(const Comparison& c) {
  std::map<Observable, std::vector<const ComparedExperiment*>> by;
  for (const auto& e : c.experiments)
    if (e.data.size() > 1) by[e.experiment.observable].push_back(&e);
  for (auto& [o, list] : by)
    std::stable_sort(list.begin(), list.end(), [](auto* a, auto* b) { return a->data.size() > b->data.size(); });
  std::string figures;
  std::size_t drawn = 0;
  for (std::size_t rank = 0; rank < most_figures && drawn < most_figures; ++rank)
    for (const auto& [o, list] : by)
      if (rank < list.size() && drawn < most_figures) figures += experiment_figure(*list[rank]), ++drawn;
  return report::figure_grid(figures);
}

}  // namespace

TextRows chi2_rows(const Chi2Summary& s) {
  TextRows rows;
  const auto add = [&](const std::string& name, long data, double chi2) {
    if (data > 0)
      rows.push_back(
          {name, std::to_string(data), fmt::format("{:.1f}", chi2), fmt::format("{:.3f}", chi2 / double(data))});
  };
  add(total_name, s.data, s.chi2);
  for (const auto& l : s.by_observable) add(l.name, l.data, l.chi2);
  for (const auto& l : s.by_energy) add(l.name, l.data, l.chi2);
  return rows;
}

std::string residuals_csv(const Comparison& c) {
  TextRows rows;
  for (const auto& e : c.experiments)
    for (const auto& d : e.data)
      rows.push_back({std::to_string(e.experiment.id), name(e.experiment.observable),
                      fmt::format("{:g}", d.datum.T_lab), fmt::format("{:.6g}", d.datum.theta / degree),
                      fmt::format("{:.8g}", d.datum.value), fmt::format("{:.6g}", d.datum.error),
                      fmt::format("{:.8g}", d.theory), fmt::format("{:.6g}", e.chi2.normalisation),
                      fmt::format("{:.4f}", d.pull())});
  return csv_text(
      {c.theory + ": data, theory times the normalisation of the experiment, (data - theory)/error"},
      {"exp_id", "observable", "T_lab_MeV", "theta_cm_deg", "value", "stat_err", "theory", "normalisation", "residual"},
      rows);
}

std::string scattering_page(const Comparison& c, const std::string& input_toml, const std::string& more) {
  TextRows rows = chi2_rows(c.summary);
  for (auto& row : rows) row[0] = markup::escape(row[0]);
  const std::string body = report::section("χ²", report::html_table({"", "data", "χ²", "χ²/N"}, rows) +
                                                     report::figure_grid(pull_figure(c) + "<div></div>\n")) +
                           more + report::section("Data and theory", experiment_figures(c)) +
                           report::section("Input", "<pre>" + markup::escape(input_toml) + "</pre>\n");
  return report::page(
      c.theory + " and scattering data", "<p class=\"lead\">" + version_text() + "</p>\n", body,
      "χ² counts the normalisations' own terms, N data only. The experiments with most data are drawn.");
}

}  // namespace orogen
