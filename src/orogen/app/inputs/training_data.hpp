// The data of a training: files, keys, census, split.
#pragma once
#include <string>
#include <vector>

#include "orogen/base/options/options.hpp"
#include "orogen/base/progress.hpp"
#include "orogen/report/training/report.hpp"
#include "orogen/train/census/census.hpp"
#include "orogen/train/trainer.hpp"

namespace orogen {

struct DataOptions {
  std::vector<std::string> data, valid;
  double valid_fraction = 0.1;
  std::uint64_t split_seed = 1;
  KeyChoice keys;
};

/// Describes data, valid, valid_fraction, split_seed and the keys of the labels.
void describe(OptionTable& table, DataOptions& options);

struct TrainingData {
  TrainInput input;             ///< frames and identity; folder and threads are not set
  Census census;                ///< of the frames in data
  std::vector<DataFile> files;  ///< with their hashes
};

/// Reads, counts, refuses labels that are missing, zero or not read (InputError), and splits. Suspicions of the census
/// become warnings. Isolated atoms stay in the training set. The frames themselves stay on the disk and are read
/// when they are needed.
TrainingData read_training_data(const DataOptions& options, WantedLabels wanted, ProgressSink& progress);

}  // namespace orogen
