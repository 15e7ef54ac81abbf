// Units and signs: what would make the numbers belong together, when they do not.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "orogen/base/units.hpp"
#include "orogen/train/census/census_parts.hpp"

namespace orogen::census {
namespace {

struct Unit {
  const char* name;
  double size;  // in eV, eV/Å, …
};
constexpr Unit energy_units[] = {{"eV", 1},
                                 {"Hartree", units::hartree},
                                 {"kcal/mol", units::kcal_per_mol},
                                 {"Rydberg", units::hartree / 2},
                                 {"kJ/mol", units::kj_per_mol},
                                 {"meV", 1e-3}};
constexpr Unit force_units[] = {{"eV/Å", 1},
                                {"Hartree/bohr", units::hartree / units::bohr},
                                {"kcal/mol/Å", units::kcal_per_mol},
                                {"Rydberg/bohr", units::hartree / units::bohr / 2},
                                {"kJ/mol/Å", units::kj_per_mol},
                                {"Hartree/Å", units::hartree},
                                {"kJ/mol/nm", units::kj_per_mol / 10}};
constexpr Unit stress_units[] = {{"GPa", units::gpa},
                                 {"kbar", 1000 * units::bar},
                                 {"bar", units::bar},
                                 {"Hartree/bohr³", units::hartree / (units::bohr * units::bohr * units::bohr)},
                                 {"Rydberg/bohr³", units::hartree / 2 / (units::bohr * units::bohr * units::bohr)}};

bool is_near(double a, double b, double tolerance) { return a * b > 0 && std::abs(std::log(a / b)) < tolerance; }

/// Total energy [eV] of a neutral atom with all its electrons: H and He as known, else the statistical atom with
/// Scott's and Schwinger's terms (Schwinger, Phys. Rev. A 24, 2353 (1981), doi:10.1103/PhysRevA.24.2353); good to 4 %
/// up to xenon.
double atom_energy(int z) {
  if (z == 1) return -0.5 * units::hartree;
  if (z == 2) return -2.9037 * units::hartree;
  const double cube_root = std::cbrt(double(z)), z2 = double(z) * z;
  return -units::hartree * (0.768745 * z2 * cube_root - 0.5 * z2 + 0.2699 * z * cube_root * cube_root);
}

/// The median ratio of the energies to the free atoms' energies in eV, where it is the same in every frame; else 0.
double all_electron_ratio(std::span<const Frame> frames) {
  std::vector<double> ratios;
  for (const auto& f : frames) {
    if (!f.labels.energy) continue;
    double atoms = 0;
    for (const int z : f.structure.species) {
      if (z > 54) return 0;
      atoms += atom_energy(z);
    }
    ratios.push_back(*f.labels.energy / atoms);
  }
  const double middle = median(ratios);
  for (const double r : ratios)
    if (!is_near(r, middle, 0.05)) return 0;
  return middle;
}

/// All-electron energies give their unit away: the ratio to the atoms' energies.
std::optional<Unit> all_electron_unit(std::span<const Frame> frames) {
  const double ratio = all_electron_ratio(frames);
  for (const auto& unit : energy_units)
    if (is_near(ratio, 1 / unit.size, 0.04)) return unit;
  return std::nullopt;
}

void judge_energy_unit(std::span<const Frame> frames, std::vector<Suspicion>& out) {
  const auto unit = all_electron_unit(frames);
  if (!unit || unit->size == 1) return;
  out.push_back(
      {fmt::format("units: energies in {}", unit->name),
       fmt::format("the energies are {:.4g} times those of the free atoms with all electrons in eV; 1 {} is {:.6g} eV",
                   all_electron_ratio(frames), unit->name, unit->size),
       fmt::format("multiply the energies by {:.9g}", unit->size)});
}

/// The ratio y : x of two quantities that both scatter (reduced major axis through the origin), so that the scatter of
/// the work, whose trapezoid rule is rough on long steps, does not pull the ratio towards zero.
struct Ratio {
  double value = 0, correlation = 0;
  long count = 0;
  /// With much scatter only a gross contradiction counts; thresholds were set on some ninety published data sets, none
  /// of which raises a false alarm.
  bool contradicts() const {
    const double r = std::abs(correlation), off = std::abs(std::log(std::abs(value)));
    if (count < 6 || r * std::sqrt(double(count)) < 3) return false;
    if (r > 0.9) return value < 0 || off > 0.3;
    if (r > 0.75) return value < 0 || off > 0.47;
    return r > 0.35 && (off > 2 || (value < 0 && r * std::sqrt(double(count)) > 5));
  }
};

/// Weighted by the inverse square of each step's error: short steps are the exact ones. Steps without work (forces that
/// vanish by symmetry) say nothing.
template <class X, class Y, class Error> Ratio ratio_of(const std::vector<Step>& steps, X&& x, Y&& y, Error&& error) {
  std::vector<double> errors;
  for (const auto& s : steps) errors.push_back(error(s));
  const double floor = 0.05 * median(errors) + 1e-9;
  double xx = 0, xy = 0, yy = 0;
  Ratio out;
  for (std::size_t k = 0; k < steps.size(); ++k) {
    const auto& s = steps[k];
    if (std::abs(x(s)) < 1e-9) continue;
    const double w = 1 / ((floor + errors[k]) * (floor + errors[k]));
    xx += w * x(s) * x(s), xy += w * x(s) * y(s), yy += w * y(s) * y(s);
    ++out.count;
  }
  if (!(xx > 0 && yy > 0)) return out;
  out.value = std::copysign(std::sqrt(yy / xx), xy);
  out.correlation = xy / std::sqrt(xx * yy);
  return out;
}

struct UnitPair {
  Unit energy, force;
  double off;  // |ln| of what the pair leaves unexplained, with a penalty for two wrong units, which are less likely
               // than one
  std::string text() const { return fmt::format("energies in {} with forces in {}", energy.name, force.name); }
};

/// The units, not both the right ones, whose ratio comes near ΔE / work; best first. `known` is the unit of the
/// energies where their size has given it away.
std::vector<UnitPair> explain(const Ratio& ratio, const std::optional<Unit>& known) {
  const bool rough = std::abs(ratio.correlation) < 0.75;
  std::vector<UnitPair> out;
  for (const auto& e : energy_units)
    for (const auto& f : force_units) {
      if ((known && known->size != e.size) || (e.size == 1 && f.size == 1)) continue;
      const double off = std::abs(std::log(ratio.value * e.size / f.size)) + (e.size != 1 && f.size != 1 ? 0.1 : 0);
      if (off < (rough ? 0.9 : 0.3)) out.push_back({e, f, off});
    }
  std::stable_sort(out.begin(), out.end(), [](const auto& p, const auto& q) { return p.off < q.off - 1e-6; });
  return out;
}

/// What units explain the ratio, with the others that explain it as well: Hartree and kcal/mol/Å differ by 18 % only.
Suspicion unit_suspicion(const Ratio& ratio, const std::optional<Unit>& known, const std::string& reason) {
  const auto pairs = explain(ratio, known);
  if (pairs.empty())
    return {"energies and forces do not belong together", reason,
            "convert energies to eV and forces to eV/Å; check that both come from the same method"};
  std::string fix = fmt::format("multiply the energies by {:.9g} and the forces by {:.9g} (eV, eV/Å)",
                                pairs[0].energy.size, pairs[0].force.size);
  for (std::size_t k = 1; k < pairs.size(); ++k)
    if (pairs[k].off < pairs[0].off + (pairs[k].energy.size == 1 || pairs[k].force.size == 1 ? 0.2 : 1e-3))
      fix += "; or " + pairs[k].text();
  return {"units: " + pairs[0].text(), reason, fix};
}

void judge_forces(const std::vector<Step>& steps, const std::optional<Unit>& known, std::vector<Suspicion>& out) {
  const auto ratio = ratio_of(
      steps, [](const Step& s) { return s.force_work; }, [](const Step& s) { return s.energy; },
      [](const Step& s) { return s.curvature; });
  if (!ratio.contradicts()) return;
  const std::string reason = fmt::format(
      "over {} small steps between frames the energies change by {:.3g} times the work of the forces, expected 1 "
      "(correlation {:.2f})",
      ratio.count, ratio.value, ratio.correlation);
  if (ratio.value < 0)
    out.push_back({"the forces have the sign of the gradient", reason,
                   is_near(ratio.value, -1, 0.47) ? "multiply the forces by -1"
                                                  : "multiply the forces by -1, then look at the units"});
  else
    out.push_back(unit_suspicion(ratio, known, reason));
}

std::string stress_remedy(double slope, double volume) {
  const double size = std::abs(slope);
  const std::string sign = slope < 0 ? "-" : "";
  for (const auto& unit : stress_units)
    if (is_near(size, unit.size, 0.2))
      return fmt::format("the stress is in {}: multiply it by {}{:.6g}", unit.name, sign, unit.size);
  for (const auto& unit : energy_units)
    if (unit.size != 1 && is_near(size, 1 / unit.size, 0.2))
      return fmt::format("energies and forces seem to be in {}, the stress in eV: multiply the former by {:.9g}",
                         unit.name, unit.size);
  if (is_near(size, volume, 0.3))
    return fmt::format("what is called virial is a stress: give it as stress, times {}1", sign);
  if (is_near(size, 1 / volume, 0.3))
    return fmt::format("what is called stress is a virial: give it as virial, times {}1", slope < 0 ? "" : "-");
  return "stress must be +dE/dstrain/V in eV/Å³, virial −dE/dstrain in eV";
}

void judge_stress(const std::vector<Step>& all, std::vector<Suspicion>& out) {
  std::vector<Step> steps;
  std::vector<double> volumes;
  for (const auto& s : all) {
    if (std::abs(s.strain_work) < 1e-12) continue;
    steps.push_back(s);
    volumes.push_back(s.volume);
  }
  const auto ratio = ratio_of(
      steps, [](const Step& s) { return s.strain_work; }, [](const Step& s) { return s.energy - s.force_work; },
      [](const Step& s) { return 1e-3 + s.curvature + 0.3 * std::abs(s.force_work); });
  if (ratio.correlation * ratio.correlation < 0.56 || !ratio.contradicts()) return;
  const std::string reason = fmt::format(
      "over {} small strains between frames the energies change by {:.3g} times what the stress says, expected 1 "
      "(correlation {:.2f})",
      ratio.count, ratio.value, ratio.correlation);
  if (is_near(ratio.value, -1, 0.47))
    out.push_back(
        {"the stress has the wrong sign", reason,
         "multiply the stress by -1: stress is +dE/dstrain/V (negative under compression), virial is −dE/dstrain"});
  else
    out.push_back(
        {ratio.value < 0 ? "the stress has the wrong sign and the wrong unit" : "the stress has the wrong unit", reason,
         stress_remedy(ratio.value, median(volumes))});
}

void judge_force_sizes(std::span<const Frame> frames, std::vector<Suspicion>& out) {
  std::vector<double> sizes, imbalance;
  for (const auto& f : frames) {
    if (!f.labels.forces || f.structure.size() < 2) continue;
    Vec3 net = Vec3::Zero();
    double squares = 0;
    for (const auto& v : *f.labels.forces) sizes.push_back(v.norm()), net += v, squares += v.squaredNorm();
    if (squares > 1e-8) imbalance.push_back(net.norm() / std::sqrt(squares));
  }
  if (const double middle = median(sizes); middle > 12)
    out.push_back(
        {"units: forces are too large for eV/Å",
         fmt::format("half of all forces exceed {:.3g}; in eV/Å a few are usual, in kcal/mol/Å some 30", middle),
         fmt::format("if they are in kcal/mol/Å, multiply them by {:.9g}", units::kcal_per_mol)});
  if (const double middle = median(imbalance); imbalance.size() >= 3 && middle > 0.3)
    out.push_back(
        {"the forces do not add up to zero",
         fmt::format(
             "|ΣF| is {:.2g} of √Σ|F|² in the median frame; without an outer field it is 0, for unrelated numbers 1",
             middle),
         "check that the columns of the forces are what Properties says, in the order of the atoms"});
}

void judge_lengths(std::span<const Frame> frames, const std::vector<double>& contacts, std::vector<Suspicion>& out) {
  std::vector<double> several;
  for (std::size_t k = 0; k < frames.size(); ++k) {
    const auto& species = frames[k].structure.species;
    const bool inert = std::all_of(species.begin(), species.end(),
                                   [](int z) { return z == 2 || z == 10 || z == 18 || z == 36 || z == 54; });
    if (species.size() > 2 && !inert) several.push_back(contacts[k]);  // pairs may be pulled apart on purpose
  }
  if (several.size() < 3) return;
  std::sort(several.begin(), several.end());
  const double low = several[several.size() / 20], middle = several[several.size() / 2],
               high = several[several.size() - 1 - several.size() / 20];
  if (low > 1.15 && middle > 1.4)
    out.push_back({"units: lengths look like bohr, not Å",
                   std::isfinite(middle) ? fmt::format("in half of the frames the closest atoms are more than {:.3g} "
                                                       "times the sum of their covalent radii apart",
                                                       middle)
                                         : "in half of the frames no two atoms come within 4 Å of each other",
                   fmt::format("multiply positions and Lattice by {:.9g} (and forces by {:.9g} if they are per bohr)",
                               units::bohr, 1 / units::bohr)});
  if (high < 0.5)
    out.push_back(
        {high < 0.2 ? "units: lengths look like nm or fractions of the cell, not Å"
                    : "units: atoms are too close for lengths in Å",
         fmt::format(
             "in nearly all frames the closest atoms are nearer than {:.3g} times the sum of their covalent radii",
             high),
         "give positions and Lattice in Å, positions in Cartesian coordinates"});
}

}  // namespace

void judge_consistency(std::span<const Frame> frames, std::vector<Suspicion>& out) {
  const auto before = out.size();
  judge_forces(nearby_steps(frames, false), all_electron_unit(frames), out);
  if (out.size() == before) judge_stress(nearby_steps(frames, true), out);
}

void judge_magnitudes(std::span<const Frame> frames, const std::vector<double>& contacts, std::vector<Suspicion>& out) {
  judge_energy_unit(frames, out);
  judge_lengths(frames, contacts, out);
  judge_force_sizes(frames, out);
}

}  // namespace orogen::census
