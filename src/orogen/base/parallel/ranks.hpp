// The processes of a data-parallel training: MPI when built with OROGEN_MPI, else this process alone.
#pragma once
#include <cstdint>
#include <span>

namespace orogen {

/// All processes of this run. MPI is initialised at the first call when the program was started by mpirun, and
/// finalised at exit.
class Ranks {
 public:
  static const Ranks& world();
  /// This process by itself, whatever others there are.
  static const Ranks& alone();
  int rank() const { return rank_; }
  int size() const { return size_; }
  /// Sums over all ranks, in place; every rank gets the same numbers.
  void sum(std::span<float> values) const;
  void sum(std::span<double> values) const;
  /// True on every rank when it is true on one.
  bool any(bool value) const;
  /// True on every rank when all ranks have the same number.
  bool same(std::uint64_t number) const;
  /// Ends all processes of the run with this exit code, since the others would wait for ever for one that has failed.
  /// Does nothing where there is only one process, or where no rank was ever asked for.
  static void abort_others(int exit_code);

 private:
  struct Alone {};
  Ranks();
  explicit Ranks(Alone) {}
  int rank_ = 0, size_ = 1;
};

}  // namespace orogen
