#include "orogen/dynamics/run/md_guards.hpp"

#include <fmt/format.h>

#include <cmath>

#include "orogen/system/elements.hpp"

namespace orogen {
namespace {

Vec3 middle(const Structure& s) {
  Vec3 sum = Vec3::Zero();
  for (const auto& r : s.positions) sum += r;
  return sum / double(s.size());
}

std::string name(const MdState& s, long atom) {
  return fmt::format("atom {} ({})", atom, symbol(s.structure.species[atom]));
}

}  // namespace

Guards::Guards(const MdOptions& options, const Structure& start, double dt) : options_(options), dt_(dt) {
  const double highest = std::max(options.temperature, options.ramp_to);
  max_temperature_ = options.max_temperature > 0 ? options.max_temperature : 20 * highest + 2000;
  if (start.cell.any_periodic() || start.size() == 0) return;
  const Vec3 centre = middle(start);
  for (const auto& r : start.positions) extent_ = std::max(extent_, (r - centre).norm());
  extent_ += options.lost_distance;
}

GuardReport Guards::check(const MdState& state, double temperature, AtomLoops& loops) const {
  GuardReport report = check_forces(state, loops);
  auto& found = report.finding;
  if (!found) found = check_velocities(state, temperature, loops);
  if (!found && options_.max_uncertainty > 0) found = check_uncertainty(state, loops);
  if (!found && extent_ > 0) found = check_distances(state, loops);
  return report;
}

GuardReport Guards::check_forces(const MdState& s, AtomLoops& loops) const {
  const auto force = loops.largest([&](long i) { return s.evaluation.forces[i].squaredNorm(); });
  GuardReport report{std::sqrt(force.value), {}};
  if (!std::isfinite(report.max_force) || !std::isfinite(s.evaluation.energy))
    report.finding =
        MdFinding{"finite", int(force.atom),
                  fmt::format("the force on {} or the energy is not a finite number", name(s, force.atom))};
  else if (report.max_force > options_.max_force)
    report.finding = MdFinding{"force", int(force.atom),
                               fmt::format("the force on {} is {:.4g} eV/Å, above max_force = {} eV/Å",
                                           name(s, force.atom), report.max_force, options_.max_force)};
  return report;
}

std::optional<MdFinding> Guards::check_velocities(const MdState& s, double temperature, AtomLoops& loops) const {
  const auto fastest = loops.largest([&](long i) { return s.velocities[i].squaredNorm(); });
  if (const double move = std::sqrt(fastest.value) * dt_; !(move <= options_.max_step))
    return MdFinding{"displacement", int(fastest.atom),
                     fmt::format("{} moves {:.3g} Å per step, above max_step = {} Å", name(s, fastest.atom), move,
                                 options_.max_step)};
  if (temperature <= max_temperature_) return std::nullopt;
  return MdFinding{"temperature", int(fastest.atom),
                   fmt::format("the temperature is {:.5g} K, above max_temperature = {:.5g} K; the fastest is {}",
                               temperature, max_temperature_, name(s, fastest.atom))};
}

std::optional<MdFinding> Guards::check_uncertainty(const MdState& s, AtomLoops& loops) const {
  const auto worst = loops.largest([&](long i) { return s.evaluation.uncertainty[i]; });
  if (worst.value <= options_.max_uncertainty) return std::nullopt;
  return MdFinding{"uncertainty", int(worst.atom),
                   fmt::format("the uncertainty of {} is {:.4g}, above max_uncertainty = {}", name(s, worst.atom),
                               worst.value, options_.max_uncertainty)};
}

std::optional<MdFinding> Guards::check_distances(const MdState& s, AtomLoops& loops) const {
  const auto sum = loops.sum<3>([&](long i, auto& t) {
    for (int k = 0; k < 3; ++k) t[k] += s.structure.positions[i][k];
  });
  const Vec3 centre = Vec3(sum[0], sum[1], sum[2]) / double(s.size());
  const auto far = loops.largest([&](long i) { return (s.structure.positions[i] - centre).squaredNorm(); });
  const double distance = std::sqrt(far.value);
  if (distance <= extent_) return std::nullopt;
  return MdFinding{"lost", int(far.atom),
                   fmt::format("{} is {:.4g} Å from the middle, beyond the first extent plus lost_distance = {:.4g} Å",
                               name(s, far.atom), distance, extent_)};
}

}  // namespace orogen
