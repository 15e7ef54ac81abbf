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

/// Cells of the rows of a file of data/nuclear/checkpoints, header first; empty where the file is missing.
inline std::vector<std::vector<std::string>> checkpoint_cells(const std::string& name) {
  std::ifstream file(shared_folder() / "data" / "nuclear" / "checkpoints" / name);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream in(line);
    auto& row = rows.emplace_back();
    for (std::string cell; std::getline(in, cell, ',');) row.push_back(cell);
  }
  return rows;
}

/// The same without the header.
inline std::vector<std::vector<std::string>> read_checkpoints(const std::string& name) {
  auto rows = checkpoint_cells(name);
  if (!rows.empty()) rows.erase(rows.begin());
  return rows;
}

inline double number(const std::string& cell) { return std::stod(cell); }

using Row = std::map<std::string, std::string>;

/// The rows by the titles of their columns.
inline std::vector<Row> checkpoint(const std::string& name) {
  const auto cells = checkpoint_cells(name);
  std::vector<Row> rows;
  for (std::size_t k = 1; k < cells.size(); ++k)
    for (std::size_t c = 0; c < cells[0].size(); ++c) {
      if (c == 0) rows.emplace_back();
      rows.back()[cells[0][c]] = c < cells[k].size() ? cells[k][c] : "";
    }
  return rows;
}

}  // namespace orogen::nuclear
