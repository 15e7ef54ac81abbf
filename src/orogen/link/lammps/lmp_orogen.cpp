// lmp-orogen: the installed LAMMPS with pair_style orogen. Same command line as lmp.
//
// For a LAMMPS without the package PLUGIN (as Debian's), whose table of styles nothing can extend once it is compiled.
// Where
// `plugin load` works, plugin.cpp is the way: it relies on LAMMPS' own interface and on nothing of the dynamic linker.
#include <dlfcn.h>
#include <mpi.h>

#include <cstdio>
#include <cstdlib>

#include <force.h>
#include <input.h>
#include <lammps.h>

#include "orogen/link/lammps/pair_orogen.hpp"

using namespace LAMMPS_NS;

static Pair* make_pair(LAMMPS* lammps) { return new PairOrogen(lammps); }

/// Force::Force(LAMMPS*), which the dynamic linker finds here before liblammps' own: registers the style in every
/// Force, also in those that `clear` and a new partition create. (A style put once into the first Force would be lost
/// by `clear`.) A liblammps whose calls of its own constructor are bound when it is linked (-Bsymbolic, static) does
/// not come here; `style_is_known` sees that.
extern "C" __attribute__((visibility("default"))) void _ZN9LAMMPS_NS5ForceC1EPNS_6LAMMPSE(Force* self, LAMMPS* lammps) {
  using Constructor = void (*)(Force*, LAMMPS*);
  static const auto next = reinterpret_cast<Constructor>(dlsym(RTLD_NEXT, "_ZN9LAMMPS_NS5ForceC1EPNS_6LAMMPSE"));
  if (!next) {
    std::fputs("lmp-orogen: liblammps has no constructor Force(LAMMPS*) that can be found by name\n", stderr);
    std::abort();
  }
  next(self, lammps);
  (*self->pair_map)["orogen"] = &make_pair;
}

/// Says what to do where the style did not reach this LAMMPS.
static bool style_is_known(LAMMPS* lammps) {
  if (lammps->force->pair_map->count("orogen")) return true;
  std::fputs(
      "lmp-orogen: pair_style orogen could not be added to this liblammps, which binds its own constructors. Build a "
      "LAMMPS "
      "with the package PLUGIN, configure orogen with -DOROGEN_LAMMPS_SOURCE=its source tree, and say in the input\n"
      "  plugin load orogenplugin.so\n",
      stderr);
  return false;
}

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  try {
    auto* lammps = new LAMMPS(argc, argv, MPI_COMM_WORLD);
    if (!style_is_known(lammps)) MPI_Abort(MPI_COMM_WORLD, 1);
    lammps->input->file();
    delete lammps;
  } catch (...) {  // LAMMPS has told; no rank may be left waiting
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  MPI_Barrier(MPI_COMM_WORLD);
  MPI_Finalize();
}
