// Phases of the two-nucleon problem with the errors that a chiral force meets, and its models of them: shared by the
// parts of the grey-box bench.
#pragma once
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "orogen/nuclear/inference/contacts/contact_phases.hpp"

namespace orogen::nuclear::grey_box {

inline constexpr double cutoff = 500, breakdown = 600, natural = 5;
inline constexpr int folds = 3;
inline constexpr MomentumMesh mesh{48, 700};

/// One JSON line.
void print(const nlohmann::json& line);
const char* order_name(int order);
/// The last power kept: there is no order 1, so that after LO two powers are known.
inline int kept(int order) { return order == 0 ? 1 : order; }

/// Phases with errors, what they are called, and the part that each is in.
struct Phases {
  std::vector<PhasePoint> points;
  std::vector<PhaseDatum> data;
  std::vector<std::string> names;
  std::vector<int> part;

  Phases where(const std::function<bool(std::size_t)>& wanted) const;
};

/// A phase of 1 rad with its behaviour at threshold, (q/√(q² + mπ²))^(L + L' + 1). S waves have a bound or nearly bound
/// state and large phases from the start: 1 rad.
double threshold_size(const PhasePoint&, double q);
/// Twelve phases of J ≤ 2, 1 to 300 MeV (Navarro Perez, Amaro, Ruiz Arriola 2013); the larger of the statistical error
/// and the spread of analyses.
/// Part: (energy + wave) modulo 3.
Phases read(const std::filesystem::path& folder);

/// The constants that act in a block.
std::vector<std::string> constants_of(int contact_order, const Block&);
/// Pions of `order`, contacts of `contact_order`, EMN(500); contacts beyond the published ones start at zero.
ContactPhases model_of(int order, int contact_order, const std::vector<PhasePoint>&,
                       const std::vector<std::string>& free);
/// The published constants in natural units, zero where there are none.
std::vector<double> published(int order, const std::vector<std::string>& free);
/// Phases [rad] at constants in natural units.
Eigen::VectorXd values(const PhaseModel&, const Eigen::VectorXd& a, const std::vector<double>& unit);
/// N(0, size²) of n constants.
GaussianPrior prior_of(std::size_t n, double size);

/// Rows of the tables; `folder` as for read.
void measure_coverage(const std::filesystem::path& folder);
void measure_network(const std::filesystem::path& folder);

}  // namespace orogen::nuclear::grey_box
