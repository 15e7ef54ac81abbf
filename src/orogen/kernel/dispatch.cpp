// Chooses the kernels for this CPU once, at start.
#include <cstdlib>
#include <cstring>
#include <string>

#include "orogen/base/errors.hpp"
#include "orogen/kernel/block.hpp"

namespace orogen::kernel {

/// Defined by kernel_table.cpp, once per instruction set and precision.
#define OROGEN_TABLE(isa)                                                       \
  namespace isa {                                                               \
  extern const Kernels<float> single_precision;                                 \
  extern const Kernels<double> double_precision;                                \
  static constexpr KernelTable table{#isa, single_precision, double_precision}; \
  }
#ifdef OROGEN_HAVE_v4
OROGEN_TABLE(v4)
#endif
#ifdef OROGEN_HAVE_v3
OROGEN_TABLE(v3)
#endif
#ifdef OROGEN_HAVE_v2
OROGEN_TABLE(v2)
#endif
OROGEN_TABLE(plain)

const KernelTable* kernels_named(const char* name) {
#ifdef OROGEN_HAVE_v4
  if (!std::strcmp(name, "v4"))
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                   __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                   __builtin_cpu_supports("avx512cd")
               ? &v4::table
               : nullptr;
#endif
#ifdef OROGEN_HAVE_v3
  if (!std::strcmp(name, "v3"))
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2")
               ? &v3::table
               : nullptr;
#endif
#ifdef OROGEN_HAVE_v2
  if (!std::strcmp(name, "v2")) return __builtin_cpu_supports("sse4.2") ? &v2::table : nullptr;
#endif
  return std::strcmp(name, "plain") ? nullptr : &plain::table;
}

const KernelTable& kernels() {
  static const KernelTable* const chosen = [] {
    if (const char* forced = std::getenv("OROGEN_ISA"); forced && *forced) {
      if (const KernelTable* table = kernels_named(forced)) return table;
      throw InputError("OROGEN_ISA=" + std::string(forced) +
                       ": this CPU or build does not have it; expected one of v4, v3, v2, plain");
    }
    for (const char* name : {"v4", "v3", "v2"})
      if (const KernelTable* table = kernels_named(name)) return table;
    return kernels_named("plain");
  }();
  return *chosen;
}

}  // namespace orogen::kernel
