// Phases with errors that low-energy constants are inferred from, some of them kept apart.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "orogen/nuclear/inference/contacts/contact_phases.hpp"
#include "orogen/nuclear/observables/data/phase_file.hpp"

namespace orogen::nuclear {

struct LecDataOptions {
  std::string file, spread;          ///< table of phases; widths that stand in where they are larger than its errors
  std::vector<std::string> waves;    ///< "1S0", "E1", …
  double least_T = 1, most_T = 100;  ///< MeV
  double least_error = 1e-4;         ///< degrees
  double kept_apart = 0.2;           ///< fraction
  std::uint64_t seed = 1;            ///< of the choice
};

/// Points and data in the same order.
struct LecData {
  std::vector<PhasePoint> points;
  std::vector<PhaseDatum> data;
  void add(const PhasePoint& p, const PhaseDatum& d) { points.push_back(p), data.push_back(d); }
};

struct SplitLecData {
  LecData known, apart;
};

/// Throws InputError for waves that are not in the table, a table without errors, or fewer than two data.
SplitLecData read_lec_data(const LecDataOptions&, Pair, const Constants&);

}  // namespace orogen::nuclear
