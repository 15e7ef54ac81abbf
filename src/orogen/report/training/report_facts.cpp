// Census, self-test, timings, free text and provenance in the report.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "orogen/report/page/markup.hpp"
#include "orogen/report/training/report_parts.hpp"

namespace orogen::report {
namespace {

using markup::escape;
using nlohmann::json;

bool is_scalar(const json& j) { return !j.is_object() && !(j.is_array() && !j.empty() && j[0].is_structured()); }

/// One value of any JSON as plain text.
std::string scalar_text(const json& j) {
  if (j.is_string()) return j.get<std::string>();
  if (j.is_boolean()) return j.get<bool>() ? "yes" : "no";
  if (j.is_number_integer()) return markup::count(j.get<double>());
  if (j.is_number()) return markup::number(j.get<double>(), 4);
  if (j.is_null()) return "–";
  std::string out;
  if (j.is_array())
    for (const json& item : j) out += fmt::format("{}{}", out.empty() ? "" : ", ", scalar_text(item));
  else
    for (const auto& [key, value] : j.items())
      out += fmt::format("{}{} {}", out.empty() ? "" : ", ", key, scalar_text(value));
  return out.empty() ? "–" : out;
}

/// A key for people: "nearest_distance_A" becomes "nearest distance [Å]".
std::string words(std::string key) {
  static const std::pair<const char*, const char*> units[] = {{"_meV_per_atom", "meV/atom"},
                                                              {"_eV_per_atom", "eV/atom"},
                                                              {"_meV_per_A3", "meV/Å³"},
                                                              {"_eV_per_A3", "eV/Å³"},
                                                              {"_meV_per_A", "meV/Å"},
                                                              {"_eV_per_A", "eV/Å"},
                                                              {"_percent", "%"},
                                                              {"_meV", "meV"},
                                                              {"_eV", "eV"},
                                                              {"_A3", "Å³"},
                                                              {"_A", "Å"},
                                                              {"_K", "K"},
                                                              {"_GPa", "GPa"},
                                                              {"_fs", "fs"},
                                                              {"_ps", "ps"},
                                                              {"_s", "s"}};
  std::string unit;
  for (const auto& [suffix, name] : units)
    if (unit.empty() && key.size() > std::string(suffix).size() && key.ends_with(suffix)) {
      key.erase(key.size() - std::string(suffix).size());
      unit = fmt::format(" [{}]", name);
    }
  std::replace(key.begin(), key.end(), '_', ' ');
  return key + unit;
}

/// JSON sorts its keys by letters; statistics read better from small to large, and names before numbers.
void order_columns(std::vector<std::string>& keys, const json& rows) {
  const auto rank = [&](const std::string& key) {
    const auto is_name = [&](const json& row) { return row.contains(key) && row[key].is_string(); };
    if (std::all_of(rows.begin(), rows.end(), is_name)) return -1;
    int place = 1;
    for (const char* statistic : {"min", "mean", "rms", "std", "max"}) {
      if (key.starts_with(statistic)) return place;
      ++place;
    }
    return 0;
  };
  std::stable_sort(keys.begin(), keys.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
}

/// A table of an array of objects; the columns are all keys, names before numbers.
std::string rows_table(const json& rows) {
  std::vector<std::string> keys, head;
  for (const json& row : rows)
    for (const auto& [key, value] : row.items())
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  order_columns(keys, rows);
  for (const std::string& key : keys) head.push_back(escape(words(key)));
  std::vector<std::vector<std::string>> cells;
  for (const json& row : rows) {
    auto& line = cells.emplace_back();
    for (const std::string& key : keys)
      line.push_back(row.is_object() && row.contains(key) ? escape(scalar_text(row[key])) : "");
  }
  return html_table(head, cells);
}

/// An object whose members are all objects of scalars reads best as a table with a row per member.
bool is_table_of_members(const json& j) {
  return j.is_object() && j.size() > 1 && std::all_of(j.begin(), j.end(), [](const json& member) {
           return member.is_object() && !member.empty() && std::all_of(member.begin(), member.end(), is_scalar);
         });
}

std::string members_table(const json& j) {
  std::vector<std::string> keys, head{""};
  for (const json& member : j)
    for (const auto& [key, value] : member.items())
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  order_columns(keys, j);
  for (const std::string& key : keys) head.push_back(escape(words(key)));
  std::vector<std::vector<std::string>> cells;
  for (const auto& [name, member] : j.items()) {
    auto& line = cells.emplace_back();
    line.push_back(escape(words(name)));
    for (const std::string& key : keys) line.push_back(member.contains(key) ? escape(scalar_text(member[key])) : "");
  }
  return html_table(head, cells);
}

/// Any JSON as tables: scalars as pairs, arrays of objects as rows, the rest one level deeper under its own heading.
std::string tables(const json& j) {
  if (j.is_null() || j.empty()) return "";
  if (j.is_array() && j[0].is_object()) return rows_table(j);
  if (is_table_of_members(j)) return members_table(j);
  if (!j.is_object()) return paragraphs(scalar_text(j));
  TextPairs pairs;
  std::string deeper;
  for (const auto& [key, value] : j.items()) {
    if (is_scalar(value))
      pairs.emplace_back(words(key), scalar_text(value));
    else if (const std::string body = tables(value); !body.empty())
      deeper += fmt::format("<h3>{}</h3>\n{}", escape(words(key)), body);
  }
  return pair_table(pairs) + deeper;
}

std::string preformatted(const std::string& text) {
  return text.empty() ? "" : fmt::format("<pre>{}</pre>\n", escape(text));
}

}  // namespace

std::string census_section(const ReportData& data) {
  return section("Data",
                 tables(data.census.empty() ? json() : json::parse(data.census)) + preformatted(data.census_text));
}

std::string selftest_section(const ReportData& data) {
  if (data.selftest.empty()) return "";
  std::vector<std::vector<std::string>> rows;
  for (const SelftestResult& r : data.selftest)
    rows.push_back({escape(r.name), markup::number(r.value, 2), markup::number(r.limit, 2), escape(r.unit),
                    r.passed ? "<span class=\"ok\">✓ passed</span>" : "<span class=\"fail\">✗ failed</span>"});
  return section("Self-test", html_table({"check", "value", "limit", "unit", "result"}, rows));
}

std::string timing_section(const ReportData& data) { return section("Timings", pair_table(data.timings)); }

std::string text_sections(const ReportData& data) {
  std::string out;
  for (const TextSection& s : data.sections) out += section(s.title, paragraphs(s.text));
  return out;
}

std::string provenance_section(const ReportData& data) {
  std::string body = pair_table(data.provenance);
  if (!data.data_files.empty()) {
    body += "<h3>Data files (SHA-256)</h3>\n<ul class=\"files\">\n";
    for (const DataFile& file : data.data_files)
      body += fmt::format("<li>{}<code>{}</code></li>\n", escape(file.path), escape(file.sha256));
    body += "</ul>\n";
  }
  if (!data.input_toml.empty()) body += fmt::format("<h3>Input</h3>\n{}", preformatted(data.input_toml));
  if (body.empty()) return "";
  return section("Provenance", fmt::format("<details><summary>How this was made</summary>\n{}</details>\n", body));
}

}  // namespace orogen::report
