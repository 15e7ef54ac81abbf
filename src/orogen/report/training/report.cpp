// The page of a report: headline, order of the parts.
#include "orogen/report/training/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "orogen/report/page/markup.hpp"
#include "orogen/report/training/report_parts.hpp"

namespace orogen {
namespace report {
namespace {

using markup::escape;
using markup::number;

struct Tile {
  std::string name, value, unit, note;
  const char* mood = "";  // CSS class: "", "good" or "bad"
};

std::string html(const Tile& t) {
  return fmt::format(
      "<div class=\"tile {}\"><div class=\"name\">{}</div><div class=\"value\">{}<span class=\"unit\"> {}</span></div>"
      "<div class=\"remark\">{}</div></div>\n",
      t.mood, escape(t.name), escape(t.value), escape(t.unit), escape(t.note));
}

void add_error_tiles(const SetErrors& set, std::vector<Tile>& tiles) {
  const std::string on =
      fmt::format("{}, {} frame{}", set.name, markup::count(double(set.all.frames)), set.all.frames == 1 ? "" : "s");
  if (const Errors& e = set.all.forces; e.labels > 0)
    tiles.push_back({"Force RMSE", number(e.rmse), "meV/Å", fmt::format("{} · MAE {}", on, number(e.mae))});
  if (const Errors& e = set.all.energy_per_atom; e.labels > 0)
    tiles.push_back(
        {"Energy RMSE", number(e.rmse), "meV/atom",
         fmt::format("{} meV per structure · MAE {} meV/atom", number(set.all.energy.rmse), number(e.mae))});
  if (const Errors& e = set.all.stress; e.labels > 0)
    tiles.push_back({"Stress RMSE", number(e.rmse), "meV/Å³", fmt::format("{} GPa", number(e.rmse * 0.1602176634))});
}

Tile selftest_tile(const std::vector<SelftestResult>& results) {
  const auto passed = std::count_if(results.begin(), results.end(), [](const auto& r) { return r.passed; });
  Tile tile{"Self-test", fmt::format("{}/{}", passed, results.size()), "passed", "all checks within their limits",
            "good"};
  if (passed == std::ptrdiff_t(results.size())) return tile;
  tile.mood = "bad";
  tile.note = "failed:";
  for (const SelftestResult& r : results)
    if (!r.passed) tile.note += fmt::format(" {};", r.name);
  tile.note.pop_back();
  return tile;
}

std::string duration(double seconds) {
  const auto whole = long(std::lround(seconds));
  if (whole < 60) return fmt::format("{} s", number(seconds, 2));
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace

const SetErrors* judged_set(const ErrorTable& errors) {
  const auto first = [&](const auto& wanted) -> const SetErrors* {
    const auto found = std::find_if(errors.sets.begin(), errors.sets.end(), wanted);
    return found == errors.sets.end() ? nullptr : &*found;
  };
  if (const auto* test = first([](const SetErrors& s) { return s.name.starts_with("test"); })) return test;
  if (const auto* other = first([](const SetErrors& s) { return !s.name.starts_with("train"); })) return other;
  return errors.sets.empty() ? nullptr : &errors.sets.front();
}

std::string headline(const ReportData& data) {
  std::vector<Tile> tiles;
  if (const SetErrors* set = judged_set(data.errors)) add_error_tiles(*set, tiles);
  if (std::isfinite(data.us_per_atom))
    tiles.push_back({"Speed", number(data.us_per_atom, 2), "µs/atom", data.speed_note});
  if (!data.selftest.empty()) tiles.push_back(selftest_tile(data.selftest));
  if (!data.learning.time.empty() && std::isfinite(data.learning.time.back()))
    tiles.push_back({"Training", duration(data.learning.time.back()), "",
                     fmt::format("{} epochs", markup::count(double(data.learning.time.size())))});
  if (tiles.empty()) return "";
  std::string out = "<div class=\"tiles\">\n";
  for (const Tile& tile : tiles) out += html(tile);
  return out + "</div>\n";
}

namespace {

std::string find_pair(const TextPairs& pairs, const std::string& word) {
  for (const auto& [key, value] : pairs)
    if (key.find(word) != std::string::npos) return value;
  return "";
}

/// Program version and date under the title, joined by dots.
std::string lead(const ReportData& data) {
  std::string out;
  for (const char* word : {"version", "date", "level of theory"})
    if (const std::string value = find_pair(data.provenance, word); !value.empty())
      out += fmt::format("{}{}", out.empty() ? "" : " · ", escape(value));
  return out.empty() ? "" : fmt::format("<p class=\"lead\">{}</p>\n", out);
}

}  // namespace

}  // namespace report

std::string report_html(const ReportData& data) {
  using namespace report;
  return page(data.title.empty() ? "Report" : data.title, lead(data) + headline(data),
              error_section(data) + learning_section(data) + md_section(data) + text_sections(data) +
                  selftest_section(data) + dissociation_section(data) + timing_section(data) + census_section(data) +
                  provenance_section(data),
              "Errors: RMSE root mean square, MAE mean absolute, max largest; forces and stress by component. "
              "Stress is −virial/volume. Units: 1 meV/Å³ = 0.160 GPa.");
}

}  // namespace orogen
