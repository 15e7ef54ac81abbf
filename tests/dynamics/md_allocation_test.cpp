#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "dynamics/md_fixtures.hpp"
#include "orogen/potential/learned/learned_potential.hpp"

namespace {
std::atomic<long> allocations{0};
}

// noinline: the compiler must not see that malloc and free are behind a matching pair.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
  ++allocations;
  const std::size_t unit = std::size_t(alignment);
  if (void* memory = std::aligned_alloc(unit, (size + unit - 1) / unit * unit)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace orogen {
namespace {

using namespace reference;

/// Counts the allocations between two steps.
class CountingProgress : public SilentProgress {
 public:
  long first, last;
  CountingProgress(long first, long last) : first(first), last(last) {}
  bool stop_requested() const override {  // asked once before every step
    if (asked_ == first) before_ = allocations;
    if (asked_ == last) after_ = allocations;
    return ++asked_, false;
  }
  long counted() const { return after_ - before_; }

 private:
  mutable long asked_ = 0, before_ = 0, after_ = -1;
};

long allocations_between(long first, long last, const Structure& start, Potential& potential, MdOptions o) {
  o.max_step = 100;
  o.check_timestep = false;
  o.steps = last + 5;
  CountingProgress progress(first, last);
  run_md(start, potential, o, progress);
  return progress.counted();
}

TEST(MolecularDynamics, no_step_allocates_memory) {
  const Structure start = face_centred_cubic(17, 5.35);  // enough atoms for threads
  IdealGas gas;
  for (const char* ensemble : {"nve", "langevin", "csvr", "npt"}) {
    MdOptions o;
    o.ensemble = ensemble;
    o.threads = 2;
    EXPECT_EQ(allocations_between(10, 40, start, gas, o), 0) << ensemble;
  }
}

Model model(int layers, int members) {
  Model m;
  m.shape.layers = layers, m.shape.species = 1, m.shape.features = 4, m.shape.hidden = 8, m.shape.radial = 4;
  m.shape.l_max = 2, m.shape.cutoff = 5, m.shape.mean_neighbors = 20, m.shape.energy_scale = 0.01;
  m.elements = {18};
  m.reference_energies = {-1};
  for (int k = 0; k < members; ++k) m.members.push_back(m.parameterization().initial(std::uint64_t(11 + k)));
  if (members == 1) m.uncertainty = {std::vector<double>(64, 0.1)};
  return m;
}

TEST(MolecularDynamics, no_step_on_a_learned_potential_allocates_between_checkpoints_and_new_neighbour_lists) {
  const Structure start = face_centred_cubic(3, 5.35);
  for (int layers : {1, 2})
    for (int members : {1, 3})
      for (int threads : {1, 2})
        for (const char* precision : {"float32", "float64"}) {
          const auto potential = make_learned_potential(model(layers, members), {threads, 1.0, precision});
          MdOptions o;
          o.ensemble = "npt";  // asks for virials
          o.temperature = 20;
          o.timestep = 0.2;  // the atoms stay within the skin
          o.max_uncertainty = 1e9;
          o.max_force = 1e9;
          EXPECT_EQ(allocations_between(10, 45, start, *potential, o), 0)
              << layers << " layer(s), " << members << " member(s), " << threads << " thread(s), " << precision;
        }
}

}  // namespace
}  // namespace orogen
