// The training of one network, step by step: the caller steps, looks, stores its state and goes on from it.
#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "orogen/train/loss/loss.hpp"
#include "orogen/train/train_options.hpp"
#include "orogen/train/training/checkpoint.hpp"
#include "orogen/train/training/schedule.hpp"

namespace orogen {

/// What a training is given. The references must outlive it.
struct TrainingSetup {
  const Model& model;   ///< elements, sizes, scales and reference energies; its members are not looked at
  SampleStream& train;  ///< not empty
  SampleStream& valid;  ///< chooses among the epochs; may be empty
  const TrainOptions& options;
  ThreadPool& pool;
  const Ranks& ranks = Ranks::alone();
  int member = 0;  ///< of a committee: its starting values and the order of its data
  /// Parameters to start from (Parameterization order); empty = random ones of a smooth potential, scaled to the data.
  std::vector<float> start = {};
  /// Of all parameters, in Parameterization order; beside the mean loss per structure (see loss.hpp).
  std::optional<GaussianPrior> prior = {};
};

/// What one step did.
struct TrainStep {
  enum class Outcome {
    taken,
    left_out,   ///< the loss or its gradient was not finite, or absurdly large
    went_back,  ///< left out for the third time in a row: an earlier state again, with half the learning rate
  };
  Outcome outcome = Outcome::taken;
  long step = 0;          ///< its number
  double atoms = 0;       ///< of its batch
  double loss = 0;        ///< mean over its structures, without the prior
  bool measured = false;  ///< it ended an epoch whose validation errors were added to the learning curve
};

/// One member's training. The numbers depend on what it is given and on nothing else: a training that goes on from the
/// checkpoint of another ends with the same parameters, bit by bit.
///
///     Training training(setup);
///     while (!training.done()) training.step();
///     training.finish();
///     use(training.parameters());
class Training {
 public:
  /// Starts anew, or from `stored`. Throws InputError for a start, a prior or a stored state of other length than the
  /// model's parameters.
  explicit Training(TrainingSetup setup, std::optional<Checkpoint> stored = {});

  const TrainState& state() const { return state_; }
  Checkpoint checkpoint() const { return {state_, fallback_}; }
  const Schedule& schedule() const { return schedule_; }
  bool done() const { return state_.step >= schedule_.steps(); }

  /// One step of the minimiser, and the validation where it ends an epoch. Throws NumericalError when the training
  /// diverges again and again.
  TrainStep step();
  /// Goes to the first step of the final phase unless that has begun.
  void enter_final_phase();
  /// Chooses the parameters and fits the constants per element to them; to be called once, when done.
  void finish();
  /// The parameters with the lowest validation loss, once finished.
  const std::vector<float>& parameters() const { return state_.best; }
  BatchLoss<float>& loss() { return loss_; }
  /// Expected sizes of the parameters: the unit of their starting values and steps.
  const std::vector<float>& sizes() const { return sizes_; }

 private:
  void start();
  void go_on_from(Checkpoint stored);
  TrainStep one_step();
  bool usable(double norm, double loss) const;
  void leave_out(TrainStep& step);
  void go_back();
  void minimise(double norm);
  bool measure();

  TrainingSetup setup_;
  Schedule schedule_;
  BatchOrder order_;
  BatchLoss<float> loss_;
  std::vector<float> sizes_;
  TrainState state_, fallback_;
  std::vector<float> gradient_;
  double epoch_atoms_ = 0, epoch_seconds_ = 0;
};

/// The prior that the options ask for: weight decay in units of forces_weight times the mean square force; none for
/// weight_decay = 0.
std::optional<GaussianPrior> prior_of(const Model& model, const TrainOptions& options);

}  // namespace orogen
