// Frames by number: the same frames as those of the reader, whatever the order in which they are asked for.
#include "orogen/system/files/extxyz_frames.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "common/scratch_folder.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"

namespace orogen {
namespace {

/// `count` frames of different lengths with labels, blank lines between them.
std::string frames_text(int count, double energy) {
  std::string text;
  for (int k = 0; k < count; ++k) {
    text += std::to_string(1 + k % 4) +
            "\nProperties=species:S:1:pos:R:3:forces:R:3 pbc=\"F F F\" energy=" + std::to_string(energy - k) + "\n";
    for (int i = 0; i <= k % 4; ++i) text += "Cu 0 " + std::to_string(k) + " " + std::to_string(i) + " 1 2 3\n";
    if (k % 3 == 0) text += "\n";
  }
  return text;
}

void expect_same(const Frame& a, const Frame& b) {
  EXPECT_EQ(a.structure.species, b.structure.species);
  EXPECT_EQ(a.structure.positions, b.structure.positions);
  EXPECT_EQ(a.labels.energy, b.labels.energy);
  EXPECT_EQ(a.labels.forces, b.labels.forces);
  EXPECT_EQ(a.source, b.source);
}

TEST(FrameSource, reads_any_frame_of_several_files_as_the_reader_does) {
  ScratchFolder folder;
  write_atomically(folder / "a.xyz", frames_text(13, 0));
  write_atomically(folder / "b.xyz", frames_text(6, -100));
  long visited = 0;
  ExtxyzFrames source({folder / "a.xyz", folder / "b.xyz"}, {}, [&](const Frame&) { ++visited; });
  std::vector<Frame> all;
  for (const char* name : {"a.xyz", "b.xyz"})
    for (auto& frame : read_extxyz(folder / name)) all.push_back(frame);
  ASSERT_EQ(source.size(), all.size());
  EXPECT_EQ(visited, 19);
  for (std::size_t k = all.size(); k-- > 0;) expect_same(source.read(k), all[k]);
  EXPECT_EQ(source.taken().energy.at("energy"), 19);
  EXPECT_THROW(source.read(19), std::out_of_range);
}

TEST(FrameSource, reads_compressed_files_too) {
  ScratchFolder folder;
  write_atomically(folder / "a.xyz", frames_text(9, 0));
  ExtxyzWriter writer(folder / "b.xyz.gz");
  for (const auto& frame : read_extxyz(folder / "a.xyz")) writer.write(frame), writer.flush();
  writer.close();
  ExtxyzFrames source({folder / "b.xyz.gz"});
  const auto all = read_extxyz(folder / "b.xyz.gz");
  for (const std::size_t k : {8, 0, 5, 5, 1}) expect_same(source.read(k), all[k]);
}

TEST(FrameSource, finds_the_problems_of_the_reader_when_it_is_made) {
  ScratchFolder folder;
  write_atomically(folder / "a.xyz", frames_text(5, 0) + "2\n\nCu 0 0 0\nCu 0 x 0\n");
  const auto problem = [&](auto make) -> std::string {
    try {
      make();
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  const std::string expected = problem([&] { read_extxyz(folder / "a.xyz"); });
  EXPECT_NE(expected, "");
  EXPECT_EQ(problem([&] { ExtxyzFrames({folder / "a.xyz"}); }), expected);
  write_atomically(folder / "empty.xyz", "");
  EXPECT_NE(problem([&] { ExtxyzFrames({folder / "empty.xyz"}); }).find("holds no frames"), std::string::npos);
  EXPECT_NE(problem([&] { ExtxyzFrames({folder / "absent.xyz"}); }).find("absent.xyz"), std::string::npos);
}

TEST(FrameSource, keeps_the_file_that_was_scanned_and_notices_one_that_was_cut) {
  ScratchFolder folder;
  write_atomically(folder / "a.xyz", frames_text(5, 0));
  ExtxyzFrames source({folder / "a.xyz"});
  write_atomically(folder / "a.xyz", frames_text(5, 50));  // another file of the same name
  EXPECT_EQ(source.read(2).labels.energy, -2);
  ExtxyzFrames second({folder / "a.xyz"});
  std::filesystem::resize_file(folder / "a.xyz", 40);
  EXPECT_THROW(second.read(4), InputError);
}

TEST(FrameSource, serves_several_threads_at_once) {
  ScratchFolder folder;
  write_atomically(folder / "a.xyz", frames_text(40, 0));
  ExtxyzFrames source({folder / "a.xyz"});
  std::vector<double> sums(4);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (std::size_t k = 0; k < 40; ++k) sums[t] += *source.read((k * 7 + t) % 40).labels.energy;
      });
  }
  EXPECT_EQ(sums, (std::vector<double>(4, -780)));
}

TEST(FrameSource, in_memory_gives_what_it_was_given) {
  Frame frame;
  frame.labels.energy = -3;
  FrameList source(std::vector<Frame>{Frame(), frame});
  EXPECT_EQ(source.size(), 2u);
  EXPECT_EQ(source.read(1).labels.energy, -3);
}

}  // namespace
}  // namespace orogen
