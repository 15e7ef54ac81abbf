// Learning curves and molecular dynamics in the report.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "orogen/base/errors.hpp"
#include "orogen/report/page/markup.hpp"
#include "orogen/report/page/svg.hpp"
#include "orogen/report/training/report_parts.hpp"

namespace orogen::report {
namespace {

using markup::escape;
using markup::number;

/// The measured epochs only: validation may be rarer than epochs, and a line should join its points.
svg::Series measured(const std::vector<double>& epoch, const std::vector<double>& values, int color) {
  svg::Series s{.color = color};
  for (std::size_t i = 0; i < values.size(); ++i)
    if (std::isfinite(values[i])) s.x.push_back(epoch[i]), s.y.push_back(values[i]);
  return s;
}

void require_length(const std::string& what, std::size_t seen, std::size_t expected) {
  if (seen != 0 && seen != expected)
    throw InputError(fmt::format("report: {} has {} values, its axis {}", what, seen, expected));
}

std::string against_epoch(const LearningCurve& l, const std::vector<double>& values, svg::Axis y, int color) {
  require_length(y.label, values.size(), l.epoch.size());
  svg::Series s = measured(l.epoch, values, color);
  if (s.x.empty()) return "";
  std::string title = y.label;
  title[0] = char(std::toupper(static_cast<unsigned char>(title[0])));
  const bool rate = y.label == "learning rate";
  y.logarithmic = !rate && std::all_of(s.y.begin(), s.y.end(), [](double v) { return v > 0; });
  const double best = *std::min_element(s.y.begin(), s.y.end()), last = s.y.back();
  const std::string unit = y.unit.empty() ? "" : fmt::format(" {}", y.unit);
  const std::string note = rate ? "" : fmt::format("last {}{}, lowest {}{}", number(last), unit, number(best), unit);
  return svg::figure(
      {.title = title, .x = {.label = "epoch"}, .y = std::move(y), .series = {std::move(s)}, .note = note});
}

double mean(const std::vector<double>& v) { return std::accumulate(v.begin(), v.end(), 0.0) / double(v.size()); }

double deviation(const std::vector<double>& v) {
  const double m = mean(v);
  double sum = 0;
  for (const double x : v) sum += (x - m) * (x - m);
  return std::sqrt(sum / double(v.size()));
}

/// Mean over a window of about a fortieth of the series, at every point that has a whole window around it.
svg::Series running_mean(const svg::Series& s) {
  const std::size_t half = s.y.size() / 80, window = 2 * half + 1;
  svg::Series out{.name = s.name, .color = s.color};
  double sum = 0;
  for (std::size_t i = 0; i < s.y.size(); ++i) {
    sum += s.y[i];
    if (i >= window) sum -= s.y[i - window];
    if (i + 1 >= window) out.x.push_back(s.x[i - half]), out.y.push_back(sum / double(window));
  }
  return out;
}

/// A quantity of all runs against time; `map` turns a run's numbers into what is drawn.
template <class Map>
std::string against_time(const MdSection& md, const char* title, svg::Axis y, std::vector<double> ReportedRun::*values,
                         Map map) {
  svg::Plot plot{.title = title, .x = {.label = "time", .unit = "ps"}, .y = std::move(y)};
  std::vector<svg::Series> means;  // of long series, drawn over all of them
  for (std::size_t k = 0; k < md.runs.size(); ++k) {
    const ReportedRun& run = md.runs[k];
    require_length(fmt::format("run \"{}\", {}", run.name, title), (run.*values).size(), run.time.size());
    if ((run.*values).empty()) continue;
    svg::Series series{.name = run.name, .x = run.time, .y = map(run, run.*values), .color = int(k)};
    if (series.y.size() < 600) {
      plot.series.push_back(std::move(series));
    } else {
      means.push_back(running_mean(series));
      series.name.clear(), series.faint = true;
      plot.series.push_back(std::move(series));
    }
  }
  if (!means.empty()) plot.note = "Bold: running mean over a fortieth of the run.";
  plot.series.insert(plot.series.end(), means.begin(), means.end());
  return plot.series.empty() ? "" : svg::figure(plot);
}

std::vector<double> per_atom(const ReportedRun& run, const std::vector<double>& energies, double zero) {
  std::vector<double> out;
  for (const double e : energies) out.push_back((e - zero) * 1e3 / std::max(1, run.atoms));
  return out;
}

std::string runs_table(const MdSection& md) {
  std::vector<std::vector<std::string>> rows;
  for (const ReportedRun& run : md.runs)
    rows.push_back({escape(run.name), fmt::format("{}", run.atoms),
                    run.time.empty() ? "–" : number(run.time.back() - run.time.front()),
                    run.temperature.empty()
                        ? "–"
                        : fmt::format("{:.1f} ± {:.1f}", mean(run.temperature), deviation(run.temperature)),
                    number(run.drift)});
  return rows.empty() ? ""
                      : html_table({"run", "atoms", "time [ps]", "temperature [K], mean ± s.d.",
                                    "energy drift [meV/atom per 100 ps]"},
                                   rows);
}

/// Area that the first two curves have in common, as a share of the larger one.
double overlap(const Distribution& d) {
  double both = 0, first = 0, second = 0;
  for (std::size_t i = 0; i < d.x.size(); ++i) {
    const double a = d.curves[0].second[i], b = d.curves[1].second[i];
    both += std::min(a, b), first += a, second += b;
  }
  return both / std::max(first, second);
}

std::string distribution(const Distribution& d) {
  svg::Plot plot{
      .title = d.title, .x = {.label = d.quantity, .unit = d.unit}, .y = {.label = d.density, .unit = d.density_unit}};
  for (std::size_t k = 0; k < d.curves.size(); ++k) {
    const auto& [name, values] = d.curves[k];
    if (values.size() != d.x.size())
      throw InputError(fmt::format("report: distribution \"{}\", curve \"{}\": {} values for {} bins", d.title, name,
                                   values.size(), d.x.size()));
    plot.series.push_back(
        {.name = name, .mark = svg::Mark::steps, .x = d.x, .y = values, .color = int(k), .dashed = k == 1});
  }
  if (d.curves.size() == 2)
    plot.note = fmt::format("The two curves share {} % of their area.", number(100 * overlap(d)));
  return svg::figure(plot);
}

}  // namespace

std::string learning_section(const ReportData& data) {
  const LearningCurve& l = data.learning;
  return section(
      "Learning",
      figure_grid(against_epoch(l, l.force_rmse, {.label = "validation force RMSE", .unit = "meV/Å"}, 0) +
                  against_epoch(l, l.energy_rmse, {.label = "validation energy RMSE", .unit = "meV/atom"}, 0) +
                  against_epoch(l, l.train_loss, {.label = "training loss"}, 1) +
                  against_epoch(l, l.learning_rate, {.label = "learning rate"}, 5)));
}

std::string dissociation_section(const ReportData& data) {
  constexpr std::size_t together = 6;  // curves per figure, one per colour
  std::string figures;
  for (std::size_t first = 0; first < data.dissociation.size(); first += together) {
    svg::Plot plot{.title = "Two atoms alone",
                   .x = {.label = "distance", .unit = "Å"},
                   .y = {.label = "E − E(far apart)", .unit = "eV"}};
    double deepest = 0;
    for (std::size_t k = first; k < std::min(first + together, data.dissociation.size()); ++k) {
      const DissociationCurve& c = data.dissociation[k];
      require_length("dissociation curve " + c.pair, c.energy.size(), c.distance.size());
      for (const double e : c.energy) deepest = std::min(deepest, e);
      plot.series.push_back({.name = c.pair, .x = c.distance, .y = c.energy, .color = int(k - first)});
    }
    plot.y.min = 1.1 * deepest - 0.1, plot.y.max = std::max(2.0, -1.5 * deepest);
    for (svg::Series& s : plot.series)  // what lies above the frame leaves a gap
      for (double& e : s.y)
        if (e > *plot.y.max) e = std::numeric_limits<double>::quiet_NaN();
    figures += svg::figure(plot);
  }
  return section("Dissociation curves", figure_grid(figures));
}

std::string md_section(const ReportData& data) {
  if (!data.md) return "";
  const MdSection& md = *data.md;
  std::string figures =
      against_time(md, "Total energy, change since the start", {.label = "ΔE", .unit = "meV/atom"},
                   &ReportedRun::total_energy,
                   [](const ReportedRun& run, const auto& e) { return per_atom(run, e, e.front()); }) +
      against_time(md, "Temperature", {.label = "temperature", .unit = "K"}, &ReportedRun::temperature,
                   [](const ReportedRun&, const auto& t) { return t; }) +
      against_time(md, "Potential energy, less its mean", {.label = "E − ⟨E⟩", .unit = "meV/atom"},
                   &ReportedRun::potential_energy,
                   [](const ReportedRun& run, const auto& e) { return per_atom(run, e, mean(e)); });
  for (const Distribution& d : md.distributions) figures += distribution(d);
  return section("Molecular dynamics", paragraphs(md.text) + runs_table(md) + figure_grid(figures));
}

}  // namespace orogen::report
