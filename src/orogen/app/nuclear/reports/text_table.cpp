#include "orogen/app/nuclear/reports/text_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace orogen {
namespace {

std::size_t columns_of(const std::string& text) {
  return std::size_t(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

std::string text_table(const std::vector<std::string>& header, const TextRows& rows) {
  std::vector<std::size_t> width;
  for (const auto& cell : header) width.push_back(columns_of(cell));
  for (const auto& row : rows)
    for (std::size_t k = 0; k < row.size(); ++k) width[k] = std::max(width[k], columns_of(row[k]));
  std::string text;
  const auto add = [&](const std::vector<std::string>& row) {
    for (std::size_t k = 0; k < row.size(); ++k) {
      const std::string space(width[k] - columns_of(row[k]), ' ');
      text += (k ? "  " : "") + (k ? space + row[k] : row[k] + space);
    }
    text += "\n";
  };
  add(header);
  for (const auto& row : rows) add(row);
  return text;
}

std::string csv_text(const std::vector<std::string>& comments, const std::vector<std::string>& header,
                     const TextRows& rows) {
  std::string text;
  for (const auto& line : comments) text += "# " + line + "\n";
  text += fmt::format("{}\n", fmt::join(header, ","));
  for (const auto& row : rows) text += fmt::format("{}\n", fmt::join(row, ","));
  return text;
}

}  // namespace orogen
