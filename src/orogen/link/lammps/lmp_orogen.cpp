// lmp-orogen: the installed LAMMPS with pair_style orogen. Same command line as lmp.
#include <dlfcn.h>
#include <mpi.h>

#include <cstdlib>

#include <force.h>
#include <input.h>
#include <lammps.h>

#include "orogen/link/lammps/pair_orogen.hpp"

using namespace LAMMPS_NS;

static Pair* make_pair(LAMMPS* lammps) { return new PairOrogen(lammps); }

/// Force::Force(LAMMPS*), seen by liblammps before its own: registers the style in every Force, also in those that
/// `clear` and
/// a new partition create. (A style put once into the first Force would be lost by `clear`.)
extern "C" __attribute__((visibility("default"))) void _ZN9LAMMPS_NS5ForceC1EPNS_6LAMMPSE(Force* self, LAMMPS* lammps) {
  using Constructor = void (*)(Force*, LAMMPS*);
  static const auto next = reinterpret_cast<Constructor>(dlsym(RTLD_NEXT, "_ZN9LAMMPS_NS5ForceC1EPNS_6LAMMPSE"));
  next(self, lammps);
  (*self->pair_map)["orogen"] = &make_pair;
}

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  try {
    auto* lammps = new LAMMPS(argc, argv, MPI_COMM_WORLD);
    lammps->input->file();
    delete lammps;
  } catch (...) {  // LAMMPS has told; no rank may be left waiting
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  MPI_Barrier(MPI_COMM_WORLD);
  MPI_Finalize();
}
