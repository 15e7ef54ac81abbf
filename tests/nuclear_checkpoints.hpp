// Rows of the tables of checkpoints, where they are: OROGEN_SHARED, or shared/ beside the checkout.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace orogen::nuclear {

inline std::filesystem::path shared_folder() {
  if (const char* given = std::getenv("OROGEN_SHARED")) return given;
  return std::filesystem::path(OROGEN_TEST_DIR).parent_path().parent_path() / "shared";
}

using Row = std::map<std::string, std::string>;

inline std::vector<Row> checkpoint(const std::string& name) {
  std::ifstream file(shared_folder() / "data" / "nuclear" / "checkpoints" / name);
  std::vector<Row> rows;
  std::vector<std::string> titles;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> cells;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
    if (titles.empty()) {
      titles = cells;
      continue;
    }
    Row row;
    for (std::size_t c = 0; c < titles.size(); ++c) row[titles[c]] = c < cells.size() ? cells[c] : "";
    rows.push_back(row);
  }
  return rows;
}

/// Rows of a file of data/nuclear/checkpoints without comments and header; empty where the file is missing.
inline std::vector<std::vector<std::string>> read_checkpoints(const std::string& file) {
  const char* given = std::getenv("OROGEN_SHARED");
  const auto folder = given ? std::filesystem::path(given) : std::filesystem::path(OROGEN_TEST_DIR) / "../../shared";
  std::ifstream in(folder / "data/nuclear/checkpoints" / file);
  std::vector<std::vector<std::string>> rows;
  bool header = true;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (std::exchange(header, false)) continue;
    std::stringstream cells(line);
    auto& row = rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) row.push_back(cell);
  }
  return rows;
}

inline double number(const std::string& cell) { return std::stod(cell); }

}  // namespace orogen::nuclear
