// Labels for frames, in this process and in several, with failures kept apart and runs that go on.
#include "orogen/oracle/label/label_frames.hpp"

#include <gtest/gtest.h>

#include "common/scratch_folder.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/system/files/extxyz.hpp"
#include "potential/reference_potentials.hpp"

namespace orogen {
namespace {

using namespace reference;

std::vector<Frame> frames(int count) {
  std::vector<Frame> all(static_cast<std::size_t>(count));
  for (int k = 0; k < count; ++k) {
    all[std::size_t(k)].structure = face_centred_cubic(1, 5.2 + 0.01 * k);
    all[std::size_t(k)].source = "frames.xyz:" + std::to_string(k);
  }
  return all;
}

RunInputs inputs(int charge = 0) {
  RunInputs in;
  in.add("charge", std::to_string(charge));
  return in;
}

/// Stops after some frames.
class Patience : public SilentProgress {
 public:
  explicit Patience(long frames) : frames_(frames) {}
  void update(std::string_view, double, double, std::string_view) override { --frames_; }
  bool stop_requested() const override { return frames_ <= 0; }

 private:
  long frames_;
};

TEST(LabelFrames, gives_energy_forces_and_virial_for_any_number_of_processes) {
  ScratchFolder folder;
  LennardJones lj;
  const auto all = frames(7);
  std::string first;
  for (const int processes : {1, 3}) {
    LabelOptions o;
    o.out = folder / std::to_string(processes);
    o.processes = processes;
    SilentProgress silent;
    const auto counts = label_frames(lj, all, inputs(), o, silent);
    EXPECT_EQ(counts.labelled, 7);
    EXPECT_TRUE(counts.complete());
    const auto text = read_file(LabelFiles(o.out).labelled);
    if (first.empty()) first = text;
    EXPECT_EQ(text, first);
    const auto labelled = read_extxyz(LabelFiles(o.out).labelled);
    const auto expected = lj.evaluate(all[3].structure);
    EXPECT_EQ(labelled[3].labels.energy, expected.energy);
    EXPECT_EQ(*labelled[3].labels.forces, expected.forces);
    EXPECT_LT((*labelled[3].labels.virial - expected.virial).norm(), 1e-12);
  }
}

TEST(LabelFrames, goes_on_where_it_was_stopped_and_keeps_failures_apart) {
  ScratchFolder folder;
  LennardJones lj;
  Spoiled potential(lj, [](const Structure& s, long, Evaluation&) {
    if (s.cell.rows(0, 0) > 5.215 && s.cell.rows(0, 0) < 5.225) throw NumericalError("no \"convergence\"");
  });
  LabelOptions o;
  o.out = folder / "labels";
  Patience short_of(4);
  const auto part = label_frames(potential, frames(6), inputs(), o, short_of);
  EXPECT_EQ(part.labelled, 3);
  EXPECT_EQ(part.failed, 1);
  EXPECT_EQ(part.first_error, "frames.xyz:2: no \"convergence\"");
  EXPECT_FALSE(part.complete());
  SilentProgress silent;
  const auto whole = label_frames(potential, frames(6), inputs(), o, silent);
  EXPECT_EQ(whole.labelled, 5);
  EXPECT_EQ(whole.failed, 1);
  const auto failed = read_extxyz(LabelFiles(o.out).failed);
  EXPECT_EQ(failed[0].info.back(), (std::pair<std::string, std::string>("label_error", "no 'convergence'")));
}

TEST(LabelFrames, of_other_inputs_are_refused_and_the_change_is_named) {
  ScratchFolder folder;
  LennardJones lj;
  LabelOptions o;
  o.out = folder / "labels";
  SilentProgress silent;
  label_frames(lj, frames(2), inputs(), o, silent);
  try {
    label_frames(lj, frames(2), inputs(1), o, silent);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("charge was 0, is 1 now"), std::string::npos) << error.what();
  }
  o.resume = false;
  EXPECT_EQ(label_frames(lj, frames(2), inputs(1), o, silent).labelled, 2);
  write_atomically(LabelFiles(o.out).record, "{");
  o.resume = true;
  EXPECT_THROW(label_frames(lj, frames(2), inputs(1), o, silent), InputError);
}

}  // namespace
}  // namespace orogen
