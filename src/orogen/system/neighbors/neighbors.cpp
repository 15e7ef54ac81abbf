#include "orogen/system/neighbors/neighbors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <tuple>

#include "orogen/base/errors.hpp"
#include "orogen/system/lattice.hpp"
#include "orogen/system/neighbors/bins.hpp"
#include "orogen/system/neighbors/space_curve.hpp"

namespace orogen {
namespace {

constexpr int sort_above = 1000;     // atoms; smaller systems live in the cache in any order
constexpr int threads_above = 2000;  // atoms; waking a thread costs as much as moving this many
constexpr double lost_beyond = 1e8;  // Å; past this, doubles no longer resolve 1e-7 Å relative to a neighbour
constexpr double infinity = std::numeric_limits<double>::infinity();

using Shift = std::array<int, 3>;  // in cell vectors

/// An image: local atom `owner` moved by `shift` cell vectors. `key` places it along the space-filling curve.
struct Image {
  std::uint64_t key;
  int owner;
  Shift shift;
};

/// Runs work(thread, range) over the static shares of n items. Allocates nothing: std::ref fits into std::function.
template <class Work> void for_shares(ThreadPool* pool, long n, Work&& work) {
  if (!pool || pool->size() == 1 || n < threads_above) return work(0, Range{0, n});
  auto one = [&](int thread) { work(thread, share(n, thread, pool->size())); };
  pool->run(std::ref(one));
}

struct Box {
  Vec3 low = Vec3::Constant(infinity), high = Vec3::Constant(-infinity);
  void hold(const Vec3& x) { low = low.cwiseMin(x), high = high.cwiseMax(x); }
  void hold(const Box& b) { low = low.cwiseMin(b.low), high = high.cwiseMax(b.high); }
};

/// Smallest number of bits that counts every direction of the grid (at least one).
int curve_bits(const Grid& grid) {
  int bits = 1;
  while ((1L << bits) < *std::max_element(grid.count.begin(), grid.count.end())) ++bits;
  return bits;
}

std::uint64_t curve_key(const Grid& grid, int bits, const Vec3& x) {
  return hilbert(std::uint32_t(grid.index(0, x[0])), std::uint32_t(grid.index(1, x[1])),
                 std::uint32_t(grid.index(2, x[2])), bits);
}

/// Grows without ever holding the old and the new storage together: the neighbours of millions of atoms are gigabytes.
void resize_frugally(std::vector<int>& v, std::int64_t n) {
  if (std::int64_t(v.capacity()) < n) {
    std::vector<int>().swap(v);
    v.reserve(n + n / 32);
  }
  v.resize(n);
}

}  // namespace

struct NeighborList::State {
  double skin;
  bool sort;
  bool whole = false;  // false while a rebuild is under way, or failed half-way
  Neighborhood hood;
  Lattice reference, present;
  std::vector<Vec3> reference_positions;  // Å, wrapped, in the order of the hood
  std::vector<Shift> wraps;               // cell vectors added to the structure's position, per local atom
  std::vector<std::array<std::int16_t, 3>> ghost_shifts;

  // Scratch, kept so that a rebuild in the middle of a run allocates next to nothing.
  Bins bins;
  std::vector<std::pair<std::uint64_t, int>> keys;
  std::vector<Image> images;
  struct Worker {
    Box box, fractions;
    double moved2 = 0;
    bool same_species = true;
    std::vector<Image> images;
    std::vector<std::uint64_t> found;
  };
  std::vector<Worker> workers;

  double reach() const { return hood.cutoff + skin; }
  bool fits(const Structure& s) const;
  bool follow(const Structure& s, ThreadPool* pool);
  void move_ghosts(ThreadPool* pool);
  void rebuild(const Structure& s, ThreadPool* pool);
  std::pair<Vec3, Shift> wrap(const Vec3& x) const;
  Box measure(const Structure& s, ThreadPool* pool, Box& fractions);
  void choose_order(const Structure& s, const Box& box, ThreadPool* pool);
  void place_local(const Structure& s, ThreadPool* pool);
  void find_images(const Box& box, const Box& fractions, ThreadPool* pool);
  void images_of(int atom, const Box& box, const Box& fractions, std::vector<Image>& out) const;
  void place_ghosts();
  void find_neighbors(ThreadPool* pool);
  template <class Seen> void each_candidate(int centre, Seen&& seen) const;
};

namespace {

[[noreturn]] void throw_lost(int atom, const Vec3& x) {
  throw NumericalError(fmt::format("atom {} is lost: its position is ({:g}, {:g}, {:g}) Å", atom, x[0], x[1], x[2]));
}

/// False for NaN, too.
bool is_found(const Vec3& x) { return x.cwiseAbs().maxCoeff() < lost_beyond && x.allFinite(); }

}  // namespace

// ---- following the atoms -------------------------------------------------------------------------------------------

bool NeighborList::State::fits(const Structure& s) const {
  return whole && s.size() == hood.local && s.cell.periodic == reference.periodic;
}

/// Moves the local atoms; true when no pair within the cut-off can be missing from the list. With F the deformation
/// since the rebuild and δ the largest displacement beyond it, a pair now within rc was within ‖F⁻¹‖(rc + 2δ) then.
bool NeighborList::State::follow(const Structure& s, ThreadPool* pool) {
  const Mat3 f = deformation(reference, present);
  const Mat3 rows = present.rows;
  for (auto& w : workers) w.moved2 = 0, w.same_species = true;
  for_shares(pool, hood.local, [&](int thread, Range range) {
    double moved2 = 0;
    bool same = true;
    for (long k = range.begin; k < range.end; ++k) {
      const int i = hood.order[k];
      const Shift& n = wraps[k];
      if (!is_found(s.positions[i])) throw_lost(i, s.positions[i]);
      const Vec3 x = s.positions[i] + rows.transpose() * Vec3(n[0], n[1], n[2]);
      Eigen::Map<Vec3>(&hood.positions[4 * k]) = x;
      moved2 = std::max(moved2, (x - f * reference_positions[k]).squaredNorm());
      same &= s.species[i] == hood.species[k];
    }
    workers[thread].moved2 = moved2, workers[thread].same_species = same;
  });
  double moved2 = 0;
  for (const auto& w : workers) {
    moved2 = std::max(moved2, w.moved2);
    if (!w.same_species) return false;
  }
  const double shrink = 1 / Eigen::JacobiSVD<Mat3>(f).singularValues()[2];
  return shrink * (hood.cutoff + 2 * std::sqrt(moved2)) <= reach();
}

void NeighborList::State::move_ghosts(ThreadPool* pool) {
  const Mat3 rows = present.rows;
  for_shares(pool, hood.total - hood.local, [&](int, Range range) {
    for (long g = range.begin; g < range.end; ++g) {
      const auto& n = ghost_shifts[g];
      const long at = 4 * (hood.local + g);
      Eigen::Map<Vec3>(&hood.positions[at]) = Eigen::Map<const Vec3>(&hood.positions[4L * hood.owner[hood.local + g]]) +
                                              rows.transpose() * Vec3(n[0], n[1], n[2]);
      hood.positions[at + 3] = 0;
    }
  });
}

// ---- building the list ---------------------------------------------------------------------------------------------

/// The position in the cell along periodic directions, and the cell vectors that were added to bring it there.
std::pair<Vec3, Shift> NeighborList::State::wrap(const Vec3& x) const {
  Shift n{0, 0, 0};
  const Vec3 s = present.fractional(x);
  for (int d = 0; d < 3; ++d)
    if (present.periodic[d]) n[d] = -int(std::floor(s[d]));
  return {x + present.rows.transpose() * Vec3(n[0], n[1], n[2]), n};
}

/// The bounding boxes of the wrapped atoms, in Å (returned) and in fractional coordinates.
Box NeighborList::State::measure(const Structure& s, ThreadPool* pool, Box& fractions) {
  for (auto& w : workers) w.box = w.fractions = Box();
  for_shares(pool, s.size(), [&](int thread, Range range) {
    auto& w = workers[thread];
    for (long i = range.begin; i < range.end; ++i) {
      if (!is_found(s.positions[i])) throw_lost(int(i), s.positions[i]);
      const Vec3 x = wrap(s.positions[i]).first;
      w.box.hold(x);
      w.fractions.hold(present.fractional(x));
    }
  });
  Box box;
  for (const auto& w : workers) box.hold(w.box), fractions.hold(w.fractions);
  return box;
}

void NeighborList::State::choose_order(const Structure& s, const Box& box, ThreadPool* pool) {
  const int n = s.size();
  hood.order.resize(n);
  if (!sort || n <= sort_above) return std::iota(hood.order.begin(), hood.order.end(), 0);
  const Grid grid = Grid::over(box.low, box.high, reach() / 2, 2L * n);
  const int bits = curve_bits(grid);
  keys.resize(n);
  for_shares(pool, n, [&](int, Range range) {
    for (long i = range.begin; i < range.end; ++i)
      keys[i] = {curve_key(grid, bits, wrap(s.positions[i]).first), int(i)};
  });
  std::sort(keys.begin(), keys.end());
  for (int k = 0; k < n; ++k) hood.order[k] = keys[k].second;
}

void NeighborList::State::place_local(const Structure& s, ThreadPool* pool) {
  const int n = s.size();
  hood.local = n;
  hood.positions.resize(4L * n);
  hood.species.resize(n);
  hood.owner.resize(n);
  wraps.resize(n);
  reference_positions.resize(n);
  for_shares(pool, n, [&](int, Range range) {
    for (long k = range.begin; k < range.end; ++k) {
      const auto [x, shift] = wrap(s.positions[hood.order[k]]);
      Eigen::Map<Vec3>(&hood.positions[4 * k]) = reference_positions[k] = x;
      hood.positions[4 * k + 3] = 0;
      wraps[k] = shift;
      hood.species[k] = s.species[hood.order[k]];
      hood.owner[k] = int(k);
    }
  });
}

/// Images of one atom that lie within reach of the box, measured along the cell's planes and along x, y, z.
void NeighborList::State::images_of(int atom, const Box& box, const Box& fractions, std::vector<Image>& out) const {
  const Vec3 x = reference_positions[atom], s = present.fractional(x);
  Shift low{0, 0, 0}, high{0, 0, 0};
  for (int d = 0; d < 3; ++d)
    if (present.periodic[d]) {
      const double margin = reach() / present.height[d] + 1e-9;
      low[d] = int(std::ceil(fractions.low[d] - margin - s[d]));
      high[d] = int(std::floor(fractions.high[d] + margin - s[d]));
    }
  const Vec3 least = box.low.array() - reach() - 1e-9, most = box.high.array() + reach() + 1e-9;
  for (int a = low[0]; a <= high[0]; ++a)
    for (int b = low[1]; b <= high[1]; ++b)
      for (int c = low[2]; c <= high[2]; ++c) {
        if (a == 0 && b == 0 && c == 0) continue;
        const Vec3 y = x + present.rows.transpose() * Vec3(a, b, c);
        if ((y.array() >= least.array()).all() && (y.array() <= most.array()).all())
          out.push_back({0, atom, {a, b, c}});
      }
}

void NeighborList::State::find_images(const Box& box, const Box& fractions, ThreadPool* pool) {
  for (auto& w : workers) w.images.clear();
  for_shares(pool, hood.local, [&](int thread, Range range) {
    for (long k = range.begin; k < range.end; ++k) images_of(int(k), box, fractions, workers[thread].images);
  });
  images.clear();
  for (const auto& w : workers) images.insert(images.end(), w.images.begin(), w.images.end());
  if (long(hood.local) + long(images.size()) > std::numeric_limits<int>::max() / 2)
    throw InputError(
        fmt::format("{} atoms need {} periodic images within {:g} Å, more than a list can number; use a smaller "
                    "cut-off or a larger cell",
                    hood.local, images.size(), reach()));
  const Vec3 margin = Vec3::Constant(reach());
  const Grid grid =
      Grid::over(box.low - margin, box.high + margin, reach() / 2, 2L * (hood.local + long(images.size())));
  const int bits = curve_bits(grid);
  for (auto& image : images)
    image.key = curve_key(grid, bits,
                          reference_positions[image.owner] +
                              present.rows.transpose() * Vec3(image.shift[0], image.shift[1], image.shift[2]));
  std::sort(images.begin(), images.end(), [](const Image& p, const Image& q) {
    return std::tie(p.key, p.shift, p.owner) < std::tie(q.key, q.shift, q.owner);
  });
}

void NeighborList::State::place_ghosts() {
  const long ghosts = long(images.size());
  hood.total = hood.local + int(ghosts);
  hood.positions.resize(4L * hood.total);
  hood.species.resize(hood.total);
  hood.owner.resize(hood.total);
  ghost_shifts.resize(ghosts);
  for (long g = 0; g < ghosts; ++g) {
    const auto& image = images[g];
    hood.owner[hood.local + g] = image.owner;
    hood.species[hood.local + g] = hood.species[image.owner];
    for (int d = 0; d < 3; ++d) ghost_shifts[g][d] = std::int16_t(image.shift[d]);
  }
}

/// Calls seen(j, near) for every candidate j: near = 1 within cut-off + skin of the centre, else 0. What follows from
/// `near` is meant to be arithmetic, not a branch: it is as good as random, and a wrong guess costs more than the
/// distance.
template <class Seen> void NeighborList::State::each_candidate(int centre, Seen&& seen) const {
  const double* at = &hood.positions[4L * centre];
  const double x = at[0], y = at[1], z = at[2], far2 = reach() * reach();
  bins.near(at, reach(), [&](const int* begin, const int* end) {
    for (const int* j = begin; j < end; ++j) {
      const double* p = &hood.positions[4L * *j];
      const double dx = p[0] - x, dy = p[1] - y, dz = p[2] - z;
      seen(*j, int(dx * dx + dy * dy + dz * dz <= far2) & int(*j != centre));
    }
  });
}

/// Counts, then fills: the list is the largest thing in memory and exists only once.
void NeighborList::State::find_neighbors(ThreadPool* pool) {
  Box box;
  for (int i = 0; i < hood.total; ++i) box.hold(Vec3(Eigen::Map<const Vec3>(&hood.positions[4L * i])));
  if (hood.total > 0)
    bins.place(Grid::over(box.low, box.high, reach() / 2, 2L * hood.total), hood.positions.data(), hood.total);
  hood.first.resize(hood.local + 1);
  hood.first[0] = 0;
  for_shares(pool, hood.local, [&](int, Range range) {
    for (long k = range.begin; k < range.end; ++k) {
      int count = 0;
      each_candidate(int(k), [&](int, int near) { count += near; });
      hood.first[k + 1] = count;
    }
  });
  for (int k = 0; k < hood.local; ++k) hood.first[k + 1] += hood.first[k];
  resize_frugally(hood.neighbor, hood.first[hood.local]);
  for_shares(pool, hood.local, [&](int thread, Range range) {
    auto& found = workers[thread].found;
    for (long k = range.begin; k < range.end; ++k) {
      const long count = hood.first[k + 1] - hood.first[k];
      found.resize(
          std::max<std::size_t>(found.size(), count + 1));  // one more: a candidate is written, then kept or not
      auto* end = found.data();
      each_candidate(int(k), [&](int j, int near) {
        *end = std::uint64_t(hood.species[j]) << 32 | std::uint32_t(j);
        end += near;
      });
      std::sort(found.data(), end);
      std::transform(found.data(), end, hood.neighbor.begin() + hood.first[k], [](auto f) { return int(f); });
    }
  });
}

void NeighborList::State::rebuild(const Structure& s, ThreadPool* pool) {
  whole = false;
  reference = present;
  for (int d = 0; d < 3; ++d)
    if (present.periodic[d] && reach() > 3e4 * present.height[d])  // shifts of ghosts are 16-bit numbers
      throw InputError(
          fmt::format("cut-off and skin of {:g} Å need too many images of a cell whose planes are {:.2g} Å apart",
                      reach(), present.height[d]));
  Box fractions;
  const Box box = measure(s, pool, fractions);
  choose_order(s, box, pool);
  place_local(s, pool);
  find_images(box, fractions, pool);
  place_ghosts();
  move_ghosts(pool);
  find_neighbors(pool);
  ++hood.build;
  whole = true;
}

// ---- the public face -----------------------------------------------------------------------------------------------

NeighborList::NeighborList(double cutoff, double skin, bool sort) : state_(std::make_unique<State>()) {
  if (!(cutoff > 0) || !(cutoff < infinity))
    throw InputError(fmt::format("cut-off {} Å, expected a positive length", cutoff));
  if (!(skin >= 0) || !(skin < infinity))
    throw InputError(fmt::format("skin {} Å, expected a length of at least 0", skin));
  state_->hood.cutoff = cutoff;
  state_->skin = skin;
  state_->sort = sort;
}
NeighborList::~NeighborList() = default;
NeighborList::NeighborList(NeighborList&&) noexcept = default;
NeighborList& NeighborList::operator=(NeighborList&&) noexcept = default;

std::uint64_t NeighborList::builds() const { return state_->hood.build; }

const Neighborhood& NeighborList::update(const Structure& structure, ThreadPool* pool) {
  State& state = *state_;
  if (structure.species.size() != structure.positions.size())
    throw InputError(
        fmt::format("structure has {} species but {} positions", structure.species.size(), structure.positions.size()));
  state.present = complete_lattice(structure.cell);
  state.workers.resize(pool ? pool->size() : 1);
  state.hood.cell = structure.cell.rows;
  state.hood.volume = structure.cell.fully_periodic() ? structure.cell.volume() : 0;
  if (state.fits(structure) && state.follow(structure, pool))
    state.move_ghosts(pool);
  else
    state.rebuild(structure, pool);
  return state.hood;
}

}  // namespace orogen
