// Training: from frames to a model, resumable at any moment to the same numbers.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "orogen/base/options/options.hpp"
#include "orogen/base/progress.hpp"
#include "orogen/potential/model/model.hpp"
#include "orogen/system/structure.hpp"
#include "orogen/train/learning_curve.hpp"

namespace orogen {

/// Everything that the user can choose about a training. 0 or "" = from the named size or from the data's statistics.
struct TrainOptions {
  std::string size = "balanced";
  int layers = 0, features = 0, radial = 0, l_max = -1, hidden = 0, message_scalars = 0, message_vectors = 0,
      message_tensors = 0, embedding = 0;
  double cutoff = 5;
  bool zbl = true, inner_switch = true;
  int members = 1;
  std::string precision = "float32";
  bool energy = true, forces = true, stress = true;
  double energy_weight = 1000, forces_weight = 100, stress_weight = 1, final_energy_weight = 10000,
         final_stress_weight = 10;
  double final_fraction = 0.25;
  int epochs = 0, batch = 0;
  long steps = 0;
  double learning_rate = 0.005, final_rate = 0, average = 0.999, clip = 3, weight_decay = 0;
  double radial_smoothness = 2, angular_smoothness = 0.5;
  int warmup = 200;
  std::uint64_t seed = 1;
  double checkpoint_every = 20;
  std::string reference = "auto";
  std::vector<std::string> reference_energies;
};

/// Describes the keys above (the size, the loss, the minimiser, the reference energies).
void describe(OptionTable& table, TrainOptions& options);

/// Parses "H:-13.587" texts (element:energy in eV). Throws InputError for anything else.
std::map<int, double> parse_reference_energies(const std::vector<std::string>& entries);

struct TrainInput {
  std::vector<Frame> train, valid;
  /// What resuming must find unchanged besides the options: file hashes, split, keys taken.
  std::map<std::string, std::string> identity;
  std::map<std::string, std::string> lineage;  ///< goes into the model
  std::filesystem::path folder;                ///< checkpoints go here
  int threads = 1;
  /// Called once, when the data, the options and the checkpoints in the folder have passed every check and before
  /// anything is
  /// written: what belongs to this run may now replace what an earlier run left.
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
Model blank_model(const TrainInput& input, const TrainOptions& options, std::vector<std::string>& notes);

/// Trains. Writes folder/checkpoint-M.safetensors every checkpoint_every seconds and at a stop request, and continues
/// from it
/// when it is there; throws InputError naming every key that changed since, where that key changes the numbers.
TrainResult train(const TrainInput& input, const TrainOptions& options, ProgressSink& progress);

}  // namespace orogen
