// Accumulation of errors. The text and JSON forms are in error_table_text.cpp.
#include "orogen/report/errors/error_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "orogen/base/errors.hpp"
#include "orogen/system/elements.hpp"

namespace orogen {
namespace {

constexpr double milli = 1e3;  // eV → meV
constexpr std::size_t worst_kept = 10;

std::string where(const Frame& frame) { return frame.source.empty() ? "a frame without source" : frame.source; }

void require_finite_prediction(const Frame& frame, const Evaluation& prediction) {
  const auto stop = [&](const std::string& what) {
    throw NumericalError(fmt::format("{}: the predicted {} is not finite", where(frame), what));
  };
  if (!std::isfinite(prediction.energy)) stop("energy");
  for (std::size_t i = 0; i < prediction.forces.size(); ++i)
    if (!prediction.forces[i].allFinite()) stop(fmt::format("force on atom {}", i));
  if (!prediction.virial.allFinite()) stop("virial");
}

void require_usable_labels(const Frame& frame, const Evaluation& prediction) {
  std::vector<std::string> problems;
  const auto atoms = std::size_t(frame.structure.size());
  const auto complain = [&](const std::string& what) { problems.push_back(where(frame) + ": " + what); };
  if (atoms == 0) complain("the frame has no atoms; errors per atom need at least one");
  const Labels& labels = frame.labels;
  if (labels.energy && !std::isfinite(*labels.energy)) complain("the energy label is not a finite number");
  if (labels.forces) {
    if (labels.forces->size() != atoms)
      complain(fmt::format("{} force labels for {} atoms", labels.forces->size(), atoms));
    if (prediction.forces.size() != atoms)
      complain(fmt::format("{} predicted forces for {} atoms; ask the potential for forces", prediction.forces.size(),
                           atoms));
    if (!std::all_of(labels.forces->begin(), labels.forces->end(), [](const Vec3& f) { return f.allFinite(); }))
      complain("a force label is not a finite number");
  }
  if (labels.virial && !labels.virial->allFinite()) complain("the virial label is not a finite number");
  if (labels.virial && frame.structure.cell.fully_periodic() && !(frame.structure.cell.volume() > 0))
    complain("a virial label in a periodic cell whose volume is zero; give three independent cell vectors");
  if (!problems.empty()) throw InputError(problems);
}

}  // namespace

void ErrorCollector::Sum::add(double error) {
  ++labels;
  square += error * error;
  absolute += std::abs(error);
  max = std::max(max, std::abs(error));
  signed_sum += error;
}

Errors ErrorCollector::Sum::errors() const {
  if (labels == 0) return {};
  const double n = double(labels);
  return {labels, std::sqrt(square / n), absolute / n, max, signed_sum / n};
}

ErrorRow ErrorCollector::Group::row(const std::string& name) const {
  return {name, frames, energy_per_atom.errors(), energy.errors(), forces.errors(), stress.errors()};
}

ErrorCollector::Set& ErrorCollector::set_of(const std::string& name) {
  for (Set& set : sets_)
    if (set.name == name) return set;
  sets_.emplace_back().name = name;
  return sets_.back();
}

void ErrorCollector::add(const Frame& reference, const Evaluation& prediction, const std::string& set_name) {
  require_finite_prediction(reference, prediction);
  require_usable_labels(reference, prediction);
  Set& set = set_of(set_name);
  Group& type = set.by_config_type[reference.config_type];
  ++set.all.frames, ++type.frames;
  const std::set<int> elements(reference.structure.species.begin(), reference.structure.species.end());
  for (const int z : elements) ++set.by_element[z].frames;
  add_uncertainty(reference, prediction, set);
  if (reference.labels.energy) add_energy(reference, prediction, set, type);
  if (reference.labels.forces) add_forces(reference, prediction, set, type);
  if (reference.labels.virial && reference.structure.cell.fully_periodic())
    add_stress(reference, prediction, set, type);
}

void ErrorCollector::add_energy(const Frame& frame, const Evaluation& prediction, Set& set, Group& type) {
  const double atoms = double(frame.structure.size());
  const double error = (prediction.energy - *frame.labels.energy) * milli;
  for (Group* group : {&set.all, &type}) {
    group->energy.add(error);
    group->energy_per_atom.add(error / atoms);
  }
  set.energy_reference.push_back(*frame.labels.energy / atoms);
  set.energy_prediction.push_back(prediction.energy / atoms);
}

void ErrorCollector::add_forces(const Frame& frame, const Evaluation& prediction, Set& set, Group& type) {
  for (int i = 0; i < frame.structure.size(); ++i) {
    const Vec3& label = (*frame.labels.forces)[std::size_t(i)];
    const Vec3 error = prediction.forces[std::size_t(i)] - label;
    const int z = frame.structure.species[std::size_t(i)];
    for (Group* group : {&set.all, &type, &set.by_element[z]})
      for (int x = 0; x < 3; ++x) group->forces.add(error[x] * milli);
    for (int x = 0; x < 3; ++x) {
      set.force_reference.push_back(label[x]);
      set.force_prediction.push_back(label[x] + error[x]);
    }
    const double size = error.norm() * milli;
    if (set.worst.size() == worst_kept && size <= set.worst.back().error) continue;
    const auto after =
        std::find_if(set.worst.begin(), set.worst.end(), [&](const WorstForce& w) { return w.error < size; });
    set.worst.insert(after, {frame.source, std::string(symbol(z)), i, label.norm() * milli, size});
    if (set.worst.size() > worst_kept) set.worst.pop_back();
  }
}

void ErrorCollector::add_stress(const Frame& frame, const Evaluation& prediction, Set& set, Group& type) {
  const double volume = frame.structure.cell.volume();
  const Mat3 label = -*frame.labels.virial / volume, predicted = -prediction.virial / volume;
  for (int k = 0; k < 9; ++k) {
    const double reference = label(k / 3, k % 3), stress = predicted(k / 3, k % 3);
    for (Group* group : {&set.all, &type}) group->stress.add((stress - reference) * milli);
    set.stress_reference.push_back(reference);
    set.stress_prediction.push_back(stress);
  }
}

void ErrorCollector::add_uncertainty(const Frame& frame, const Evaluation& prediction, Set& set) {
  const auto& all = prediction.uncertainty;
  const auto largest = std::max_element(all.begin(), all.end());
  if (largest == all.end() || (set.least_sure && *largest * milli <= set.least_sure->value)) return;
  const int atom = int(largest - all.begin());
  const int z = frame.structure.species.at(std::size_t(atom));
  set.least_sure = {frame.source, std::string(symbol(z)), atom, *largest * milli};
}

ErrorTable ErrorCollector::table() const {
  ErrorTable table;
  for (const Set& set : sets_) {
    SetErrors out;
    out.name = set.name;
    out.all = set.all.row("");
    for (const auto& [name, group] : set.by_config_type) out.by_config_type.push_back(group.row(name));
    for (const auto& [z, group] : set.by_element) out.by_element.push_back(group.row(std::string(symbol(z))));
    out.energy_points = thin(set.energy_reference, set.energy_prediction, max_points_);
    out.force_points = thin(set.force_reference, set.force_prediction, max_points_);
    out.stress_points = thin(set.stress_reference, set.stress_prediction, max_points_);
    out.energy_errors = error_histogram(set.energy_reference, set.energy_prediction, milli);
    out.force_errors = error_histogram(set.force_reference, set.force_prediction, milli);
    out.stress_errors = error_histogram(set.stress_reference, set.stress_prediction, milli);
    out.worst = set.worst;
    out.least_sure = set.least_sure;
    table.sets.push_back(std::move(out));
  }
  return table;
}

const SetErrors* ErrorTable::find(const std::string& name) const {
  for (const SetErrors& set : sets)
    if (set.name == name) return &set;
  return nullptr;
}

}  // namespace orogen
