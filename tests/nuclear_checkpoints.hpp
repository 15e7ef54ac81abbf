// Tables of numbers of an independent implementation, where the shared folder is present; tests that want them skip otherwise.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace orogen::nuclear {

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
