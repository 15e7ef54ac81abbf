// What a step of a training is made of: its frames, its learning rate and its weights, as functions of the step alone.
#pragma once
#include <map>
#include <vector>

#include "orogen/train/loss/loss.hpp"
#include "orogen/train/train_options.hpp"

namespace orogen {

/// Sizes of one run that follow from options and data.
class Schedule {
 public:
  Schedule(const SampleStream& train, const TrainOptions& options);
  int batch() const { return batch_; }
  long steps_per_epoch() const { return steps_per_epoch_; }
  long steps() const { return steps_; }            ///< of the whole training
  long final_from() const { return final_from_; }  ///< first step of the final phase
  /// A linear rise, then a cosine from learning_rate to final_rate.
  double rate_at(long step) const;
  /// The weights of the loss. They go over to those of the final phase at its first step, or geometrically during
  /// final_ramp: Adam scales its steps by a running mean of squared gradients, which after a jump of the weights stays
  /// too small for a thousand steps, so that the parameters are thrown off.
  LossWeights weights_at(long step) const;
  LossWeights final_weights() const { return final_; }

 private:
  int batch_;
  long steps_per_epoch_, steps_, warmup_, final_from_, ramp_;
  double rate_, final_rate_;
  LossWeights first_, final_;
};

/// Which samples a step sees. The order of the data in an epoch depends on seed, member and epoch alone.
class BatchOrder {
 public:
  BatchOrder(long samples, int batch, std::uint64_t seed, int member);
  std::vector<long> batch_of(long step);

 private:
  const std::vector<long>& order_of(long epoch);

  long samples_;
  int batch_;
  std::uint64_t seed_;
  int member_;
  std::map<long, std::vector<long>> orders_;  // of this epoch and, while samples are prepared ahead, of the next
};

}  // namespace orogen
