// The few calls that differ between releases of LAMMPS (29Sep2021 … 2025), chosen by what the headers at hand declare.
#pragma once
#include <atom.h>
#include <comm.h>
#include <neighbor.h>
#include <pair.h>

#if __has_include(<neigh_request.h>)
#include <neigh_request.h>
#endif

namespace orogen::lammps {

template <class Comm> void forward_rows(Comm* comm, LAMMPS_NS::Pair* pair) {
  if constexpr (requires { comm->forward_comm_pair(pair); })
    comm->forward_comm_pair(pair);
  else
    comm->forward_comm(pair);
}
template <class Comm> void reverse_rows(Comm* comm, LAMMPS_NS::Pair* pair) {
  if constexpr (requires { comm->reverse_comm_pair(pair); })
    comm->reverse_comm_pair(pair);
  else
    comm->reverse_comm(pair);
}

/// The values of `fix property/atom d_NAME`, or null where the input has none.
template <class Atom> double* custom_vector(Atom* atom, const char* name) {
  int is_double = 0, columns = 0, index = -1;
  if constexpr (requires { atom->find_custom(name, is_double, columns); })
    index = atom->find_custom(name, is_double, columns);
  else
    index = atom->find_custom(name, is_double);
  return index >= 0 && is_double && columns == 0 ? atom->dvector[index] : nullptr;
}

/// Turns a pair style's default request (half list) into one for a full list. False when this build lays the request
/// out in an unknown way. Debian ships no neigh_request.h; in its 29Sep2021 the flags lie at the byte offsets below
/// (read off the constructor), and all defaults are checked before anything is written.
template <class Request> bool make_full(Request* request) {
  if constexpr (requires { request->half, request->full; }) {
    request->half = 0, request->full = 1;
    return true;
  } else {
    auto at = [&](int offset) -> int& {
      return *reinterpret_cast<int*>(static_cast<char*>(static_cast<void*>(request)) + offset);
    };
    constexpr int pair = 0xd0, fix = 0xd4, half = 0xe4, full = 0xe8, occasional = 0xec;
    if (at(pair) != 1 || at(fix) != 0 || at(half) != 1 || at(full) != 0 || at(occasional) != 0) return false;
    at(half) = 0, at(full) = 1;
    return true;
  }
}
/// Requests a full neighbour list; false as above.
template <class Neighbor> bool request_full_list(Neighbor* neighbor, LAMMPS_NS::Pair* pair, int instance) {
  if constexpr (requires { neighbor->request(pair, instance); }) {
    const int mine = neighbor->request(pair, instance);  // may move the array of requests
    return make_full(neighbor->requests[mine]);
  } else {
    return neighbor->add_request(pair, 1) != nullptr;  // 1 = NeighConst::REQ_FULL
  }
}

}  // namespace orogen::lammps
