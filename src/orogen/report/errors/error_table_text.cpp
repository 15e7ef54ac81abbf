// The error table as aligned text and as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "orogen/base/errors.hpp"
#include "orogen/report/errors/error_table.hpp"

namespace orogen {
namespace {

using nlohmann::json;

/// Decimals so that three significant digits show, at most four of them behind the point.
std::string cell(double value, long labels, int width) {
  if (labels == 0) return fmt::format("{:>{}}", "–", width);
  if (std::abs(value) >= 1e6) return fmt::format("{:>{}.2e}", value, width);
  const int digits = std::abs(value) >= 99.95 ? 1 : std::abs(value) >= 0.0995 ? 2 : 4;
  return fmt::format("{:>{}.{}f}", value, width, digits);
}

std::string cells(const Errors& e) {
  return " │" + cell(e.rmse, e.labels, 9) + cell(e.mae, e.labels, 9) + cell(e.max, e.labels, 9);
}

std::string line(const std::string& name, const ErrorRow& row, int width) {
  return fmt::format("{:<{}}{:>8}", name, width, row.frames) + cells(row.energy_per_atom) + cells(row.energy) +
         cells(row.forces) + cells(row.stress) + "\n";
}

int name_width(const ErrorTable& table) {
  std::size_t width = 12;
  for (const SetErrors& set : table.sets) {
    width = std::max(width, set.name.size());
    for (const ErrorRow& row : set.by_config_type) width = std::max(width, row.group.size() + 2);
  }
  return int(std::min<std::size_t>(width, 40));
}

json to_json(const Errors& e) {
  // Without labels there is no error; a zero would be taken for perfection.
  if (e.labels == 0) return {{"labels", 0}, {"rmse", nullptr}, {"mae", nullptr}, {"max", nullptr}, {"bias", nullptr}};
  return {{"labels", e.labels}, {"rmse", e.rmse}, {"mae", e.mae}, {"max", e.max}, {"bias", e.bias}};
}

json to_json(const ErrorRow& row) {
  return {{"group", row.group},
          {"frames", row.frames},
          {"energy_meV_per_atom", to_json(row.energy_per_atom)},
          {"energy_meV", to_json(row.energy)},
          {"forces_meV_per_A", to_json(row.forces)},
          {"stress_meV_per_A3", to_json(row.stress)}};
}

json to_json(const Scatter& s) {
  return {{"reference", s.reference}, {"prediction", s.prediction}, {"crowd", s.crowd}, {"total", s.total}};
}

json to_json(const ErrorHistogram& h) { return {{"range", h.range}, {"count", h.count}, {"outside", h.outside}}; }

json to_json(const SetErrors& set) {
  json out = {{"name", set.name},
              {"all", to_json(set.all)},
              {"by_config_type", json::array()},
              {"by_element", json::array()},
              {"energy_points_eV_per_atom", to_json(set.energy_points)},
              {"force_points_eV_per_A", to_json(set.force_points)},
              {"stress_points_eV_per_A3", to_json(set.stress_points)},
              {"energy_errors_meV_per_atom", to_json(set.energy_errors)},
              {"force_errors_meV_per_A", to_json(set.force_errors)},
              {"stress_errors_meV_per_A3", to_json(set.stress_errors)},
              {"worst_forces_meV_per_A", json::array()}};
  for (const ErrorRow& row : set.by_config_type) out["by_config_type"].push_back(to_json(row));
  for (const ErrorRow& row : set.by_element) out["by_element"].push_back(to_json(row));
  for (const WorstForce& w : set.worst)
    out["worst_forces_meV_per_A"].push_back({{"source", w.source},
                                             {"element", w.element},
                                             {"atom", w.atom},
                                             {"reference", w.reference},
                                             {"error", w.error}});
  // Only where there is one: files of potentials without uncertainty, and old files, have no such key.
  if (const auto& u = set.least_sure)
    out["largest_uncertainty_meV_per_A"] = {
        {"value", u->value}, {"source", u->source}, {"element", u->element}, {"atom", u->atom}};
  return out;
}

Errors errors_from(const json& j) {
  if (j.at("labels") == 0) return {};
  return {j.at("labels"), j.at("rmse"), j.at("mae"), j.at("max"), j.at("bias")};
}

ErrorRow row_from(const json& j) {
  return {j.at("group"),
          j.at("frames"),
          errors_from(j.at("energy_meV_per_atom")),
          errors_from(j.at("energy_meV")),
          errors_from(j.at("forces_meV_per_A")),
          errors_from(j.at("stress_meV_per_A3"))};
}

Scatter scatter_from(const json& j) {
  Scatter s{j.at("reference"), j.at("prediction"), j.at("crowd"), j.at("total")};
  if (s.reference.size() != s.prediction.size() || s.reference.size() != s.crowd.size())
    throw InputError("error table: a scatter whose reference, prediction and crowd differ in length");
  return s;
}

ErrorHistogram histogram_from(const json& j) { return {j.at("range"), j.at("count"), j.at("outside")}; }

SetErrors set_from(const json& j) {
  SetErrors set;
  set.name = j.at("name");
  set.all = row_from(j.at("all"));
  for (const json& row : j.at("by_config_type")) set.by_config_type.push_back(row_from(row));
  for (const json& row : j.at("by_element")) set.by_element.push_back(row_from(row));
  set.energy_points = scatter_from(j.at("energy_points_eV_per_atom"));
  set.force_points = scatter_from(j.at("force_points_eV_per_A"));
  if (j.contains("stress_points_eV_per_A3")) {  // not in the first files of this version
    set.stress_points = scatter_from(j.at("stress_points_eV_per_A3"));
    set.stress_errors = histogram_from(j.at("stress_errors_meV_per_A3"));
  }
  set.energy_errors = histogram_from(j.at("energy_errors_meV_per_atom"));
  set.force_errors = histogram_from(j.at("force_errors_meV_per_A"));
  for (const json& w : j.at("worst_forces_meV_per_A"))
    set.worst.push_back({w.at("source"), w.at("element"), w.at("atom"), w.at("reference"), w.at("error")});
  if (j.contains("largest_uncertainty_meV_per_A")) {
    const json& u = j.at("largest_uncertainty_meV_per_A");
    set.least_sure = {u.at("source"), u.at("element"), u.at("atom"), u.at("value")};
  }
  return set;
}

}  // namespace

std::string text(const LargestUncertainty& u) {
  return fmt::format("{:.1f} meV/Å on atom {} ({}) of {}", u.value, u.atom, u.element, u.source);
}

std::string text(const ErrorTable& table) {
  const int width = name_width(table);
  const auto over = [](const char* title) { return fmt::format(" │{:^27}", title); };
  std::string out = fmt::format("{:<{}}{:>8}", "errors", width, "") + over("energy [meV/atom]") +
                    over("energy [meV/structure]") + over("force component [meV/Å]") + over("stress [meV/Å³]") + "\n" +
                    fmt::format("{:<{}}{:>8}", "set", width, "frames");
  const std::string columns = fmt::format(" │{:>9}{:>9}{:>9}", "RMSE", "MAE", "max");
  for (int k = 0; k < 4; ++k) out += columns;
  out += "\n";
  for (const SetErrors& set : table.sets) {
    out += line(set.name, set.all, width);
    if (set.by_config_type.size() > 1)
      for (const ErrorRow& row : set.by_config_type) out += line("  " + row.group, row, width);
    if (set.by_element.size() > 1)
      for (const ErrorRow& row : set.by_element) out += line("  " + row.group, row, width);
  }
  for (const SetErrors& set : table.sets)
    if (set.least_sure) out += fmt::format("largest uncertainty, {}: {}\n", set.name, text(*set.least_sure));
  return out;
}

nlohmann::json to_json(const ErrorTable& table) {
  json sets = json::array();
  for (const SetErrors& set : table.sets) sets.push_back(to_json(set));
  return {{"sets", sets}};
}

ErrorTable error_table_from_json(const nlohmann::json& j) {
  try {
    ErrorTable table;
    for (const json& set : j.at("sets")) table.sets.push_back(set_from(set));
    return table;
  } catch (const nlohmann::json::exception& problem) {
    throw InputError(std::string("error table: not readable as JSON of this program: ") + problem.what());
  }
}

}  // namespace orogen
