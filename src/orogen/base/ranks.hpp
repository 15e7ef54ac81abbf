// The processes of a data-parallel training: MPI when built with OROGEN_MPI, else this process alone.
#pragma once
#include <span>

namespace orogen {

/// All processes of this run. MPI is initialised at the first call when the program was started by mpirun, and finalised at exit.
class Ranks {
 public:
  static const Ranks& world();
  int rank() const { return rank_; }
  int size() const { return size_; }
  /// Sums over all ranks, in place; every rank gets the same numbers.
  void sum(std::span<float> values) const;
  void sum(std::span<double> values) const;
  /// True on every rank when it is true on one.
  bool any(bool value) const;

 private:
  Ranks();
  int rank_ = 0, size_ = 1;
};

}  // namespace orogen
