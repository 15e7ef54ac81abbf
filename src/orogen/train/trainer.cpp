#include "orogen/train/trainer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/sha256.hpp"
#include "orogen/kernel/block.hpp"
#include "orogen/train/loss/last_layer.hpp"
#include "orogen/train/training/training.hpp"

namespace orogen {
namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

/// A number, or a dash where there was no label to measure it with.
std::string measured(double value, int digits) {
  return std::isfinite(value) ? fmt::format("{:.{}f}", value, digits) : "–";
}

template <class T> std::string digest_of(const std::vector<T>& numbers) {
  return sha256_hex(std::string_view(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(T)));
}

/// What a training did before an option was there: what its default does, but for those named here.
std::string before_it_was(const Option& option) {
  return OptionTable::text(option.key == "inner_switch" ? OptionValue(false) : option.fallback);
}

/// Everything that the numbers depend on, key by key. Checkpoints of earlier versions lack the keys of newer options.
RunInputs inputs_of(const TrainInput& input, const TrainOptions& options) {
  RunInputs inputs;
  TrainOptions now = options, defaults;
  OptionTable table, fallbacks;
  describe(table, now);
  describe(fallbacks, defaults);
  for (const Option& option : table.options())
    if (option.key != "checkpoint_every" && option.key != "members" && option.key != "sample_memory")
      inputs.add(option.key, OptionTable::text(OptionTable::value(option)), before_it_was(*fallbacks.find(option.key)));
  for (const auto& [key, text] : input.identity) inputs.add(key, text);
  inputs.add("threads", std::to_string(input.threads));
  inputs.add("ranks", std::to_string(input.ranks->size()));
  inputs.add("instruction set", kernel::kernels().name);
  std::string start, prior;
  if (input.start)
    for (const auto& member : input.start->members) start += digest_of(member);
  if (input.prior) prior = digest_of(input.prior->mean()) + digest_of(input.prior->precision());
  inputs.add("start", start, "");
  inputs.add("prior", prior, "");
  return inputs;
}

/// All members of a training, one after the other, with their checkpoints and what is reported to the user.
class MemberTrainings {
 public:
  MemberTrainings(const TrainInput& input, const TrainOptions& options, ProgressSink& progress)
      : input_(input),
        options_(options),
        progress_(progress),
        ranks_(*input.ranks),
        pool_(input.threads),
        inputs_(inputs_of(input, options)),
        model_(model_to_train()),
        train_(input.train, model_, labels(), pool_, memory()),
        valid_(input.valid, model_, labels(), pool_, memory() - train_.bytes()) {
    if (train_.empty()) throw InputError("the training set is empty");
    for (int m = 0; m < options.members; ++m) read_checkpoint(path(m), inputs_);
    std::filesystem::create_directories(input.folder);
    input.accepted();
  }

  TrainResult run() {
    for (int m = 0; m < options_.members; ++m) {
      Training training = begin(m);
      const bool end = run(training, m);
      report(training.state(), m);
      if (!end) return finished(false);
      model_.members.push_back(training.parameters());
      if (options_.members == 1) give_uncertainty(training.loss());
    }
    return finished(true);
  }

 private:
  Model model_to_train() {
    Model model = input_.start ? *input_.start : blank_model(*input_.train, options_, result_.notes);
    model.members.clear();
    model.uncertainty.clear();
    for (const auto& [key, text] : input_.lineage) model.lineage[key] = text;
    return model;
  }
  // Isolated atoms are learned too: without them the learned term need not vanish where an atom has no neighbour.
  LabelChoice labels() const { return {options_.energy, options_.forces, options_.stress}; }
  double memory() const { return options_.sample_memory * double(1L << 30); }
  std::filesystem::path path(int member) const {
    return input_.folder / fmt::format("checkpoint-{}.safetensors", member);
  }

  /// A training at its start or at its checkpoint, the same on all ranks.
  Training begin(int member) {
    TrainingSetup setup{model_, train_, valid_, options_, pool_, ranks_, member};
    if (input_.start) {
      const auto& members = input_.start->members;
      if (members.empty()) throw InputError("start: the model has no trained parameters");
      setup.start = members[std::size_t(member) < members.size() ? member : 0];
    }
    setup.prior = input_.prior ? input_.prior : prior_of(model_, options_);
    auto stored = read_checkpoint(path(member), inputs_);
    const bool resumes = stored && stored->state.step > 0 && !stored->state.finished;
    Training training(std::move(setup), std::move(stored));
    if (resumes)
      progress_.message(Level::note, fmt::format("member {}: resumed at step {} of {}", member, training.state().step,
                                                 training.schedule().steps()));
    // Each rank reads the folder by itself; without a common disk only the first one finds the checkpoints.
    if (!ranks_.same(digest(training.state())))
      throw InputError(fmt::format(
          "{}: the ranks do not start from the same state; put out on a disk that all of them see, or start anew with "
          "another out= or with restart=true; on unlike processors also set OROGEN_ISA to what all of them have",
          input_.folder.string()));
    return training;
  }

  /// Runs to the end or to a stop request; returns whether it came to the end.
  bool run(Training& training, int member) {
    Clock::time_point last_save = Clock::now();
    while (!training.done()) {
      if (ranks_.any(progress_.stop_requested())) {
        save(training, member);
        return false;
      }
      if (ranks_.any(progress_.take_early_stop())) training.enter_final_phase();
      const TrainStep step = training.step();
      warn(training.state(), step, member);
      if (step.measured || (step.outcome == TrainStep::Outcome::taken && training.state().step % 20 == 0))
        show(training, member);
      if (seconds_since(last_save) > options_.checkpoint_every) save(training, member), last_save = Clock::now();
    }
    if (!training.state().finished) {
      training.finish();
      save(training, member);
    }
    return true;
  }

  void warn(const TrainState& state, const TrainStep& step, int member) {
    if (step.outcome == TrainStep::Outcome::taken) return;
    progress_.message(Level::warning,
                      fmt::format("member {}: step {} left out: loss or gradient not finite or absurd ({} so far)",
                                  member, step.step, state.skipped));
    if (step.outcome == TrainStep::Outcome::went_back)
      progress_.message(Level::warning,
                        fmt::format("member {}: back to step {} with half the learning rate", member, state.step));
  }

  void show(const Training& training, int member) {
    const LearningCurve& c = training.state().curve;
    progress_.update(options_.members > 1 ? fmt::format("train member {}", member) : "train",
                     double(training.state().step), double(training.schedule().steps()),
                     c.epoch.empty()
                         ? fmt::format("batch {} structures", training.schedule().batch())
                         : fmt::format("epoch {:.0f}  validation E {} meV/atom  F {} meV/Å", c.epoch.back(),
                                       measured(c.energy_rmse.back(), 3), measured(c.force_rmse.back(), 2)));
  }

  void save(const Training& training, int member) {
    if (ranks_.rank() == 0) write_checkpoint(path(member), training.checkpoint(), inputs_);
  }

  void report(const TrainState& state, int member) {
    result_.seconds += state.seconds, result_.skipped_steps += state.skipped, result_.rollbacks += state.rollbacks;
    if (member > 0) return;
    result_.learning = state.curve;
    std::vector<double> cost = state.step_cost;
    std::sort(cost.begin(), cost.end());
    if (!cost.empty()) result_.us_per_atom_step = cost[cost.size() / 2];
  }

  /// Of a single network; the members of a committee give theirs by their spread. Without forces nothing gives it a
  /// scale: the model then has none rather than a wrong one.
  void give_uncertainty(BatchLoss<float>& loss) {
    constexpr double no_force_error = 1e-6;  // eV/Å: smaller errors are those of forces that vanish by symmetry
    const std::vector<long> some = every_nth(train_, train_.size() / 500);
    loss.set(model_.members[0]);
    const double force_rmse = loss.evaluate(train_, some, {}, {}).forces_rmse();
    if (!(force_rmse > no_force_error)) {
      result_.notes.push_back("no forces to measure errors by: the model gives no uncertainty; members=3 would");
      return;
    }
    double atoms = 0;
    for (const long k : some) atoms += train_.atoms(k);
    add_uncertainty(model_, loss.hidden_covariance(train_, some), atoms, force_rmse);
  }

  TrainResult finished(bool all) {
    result_.finished = all;
    result_.model = std::move(model_);
    return std::move(result_);
  }

  const TrainInput& input_;
  const TrainOptions& options_;
  ProgressSink& progress_;
  const Ranks& ranks_;
  TrainResult result_;
  ThreadPool pool_;
  RunInputs inputs_;
  Model model_;
  SampleStream train_, valid_;
};

}  // namespace

TrainResult train(const TrainInput& input, const TrainOptions& options, ProgressSink& progress) {
  return MemberTrainings(input, options, progress).run();
}

}  // namespace orogen
