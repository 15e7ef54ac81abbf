// Loops over atoms on several threads whose sums do not depend on the number of threads, and that allocate nothing.
#pragma once
#include <array>
#include <functional>
#include <vector>

#include "orogen/base/parallel/threads.hpp"

namespace orogen {

class AtomLoops {
 public:
  static constexpr long block = 2048;       ///< atoms summed one after the other
  static constexpr int max_sums = 16;       ///< numbers that one pass can sum
  static constexpr long worth = 8 * block;  ///< fewer atoms stay on one thread: waking the others costs more

  AtomLoops(long atoms, int threads)
      : atoms_(atoms),
        blocks_((atoms + block - 1) / block),
        pool_(atoms < worth ? 1 : threads),
        partial_(blocks_ * max_sums) {}

  long atoms() const { return atoms_; }

  /// body(i) for every atom i.
  template <class Body> void each(Body body) {
    const auto work = [&](int thread) {
      const Range range = share(atoms_, thread, pool_.size());
      for (long i = range.begin; i < range.end; ++i) body(i);
    };
    pool_.run(std::ref(work));
  }

  /// body(i, sums) adds the share of atom i to `count` sums; blocks are added in order.
  template <int count, class Body> std::array<double, count> sum(Body body) {
    static_assert(count <= max_sums);
    const auto work = [&](int thread) {
      const Range range = share(blocks_, thread, pool_.size());
      for (long b = range.begin; b < range.end; ++b) sum_block<count>(b, body);
    };
    pool_.run(std::ref(work));
    std::array<double, count> total{};
    for (long b = 0; b < blocks_; ++b)
      for (int k = 0; k < count; ++k) total[k] += partial_[b * max_sums + k];
    return total;
  }

  /// The atom with the largest value(i), the first of equals; a NaN counts as largest. {−1, 0} without atoms.
  struct Largest {
    long atom = -1;
    double value = 0;
  };
  template <class Value> Largest largest(Value value) {
    const auto work = [&](int thread) {
      const Range range = share(blocks_, thread, pool_.size());
      for (long b = range.begin; b < range.end; ++b) largest_in_block(b, value);
    };
    pool_.run(std::ref(work));
    Largest best;
    for (long b = 0; b < blocks_; ++b)
      if (best.atom < 0 || exceeds(partial_[b * max_sums + 1], best.value))
        best = {long(partial_[b * max_sums]), partial_[b * max_sums + 1]};
    return best;
  }

 private:
  static bool exceeds(double a, double b) { return b == b && !(a <= b); }

  template <int count, class Body> void sum_block(long b, Body& body) {
    std::array<double, count> sums{};
    const long end = std::min(atoms_, (b + 1) * block);
    for (long i = b * block; i < end; ++i) body(i, sums);
    for (int k = 0; k < count; ++k) partial_[b * max_sums + k] = sums[k];
  }
  template <class Value> void largest_in_block(long b, Value& value) {
    const long end = std::min(atoms_, (b + 1) * block);
    long atom = b * block;
    double best = value(atom);
    for (long i = atom + 1; i < end; ++i)
      if (const double v = value(i); exceeds(v, best)) best = v, atom = i;
    partial_[b * max_sums] = double(atom);
    partial_[b * max_sums + 1] = best;
  }

  long atoms_, blocks_;
  ThreadPool pool_;
  std::vector<double> partial_;
};

}  // namespace orogen
