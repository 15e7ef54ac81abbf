// Errors in the report: tables, parity plots, histograms, the worst frames.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "orogen/report/page/markup.hpp"
#include "orogen/report/page/svg.hpp"
#include "orogen/report/training/report_parts.hpp"

namespace orogen::report {
namespace {

using markup::escape;
using markup::number;

struct Quantity {
  const char* title;
  Errors ErrorRow::*errors;
};
constexpr Quantity quantities[] = {{"Energy [meV/atom]", &ErrorRow::energy_per_atom},
                                   {"Force [meV/Å]", &ErrorRow::forces},
                                   {"Stress [meV/Å³]", &ErrorRow::stress},
                                   {"Energy [meV/structure]", &ErrorRow::energy}};

/// The quantities for which at least one set has labels.
std::vector<Quantity> labelled(const ErrorTable& table) {
  std::vector<Quantity> out;
  for (const Quantity& q : quantities)
    if (std::any_of(table.sets.begin(), table.sets.end(), [&](const auto& s) { return (s.all.*q.errors).labels > 0; }))
      out.push_back(q);
  return out;
}

std::string cells(const Errors& e) {
  if (e.labels == 0) return "<td class=\"start\">–</td><td>–</td><td>–</td>";
  return fmt::format(
      "<td class=\"start\" title=\"{} labels, mean of prediction − reference {}\">{}</td><td>{}</td><td>{}</td>",
      markup::count(double(e.labels)), number(e.bias), number(e.rmse), number(e.mae), number(e.max));
}

/// One row; an element has force errors only, its other cells stay blank.
std::string row(const std::string& name, const ErrorRow& errors, const std::vector<Quantity>& shown, const char* kind) {
  const bool element = std::string(kind) == "part element";
  std::string out =
      fmt::format("<tr class=\"{}\"><td>{}</td><td>{}</td>", kind, escape(name), markup::count(double(errors.frames)));
  for (const Quantity& q : shown)
    out += element && (errors.*q.errors).labels == 0 ? "<td colspan=\"3\"></td>" : cells(errors.*q.errors);
  return out + "</tr>\n";
}

std::string table(const ErrorTable& errors) {
  const auto shown = labelled(errors);
  std::string out = "<div class=\"wide\"><table>\n<thead><tr><th></th><th></th>", names;
  for (const Quantity& q : shown) {
    out += fmt::format("<th class=\"group start\" colspan=\"3\">{}</th>", q.title);
    names += "<th class=\"start\">RMSE</th><th>MAE</th><th>max</th>";
  }
  out += fmt::format("</tr><tr><th>set</th><th>frames</th>{}</tr></thead>\n<tbody>\n", names);
  for (const SetErrors& set : errors.sets) {
    out += row(set.name, set.all, shown, "whole");
    if (set.by_config_type.size() > 1)
      for (const ErrorRow& part : set.by_config_type) out += row(part.group, part, shown, "part");
    if (set.by_element.size() > 1)
      for (const ErrorRow& part : set.by_element) out += row(part.group, part, shown, "part element");
  }
  return out + "</tbody></table></div>\n";
}

/// Energies share a large constant; plots show what is left when the mean over all points, in whole meV, is taken off.
double common_energy(const ErrorTable& errors) {
  double sum = 0, n = 0, low = INFINITY, high = -INFINITY;
  for (const SetErrors& set : errors.sets)
    for (const double e : set.energy_points.reference) sum += e, ++n, low = std::min(low, e), high = std::max(high, e);
  return n > 0 && high - low < 0.05 * std::abs(sum / n) ? std::round(sum / n * 1e3) / 1e3 : 0;
}

std::vector<double> shifted(const std::vector<double>& values, double shift, double factor) {
  std::vector<double> out;
  for (const double v : values) out.push_back((v - shift) * factor);
  return out;
}

std::string note(const ErrorTable& errors, Scatter SetErrors::*points) {
  double shown = 0, total = 0;
  for (const SetErrors& set : errors.sets)
    shown += double((set.*points).reference.size()), total += double((set.*points).total);
  return shown < total ? fmt::format("{} of {} points, thinned only where they are crowded.", markup::count(shown),
                                     markup::count(total))
                       : fmt::format("{} points.", markup::count(total));
}

svg::Plot parity(const ErrorTable& errors, Scatter SetErrors::*points, double shift, double factor) {
  svg::Plot plot{.diagonal = true, .note = note(errors, points)};
  for (std::size_t k = 0; k < errors.sets.size(); ++k) {
    const Scatter& s = errors.sets[k].*points;
    if (s.reference.empty()) continue;
    plot.series.push_back({.name = errors.sets[k].name,
                           .mark = svg::Mark::points,
                           .x = shifted(s.reference, shift, factor),
                           .y = shifted(s.prediction, shift, factor),
                           .crowd = s.crowd,
                           .color = int(k)});
  }
  return plot;
}

std::string energy_parity(const ErrorTable& errors) {
  const double shift = common_energy(errors);
  double span = 0;
  for (const SetErrors& set : errors.sets)
    for (const double e : set.energy_points.reference) span = std::max(span, std::abs(e - shift));
  const bool milli = span < 0.5;
  svg::Plot plot = parity(errors, &SetErrors::energy_points, shift, milli ? 1e3 : 1);
  if (plot.series.empty()) return "";
  const std::string unit = milli ? "meV/atom" : "eV/atom", less = shift != 0 ? " − E₀" : "";
  plot.title = "Energies: predicted against reference";
  plot.x = {.label = fmt::format("reference energy{}", less), .unit = unit};
  plot.y = {.label = fmt::format("predicted energy{}", less), .unit = unit};
  if (shift != 0) plot.note += fmt::format(" E₀ = {}{:.3f} eV/atom.", shift < 0 ? "−" : "", std::abs(shift));
  return svg::figure(plot);
}

std::string force_parity(const ErrorTable& errors) {
  svg::Plot plot = parity(errors, &SetErrors::force_points, 0, 1);
  if (plot.series.empty()) return "";
  plot.title = "Force components: predicted against reference";
  plot.x = {.label = "reference force", .unit = "eV/Å"};
  plot.y = {.label = "predicted force", .unit = "eV/Å"};
  return svg::figure(plot);
}

std::string stress_parity(const ErrorTable& errors) {
  svg::Plot plot = parity(errors, &SetErrors::stress_points, 0, 1e3);
  if (plot.series.empty()) return "";
  plot.title = "Stress components: predicted against reference";
  plot.x = {.label = "reference stress", .unit = "meV/Å³"};
  plot.y = {.label = "predicted stress", .unit = "meV/Å³"};
  return svg::figure(plot);
}

std::string histogram(const ErrorTable& errors, ErrorHistogram SetErrors::*which, const char* title, const char* unit) {
  svg::Plot plot{.title = title,
                 .x = {.label = "predicted − reference", .unit = unit},
                 .y = {.label = "density", .unit = fmt::format("1/({})", unit)}};
  for (std::size_t k = 0; k < errors.sets.size(); ++k) {
    const ErrorHistogram& h = errors.sets[k].*which;
    double total = double(h.outside);
    for (const double c : h.count) total += c;
    if (!(total > 0)) continue;
    plot.y.logarithmic = plot.y.logarithmic || total >= 2000;  // enough to show the tails
    svg::Series series{.name = errors.sets[k].name, .mark = svg::Mark::steps, .color = int(k)};
    const double width = 2 * h.range / double(h.count.size());
    for (std::size_t i = 0; i < h.count.size(); ++i) {
      series.x.push_back(-h.range + (double(i) + 0.5) * width);
      series.y.push_back(h.count[i] / total / width);
    }
    if (h.outside > 0)
      plot.note += fmt::format("{}{}: {} of {} beyond ±{} {}.", plot.note.empty() ? "" : " ", errors.sets[k].name,
                               markup::count(double(h.outside)), markup::count(total), number(h.range, 2), unit);
    plot.series.push_back(series);
  }
  return plot.series.empty() ? "" : svg::figure(plot);
}

std::string worst(const ErrorTable& errors) {
  const SetErrors* set = judged_set(errors);
  if (!set || set->worst.empty()) return "";
  std::vector<std::vector<std::string>> rows;
  for (const WorstForce& w : set->worst)
    rows.push_back(
        {escape(w.source), fmt::format("{} {}", escape(w.element), w.atom), number(w.error), number(w.reference)});
  return fmt::format("<details><summary>Largest force errors in “{}”</summary>\n{}</details>\n", escape(set->name),
                     html_table({"frame", "atom (from 0)", "|ΔF| [meV/Å]", "reference |F| [meV/Å]"}, rows));
}

/// How far the potential itself thinks that it may be off: the place where it extrapolates most.
std::string uncertainty_lines(const ErrorTable& errors) {
  std::string out;
  for (const SetErrors& set : errors.sets)
    if (set.least_sure)
      out += fmt::format("<p>Largest uncertainty in “{}”: {}.</p>\n", escape(set.name),
                         escape(orogen::text(*set.least_sure)));
  return out;
}

}  // namespace

std::string error_section(const ReportData& data) {
  if (data.errors.sets.empty()) return "";
  const std::string plots = energy_parity(data.errors) + force_parity(data.errors) + stress_parity(data.errors) +
                            histogram(data.errors, &SetErrors::energy_errors, "Energy errors", "meV/atom") +
                            histogram(data.errors, &SetErrors::force_errors, "Force errors", "meV/Å") +
                            histogram(data.errors, &SetErrors::stress_errors, "Stress errors", "meV/Å³");
  std::string body = table(data.errors);
  if (!plots.empty()) body += fmt::format("<div class=\"grid2\">\n{}</div>\n", plots);
  return section("Errors", body + uncertainty_lines(data.errors) + worst(data.errors));
}

}  // namespace orogen::report
