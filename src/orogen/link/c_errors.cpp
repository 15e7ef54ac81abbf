// Errors of the C interface: a status, and a text per thread.
#include <fmt/format.h>

#include <new>

#include "orogen/link/c_handle.hpp"

namespace orogen {
namespace {

/// A text of this thread. Before memory runs out it holds what there is room for.
thread_local std::string last_error;

}  // namespace

int keep_error(orogen_status status, const char* text) noexcept {
  try {
    last_error = text;
  } catch (...) {  // no memory even for the text
    last_error.clear();
  }
  return status;
}

int keep_current_exception() noexcept {
  try {
    throw;
  } catch (const InputError& error) {
    return keep_error(OROGEN_INPUT, error.what());
  } catch (const NumericalError& error) {
    return keep_error(OROGEN_COMPUTATION, error.what());
  } catch (const std::bad_alloc&) {
    return keep_error(OROGEN_INTERNAL, "out of memory");
  } catch (const std::exception& error) {
    return keep_error(OROGEN_INTERNAL, error.what());
  } catch (...) {
    return keep_error(OROGEN_INTERNAL, "an exception without a text");
  }
}

void require(const void* pointer, const char* name) {
  if (!pointer) throw InputError(fmt::format("{} is NULL", name));
}

void check_size(std::size_t seen, std::size_t smallest, std::size_t newest, const char* name) {
  if (seen >= smallest && seen <= newest) return;
  const std::string expected =
      smallest == newest ? fmt::format("{}", newest) : fmt::format("{} … {}", smallest, newest);
  throw InputError(fmt::format("{}.struct_size = {}: expected {}; begin with the …_INIT macro of orogen.h{}", name,
                               seen, expected,
                               seen > newest ? ", and compile against the header of the library that is loaded" : ""));
}

}  // namespace orogen

const char* orogen_last_error(void) { return orogen::last_error.c_str(); }
