// The whole state of a training on disk, so that a killed run continues to the same numbers.
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orogen/fit/adam.hpp"
#include "orogen/train/learning_curve.hpp"

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

/// `identity` = what the numbers depend on, key by key.
void write_checkpoint(const std::filesystem::path& path, const TrainState& state, const TrainState& fallback,
                      const std::map<std::string, std::string>& identity);
/// Throws InputError naming every key of the identity that is another in the checkpoint; a file that is not there
/// agrees.
void require_same_identity(const std::filesystem::path& path, const std::map<std::string, std::string>& identity);
/// A number that two states share only when their parameters, steps and minimisers are the same, bit by bit.
std::uint64_t digest(const TrainState& state);
/// Nothing when there is no file. Throws InputError naming every key of the identity that changed.
std::optional<Checkpoint> read_checkpoint(const std::filesystem::path& path,
                                          const std::map<std::string, std::string>& identity);

}  // namespace orogen
