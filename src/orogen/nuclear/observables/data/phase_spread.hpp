// How far analyses of the data differ: tables with the columns pair, T_lab_MeV, wave, phase_deg, spread_deg.
#pragma once
#include <filesystem>
#include <vector>

#include "orogen/nuclear/observables/data/phase_file.hpp"

namespace orogen::nuclear {

/// A phase with its error, from an analysis of data.
struct TargetPhase {
  double T_lab = 0;  ///< MeV
  Block block;
  int part = 0;                 ///< 0: δ of the first wave, 1: ε, 2: δ of the second
  double value = 0, error = 1;  ///< radians
};

/// All phases of a file with the error √(floor² + (relative · phase)²), floor in degrees.
std::vector<TargetPhase> with_errors(const PhaseFile&, double floor_degrees, double relative);
/// The rows of one pair: the spread is the error, but at least floor. Throws InputError with file:line.
std::vector<TargetPhase> read_phase_spread(const std::filesystem::path&, double floor_degrees, Pair = Pair::np);
/// Sets the errors of `file` to the spread of its pair, interpolated between energies; outside them they stay. The
/// column phase_deg may be missing. Throws InputError with file:line.
void read_spread(const std::filesystem::path&, PhaseFile& file);

}  // namespace orogen::nuclear
