// The data of a training as the program reads them: labels that must be there, and a split that loses no element.
#include <gtest/gtest.h>

#include "common/scratch_folder.hpp"
#include "orogen/app/inputs/training_data.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/report/errors/evaluate_frames.hpp"

using namespace orogen;

namespace {

/// One frame of two atoms in a cell, with energy and forces under the given key, and whatever else belongs in its
/// header.
std::string frame(double x, const std::string& other = "", const std::string& forces = "forces",
                  const std::string& element = "O") {
  const std::string d = std::to_string(x), f = std::to_string(1 - x);
  return "2\nLattice=\"5 0 0 0 5 0 0 0 5\" Properties=species:S:1:pos:R:3:" + forces + ":R:3 energy=-" + d + " " +
         other + "\n" + element + " 0 0 0 " + f + " 0 0\nH " + d + " 0 0 -" + f + " 0 0\n";
}

struct Data : testing::Test {
  std::string file(const std::string& name, int frames, const std::string& other = "",
                   const std::string& forces = "forces") {
    std::string text;
    for (int k = 0; k < frames; ++k) text += frame(0.9 + 0.01 * k, other, forces);
    write_atomically(folder / name, text);
    return (folder / name).string();
  }
  static std::string refusal(const DataOptions& o, WantedLabels wanted = {true, true, true}) {
    SilentProgress quiet;
    try {
      read_training_data(o, wanted, quiet);
    } catch (const InputError& e) {
      return e.what();
    }
    return "";
  }
  ScratchFolder folder;
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_F(Data, validation_frames_without_a_label_that_is_learned_are_refused) {
  DataOptions o;
  o.data = {file("train.xyz", 8)};
  o.valid = {file("valid.xyz", 3)};
  EXPECT_EQ(refusal(o), "");
  o.valid = {file("valid.xyz", 3, "", "my_forcs")};
  EXPECT_TRUE(contains(refusal(o), "valid: forces: no frame of 3 carries this label")) << refusal(o);
  EXPECT_EQ(refusal(o, {true, false, true}), "") << "forces are not learned";
}

TEST_F(Data, a_stress_whose_key_is_named_or_mistyped_is_missed_and_its_absence_in_molecules_is_not) {
  DataOptions o;
  o.data = {file("none.xyz", 8)};
  EXPECT_EQ(refusal(o), "") << "nothing looks like a stress: energies and forces are learned";
  o.keys.stress = "my_stress";
  EXPECT_TRUE(contains(refusal(o), "stress: no frame of 8 carries this label")) << refusal(o);
  EXPECT_EQ(refusal(o, {true, true, false}), "") << "stress = false";
  o.keys.stress.clear();
  o.data = {file("typo.xyz", 8, "stres=\"1 0 0 0 1 0 0 0 1\"")};
  EXPECT_TRUE(contains(refusal(o), "stress: no frame of 8 carries this label")) << refusal(o);
  EXPECT_TRUE(contains(refusal(o), "stres;")) << refusal(o);
  o.data = {file("right.xyz", 8, "stress=\"1 0 0 0 1 0 0 0 1\"")};
  EXPECT_EQ(refusal(o), "");
}

TEST_F(Data, the_only_frame_with_an_element_stays_in_the_training_set_whatever_the_seed) {
  std::string text;
  for (int k = 0; k < 9; ++k) text += frame(0.9 + 0.01 * k);
  write_atomically(folder / "zinc.xyz", text + frame(0.99, "", "forces", "Zn"));
  DataOptions o;
  o.data = {(folder / "zinc.xyz").string()};
  o.valid_fraction = 0.5;
  SilentProgress quiet;
  for (o.split_seed = 1; o.split_seed <= 8; ++o.split_seed) {
    const TrainInput input = read_training_data(o, {}, quiet).input;
    ASSERT_EQ(input.valid->size(), 5u);
    for (std::size_t k = 0; k < 5; ++k)
      EXPECT_NE(input.valid->read(k).structure.species[0], 30) << "split_seed " << o.split_seed;
  }
}

TEST(Evaluation, that_was_stopped_says_that_its_errors_are_those_of_some_frames_only) {
  struct Zero : Potential {
    void compute(std::span<const Structure> structures, Want, std::span<Evaluation> out) override {
      for (std::size_t k = 0; k < structures.size(); ++k)
        out[k] = {}, out[k].forces.assign(std::size_t(structures[k].size()), Vec3::Zero());
    }
  } zero;
  struct Stop : SilentProgress {
    bool seen = false;
    void update(std::string_view, double, double, std::string_view) override { seen = true; }
    bool stop_requested() const override { return seen; }
  } stop;
  std::vector<Frame> frames(100);
  for (Frame& f : frames) f.structure.species = {1}, f.structure.positions = {Vec3::Zero()}, f.labels.energy = 1;
  FrameList source(frames);
  ErrorCollector some, all;
  SilentProgress quiet;
  EXPECT_FALSE(evaluate_frames(zero, source, "training", some, stop));
  EXPECT_LT(some.table().sets.at(0).all.frames, 100);
  EXPECT_TRUE(evaluate_frames(zero, source, "training", all, quiet));
  EXPECT_EQ(all.table().sets.at(0).all.frames, 100);
}
