#include "orogen/train/data/samples.hpp"

#include <algorithm>

#include "orogen/potential/terms/term_kinds.hpp"

namespace orogen {
namespace {

using Terms = std::vector<std::shared_ptr<const Term>>;

void subtract(const Term& term, Sample& s) {
  const SweepResult known = known_term(term, s.atoms);
  for (double e : known.site_energies) s.energy -= e;
  for (int i = 0; i < s.atoms.total && s.has_forces; ++i)
    for (int c = 0; c < 3; ++c) s.forces[3 * s.atoms.owner[i] + c] += known.position_gradient[4L * i + c];
  for (int p = 0; p < 3; ++p)
    for (int q = 0; q < 3; ++q) s.virial(p, q) += known.strain_gradient[3 * p + q];
}

Sample prepare(const Frame& frame, const Model& model, const Terms& terms, std::span<const int> type_of,
               LabelChoice use) {
  Sample s;
  NeighborList list(model.shape.cutoff, 0.0, false);
  s.atoms = list.update(frame.structure);
  s.graph.set(s.atoms, type_of);
  const Labels& labels = frame.labels;
  s.has_energy = use.energy && labels.energy.has_value();
  s.has_forces = use.forces && labels.forces.has_value();
  s.has_virial = use.virial && labels.virial.has_value() && frame.structure.cell.fully_periodic();
  s.energy = labels.energy.value_or(0.0);
  if (s.has_forces)
    for (int i = 0; i < s.size(); ++i)
      for (int c = 0; c < 3; ++c) s.forces.push_back((*labels.forces)[s.atoms.order[i]][c]);
  if (s.has_virial) s.virial = *labels.virial;
  for (auto term = terms.rbegin(); term != terms.rend(); ++term) subtract(**term, s);  // the last one added, first
  s.energy_weight = frame.weight * frame.energy_weight;
  s.forces_weight = frame.weight * frame.forces_weight;
  s.virial_weight = frame.weight * frame.stress_weight;
  return s;
}

}  // namespace

std::vector<Sample> prepare_samples(std::span<const Frame> frames, const Model& model, LabelChoice labels,
                                    ThreadPool& pool) {
  std::vector<Sample> samples(frames.size());
  const Terms terms = make_terms(model);
  const std::vector<int> type_of = model.type_of();
  pool.run([&](int t) {
    const Range part = share(long(frames.size()), t, pool.size());
    for (long k = part.begin; k < part.end; ++k) samples[k] = prepare(frames[k], model, terms, type_of, labels);
  });
  for (Sample& s : samples) s.graph.atoms = &s.atoms;  // the move above left the pointer at the old place
  return samples;
}

double mean_neighbors(std::span<const Frame> frames, double cutoff) {
  double pairs = 0, atoms = 0;
  const std::size_t stride = std::max<std::size_t>(1, frames.size() / 200);  // a sample is enough
  for (std::size_t k = 0; k < frames.size(); k += stride) {
    NeighborList list(cutoff, 0.0, false);
    const Neighborhood& n = list.update(frames[k].structure);
    for (int i = 0; i < n.local; ++i)
      for (std::int64_t e = n.first[i]; e < n.first[i + 1]; ++e) {
        const double* a = n.positions.data() + 4L * i;
        const double* b = n.positions.data() + 4L * n.neighbor[e];
        const double x = b[0] - a[0], y = b[1] - a[1], z = b[2] - a[2];
        pairs += x * x + y * y + z * z < cutoff * cutoff;
      }
    atoms += n.local;
  }
  return atoms > 0 ? std::max(1.0, pairs / atoms) : 1.0;
}

}  // namespace orogen
