// ReportData as JSON and back, so that the page can be made again.
#include <fmt/format.h>

#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/report/training/report.hpp"

namespace orogen {
namespace {

using nlohmann::json;

constexpr int format_version = 1;

double real(const json& j) { return j.is_null() ? std::numeric_limits<double>::quiet_NaN() : j.get<double>(); }

std::vector<double> reals(const json& j) {
  std::vector<double> out;
  for (const json& value : j) out.push_back(real(value));
  return out;
}

/// NaN and infinities as null already here, so that a dumped and an undumped report are the same.
json number(double value) { return std::isfinite(value) ? json(value) : json(); }

json numbers(const std::vector<double>& values) {
  json out = json::array();
  for (const double v : values) out.push_back(number(v));
  return out;
}

json to_json(const TextPairs& pairs) {
  json out = json::array();
  for (const auto& [key, value] : pairs) out.push_back({key, value});
  return out;
}

TextPairs pairs_from(const json& j) {
  TextPairs out;
  for (const json& pair : j) out.emplace_back(pair.at(0), pair.at(1));
  return out;
}

json to_json(const LearningCurve& l) {
  return {{"epoch", numbers(l.epoch)},
          {"train_loss", numbers(l.train_loss)},
          {"energy_rmse_meV_per_atom", numbers(l.energy_rmse)},
          {"force_rmse_meV_per_A", numbers(l.force_rmse)},
          {"learning_rate", numbers(l.learning_rate)},
          {"time_s", numbers(l.time)}};
}

LearningCurve learning_from(const json& j) {
  return {reals(j.at("epoch")),
          reals(j.at("train_loss")),
          reals(j.at("energy_rmse_meV_per_atom")),
          reals(j.at("force_rmse_meV_per_A")),
          reals(j.at("learning_rate")),
          reals(j.at("time_s"))};
}

json to_json(const ReportedRun& run) {
  return {{"name", run.name},
          {"atoms", run.atoms},
          {"time_ps", numbers(run.time)},
          {"potential_energy_eV", numbers(run.potential_energy)},
          {"total_energy_eV", numbers(run.total_energy)},
          {"temperature_K", numbers(run.temperature)},
          {"drift_meV_per_atom_100ps", number(run.drift)}};
}

ReportedRun run_from(const json& j) {
  return {j.at("name"),
          j.at("atoms"),
          reals(j.at("time_ps")),
          reals(j.at("potential_energy_eV")),
          reals(j.at("total_energy_eV")),
          reals(j.at("temperature_K")),
          real(j.at("drift_meV_per_atom_100ps"))};
}

json to_json(const Distribution& d) {
  json curves = json::array();
  for (const auto& [name, values] : d.curves) curves.push_back({{"name", name}, {"values", numbers(values)}});
  return {{"title", d.title},     {"quantity", d.quantity},         {"unit", d.unit},
          {"density", d.density}, {"density_unit", d.density_unit}, {"x", numbers(d.x)},
          {"curves", curves}};
}

Distribution distribution_from(const json& j) {
  Distribution d{
      j.at("title"), j.at("quantity"), j.at("unit"), j.at("density"), j.at("density_unit"), reals(j.at("x")), {}};
  for (const json& curve : j.at("curves")) d.curves.emplace_back(curve.at("name"), reals(curve.at("values")));
  return d;
}

json to_json(const MdSection& md) {
  json runs = json::array(), distributions = json::array();
  for (const ReportedRun& run : md.runs) runs.push_back(to_json(run));
  for (const Distribution& d : md.distributions) distributions.push_back(to_json(d));
  return {{"text", md.text}, {"runs", runs}, {"distributions", distributions}};
}

MdSection md_from(const json& j) {
  MdSection md{j.at("text"), {}, {}};
  for (const json& run : j.at("runs")) md.runs.push_back(run_from(run));
  for (const json& d : j.at("distributions")) md.distributions.push_back(distribution_from(d));
  return md;
}

ReportData read(const json& j) {
  ReportData data;
  data.title = j.at("title");
  data.provenance = pairs_from(j.at("provenance"));
  data.input_toml = j.at("input_toml");
  for (const json& file : j.at("data_files")) data.data_files.push_back({file.at("path"), file.at("sha256")});
  if (const json& census = j.at("census"); !census.is_null()) data.census = census.dump();
  data.census_text = j.at("census_text");
  data.learning = learning_from(j.at("learning"));
  data.errors = error_table_from_json(j.at("errors"));
  data.us_per_atom = real(j.at("us_per_atom"));
  data.speed_note = j.at("speed_note");
  data.timings = pairs_from(j.at("timings"));
  for (const json& r : j.at("selftest"))
    data.selftest.push_back({r.at("name"), real(r.at("value")), r.at("unit"), real(r.at("limit")), r.at("passed")});
  if (j.contains("dissociation"))  // not in the first files of this version
    for (const json& c : j.at("dissociation"))
      data.dissociation.push_back({c.at("pair"), c.at("distance"), c.at("energy")});
  if (!j.at("md").is_null()) data.md = md_from(j.at("md"));
  for (const json& s : j.at("sections")) data.sections.push_back({s.at("title"), s.at("text")});
  return data;
}

}  // namespace

nlohmann::json to_json(const ReportData& data) {
  json files = json::array(), selftest = json::array(), sections = json::array(), dissociation = json::array();
  for (const DataFile& file : data.data_files) files.push_back({{"path", file.path}, {"sha256", file.sha256}});
  for (const SelftestResult& r : data.selftest)
    selftest.push_back({{"name", r.name},
                        {"value", number(r.value)},
                        {"unit", r.unit},
                        {"limit", number(r.limit)},
                        {"passed", r.passed}});
  for (const DissociationCurve& c : data.dissociation)
    dissociation.push_back({{"pair", c.pair}, {"distance", c.distance}, {"energy", c.energy}});
  for (const TextSection& s : data.sections) sections.push_back({{"title", s.title}, {"text", s.text}});
  return {{"format", "orogen report"},
          {"version", format_version},
          {"title", data.title},
          {"provenance", to_json(data.provenance)},
          {"input_toml", data.input_toml},
          {"data_files", files},
          {"census", data.census.empty() ? json() : json::parse(data.census)},
          {"census_text", data.census_text},
          {"learning", to_json(data.learning)},
          {"errors", to_json(data.errors)},
          {"us_per_atom", number(data.us_per_atom)},
          {"speed_note", data.speed_note},
          {"timings", to_json(data.timings)},
          {"selftest", selftest},
          {"dissociation", dissociation},
          {"md", data.md ? to_json(*data.md) : json()},
          {"sections", sections}};
}

ReportData report_from_json(const nlohmann::json& j) {
  if (!j.is_object() || !j.contains("format") || j["format"] != "orogen report")
    throw InputError("report: this JSON is not a report; expected an object with \"format\": \"orogen report\"");
  try {
    if (const int version = j.at("version"); version > format_version)
      throw InputError(
          fmt::format("report: written in format version {}, this program reads up to {}; use a newer program", version,
                      format_version));
    return read(j);
  } catch (const json::exception& problem) {
    throw InputError(fmt::format("report: a part is missing or of another type: {}", problem.what()));
  }
}

void write_report(const std::filesystem::path& folder, const ReportData& report) {
  write_atomically(folder / "report.json", to_json(report).dump(1, ' ', false, json::error_handler_t::replace));
  write_atomically(folder / "report.html", report_html(report));
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  char text[16];
  std::tm local{};
  localtime_r(&now, &local);
  std::strftime(text, sizeof text, "%Y-%m-%d", &local);
  return text;
}

}  // namespace orogen
