#include "orogen/base/parallel/ranks.hpp"

#ifdef OROGEN_MPI
#include <mpi.h>

#include <cstdlib>
#endif

namespace orogen {

const Ranks& Ranks::world() {
  static const Ranks ranks;
  return ranks;
}

const Ranks& Ranks::alone() {
  static const Ranks ranks{Alone{}};
  return ranks;
}

#ifdef OROGEN_MPI

Ranks::Ranks() {
  int ready = 0;
  MPI_Initialized(&ready);
  if (!ready) {
    // Only the calling thread communicates.
    int provided = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
    std::atexit([] {
      int over = 0;
      MPI_Finalized(&over);
      if (!over) MPI_Finalize();
    });
  }
  MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
  MPI_Comm_size(MPI_COMM_WORLD, &size_);
}
void Ranks::sum(std::span<float> values) const {
  if (size_ > 1) MPI_Allreduce(MPI_IN_PLACE, values.data(), int(values.size()), MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
}
void Ranks::sum(std::span<double> values) const {
  if (size_ > 1) MPI_Allreduce(MPI_IN_PLACE, values.data(), int(values.size()), MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
}
bool Ranks::any(bool value) const {
  int flag = value;
  if (size_ > 1) MPI_Allreduce(MPI_IN_PLACE, &flag, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  return flag != 0;
}
bool Ranks::same(std::uint64_t number) const {
  std::uint64_t lowest = number, highest = number;
  if (size_ > 1) MPI_Allreduce(&number, &lowest, 1, MPI_UINT64_T, MPI_MIN, MPI_COMM_WORLD);
  if (size_ > 1) MPI_Allreduce(&number, &highest, 1, MPI_UINT64_T, MPI_MAX, MPI_COMM_WORLD);
  return lowest == highest;
}
void Ranks::abort_others(int exit_code) {
  int ready = 0, over = 0;
  MPI_Initialized(&ready);
  MPI_Finalized(&over);
  if (ready && !over && world().size() > 1) MPI_Abort(MPI_COMM_WORLD, exit_code);
}

#else

Ranks::Ranks() = default;
void Ranks::sum(std::span<float>) const {}
void Ranks::sum(std::span<double>) const {}
bool Ranks::any(bool value) const { return value; }
bool Ranks::same(std::uint64_t) const { return true; }
void Ranks::abort_others(int) {}

#endif

}  // namespace orogen
