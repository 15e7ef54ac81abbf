// The plug-in: `plugin load orogenplugin.so` in a LAMMPS with the PLUGIN package registers pair_style orogen.
#include <lammpsplugin.h>
#include <version.h>

#include "orogen/link/lammps/pair_orogen.hpp"

using namespace LAMMPS_NS;

static Pair* make_pair(LAMMPS* lammps) { return new PairOrogen(lammps); }

extern "C" __attribute__((visibility("default"))) void lammpsplugin_init(void* lammps, void* handle, void* registrar) {
  lammpsplugin_t plugin{};
  plugin.version = LAMMPS_VERSION;
  plugin.style = "pair";
  plugin.name = "orogen";
  plugin.info = "learned potentials of orogen";
  plugin.author = "the orogen project";
  plugin.creator.v1 = reinterpret_cast<lammpsplugin_factory1*>(&make_pair);
  plugin.handle = handle;
  reinterpret_cast<lammpsplugin_regfunc>(registrar)(&plugin, lammps);
}
