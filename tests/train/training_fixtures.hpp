// Small data sets and options for the tests of training.
#pragma once
#include <array>
#include <cmath>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "common/scratch_folder.hpp"
#include "orogen/base/random.hpp"
#include "orogen/train/trainer.hpp"

namespace orogen {

/// Morse pairs O–H and H–H with an analytic gradient: what the test networks learn.
inline double morse(double r, double depth, double a, double r0, double& slope) {
  const double e = std::exp(-a * (r - r0));
  slope = 2 * depth * a * (1 - e) * e;
  return depth * ((1 - e) * (1 - e) - 1);
}

inline Frame water_frame(std::uint64_t seed) {
  Random random(seed);
  Frame f;
  f.structure.species = {8, 1, 1};
  f.structure.positions = {Vec3(0, 0, 0), Vec3(0.96, 0, 0), Vec3(-0.24, 0.93, 0)};
  for (Vec3& r : f.structure.positions) r += 0.08 * Vec3(random.normal(), random.normal(), random.normal());
  double energy = -2000.0;
  std::vector<Vec3> forces(3, Vec3::Zero());
  const std::array<std::array<int, 2>, 3> pairs{{{0, 1}, {0, 2}, {1, 2}}};
  for (const auto& [i, j] : pairs) {
    const Vec3 d = f.structure.positions[j] - f.structure.positions[i];
    double slope = 0;
    energy += i == 0 ? morse(d.norm(), 4.5, 2.2, 0.96, slope) : morse(d.norm(), 0.6, 1.5, 1.5, slope);
    forces[j] -= slope * d.normalized();
    forces[i] += slope * d.normalized();
  }
  f.labels.energy = energy, f.labels.forces = forces;
  f.source = "made:" + std::to_string(seed);
  return f;
}

/// Frames of a training; as a TrainInput once they are complete.
struct TestData {
  std::vector<Frame> train, valid;
  TrainInput input(const std::filesystem::path& folder) const {
    TrainInput input;
    input.train = std::make_shared<FrameList>(train);
    input.valid = std::make_shared<FrameList>(valid);
    input.folder = folder;
    input.identity["data"] = "made";
    return input;
  }
};

inline TestData water_data(int frames = 40) {
  TestData data;
  for (int k = 0; k < frames; ++k) (k % 5 ? data.train : data.valid).push_back(water_frame(100 + k));
  return data;
}
inline TrainInput water_input(const std::filesystem::path& folder, int frames = 40) {
  return water_data(frames).input(folder);
}

/// An empty folder, removed at the end of the program.
inline std::filesystem::path fresh_folder(const std::string& name) {
  static const ScratchFolder all;
  const std::filesystem::path folder = all / name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

inline TrainOptions small_options() {
  TrainOptions o;
  o.features = 8, o.hidden = 16, o.cutoff = 4, o.epochs = 12, o.batch = 4, o.learning_rate = 0.01,
  o.checkpoint_every = 1e6;
  return o;
}

inline Model blank_model(const TestData& data, const TrainOptions& options) {
  std::vector<std::string> notes;
  FrameList frames(data.train);
  return blank_model(frames, options, notes);
}

/// Asks for a stop when it was asked `after` times.
struct StopAfter : SilentProgress {
  explicit StopAfter(long after) : after(after) {}
  long after;
  mutable long asked = 0;
  bool stop_requested() const override { return ++asked > after; }
};

}  // namespace orogen
