// Measured scattering of two nucleons, experiment by experiment.
#pragma once
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orogen/nuclear/channels.hpp"
#include "orogen/nuclear/observables/observable.hpp"

namespace orogen::nuclear {

/// One measured value; unit of the observable.
struct Datum {
  double T_lab = 0;  ///< MeV
  double theta = 0;  ///< centre of mass, radians; 0 for total cross sections
  double value = 0, error = 0;
};

/// What was measured together, with one normalisation.
struct Experiment {
  int id = 0, year = 0;
  std::string reference;
  Observable observable = Observable::sgt;
  double normalisation_error = 0;  ///< relative; 0: absolute data, above 0.25: normalisation unknown
  std::vector<Datum> data;
};

/// A number that needs no angle and no energy: "dbe" (binding energy of the deuteron, MeV) or "asl" (scattering length,
/// fm).
struct ScalarDatum {
  std::string code;
  double value = 0, error = 0;
};

struct ScatteringData {
  Pair pair = Pair::np;
  std::vector<Experiment> experiments;  ///< in the order of the file
  std::vector<ScalarDatum> scalars;
  long rejected = 0;                       ///< rows with rejected = 1
  std::map<std::string, long> not_fitted;  ///< rows of observables that are known but not computed
  long of_other_pairs = 0;                 ///< rows left out because they are
  long size() const;                       ///< data of all experiments
};

/// What is done about rows of another pair.
enum class OtherPairs {
  refused,   ///< they are an error
  left_out,  ///< they are counted and left out
};
/// Columns exp_id, pair, observable, year, reference, sys_err_rel, rejected, T_lab_MeV, theta_cm_deg, value, stat_err;
/// lines that begin with '#' are comments. Throws InputError with file:line of every problem: unknown code (with the
/// nearest), energy ≤ 0, angle outside 0 to 180, negative sys_err_rel, stat_err ≤ 0, another pair, one exp_id with two
/// observables or normalisation errors; at the header: missing, unknown columns, units.
ScatteringData parse_scattering(std::string_view text, const std::string& source, Pair = Pair::np,
                                OtherPairs = OtherPairs::refused);
ScatteringData read_scattering(const std::filesystem::path&, Pair = Pair::np);
/// Those of one pair from files of any; throws InputError where none are.
ScatteringData read_scattering(const std::vector<std::string>& files, Pair);

/// The data with T_lab in [least, most] of the observables named (all of them: an empty list). Scalars stay.
ScatteringData select(const ScatteringData&, double least_T, double most_T, std::span<const Observable> = {});
/// Whole experiments apart: first the rest, second round(fraction · experiments) of them, the same for the same seed.
/// Scalars stay with the first.
std::pair<ScatteringData, ScatteringData> split_by_experiment(const ScatteringData&, double fraction,
                                                              std::uint64_t seed);
/// As many experiments as there are, drawn with replacement: a bootstrap that keeps together what shares a
/// normalisation. Scalars stay.
ScatteringData resampled_by_experiment(const ScatteringData&, std::uint64_t seed);

}  // namespace orogen::nuclear
