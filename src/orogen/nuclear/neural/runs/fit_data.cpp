#include "orogen/nuclear/neural/runs/fit_data.hpp"

#include <fmt/format.h>

#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"

namespace orogen::nuclear {
namespace {

constexpr std::uint64_t fold_seed = 7;  // fixed: folds of two runs are the same experiments
constexpr double least_spread = 0.005;  // degrees

int fold_of(const Experiment& e, int folds) {
  return int(Random(fold_seed, std::uint64_t(e.id)).below(std::uint64_t(folds)));
}

}  // namespace

FitData read_fit_data(const std::vector<std::string>& files, double least, double most, double kept_apart,
                      std::uint64_t seed) {
  std::vector<ScatteringData> all{select(read_scattering(files, Pair::np), least, most)};
  if (all[0].of_other_pairs > 0) all.push_back(select(read_scattering(files, Pair::pp), least, most));
  FitData out;
  for (const ScatteringData& data : all) {
    auto parts = split_by_experiment(data, kept_apart, seed);
    out.train.push_back(std::move(parts.first)), out.apart.push_back(std::move(parts.second));
  }
  return out;
}

FitData fold(const FitData& whole, int k, int folds) {
  if (folds < 2) throw InputError(fmt::format("folds = {}; expected 0 (none) or at least 2", folds));
  FitData out;
  for (const ScatteringData& data : whole.train) {
    ScatteringData& train = out.train.emplace_back(data);
    ScatteringData& apart = out.apart.emplace_back(data);
    std::erase_if(train.experiments, [&](const Experiment& e) { return fold_of(e, folds) == k; });
    std::erase_if(apart.experiments, [&](const Experiment& e) { return fold_of(e, folds) != k; });
    if (train.size() == 0 || apart.size() == 0)
      throw InputError(
          fmt::format("folds = {}: fold {} has {} of the {} data of {}; expected some in and some outside "
                      "every fold: fewer folds, or more data",
                      folds, k + 1, apart.size(), data.size(), name(data.pair)));
  }
  return out;
}

std::vector<TargetPhase> known_phases(const std::string& file, bool strict, bool with_pp) {
  if (file.empty()) return {};
  const auto from_pp = [](const TargetPhase& p) { return p.block.isospin() == 1 && p.block != block_of({0, 0, 0}); };
  std::vector<TargetPhase> known = read_phase_spread(file, least_spread);
  std::erase_if(known, [&](const TargetPhase& p) { return from_pp(p) ? with_pp : strict; });
  for (TargetPhase& p : known) p.error *= 0.5;
  return known;
}

}  // namespace orogen::nuclear
