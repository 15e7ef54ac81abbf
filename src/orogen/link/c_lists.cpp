#include "orogen/link/c_lists.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "orogen/link/c_handle.hpp"
#include "orogen/system/elements.hpp"

namespace orogen {
namespace {

void check_counts(const orogen_lists& l) {
  if (l.total < 0 || l.local < 0 || l.local > l.total)
    throw InputError(fmt::format("{} local atoms of {}: expected 0 ≤ local ≤ total", l.local, l.total));
  if (l.ghost_center_count < 0 || l.ghost_center_count > l.total - l.local)
    throw InputError(
        fmt::format("lists->ghost_center_count = {}: expected 0 … {}", l.ghost_center_count, l.total - l.local));
  if (l.total > 0) require(l.species, "lists->species");
  require(l.first, "lists->first");
  if (l.ghost_center_count) require(l.ghost_centers, "lists->ghost_centers");
}

void check_species(const orogen_lists& l, std::span<const int> type_of) {
  for (int i = 0; i < l.total; ++i) {
    const int z = l.species[i];
    if (z < 1 || z > element_count)
      throw InputError(fmt::format("atom {} has atomic number {}: expected 1 … {}", i, z, element_count));
    if (type_of[std::size_t(z)] < 0)
      throw InputError(fmt::format(
          "atom {} is {}, which the model does not know: train on data that holds this element", i, symbol(z)));
  }
}

/// Which atoms have lists.
std::vector<bool> check_centers(const orogen_lists& l) {
  std::vector<bool> has_list(std::size_t(l.total), false);
  std::fill_n(has_list.begin(), l.local, true);
  for (int k = 0; k < l.ghost_center_count; ++k) {
    const int g = l.ghost_centers[k];
    if (g < l.local || g >= l.total || has_list[std::size_t(g)])
      throw InputError(
          fmt::format("lists->ghost_centers holds {}: expected ghosts {} … {}, each once", g, l.local, l.total - 1));
    has_list[std::size_t(g)] = true;
  }
  return has_list;
}

void check_rows(const orogen_lists& l) {
  const int centers = l.local + l.ghost_center_count;
  if (l.first[0] != 0) throw InputError(fmt::format("lists->first[0] = {}: expected 0", l.first[0]));
  for (int k = 0; k < centers; ++k)
    if (l.first[k + 1] < l.first[k] || l.first[k + 1] - l.first[k] > l.total)
      throw InputError(
          fmt::format("the list of atom {} runs from lists->first = {} to {}: expected fewer than {} neighbours",
                      center(l, k), l.first[k], l.first[k + 1], l.total));
  if (l.first[centers] > 0) require(l.neighbors, "lists->neighbors");
}

void check_neighbors(const orogen_lists& l) {
  std::vector<int> last(std::size_t(l.total), -1);  // the last row in which an atom was seen
  for (int k = 0; k < l.local + l.ghost_center_count; ++k)
    for (int j : neighbors(l, k)) {
      if (j < 0 || j >= l.total || j == center(l, k))
        throw InputError(
            fmt::format("the list of atom {} holds {}: expected other atoms, 0 … {}", center(l, k), j, l.total - 1));
      if (std::exchange(last[std::size_t(j)], k) == k)
        throw InputError(fmt::format("the list of atom {} holds atom {} twice", center(l, k), j));
    }
}

/// Of every local atom the local atoms whose lists hold it, as compressed rows.
struct Holders {
  std::vector<std::int64_t> first;
  std::vector<int> atoms;
  explicit Holders(const orogen_lists& l) : first(std::size_t(l.local) + 2, 0) {
    for (int i = 0; i < l.local; ++i)
      for (int j : neighbors(l, i))
        if (j < l.local) ++first[std::size_t(j) + 2];
    std::partial_sum(first.begin(), first.end(), first.begin());
    atoms.resize(std::size_t(first.back()));
    for (int i = 0; i < l.local; ++i)
      for (int j : neighbors(l, i))
        if (j < l.local) atoms[std::size_t(first[std::size_t(j) + 1]++)] = i;
  }
};

/// Half lists would give an energy all the same, and a wrong one.
void check_both_ways(const orogen_lists& l) {
  const Holders holders(l);
  std::vector<int> last(std::size_t(l.local), -1);
  for (int j = 0; j < l.local; ++j) {
    for (int i : neighbors(l, j))
      if (i < l.local) last[std::size_t(i)] = j;
    for (auto e = holders.first[std::size_t(j)]; e < holders.first[std::size_t(j) + 1]; ++e)
      if (const int i = holders.atoms[std::size_t(e)]; last[std::size_t(i)] != j)
        throw InputError(fmt::format(
            "the list of atom {} holds atom {}, but the list of atom {} does not hold atom {}: expected full lists, "
            "every pair of local atoms in both",
            i, j, j, i));
  }
}

void check_messages(const orogen_lists& l, const std::vector<bool>& has_list) {
  for (int i = 0; i < l.local; ++i)
    for (int j : neighbors(l, i))
      if (!has_list[std::size_t(j)])
        throw InputError(fmt::format(
            "ghost {} is in the list of atom {} but has no list of its own, which a model of two layers needs (see "
            "lists->ghost_centers)",
            j, i));
}

}  // namespace

void check_lists(const orogen_lists& l, std::span<const int> type_of, bool messages) {
  check_counts(l);
  check_species(l, type_of);
  const std::vector<bool> has_list = check_centers(l);
  check_rows(l);
  check_neighbors(l);
  check_both_ways(l);
  if (messages) check_messages(l, has_list);
}

}  // namespace orogen
