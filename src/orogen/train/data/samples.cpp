#include "orogen/train/data/samples.hpp"

#include <algorithm>

namespace orogen {
namespace {

void subtract(const Term& term, Sample& s) {
  const SweepResult known = known_term(term, s.atoms);
  for (double e : known.site_energies) s.energy -= e;
  for (int i = 0; i < s.atoms.total && s.has_forces; ++i)
    for (int c = 0; c < 3; ++c) s.forces[3 * s.atoms.owner[i] + c] += known.position_gradient[4L * i + c];
  for (int p = 0; p < 3; ++p)
    for (int q = 0; q < 3; ++q) s.virial(p, q) += known.strain_gradient[3 * p + q];
}

/// Copies the labels that are used and their weights.
void take_labels(const Frame& frame, LabelChoice use, Sample& s) {
  const Labels& labels = frame.labels;
  s.has_energy = use.energy && labels.energy.has_value();
  s.has_forces = use.forces && labels.forces.has_value();
  s.has_virial = use.virial && labels.virial.has_value() && frame.structure.cell.fully_periodic();
  s.energy = labels.energy.value_or(0.0);
  if (s.has_forces)
    for (int i = 0; i < s.size(); ++i)
      for (int c = 0; c < 3; ++c) s.forces.push_back((*labels.forces)[s.atoms.order[i]][c]);
  if (s.has_virial) s.virial = *labels.virial;
  s.energy_weight = frame.weight * frame.energy_weight;
  s.forces_weight = frame.weight * frame.forces_weight;
  s.virial_weight = frame.weight * frame.stress_weight;
}

template <class T> double bytes_of(const std::vector<T>& v) { return double(v.capacity()) * sizeof(T); }

}  // namespace

double Sample::bytes() const {
  return double(sizeof(Sample)) + bytes_of(atoms.positions) + bytes_of(atoms.species) + bytes_of(atoms.owner) +
         bytes_of(atoms.order) + bytes_of(atoms.first) + bytes_of(atoms.neighbor) + bytes_of(graph.type) +
         bytes_of(forces);
}

SamplePreparation::SamplePreparation(const Model& model, LabelChoice labels)
    : cutoff_(list_cutoff(model)), type_of_(model.type_of()), terms_(make_terms(model)), use_(labels) {}

std::shared_ptr<const Sample> SamplePreparation::operator()(const Frame& frame) const {
  const auto sample = std::make_shared<Sample>();
  Sample& s = *sample;
  NeighborList list(cutoff_, 0.0, false);
  s.atoms = list.update(frame.structure);
  s.graph.set(s.atoms, type_of_);
  take_labels(frame, use_, s);
  for (auto term = terms_.rbegin(); term != terms_.rend(); ++term) subtract(**term, s);  // the last one added, first
  return sample;
}

}  // namespace orogen
