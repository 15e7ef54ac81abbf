// What stands behind a handle of the C interface, and the one place where exceptions end.
#pragma once
#include <exception>
#include <memory>
#include <mutex>
#include <string>

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

}  // namespace orogen
