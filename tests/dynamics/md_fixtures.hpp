// Shared by the MD tests: runs that remember what they were told, and their thermo files as columns.
#pragma once
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "common/scratch_folder.hpp"
#include "dynamics/statistics.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/dynamics/run/md.hpp"
#include "potential/reference_potentials.hpp"

namespace orogen::reference {

/// Keeps all messages; asks to stop, or dies, at a given step.
class ScriptedProgress : public ProgressSink {
 public:
  std::vector<std::string> messages;
  double stop_at = 1e300;
  mutable long asked = 0;
  void update(std::string_view, double, double, std::string_view) override {}
  void message(Level, std::string_view text) override { messages.emplace_back(text); }
  bool stop_requested() const override { return double(asked++) >= stop_at; }  // asked once per step
  bool told(const std::string& text) const {
    for (const auto& m : messages)
      if (m.find(text) != std::string::npos) return true;
    return false;
  }
};

inline std::map<std::string, std::vector<double>> read_thermo(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::string line, cell;
  std::getline(in, line);
  std::vector<std::string> names;
  for (std::istringstream header(line); std::getline(header, cell, ',');)
    names.push_back(cell.substr(0, cell.find('[')));
  std::map<std::string, std::vector<double>> columns;
  while (std::getline(in, line)) {
    std::istringstream row(line);
    for (std::size_t k = 0; std::getline(row, cell, ','); ++k) columns[names[k]].push_back(std::stod(cell));
  }
  return columns;
}

/// The columns without their first `part`.
inline std::map<std::string, std::vector<double>> settled(std::map<std::string, std::vector<double>> columns,
                                                          double part = 0.2) {
  for (auto& [name, values] : columns)
    values.erase(values.begin(), values.begin() + long(part * double(values.size())));
  return columns;
}

/// Runs and returns the thermo columns.
inline std::map<std::string, std::vector<double>> thermo_of(const Structure& start, Potential& potential,
                                                            MdOptions options) {
  ScratchFolder folder;
  options.thermo = folder / "thermo.csv";
  options.threads = 1;
  SilentProgress silent;
  run_md(start, potential, options, silent);
  return read_thermo(options.thermo);
}

/// |mean − expected| in units of the error bar.
inline double deviation(const MeanError& m, double expected) { return std::abs(m.mean - expected) / m.error; }

}  // namespace orogen::reference
