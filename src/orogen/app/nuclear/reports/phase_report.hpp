// Phases beside a table that they are to be judged by: deviations, and the page that shows both.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "orogen/nuclear/observables/data/phase_file.hpp"

namespace orogen {

/// A table with a name. Its errors are the half widths of bands.
struct NamedPhases {
  std::string name;
  nuclear::PhaseFile file;
};

/// A table of phases to compare with, its errors those of the file `spread` where one is given; nothing without
/// `reference`. Throws InputError.
std::optional<NamedPhases> read_reference(const std::string& reference, const std::string& spread, nuclear::Pair);

/// Deviations of one phase at the energies that both tables have.
struct PhaseDeviation {
  std::string name;
  std::vector<double> T_lab, deviation, spread;  ///< MeV, degrees, degrees (0: unknown)
  double rms = 0, largest = 0, at = 0;           ///< degrees; the largest by size, and where [MeV]
};
/// Phases of `table` minus those of `reference`, phase by phase in the order of the table; those without a common
/// energy are left out.
std::vector<PhaseDeviation> deviations(const nuclear::PhaseFile& table, const nuclear::PhaseFile& reference);

/// Rows phase, energies, RMS, largest, where, for the terminal; and the same as JSON.
std::string deviation_text(const std::vector<PhaseDeviation>&);
nlohmann::json deviations_json(const std::vector<PhaseDeviation>&);

/// The page; the first table is drawn as a line, further ones dashed, the reference as points with its band.
std::string phase_page(const std::string& title, const std::vector<NamedPhases>& tables,
                       const std::optional<NamedPhases>& reference, const std::string& input_toml);

}  // namespace orogen
