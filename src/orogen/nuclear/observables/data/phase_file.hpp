// Tables of phases in files: T_lab_MeV, then one column per phase ("3S1_deg", "E1_deg", …) and, if known, its error
// ("3S1_err_deg").
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "orogen/nuclear/kinematics/constants.hpp"
#include "orogen/nuclear/phases/phases.hpp"

namespace orogen::nuclear {

/// A table as a file has it: cells may be blank, waves may lack. Index of δ[0], ε, δ[1] (c = 0, 1, 2) of a block at an
/// energy: 3 (e · blocks + b) + c.
struct PhaseFile {
  PhaseTable phases;                 ///< radians; 0 where missing
  std::vector<char> present;         ///< is there a number?
  std::vector<double> error;         ///< radians; 0 where none is given
  std::vector<char> has_error = {};  ///< is there one? 0 may be given
  std::size_t index(std::size_t e, std::size_t b, int c) const {
    return 3 * (e * phases.blocks.size() + b) + std::size_t(c);
  }
};

/// Lines that begin with '#' are comments; blank cells are missing values. Throws InputError with file:line for unknown
/// columns (with the nearest name), other units, energies that do not ascend, numbers that are none, a phase that
/// changes its branch, and a first line "# pp phases" of another pair.
PhaseFile parse_phases(std::string_view text, const std::string& source, Pair = Pair::np);
PhaseFile read_phases(const std::filesystem::path&, Pair = Pair::np);
/// The same format in degrees, five decimals unless `decimals` says otherwise; every phase of every block has a column.
std::string phases_text(const PhaseTable&, int decimals = 5);
void write_phases(const std::filesystem::path&, const PhaseTable&, int decimals = 5);
/// The same with blank cells where nothing is known, and a column of errors beside every phase that has any.
std::string phases_text(const PhaseFile&, int decimals = 5);
void write_phases(const std::filesystem::path&, const PhaseFile&, int decimals = 5);

/// The rows at these energies only. Throws InputError for an energy that is not in the file.
PhaseFile at_energies(const PhaseFile&, std::span<const double> T_lab);
/// A table without gaps: blank cells interpolated from the wave's other energies, waves of J ≥ 5 that lack altogether
/// by one-pion exchange. Throws InputError naming a wave of lower J that lacks, or a gap at the end of the table.
PhaseTable complete(const PhaseFile&, const Constants&);

}  // namespace orogen::nuclear
