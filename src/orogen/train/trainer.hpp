// Training: from frames to a model, resumable at any moment to the same numbers.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orogen/base/parallel/ranks.hpp"
#include "orogen/base/progress.hpp"
#include "orogen/fit/objective.hpp"
#include "orogen/potential/model/model.hpp"
#include "orogen/system/files/frame_source.hpp"
#include "orogen/train/train_options.hpp"
#include "orogen/train/training/learning_curve.hpp"

namespace orogen {

struct TrainInput {
  std::shared_ptr<FrameSource> train = std::make_shared<FrameList>(), valid = std::make_shared<FrameList>();
  /// A model to go on from: sizes, scales, reference energies and parameters are its own, whatever the options say;
  /// member m starts from its member m, or from its first one. Without it the model is made from options and data.
  std::optional<Model> start;
  /// The prior on all trained parameters in Parameterization order; without it the one that the options ask for.
  std::optional<GaussianPrior> prior;
  /// What resuming must find unchanged besides the options: file hashes, split, keys taken.
  std::map<std::string, std::string> identity;
  std::map<std::string, std::string> lineage;  ///< goes into the model
  std::filesystem::path folder;                ///< checkpoints go here
  int threads = 1;
  const Ranks* ranks = &Ranks::alone();  ///< the processes that share the work
  /// Called once, when the data, the options and the checkpoints in the folder have passed every check and before
  /// anything is written: what belongs to this run may now replace what an earlier run left.
  std::function<void()> accepted = [] {};
};

struct TrainResult {
  Model model;
  LearningCurve learning;       ///< of the first member
  bool finished = false;        ///< false when a stop was requested; call again with the same input to go on
  double seconds = 0;           ///< CPU-independent wall time of the optimisation, all members, resumed parts included
  double us_per_atom_step = 0;  ///< thread-µs per atom and training step (both sweeps), median over epochs
  long skipped_steps = 0, rollbacks = 0;
  std::vector<std::string> notes;
};

/// Elements, reference energies, sizes and scales of the model, from the data; no parameters yet.
/// Throws InputError for elements without reference, out-of-range sizes, data without usable labels.
Model blank_model(FrameSource& train, const TrainOptions& options, std::vector<std::string>& notes);

/// Trains all members: a loop over the steps of Training (training/training.hpp), which is the thing to use where more
/// is wanted of a training than its end. Writes folder/checkpoint-M.safetensors every checkpoint_every seconds and at a
/// stop request, and continues from it when it is there; throws InputError naming every key that changed since, where
/// that key changes the numbers.
TrainResult train(const TrainInput& input, const TrainOptions& options, ProgressSink& progress);

}  // namespace orogen
