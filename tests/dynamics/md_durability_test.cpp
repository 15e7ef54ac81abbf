// What a restart file refers to is on the disk before the restart file is: seen by the order of the calls of fsync.
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "dynamics/md_fixtures.hpp"

namespace {
std::vector<std::string> synced;  // names of files, in order
}

// Stands in for that of the C library in this program.
extern "C" int fsync(int file) {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file), error);
  if (!error) synced.push_back(path.filename().string());
  return int(::syscall(SYS_fsync, file));
}

namespace orogen {
namespace {

using namespace reference;

TEST(MolecularDynamics, trajectory_and_thermo_log_are_on_the_disk_before_a_restart_file_names_their_length) {
  ScratchFolder folder;
  LennardJones lj;
  MdOptions o;
  o.ensemble = "nve";
  o.temperature = 30;
  o.steps = 120;
  o.every = 10;
  o.check_timestep = false;
  o.trajectory = folder / "md.xyz";
  o.thermo = folder / "thermo.csv";
  o.restart = folder / "md.restart";
  o.restart_every = 60;
  SilentProgress silent;
  run_md(face_centred_cubic(1, 10), lj, o, silent);
  long restarts = 0;
  bool trajectory = false, thermo = false;
  for (const std::string& name : synced) {
    trajectory |= name == "md.xyz", thermo |= name == "thermo.csv";
    if (!name.starts_with("md.restart")) continue;
    EXPECT_TRUE(trajectory && thermo) << "before restart file " << restarts;
    trajectory = thermo = false;
    ++restarts;
  }
  EXPECT_EQ(restarts, 3);  // steps 0, 60 and 120
}

}  // namespace
}  // namespace orogen
