#include "orogen/base/ranks.hpp"

#ifdef OROGEN_MPI
#include <mpi.h>

#include <cstdlib>
#endif

namespace orogen {

const Ranks& Ranks::world() {
  static const Ranks ranks;
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

#else

Ranks::Ranks() = default;
void Ranks::sum(std::span<float>) const {}
void Ranks::sum(std::span<double>) const {}
bool Ranks::any(bool value) const { return value; }

#endif

}  // namespace orogen
