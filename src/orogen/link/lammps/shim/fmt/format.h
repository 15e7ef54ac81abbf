// Stand-in for a header that Debian's liblammps-dev forgets to ship: LAMMPS bundles fmt under a namespace of its own.
// Enough to
// parse the LAMMPS headers; only the std::string overloads of Error::all, Error::one and utils::logmesg may be called.
#pragma once
#include <cstddef>
#include <string>

namespace fmt {
inline namespace v7_lmp {
template <class C> struct basic_string_view {
  const C* text;
  std::size_t size;
};
using string_view = basic_string_view<char>;
struct format_args {
  const void *first, *second;
};
template <class... A, class S> format_args make_args_checked(const S&, A&...);  // never defined
template <class S, class... A> std::string format(const S&, A&&...);            // never defined
}  // namespace v7_lmp
}  // namespace fmt
