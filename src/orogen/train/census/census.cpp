#include "orogen/train/census/census.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/system/lattice.hpp"
#include "orogen/train/census/census_parts.hpp"

namespace orogen {
namespace {

void add(Statistic& s, double value) {
  s.min = s.count ? std::min(s.min, value) : value;
  s.max = s.count ? std::max(s.max, value) : value;
  ++s.count;
  s.mean += value;  // sums until finish()
  s.rms += value * value;
}

void finish(Statistic& s) {
  if (s.count == 0) return;
  s.mean /= double(s.count);
  s.rms = std::sqrt(s.rms / double(s.count));
}

void count_label(LabelCoverage& label, bool is_there, bool is_zero) {
  label.frames += is_there;
  label.zero_frames += is_there && is_zero;
}

void count_forces(Census& c, const Frame& frame) {
  if (!frame.labels.forces) return count_label(c.forces, false, false);
  Vec3 net = Vec3::Zero();
  bool zero = true;
  for (const auto& f : *frame.labels.forces) {
    add(c.force, f.norm());
    net += f;
    zero &= f.isZero(0);
  }
  count_label(c.forces, true, zero);
  add(c.net_force, net.norm());
}

void count_stress(Census& c, const Frame& frame) {
  if (!frame.labels.virial) return count_label(c.stress, false, false);
  const Mat3& virial = *frame.labels.virial;
  count_label(c.stress, true, virial.isZero(0));
  const double volume = frame.structure.cell.volume();
  if (volume == 0) return;
  add(c.pressure, virial.trace() / (3 * volume));
  for (int k = 0; k < 9; ++k) add(c.stress_component, std::abs(virial(k / 3, k % 3)) / volume);
}

void count_frame(Census& c, const Frame& frame) {
  const auto& s = frame.structure;
  c.atoms += s.size();
  for (const int z : s.species) ++c.elements[z];
  ++c.config_types[frame.config_type];
  c.periodic += s.cell.fully_periodic();
  c.molecules += !s.cell.any_periodic();
  add(c.atoms_per_frame, s.size());
  count_label(c.energy, frame.labels.energy.has_value(), frame.labels.energy.value_or(1) == 0);
  if (frame.labels.energy && s.size() > 0) add(c.energy_per_atom, *frame.labels.energy / s.size());
  count_forces(c, frame);
  count_stress(c, frame);
}

/// Frames whose energy per atom lies far from the others', measured in units of the median deviation (1.4826 MAD = σ of
/// a normal distribution).
std::vector<Outlier> energy_outliers(std::span<const Frame> frames, const std::vector<double>& beyond,
                                     const CensusOptions& options) {
  std::vector<double> known, deviation;
  for (const double e : beyond)
    if (std::isfinite(e)) known.push_back(e);
  const double middle = census::median(known);
  for (const double e : known) deviation.push_back(std::abs(e - middle));
  const double sigma = std::max(1.4826 * census::median(deviation), 1e-4);  // eV/atom: below, nothing stands out
  std::vector<Outlier> out;
  for (std::size_t k = 0; k < frames.size(); ++k)
    if (const double score = (beyond[k] - middle) / sigma; std::abs(score) > options.outlier_score)
      out.push_back({long(k), frames[k].source, beyond[k], score, -1});
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return std::abs(a.score) > std::abs(b.score); });
  if (out.size() > options.listed) out.resize(options.listed);
  return out;
}

/// The largest force of each frame, largest first.
std::vector<Outlier> largest_forces(std::span<const Frame> frames, std::size_t listed) {
  std::vector<Outlier> out;
  for (std::size_t k = 0; k < frames.size(); ++k) {
    if (!frames[k].labels.forces || frames[k].labels.forces->empty()) continue;
    const auto& f = *frames[k].labels.forces;
    const auto worst = std::max_element(f.begin(), f.end(),
                                        [](const Vec3& a, const Vec3& b) { return a.squaredNorm() < b.squaredNorm(); });
    if (worst->norm() > 0) out.push_back({long(k), frames[k].source, worst->norm(), 0, int(worst - f.begin())});
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.value > b.value; });
  if (out.size() > listed) out.resize(listed);
  return out;
}

}  // namespace

double census::median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

Census take_census(std::span<const Frame> frames, const CensusOptions& options) {
  if (frames.empty()) throw InputError("no frames to take a census of");
  Census c;
  c.frames = long(frames.size());
  c.keys = options.keys;
  for (const auto& frame : frames) count_frame(c, frame);
  for (auto* label : {&c.energy, &c.forces, &c.stress})
    label->percent = 100.0 * double(label->frames) / double(c.frames);
  std::vector<double> beyond;
  c.references = census::reference_energies(frames, options.reference_energies, beyond);
  for (const double e : beyond)
    if (std::isfinite(e)) add(c.energy_beyond_references, e);
  for (auto* s : {&c.atoms_per_frame, &c.energy_per_atom, &c.energy_beyond_references, &c.force, &c.pressure,
                  &c.stress_component, &c.net_force})
    finish(*s);
  const auto contacts = census::closest_contacts(frames, c.nearest);
  c.duplicates = census::find_duplicates(frames, options.listed);
  c.energy_outliers = energy_outliers(frames, beyond, options);
  c.largest_forces = largest_forces(frames, options.listed);
  census::judge_magnitudes(frames, contacts, c.suspicions);
  census::judge_consistency(frames, c.suspicions);
  return c;
}

namespace {

std::string list(const KeysTaken::Counts& counts) {
  std::string out;
  for (const auto& [key, count] : counts) out += fmt::format("{}{}", out.empty() ? "" : ", ", key);
  return out;
}

void refuse_label(std::vector<std::string>& problems, const Census& c, const std::string& name,
                  const LabelCoverage& label, const KeysTaken::Counts& taken) {
  const std::string seen = list(c.keys.passed_over);
  const std::string others = seen.empty() ? "nothing else in the data looks like a label"
                                          : "keys that look like labels and were not taken: " + seen +
                                                "; name the right one with " + name +
                                                "_key=…, or train without it by " + name + "=false";
  if (label.frames == 0)
    problems.push_back(fmt::format("{}: no frame of {} carries this label; {}", name, c.frames, others));
  else if (label.all_zero())
    problems.push_back(fmt::format("{}: zero in all {} frames that carry it (key {}); {}", name, label.frames,
                                   taken.empty() ? "unknown" : list(taken), others));
}

}  // namespace

void refuse_unusable(const Census& census, WantedLabels wanted) {
  std::vector<std::string> problems;
  if (wanted.energy) refuse_label(problems, census, "energy", census.energy, census.keys.energy);
  // The force on the only atom of a frame is zero by symmetry: no sign of a label that was forgotten.
  const bool zero_by_symmetry = census.forces.all_zero() && census.atoms_per_frame.max <= 1;
  if (wanted.forces && !zero_by_symmetry) refuse_label(problems, census, "forces", census.forces, census.keys.forces);
  if (wanted.stress) refuse_label(problems, census, "stress", census.stress, census.keys.stress);
  if (!problems.empty()) throw InputError(problems);
}

}  // namespace orogen
