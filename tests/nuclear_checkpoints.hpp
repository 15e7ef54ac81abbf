// Rows of the tables of checkpoints, where they are: OROGEN_SHARED, or shared/ beside the checkout.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
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

}  // namespace orogen::nuclear
