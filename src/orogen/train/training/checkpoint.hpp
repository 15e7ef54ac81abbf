// The whole state of a training on disk, so that a killed run continues to the same numbers.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "orogen/base/options/run_inputs.hpp"
#include "orogen/fit/adam.hpp"
#include "orogen/train/training/learning_curve.hpp"

namespace orogen {

struct TrainState {
  long step = 0;                      ///< steps done
  std::vector<float> theta, average;  ///< parameters and their moving average
  std::vector<float> best;            ///< average with the lowest validation loss
  double best_loss = 1e300;
  Adam adam;
  double norm_mean = 0;    ///< running mean of the gradient norm
  double rate_factor = 1;  ///< halved at each rollback
  long skipped = 0, skipped_in_row = 0, rollbacks = 0;
  double epoch_loss = 0, epoch_structures = 0;
  double seconds = 0;
  bool finished = false;
  LearningCurve curve;
  std::vector<double> step_cost;  ///< thread-µs per atom and step, per epoch
};

/// The state, and the earlier one to which a training that diverges goes back.
struct Checkpoint {
  TrainState state, fallback;
};

/// Writes the checkpoint, the inputs that its numbers depend on, and a digest of everything, atomically.
void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint, const RunInputs& inputs);
/// Nothing when there is no file; files of before, without a digest, are taken as they are. Throws InputError for a
/// file that is damaged or is no checkpoint, and one that names every input that changed.
std::optional<Checkpoint> read_checkpoint(const std::filesystem::path& path, const RunInputs& inputs);
/// A number that two states share only when their parameters, steps and minimisers are the same, bit by bit.
std::uint64_t digest(const TrainState& state);

}  // namespace orogen
