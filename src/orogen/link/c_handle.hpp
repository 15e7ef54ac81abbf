// What stands behind a handle of the C interface, and the one place where exceptions end.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <type_traits>

#include "orogen/base/errors.hpp"
#include "orogen/link/orogen.h"
#include "orogen/potential/learned/learned_potential.hpp"

struct orogen_potential {
  orogen::Model model;
  orogen::LearnedOptions options;
  std::unique_ptr<orogen::Potential> potential;
  std::string header;  ///< JSON
  std::mutex turn;     ///< calls on one handle take turns
};

namespace orogen {

/// Keeps `text` for this thread's orogen_last_error and returns `status`.
int keep_error(orogen_status status, const char* text) noexcept;
/// The status and text of the exception that is being handled.
int keep_current_exception() noexcept;

/// Runs `work`; every exception ends here as a status.
template <class Work> int guarded_call(Work work) noexcept {
  try {
    work();
    return OROGEN_OK;
  } catch (...) {
    return keep_current_exception();
  }
}

/// What `ask` says of a handle; of NULL it is 0 or NULL, and a sentence for orogen_last_error.
template <class Handle, class Ask> auto told(const Handle* handle, Ask ask) noexcept {
  if (handle) return ask(*handle);
  keep_error(OROGEN_INPUT, "the handle is NULL");
  return decltype(ask(*handle)){};
}

/// Options as the layers take them, defaults filled in. Throws InputError.
LearnedOptions checked_options(const orogen_options* options);
/// Throws InputError for a NULL argument.
void require(const void* pointer, const char* name);

/// Throws InputError unless `seen`, the struct_size of a caller's structure `name`, is what a header of this ABI
/// version can have: at least `smallest`, that of its first release, and at most `newest`, that of this library.
void check_size(std::size_t seen, std::size_t smallest, std::size_t newest, const char* name);

/// Structures of a caller, which lie as far apart as the caller's header says.
template <class Struct> class Sized {
 public:
  /// Throws InputError for NULL (unless `count` = 0), and for sizes that are none or differ. `smallest`: the size in
  /// the first release of this ABI version.
  Sized(Struct* given, std::int64_t count, const char* name, std::size_t smallest = sizeof(Struct)) : given_(given) {
    if (count == 0) return;
    require(given, name);
    size_ = given->struct_size;
    check_size(size_, smallest, sizeof(Struct), name);
    for (std::int64_t k = 1; k < count; ++k) check_size(at(k)->struct_size, size_, size_, name);
  }
  /// Structure k with zeros in the fields that the caller's header does not have.
  std::remove_const_t<Struct> read(std::int64_t k = 0) const {
    std::remove_const_t<Struct> whole{};
    std::memcpy(&whole, at(k), size_);
    whole.struct_size = sizeof(Struct);
    return whole;
  }
  /// The caller's own, whose fields beyond its struct_size are not there.
  Struct* at(std::int64_t k) const { return reinterpret_cast<Struct*>(bytes(given_) + std::size_t(k) * size_); }

 private:
  using Byte = std::conditional_t<std::is_const_v<Struct>, const char, char>;
  static Byte* bytes(Struct* s) { return reinterpret_cast<Byte*>(s); }
  Struct* given_;
  std::size_t size_ = 0;
};

}  // namespace orogen
