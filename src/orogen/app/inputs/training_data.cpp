#include "orogen/app/inputs/training_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/files/sha256.hpp"
#include "orogen/base/random.hpp"
#include "orogen/system/files/extxyz_frames.hpp"
#include "orogen/system/files/extxyz_layout.hpp"
#include "orogen/train/data/frame_subset.hpp"

namespace orogen {

void describe(OptionTable& t, DataOptions& o) {
  t.add("data", o.data, "", "extended XYZ files with the training frames").must();
  t.add("valid", o.valid, "", "files with validation frames; none = a random part of data");
  t.add("valid_fraction", o.valid_fraction, "", "part of data kept for validation when valid is not given")
      .range(0, 0.9);
  t.add("split_seed", o.split_seed, "", "seed of that choice");
  t.add("energy_key", o.keys.energy, "", "key of the energy; empty = the usual names in the documented order");
  t.add("forces_key", o.keys.forces, "", "column of the forces; empty = the usual names");
  t.add("stress_key", o.keys.stress, "", "key of the stress or virial; empty = the usual names");
}

namespace {

/// The frames of some files: all of them in memory as long as they are looked at as a whole, and the source from which
/// training reads them one by one.
struct Frames {
  std::shared_ptr<FrameSource> source = std::make_shared<FrameList>();
  std::vector<Frame> all;
  KeysTaken keys;
};

/// Files stay on the disk; what can be read only once, a pipe, is kept in memory.
Frames read_all(const std::vector<std::string>& paths, const KeyChoice& keys, std::vector<DataFile>& files) {
  Frames read;
  const auto is_file = [](const std::string& path) { return std::filesystem::is_regular_file(path); };
  if (!paths.empty() && std::all_of(paths.begin(), paths.end(), is_file)) {
    const auto on_disk =
        std::make_shared<ExtxyzFrames>(paths, keys, [&](const Frame& frame) { read.all.push_back(frame); });
    read.keys = on_disk->taken();
    read.source = on_disk;
  } else {
    for (const std::string& path : paths)
      for (Frame& frame : read_extxyz(path, keys, &read.keys)) read.all.push_back(std::move(frame));
    read.source = std::make_shared<FrameList>(read.all);
  }
  for (const std::string& path : paths) files.push_back({path, sha256_hex(read_file(path))});
  return read;
}

/// Frames that hold each element; what validation takes away must leave one of each.
class Carriers {
 public:
  void add(const Frame& frame) {
    for (const int z : elements(frame)) ++frames_[z];
  }
  bool can_spare(const Frame& frame) const {
    const auto of = elements(frame);
    return std::all_of(of.begin(), of.end(), [&](int z) { return frames_.at(z) > 1; });
  }
  void remove(const Frame& frame) {
    for (const int z : elements(frame)) --frames_[z];
  }

 private:
  static std::set<int> elements(const Frame& f) { return {f.structure.species.begin(), f.structure.species.end()}; }
  std::map<int, long> frames_;
};

struct Split {
  std::vector<std::size_t> train, valid;  // numbers of frames
};

/// A random part of the frames goes to validation. Isolated atoms, which give the reference energies, stay; so does the
/// last frame that holds some element, which the model would not know otherwise.
Split split(const std::vector<Frame>& frames, const DataOptions& o) {
  std::vector<std::size_t> order;
  for (std::size_t k = 0; k < frames.size(); ++k)
    if (!is_isolated_atom(frames[k])) order.push_back(k);
  Random random(o.split_seed, 0x5917);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  std::vector<bool> validates(frames.size(), false);
  Carriers training;
  for (const std::size_t k : order) training.add(frames[k]);
  const auto wanted = std::size_t(std::lround(o.valid_fraction * double(order.size())));
  for (std::size_t i = 0, taken = 0; i < order.size() && taken < wanted; ++i) {
    if (!training.can_spare(frames[order[i]])) continue;
    training.remove(frames[order[i]]);
    validates[order[i]] = true;
    ++taken;
  }
  Split parts;
  for (std::size_t k = 0; k < frames.size(); ++k) (validates[k] ? parts.valid : parts.train).push_back(k);
  return parts;
}

/// A stress is learned where there is one, and molecules have none. But where one is there, its key was named, or
/// something in the data looks like one, its absence is a mistake.
bool must_have_stress(const Census& census, const DataOptions& o) {
  const auto& keys = census.keys.passed_over;
  return census.stress.frames > 0 || !o.keys.stress.empty() ||
         std::any_of(keys.begin(), keys.end(), [](const auto& entry) { return looks_like_stress(entry.first); });
}

/// Validation chooses the model: without the labels that are learned it would choose by less, without a word.
void refuse_unusable_validation(const std::vector<Frame>& frames, const CensusOptions& options, WantedLabels wanted,
                                const DataOptions& o) {
  try {
    const Census census = take_census(frames, options);
    refuse_unusable(census, {wanted.energy, wanted.forces, wanted.stress && must_have_stress(census, o)});
  } catch (const InputError& e) {
    throw InputError(std::string("valid: ") + e.what());
  }
}

/// What resuming must find unchanged, and what the model records.
void identify(const DataOptions& o, bool apart, TrainingData& data) {
  std::string hashes;
  for (const DataFile& file : data.files) hashes += file.sha256;
  TrainInput& input = data.input;
  input.lineage["training_set_sha256"] = data.files.size() == 1 ? hashes : sha256_hex(hashes);
  input.identity["data files (SHA-256)"] = input.lineage["training_set_sha256"];
  input.identity["valid_fraction"] = apart ? "separate file" : fmt::format("{}", o.valid_fraction);
  input.identity["split_seed"] = apart ? "" : std::to_string(o.split_seed);
  input.identity["keys"] = o.keys.energy + "|" + o.keys.forces + "|" + o.keys.stress;
}

}  // namespace

TrainingData read_training_data(const DataOptions& o, WantedLabels wanted, ProgressSink& progress) {
  TrainingData data;
  const Frames given = read_all(o.data, o.keys, data.files), valid = read_all(o.valid, o.keys, data.files);
  const bool apart = !valid.all.empty();
  CensusOptions census, valid_census;
  census.keys = given.keys, valid_census.keys = valid.keys;
  data.census = take_census(given.all, census);
  refuse_unusable(data.census, {wanted.energy, wanted.forces, wanted.stress && must_have_stress(data.census, o)});
  if (apart) refuse_unusable_validation(valid.all, valid_census, wanted, o);
  progress.message(Level::note, given.keys.text());
  if (apart) progress.message(Level::note, "validation files:\n" + valid.keys.text());
  for (const Suspicion& s : data.census.suspicions)
    progress.message(Level::warning, fmt::format("{}: {} → {}", s.what, s.reason, s.fix));
  if (apart) {
    data.input.train = given.source, data.input.valid = valid.source;
  } else {
    Split parts = split(given.all, o);
    data.input.train = std::make_shared<FrameSubset>(given.source, std::move(parts.train));
    data.input.valid = std::make_shared<FrameSubset>(given.source, std::move(parts.valid));
  }
  identify(o, apart, data);
  progress.message(Level::note, fmt::format("{} frames to train, {} to validate", data.input.train->size(),
                                            data.input.valid->size()));
  return data;
}

}  // namespace orogen
