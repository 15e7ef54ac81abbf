// What the user can choose about a training.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "orogen/base/options/options.hpp"

namespace orogen {

/// 0 or "" = from the named size or from the data's statistics.
struct TrainOptions {
  std::string size = "balanced";
  int layers = 0, features = 0, radial = 0, l_max = -1, hidden = 0, message_scalars = 0, message_vectors = 0,
      message_tensors = 0,
      embedding = 0;
  double cutoff = 5;
  bool zbl = true, inner_switch = true;
  int members = 1;
  std::string precision = "float32";
  bool energy = true, forces = true, stress = true;
  double energy_weight = 1000, forces_weight = 100, stress_weight = 1, final_energy_weight = 10000,
         final_stress_weight = 10;
  double final_fraction = 0.25, final_ramp = 0;
  int epochs = 0, batch = 0;
  long steps = 0;
  double learning_rate = 0.005, final_rate = 0, average = 0.999, clip = 3, weight_decay = 0;
  double radial_smoothness = 2, angular_smoothness = 0.5;
  int warmup = 200;
  std::uint64_t seed = 1;
  double checkpoint_every = 20, sample_memory = 64;
  std::string reference = "auto";
  std::vector<std::string> reference_energies;
};

/// Describes the keys above (the size, the loss, the minimiser, the reference energies).
void describe(OptionTable& table, TrainOptions& options);

/// Parses "H:-13.587" texts (element:energy in eV). Throws InputError for anything else.
std::map<int, double> parse_reference_energies(const std::vector<std::string>& entries);

}  // namespace orogen
