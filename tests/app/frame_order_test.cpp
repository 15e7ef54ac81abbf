// Answers belong to a structure alone: not to the frames before it, the number of processes or the place of a restart.
#include <gtest/gtest.h>

#include <algorithm>

#include "app/command.hpp"
#include "dynamics/md_fixtures.hpp"
#include "orogen/app/inputs/potential_choice.hpp"
#include "orogen/oracle/label/label_frames.hpp"
#include "orogen/oracle/xtb/xtb.hpp"
#include "orogen/report/errors/evaluate_frames.hpp"
#include "orogen/system/files/extxyz.hpp"

namespace orogen {
namespace {

constexpr const char* whole =
    "3\nProperties=species:S:1:pos:R:3\nO 0 0 0.1173\nH 0 0.7572 -0.4692\nH 0.02 -0.8 -0.45\n";
constexpr const char* broken = "3\nProperties=species:S:1:pos:R:3\nO 0 0 0.1173\nH 0 3.0 -0.5\nH 0.02 -0.8 -0.45\n";

/// What GFN-FF says of a structure that is the first it sees.
double fresh_energy(const Structure& s) { return XtbPotential({.method = "GFN-FF"}).evaluate(s).energy; }

struct FrameOrder : testing::Test {
  ScratchFolder folder;
  SilentProgress silent;

  std::vector<double> labels(const std::string& text, int processes, const std::string& out) {
    write_atomically(folder / "frames.xyz", text);
    LabelOptions o;
    o.out = folder / out;
    o.processes = processes;
    XtbPotential xtb({.method = "GFN-FF"});
    RunInputs inputs;
    inputs.add("method", "\"GFN-FF\"");
    label_frames(xtb, read_extxyz(folder / "frames.xyz"), inputs, o, silent);
    std::vector<double> energies;
    for (const Frame& f : read_extxyz(LabelFiles(o.out).labelled)) energies.push_back(*f.labels.energy);
    return energies;
  }
};

TEST_F(FrameOrder, labels_of_a_force_field_with_bonds_do_not_depend_on_earlier_frames_or_processes) {
  const auto one = labels(std::string(whole) + broken, 1, "one"), two = labels(std::string(whole) + broken, 2, "two");
  auto turned = labels(std::string(broken) + whole, 1, "turned");
  std::reverse(turned.begin(), turned.end());
  ASSERT_EQ(one.size(), 2u);
  EXPECT_EQ(one, two);
  EXPECT_EQ(one, turned);
}

TEST_F(FrameOrder, errors_of_a_force_field_with_bonds_do_not_depend_on_earlier_frames) {
  write_atomically(folder / "frames.xyz", std::string(whole) + broken);
  const auto pair = read_extxyz(folder / "frames.xyz");
  std::vector<Frame> frames(33, pair[0]);  // more than go into one batch: the last one meets the slot of the first
  frames.back() = pair[1];
  for (Frame& f : frames) f.labels.energy = fresh_energy(f.structure);
  XtbPotential xtb({.method = "GFN-FF"});
  ErrorCollector errors;
  FrameList source(frames);
  ASSERT_TRUE(evaluate_frames(xtb, source, "set", errors, silent));
  EXPECT_LT(errors.table().find("set")->all.energy.max, 1e-6);
}

TEST_F(FrameOrder, a_moving_structure_keeps_the_bonds_of_its_start_when_caches_are_dropped) {
  write_atomically(folder / "frames.xyz", std::string(whole) + broken);
  const auto pair = read_extxyz(folder / "frames.xyz");
  PotentialOptions o;
  o.potential = "xtb:gfnff";
  const auto potential = make_potential(o, 1, silent, &pair[0].structure);
  EXPECT_EQ(potential->evaluate(pair[0].structure).energy, fresh_energy(pair[0].structure));
  const double stretched = potential->evaluate(pair[1].structure).energy;
  potential->forget();  // as at a checkpoint, and as in a run that goes on from a restart file
  EXPECT_EQ(potential->evaluate(pair[1].structure).energy, stretched);
  EXPECT_GT(stretched, fresh_energy(pair[1].structure) + 0.1);
  Structure other = pair[0].structure;
  other.species[0] = 16;
  EXPECT_THROW(potential->evaluate(other), InputError);
}

}  // namespace
}  // namespace orogen
