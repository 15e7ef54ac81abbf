// Checkpoints of trainings: sealed, readable across versions, and never a riddle when they are damaged.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/files/safetensors.hpp"
#include "orogen/train/training/checkpoint.hpp"
#include "train/training_fixtures.hpp"

using namespace orogen;
namespace fs = std::filesystem;

namespace {

TEST(Checkpoint, its_digest_tells_states_apart_that_ranks_must_not_start_from_together) {
  TrainState a;
  a.theta = {1, 2}, a.average = {1, 2}, a.best = {};
  TrainState b = a;
  EXPECT_EQ(digest(a), digest(b));
  b.step = 1;
  EXPECT_NE(digest(a), digest(b));
  b = a;
  b.theta[1] = std::nextafter(2.0f, 3.0f);
  EXPECT_NE(digest(a), digest(b));
}

/// A training that was stopped after some steps, and its checkpoint.
struct Stopped {
  explicit Stopped(const std::string& name) : folder(fresh_folder(name)), file(folder / "checkpoint-0.safetensors") {
    StopAfter soon(17);
    train(water_input(folder), small_options(), soon);
  }
  TrainResult resume() const {
    SilentProgress quiet;
    return train(water_input(folder), small_options(), quiet);
  }
  /// Writes the checkpoint again after `edit`, without a seal, as earlier versions did.
  void rewrite(const std::function<void(SafetensorsFile&)>& edit) const {
    SafetensorsFile contents = SafetensorsFile::read(file);
    contents.metadata.erase("sha256");
    edit(contents);
    contents.write(file);
  }
  std::string refusal() const {
    try {
      resume();
    } catch (const InputError& e) {
      return e.what();
    }
    return "";
  }
  fs::path folder, file;
};

void expect_named_with_a_remedy(const std::string& refusal, const fs::path& file) {
  EXPECT_NE(refusal.find(file.string()), std::string::npos) << refusal;
  EXPECT_NE(refusal.find("restart=true"), std::string::npos) << refusal;
}

TEST(Checkpoint, of_an_earlier_version_without_a_seal_and_newer_keys_goes_on_to_the_same_numbers) {
  const TrainResult sealed = Stopped("sealed").resume();
  const Stopped before("before");
  before.rewrite([](SafetensorsFile& file) {
    std::string& identity = file.metadata.at("identity");
    for (const char* newer : {"\"final_ramp\":\"0.0\",", "\"prior\":\"\",", "\"start\":\"\","}) {
      const auto at = identity.find(newer);
      ASSERT_NE(at, std::string::npos) << identity;
      identity.erase(at, std::string(newer).size());
    }
  });
  EXPECT_EQ(before.resume().model.members, sealed.model.members);
}

TEST(Checkpoint, with_one_bit_changed_is_refused) {
  const Stopped stopped("bit");
  std::string bytes = read_file(stopped.file);
  bytes[bytes.size() - 1000] ^= 1;
  write_atomically(stopped.file, bytes);
  expect_named_with_a_remedy(stopped.refusal(), stopped.file);
}

TEST(Checkpoint, that_was_cut_short_is_refused) {
  const Stopped stopped("cut");
  for (const std::size_t length : {std::size_t(0), std::size_t(5), std::size_t(500), std::size_t(20000)}) {
    write_atomically(stopped.file, read_file(stopped.file).substr(0, length));
    expect_named_with_a_remedy(stopped.refusal(), stopped.file);
  }
}

TEST(Checkpoint, without_a_seal_that_lacks_a_part_is_refused_as_bad_input) {
  const Stopped stopped("part");
  const std::string whole = read_file(stopped.file);
  const std::vector<std::function<void(SafetensorsFile&)>> edits{
      [](SafetensorsFile& f) { f.metadata["identity"] = "{"; },
      [](SafetensorsFile& f) { f.metadata["identity"] = "[1, 2]"; },
      [](SafetensorsFile& f) { f.metadata.erase("identity"); },
      [](SafetensorsFile& f) { f.tensors.erase("adam.second"); },
      [](SafetensorsFile& f) {
        f.tensors["counts"] = Tensor::from(std::vector<std::int64_t>{1, 2});
      },
      [](SafetensorsFile& f) { f.tensors["numbers"] = Tensor::from(std::vector<double>{1}); },
      [](SafetensorsFile& f) { f.tensors["theta"] = Tensor::from(std::vector<double>{1}); },
  };
  for (const auto& edit : edits) {
    write_atomically(stopped.file, whole);
    stopped.rewrite(edit);
    expect_named_with_a_remedy(stopped.refusal(), stopped.file);
  }
  write_atomically(stopped.file, whole);
  stopped.rewrite([](SafetensorsFile& f) { f.tensors["theta"] = Tensor::from(std::vector<float>{1}); });
  EXPECT_NE(stopped.refusal().find("1 numbers for the"), std::string::npos) << stopped.refusal();
}

}  // namespace
