// The lists that a caller of the C interface gives for a domain.
#pragma once
#include <span>

#include "orogen/link/orogen.h"

namespace orogen {

/// The atom whose list row k is: the local atoms in order, then the ghosts with lists.
inline int center(const orogen_lists& l, int k) { return k < l.local ? k : l.ghost_centers[k - l.local]; }

/// Row k of lists whose `first` is sound.
inline std::span<const int> neighbors(const orogen_lists& l, int k) {
  return {l.neighbors + l.first[k], std::size_t(l.first[k + 1] - l.first[k])};
}

/// Throws InputError for whatever is wrong with atoms or lists, in a time linear in their size; nothing else may be
/// assumed of them before. `type_of`: by atomic number, −1 for elements that the model does not know. `messages`:
/// ghosts in the lists of local atoms need lists of their own. What is not seen: atoms that are missing from both lists
/// of a pair, and ghosts that are missing.
void check_lists(const orogen_lists& lists, std::span<const int> type_of, bool messages);

}  // namespace orogen
