// How the errors of a training went down.
#pragma once
#include <vector>

namespace orogen {

/// One entry per epoch in every vector that is not empty; NaN where nothing was measured in that epoch.
struct LearningCurve {
  std::vector<double> epoch;
  std::vector<double> train_loss;
  std::vector<double> energy_rmse;  ///< validation, meV/atom
  std::vector<double> force_rmse;   ///< validation, meV/Å
  std::vector<double> learning_rate;
  std::vector<double> time;  ///< s since the start of training
};

}  // namespace orogen
