// Nearest distances and duplicates.
#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

#include "orogen/base/random.hpp"
#include "orogen/system/elements.hpp"
#include "orogen/system/neighbors/neighbors.hpp"
#include "orogen/train/census/census_parts.hpp"

namespace orogen::census {
namespace {

constexpr double looked_at = 4;      // Å: bonds and first shells; beyond, "nearest" says nothing about the data
constexpr double same_place = 1e-6;  // Å

/// A number that nearly equal structures share: their projection on fixed random weights.
double fingerprint(const Structure& s) {
  Random random(7);
  double out = 0;
  for (const auto& x : s.positions)
    for (int d = 0; d < 3; ++d) out += random.uniform() * x[d];
  for (int k = 0; k < 9; ++k) out += random.uniform() * s.cell.rows(k / 3, k % 3);
  return out;
}

bool same_structure(const Structure& a, const Structure& b) {
  if (a.species != b.species || a.cell.periodic != b.cell.periodic) return false;
  if ((a.cell.rows - b.cell.rows).cwiseAbs().maxCoeff() > same_place) return false;
  for (int i = 0; i < a.size(); ++i)
    if ((a.positions[i] - b.positions[i]).cwiseAbs().maxCoeff() > same_place) return false;
  return true;
}

bool same_energy(const Frame& a, const Frame& b) { return a.labels.energy && a.labels.energy == b.labels.energy; }

}  // namespace

std::vector<double> closest_contacts(std::span<const Frame> frames, std::vector<NearestPair>& nearest) {
  std::map<std::pair<int, int>, NearestPair> best;
  std::vector<double> contacts;
  NeighborList list(looked_at, 0, false);
  for (std::size_t k = 0; k < frames.size(); ++k) {
    const auto& hood = list.update(frames[k].structure);
    double contact = std::numeric_limits<double>::infinity();
    for (int i = 0; i < hood.local; ++i)
      for (auto e = hood.first[i]; e < hood.first[i + 1]; ++e) {
        const int j = hood.neighbor[e], a = hood.species[i], b = hood.species[j];
        if (a > b) continue;
        const double r =
            (Eigen::Map<const Vec3>(&hood.positions[4L * j]) - Eigen::Map<const Vec3>(&hood.positions[4L * i])).norm();
        contact = std::min(contact, r / (covalent_radius(a) + covalent_radius(b)));
        const auto [it, is_new] = best.try_emplace({a, b}, NearestPair{a, b, r, long(k)});
        if (!is_new && r < it->second.distance) it->second = {a, b, r, long(k)};
      }
    contacts.push_back(contact);
  }
  for (const auto& [pair, found] : best) nearest.push_back(found);
  return contacts;
}

Duplicates find_duplicates(std::span<const Frame> frames, std::size_t listed) {
  Duplicates out;
  std::vector<double> print(frames.size());
  for (std::size_t k = 0; k < frames.size(); ++k) print[k] = fingerprint(frames[k].structure);
  std::vector<long> order(frames.size());
  std::iota(order.begin(), order.end(), 0L);
  std::sort(order.begin(), order.end(), [&](long a, long b) {
    return std::forward_as_tuple(frames[a].structure.species, print[a], a) <
           std::forward_as_tuple(frames[b].structure.species, print[b], b);
  });
  std::vector<long> earlier(frames.size(), -1);
  for (std::size_t k = 0; k < order.size(); ++k) {
    const auto& s = frames[order[k]].structure;
    const double tolerance = same_place * (3.0 * s.size() + 9) + 1e-12 * std::abs(print[order[k]]);
    for (std::size_t m = k + 1; m < order.size() && frames[order[m]].structure.species == s.species &&
                                print[order[m]] - print[order[k]] <= tolerance;
         ++m) {
      if (!same_structure(s, frames[order[m]].structure)) continue;
      const auto [first, second] = std::minmax(order[k], order[m]);
      if (earlier[second] < 0 || first < earlier[second]) earlier[second] = first;
    }
  }
  for (std::size_t k = 0; k < frames.size(); ++k) {
    if (earlier[k] < 0) continue;
    ++out.same_structure;
    out.other_energy += frames[k].labels.energy != frames[earlier[k]].labels.energy;
    if (out.examples.size() < listed) out.examples.emplace_back(earlier[k], long(k));
  }
  std::sort(order.begin(), order.end(), [&](long a, long b) {
    return std::forward_as_tuple(frames[a].structure.species, frames[a].labels.energy, a) <
           std::forward_as_tuple(frames[b].structure.species, frames[b].labels.energy, b);
  });
  for (std::size_t k = 1; k < order.size(); ++k) {
    const Frame &a = frames[order[k - 1]], &b = frames[order[k]];
    out.same_energy +=
        same_energy(a, b) && a.structure.species == b.structure.species && !same_structure(a.structure, b.structure);
  }
  return out;
}

}  // namespace orogen::census
