#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "md_fixtures.hpp"

namespace {
std::atomic<long> allocations{0};
}

// noinline: the compiler must not see that malloc and free are behind a matching pair.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace orogen {
namespace {

using namespace reference;

TEST(MolecularDynamics, no_step_allocates_memory) {
  Structure start = face_centred_cubic(17, 5.35);  // enough atoms for threads
  IdealGas gas;
  SilentProgress silent;
  for (const char* ensemble : {"nve", "langevin", "csvr", "npt"}) {
    const auto count = [&](long steps) {
      MdOptions o;
      o.ensemble = ensemble;
      o.threads = 2;
      o.max_step = 100;
      o.check_timestep = false;
      o.steps = steps;
      const long before = allocations;
      run_md(start, gas, o, silent);
      return allocations - before;
    };
    count(10);
    EXPECT_LE(count(60), count(20)) << ensemble;
  }
}

}  // namespace
}  // namespace orogen
