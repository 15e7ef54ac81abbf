#include "orogen/train/data/statistics.hpp"

#include <algorithm>
#include <cmath>

#include "orogen/system/neighbors/neighbors.hpp"
#include "orogen/train/census/census.hpp"

namespace orogen {
namespace {

/// Pairs within the cut-off, counted from both atoms.
double pairs_within(const Structure& structure, double cutoff) {
  NeighborList list(cutoff, 0.0, false);
  const Neighborhood& n = list.update(structure);
  double pairs = 0;
  for (int i = 0; i < n.local; ++i)
    for (std::int64_t e = n.first[i]; e < n.first[i + 1]; ++e) {
      const double* a = n.positions.data() + 4L * i;
      const double* b = n.positions.data() + 4L * n.neighbor[e];
      const double x = b[0] - a[0], y = b[1] - a[1], z = b[2] - a[2];
      pairs += x * x + y * y + z * z < cutoff * cutoff;
    }
  return pairs;
}

void add_energy(const Frame& frame, bool isolated, DataStatistics& out) {
  if (isolated)
    out.isolated.emplace(frame.structure.species[0], *frame.labels.energy);
  else
    out.compositions.add(frame);
}

}  // namespace

DataStatistics gather_statistics(FrameSource& frames, double cutoff) {
  DataStatistics out;
  double squares = 0, components = 0, pairs = 0, atoms = 0;
  const std::size_t stride = std::max<std::size_t>(1, frames.size() / 200);
  for (std::size_t k = 0; k < frames.size(); ++k) {
    const Frame frame = frames.read(k);
    const bool isolated = is_isolated_atom(frame);
    out.only_isolated_atoms = out.only_isolated_atoms && isolated;
    out.elements.insert(frame.structure.species.begin(), frame.structure.species.end());
    if (frame.labels.energy) add_energy(frame, isolated, out);
    if (frame.labels.forces)
      for (const Vec3& x : *frame.labels.forces) squares += x.squaredNorm(), components += 3;
    if (k % stride == 0) pairs += pairs_within(frame.structure, cutoff), atoms += frame.structure.size();
  }
  if (components > 0) out.force_rms = std::sqrt(squares / components);
  if (atoms > 0) out.mean_neighbors = std::max(1.0, pairs / atoms);
  return out;
}

}  // namespace orogen
