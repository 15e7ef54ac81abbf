// Scattering data of a fit: what is learned from, and what is kept apart from it.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "orogen/nuclear/observables/data/phase_spread.hpp"
#include "orogen/nuclear/observables/data/scattering_data.hpp"

namespace orogen::nuclear {

/// Data of np, and perhaps of pp: what is learned from, and whole experiments kept apart.
struct FitData {
  std::vector<ScatteringData> train, apart;
  bool with_pp() const { return train.size() > 1; }
};
/// np, and pp where the files have any, between two energies [MeV]. Throws InputError.
FitData read_fit_data(const std::vector<std::string>& files, double least, double most, double kept_apart,
                      std::uint64_t seed);

/// All data of `whole.train` without the `k`-th of so many folds, which is kept apart, k = 0, 1, …: every experiment is
/// in one fold, the same at every call. Throws InputError for fewer than two folds and for a fold without data of some
/// pair.
FitData fold(const FitData& whole, int k, int folds);

/// Phases of analyses with half their spread, a factor chosen by leaving out experiments in turn; none without a file.
/// Isospin 1 beyond 1S0 is what proton–proton data determine: it is left out where such data are fitted, and where they
/// are not, `strict` leaves nothing else.
std::vector<TargetPhase> known_phases(const std::string& file, bool strict, bool with_pp);

}  // namespace orogen::nuclear
