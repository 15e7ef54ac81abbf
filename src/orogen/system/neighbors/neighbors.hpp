// Neighbour lists, linear in N, with periodic images as explicit ghost atoms.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "orogen/base/parallel/threads.hpp"
#include "orogen/system/structure.hpp"

namespace orogen {

/// The atoms of one structure and its periodic images within reach, and for every centre its neighbours.
///
/// Atoms 0…local−1 are the structure's own, in the order `order` (sorted along a space-filling curve for large systems,
/// else as given); atoms local…total−1 are ghosts: images of the local atom owner[g]. The list of a centre is full (i–j
/// and j–i), holds every atom within cut-off + skin (an atom may be its own neighbour through a ghost, never directly),
/// and is sorted by atomic number, then by index. Pairs may lie beyond the cut-off; the user of the list checks the
/// distance.
struct Neighborhood {
  int local = 0, total = 0;
  std::vector<double> positions;    ///< Å, total × 4: x y z 0
  std::vector<int> species;         ///< atomic numbers, total
  std::vector<int> owner;           ///< total; owner[i] = i for i < local
  std::vector<int> order;           ///< local; order[k] = index in the Structure of local atom k
  std::vector<std::int64_t> first;  ///< local + 1
  std::vector<int> neighbor;        ///< first[local] entries: indices below total
  double cutoff = 0;                ///< Å, without skin
  Mat3 cell = Mat3::Zero();         ///< Å, rows
  double volume = 0;                ///< Å³, 0 when not fully periodic
  std::uint64_t build = 0;          ///< changes when the list was rebuilt (not when only positions moved)
};

/// Keeps a Neighborhood up to date for one replica.
class NeighborList {
 public:
  /// cutoff and skin in Å. `sort` orders the atoms in space (for speed; the answer's `order` tells how).
  NeighborList(double cutoff, double skin, bool sort = true);
  ~NeighborList();
  NeighborList(NeighborList&&) noexcept;
  NeighborList& operator=(NeighborList&&) noexcept;

  /// Moves the atoms; rebuilds the list when species, periodicity or atom count changed, or when atoms and cell moved
  /// so far that a pair within the cut-off could be missing. `pool` may be null (one thread). Throws InputError for a
  /// cell that cannot be periodic (zero or tiny volume, zero row) and NumericalError for a position that is not finite.
  const Neighborhood& update(const Structure& structure, ThreadPool* pool = nullptr);

  std::uint64_t builds() const;  ///< how often the list was rebuilt

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orogen
