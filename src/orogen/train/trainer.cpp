#include "orogen/train/trainer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "orogen/base/errors.hpp"
#include "orogen/base/parallel/ranks.hpp"
#include "orogen/base/random.hpp"
#include "orogen/fit/objective.hpp"
#include "orogen/train/census/census.hpp"
#include "orogen/train/checkpoint.hpp"
#include "orogen/train/loss.hpp"

namespace orogen {
namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

/// A number, or a dash where there was no label to measure it with.
std::string measured(double value, int digits) {
  return std::isfinite(value) ? fmt::format("{:.{}f}", value, digits) : "–";
}

/// Sizes of one run that follow from options and data.
struct Schedule {
  int batch;
  long steps_per_epoch, steps;
  double rate, final_rate;
  long warmup, final_from;

  Schedule(const std::vector<Sample>& train, const TrainOptions& o) {
    double atoms = 0;
    for (const Sample& s : train) atoms += s.size();
    const double mean = atoms / double(train.size());
    // About 75 atoms per step: enough to average over, few enough for many steps.
    batch = o.batch ? o.batch : std::clamp(int(std::lround(75 / mean)), 2, 32);
    batch = std::min<int>(batch, int(train.size()));
    steps_per_epoch = (long(train.size()) + batch - 1) / batch;
    const long wanted = o.steps ? o.steps : o.size == "accurate" ? 60000 : 40000;
    const long epochs = o.epochs ? o.epochs : std::max<long>(1, (wanted + steps_per_epoch / 2) / steps_per_epoch);
    steps = epochs * steps_per_epoch;
    rate = o.learning_rate, final_rate = o.final_rate;
    warmup = std::min<long>(o.warmup, steps / 10);
    final_from = long(double(steps) * (1 - o.final_fraction));
  }
  double rate_at(long step) const {
    const double rise = warmup > 0 ? std::min(1.0, double(step + 1) / double(warmup)) : 1;
    const double t = double(step) / double(steps);
    return rate * rise * (final_rate + (1 - final_rate) * 0.5 * (1 + std::cos(M_PI * t)));
  }
};

std::filesystem::path checkpoint_path(const TrainInput& input, int member) {
  return input.folder / fmt::format("checkpoint-{}.safetensors", member);
}

/// Everything that the numbers depend on, key by key.
std::map<std::string, std::string> identity_of(const TrainInput& input, const TrainOptions& options) {
  std::map<std::string, std::string> identity = input.identity;
  OptionTable table;
  TrainOptions copy = options;
  describe(table, copy);
  for (const Option& option : table.options())
    if (option.key != "checkpoint_every" && option.key != "members")
      identity[option.key] = OptionTable::text(OptionTable::value(option));
  identity["threads"] = std::to_string(input.threads);
  identity["ranks"] = std::to_string(Ranks::world().size());
  identity["instruction set"] = kernel::kernels().name;
  return identity;
}

class MemberTraining {
 public:
  MemberTraining(const TrainInput& input, const TrainOptions& options, Model& model, int member,
                 const std::vector<Sample>& train, const std::vector<Sample>& valid, ThreadPool& pool,
                 ProgressSink& progress)
      : o_(options),
        model_(model),
        member_(member),
        train_(train),
        schedule_(train, options),
        loss_(model, pool),
        pool_(pool),
        progress_(progress),
        path_(checkpoint_path(input, member)),
        identity_(identity_of(input, options)),
        sizes_(model.parameterization().sizes(options.radial_smoothness, options.angular_smoothness)),
        prior_(weight_decay(sizes_, options.weight_decay * options.forces_weight * model.shape.energy_scale *
                                        model.shape.energy_scale)) {
    for (const Sample& s : valid) valid_.push_back(&s);
  }

  /// Runs to the end or to a stop request; returns whether it came to the end.
  bool run() {
    start();
    // Each rank reads the folder by itself; without a common disk only the first one finds the checkpoints.
    if (!Ranks::world().same(digest(state_)))
      throw InputError(fmt::format(
          "{}: the ranks do not start from the same state; put out on a disk that all of them see, or start anew with "
          "another out= or with restart=true; on unlike processors also set OROGEN_ISA to what all of them have",
          path_.parent_path().string()));
    Clock::time_point last_save = Clock::now();
    while (state_.step < schedule_.steps) {
      if (Ranks::world().any(progress_.stop_requested())) {
        save();
        return false;
      }
      if (Ranks::world().any(progress_.take_early_stop()) && state_.step < schedule_.final_from)
        state_.step = schedule_.final_from;
      const Clock::time_point begin = Clock::now();
      const double atoms = one_step();
      state_.seconds += seconds_since(begin);
      epoch_atoms_ += atoms, epoch_seconds_ += seconds_since(begin);
      if (state_.step % schedule_.steps_per_epoch == 0) end_of_epoch();
      if (seconds_since(last_save) > o_.checkpoint_every) save(), last_save = Clock::now();
    }
    if (!state_.finished) {
      state_.finished = true;
      if (state_.best.empty()) state_.best = state_.average;
      loss_.refit_shift(all(), state_.best);
      save();
    }
    return true;
  }
  const TrainState& state() const { return state_; }
  const std::vector<float>& parameters() const { return state_.best; }
  BatchLoss& loss() { return loss_; }

 private:
  void start() {
    if (auto found = read_checkpoint(path_, identity_)) {
      state_ = std::move(found->state), saved_ = std::move(found->fallback);
      if (state_.step > 0 && !state_.finished)
        progress_.message(Level::note,
                          fmt::format("member {}: resumed at step {} of {}", member_, state_.step, schedule_.steps));
      return;
    }
    state_.theta = model_.parameterization().initial(o_.seed + 1000003ull * std::uint64_t(member_));
    for (std::size_t i = 0; i < sizes_.size(); ++i) state_.theta[i] *= sizes_[i];
    std::vector<const Sample*> some;
    for (std::size_t k = 0; k < train_.size(); k += std::max<std::size_t>(1, train_.size() / 100))
      some.push_back(&train_[k]);
    loss_.calibrate(some, state_.theta);
    loss_.refit_shift(all(), state_.theta);
    state_.average = state_.theta;
    state_.adam = Adam(state_.theta.size());
    saved_ = state_;
  }

  std::vector<const Sample*> all() const {
    std::vector<const Sample*> samples;
    for (const Sample& s : train_) samples.push_back(&s);
    return samples;
  }

  /// The order of the data in an epoch depends on seed and epoch alone.
  void shuffle(long epoch) {
    if (epoch == shuffled_) return;
    order_.resize(train_.size());
    std::iota(order_.begin(), order_.end(), 0);
    Random random(o_.seed + std::uint64_t(member_) * 7919, 0x5eedull + std::uint64_t(epoch));
    for (std::size_t i = order_.size(); i > 1; --i) std::swap(order_[i - 1], order_[random.below(i)]);
    shuffled_ = epoch;
  }

  LossWeights weights_at(long step) const {
    const bool last = step >= schedule_.final_from;
    return {last ? o_.final_energy_weight : o_.energy_weight, o_.forces_weight,
            last ? o_.final_stress_weight : o_.stress_weight};
  }

  double one_step() {
    const long epoch = state_.step / schedule_.steps_per_epoch, at = state_.step % schedule_.steps_per_epoch;
    shuffle(epoch);
    batch_.clear();
    double atoms = 0;
    for (long k = at * schedule_.batch; k < std::min<long>((at + 1) * schedule_.batch, long(train_.size())); ++k) {
      batch_.push_back(&train_[order_[k]]);
      atoms += batch_.back()->size();
    }
    gradient_.resize(state_.theta.size());
    loss_.set(state_.theta);
    const LossSums sums = loss_.evaluate(batch_, weights_at(state_.step), gradient_);
    if (o_.weight_decay > 0) prior_.add_gradient(state_.theta, 1.0, gradient_);
    double square = 0;
    for (float g : gradient_) square += double(g) * g;
    const double norm = std::sqrt(square);
    if (!std::isfinite(norm) || !std::isfinite(sums.loss) || (state_.norm_mean > 0 && norm > 1e4 * state_.norm_mean)) {
      skip();
      return atoms;
    }
    state_.skipped_in_row = 0;
    state_.norm_mean =
        state_.norm_mean > 0 ? 0.98 * state_.norm_mean + 0.02 * std::min(norm, 10 * state_.norm_mean) : norm;
    const double limit = o_.clip * state_.norm_mean;
    if (norm > limit)
      for (float& g : gradient_) g *= float(limit / norm);
    state_.adam.step(state_.theta, gradient_, sizes_, state_.rate_factor * schedule_.rate_at(state_.step));
    const float keep = float(std::min(o_.average, double(1 + state_.step) / double(10 + state_.step)));
    for (std::size_t i = 0; i < state_.theta.size(); ++i)
      state_.average[i] += (1 - keep) * (state_.theta[i] - state_.average[i]);
    state_.epoch_loss += sums.loss, state_.epoch_structures += sums.structures;
    ++state_.step;
    if (state_.step % 500 == 0) saved_ = state_;
    if (state_.step % 20 == 0) tell();
    return atoms;
  }

  /// A step that is not finite is left out; when that repeats, the state goes back and the rate is halved.
  void skip() {
    ++state_.skipped, ++state_.skipped_in_row;
    progress_.message(Level::warning,
                      fmt::format("member {}: step {} left out: loss or gradient not finite or absurd ({} so far)",
                                  member_, state_.step, state_.skipped));
    if (state_.skipped_in_row < 3) {
      ++state_.step;
      return;
    }
    const long skipped = state_.skipped, rollbacks = state_.rollbacks + 1;
    const double factor = state_.rate_factor * 0.5, seconds = state_.seconds;
    state_ = saved_;
    state_.skipped = skipped, state_.rollbacks = rollbacks, state_.rate_factor = factor, state_.seconds = seconds;
    progress_.message(Level::warning,
                      fmt::format("member {}: back to step {} with half the learning rate", member_, state_.step));
    if (rollbacks > 8)
      throw NumericalError("training diverges again and again: check the data (orogen check) or lower learning_rate");
  }

  void tell() {
    const LearningCurve& c = state_.curve;
    progress_.update(model_members() > 1 ? fmt::format("train member {}", member_) : "train", double(state_.step),
                     double(schedule_.steps),
                     c.epoch.empty()
                         ? fmt::format("batch {} structures", schedule_.batch)
                         : fmt::format("epoch {:.0f}  validation E {} meV/atom  F {} meV/Å", c.epoch.back(),
                                       measured(c.energy_rmse.back(), 3), measured(c.force_rmse.back(), 2)));
  }
  int model_members() const { return o_.members; }

  void end_of_epoch() {
    const long epoch = state_.step / schedule_.steps_per_epoch, epochs = schedule_.steps / schedule_.steps_per_epoch;
    const long every = std::max<long>(1, epochs / 200);
    if (epoch % every && epoch != epochs) return;
    state_.step_cost.push_back(epoch_seconds_ * 1e6 * pool_.size() / std::max(1.0, epoch_atoms_));
    epoch_seconds_ = epoch_atoms_ = 0;
    loss_.set(state_.average);
    LossWeights final_weights{o_.final_energy_weight, o_.forces_weight, o_.final_stress_weight};
    LossSums v;
    if (!valid_.empty()) v = loss_.evaluate(valid_, final_weights, {});
    LearningCurve& c = state_.curve;
    c.epoch.push_back(double(epoch));
    c.train_loss.push_back(state_.epoch_loss / std::max(1.0, state_.epoch_structures));
    c.energy_rmse.push_back(valid_.empty() ? NAN : 1e3 * v.energy_rmse());
    c.force_rmse.push_back(valid_.empty() ? NAN : 1e3 * v.forces_rmse());
    c.learning_rate.push_back(state_.rate_factor * schedule_.rate_at(state_.step));
    c.time.push_back(state_.seconds);
    state_.epoch_loss = state_.epoch_structures = 0;
    const double loss = valid_.empty() ? 0 : v.loss / v.structures;
    if (valid_.empty() || loss <= state_.best_loss) state_.best_loss = loss, state_.best = state_.average;
    tell();
  }

  void save() {
    if (Ranks::world().rank() == 0) write_checkpoint(path_, state_, saved_, identity_);
  }

  const TrainOptions& o_;
  Model& model_;
  int member_;
  const std::vector<Sample>& train_;
  std::vector<const Sample*> valid_, batch_;
  Schedule schedule_;
  BatchLoss loss_;
  ThreadPool& pool_;
  ProgressSink& progress_;
  std::filesystem::path path_;
  std::map<std::string, std::string> identity_;
  std::vector<float> sizes_;  // expected sizes of the parameters
  GaussianPrior prior_;
  TrainState state_, saved_;
  std::vector<float> gradient_;
  std::vector<int> order_;
  long shuffled_ = -1;
  double epoch_atoms_ = 0, epoch_seconds_ = 0;
};

/// A smaller force error [eV/Å] is that of forces which vanish by symmetry, or a miracle.
constexpr double no_force_error = 1e-6;

/// L⁻¹ of ΦᵀΦ + λ = L Lᵀ; the scale makes the mean training σ equal to the training force error (calibrated later on
/// new data).
void add_uncertainty(Model& model, BatchLoss& loss, const std::vector<const Sample*>& samples, double force_rmse) {
  Eigen::MatrixXd a = loss.hidden_covariance(samples);
  const double lambda = 1e-6 * a.trace() / double(a.rows()) + 1e-12;
  double atoms = 0;
  for (const Sample* s : samples) atoms += s->size();
  a.diagonal().array() += lambda;
  const Eigen::MatrixXd l = a.llt().matrixL();
  const Eigen::MatrixXd inverse = l.triangularView<Eigen::Lower>().solve(Eigen::MatrixXd::Identity(a.rows(), a.cols()));
  std::vector<double> rows;
  for (int i = 0; i < inverse.rows(); ++i)
    for (int j = 0; j < inverse.cols(); ++j) rows.push_back(inverse(i, j));
  model.uncertainty.push_back(std::move(rows));
  // Σ_i φ_iᵀ A⁻¹ φ_i = trace = H, so the mean square is H / atoms.
  model.uncertainty_scale = force_rmse * std::sqrt(3 * atoms / double(a.rows()));
}

}  // namespace

TrainResult train(const TrainInput& input, const TrainOptions& options, ProgressSink& progress) {
  TrainResult result;
  ThreadPool pool(input.threads);
  result.model = blank_model(input, options, result.notes);
  Model& model = result.model;
  for (const auto& [key, text] : input.lineage) model.lineage[key] = text;
  const LabelChoice labels{options.energy, options.forces, options.stress};
  if (std::ranges::all_of(input.train, is_isolated_atom))
    throw InputError("the training set holds isolated atoms only: nothing to learn");
  // Isolated atoms are learned too: without them the learned term need not vanish where an atom has no neighbour.
  const std::vector<Sample> train = prepare_samples(input.train, model, labels, pool);
  const std::vector<Sample> valid = prepare_samples(input.valid, model, labels, pool);
  for (int m = 0; m < options.members; ++m)
    require_same_identity(checkpoint_path(input, m), identity_of(input, options));
  std::filesystem::create_directories(input.folder);
  input.accepted();
  std::vector<const Sample*> some;
  for (std::size_t k = 0; k < train.size(); k += std::max<std::size_t>(1, train.size() / 500))
    some.push_back(&train[k]);
  for (int m = 0; m < options.members; ++m) {
    MemberTraining member(input, options, model, m, train, valid, pool, progress);
    const bool end = member.run();
    const TrainState& state = member.state();
    result.seconds += state.seconds, result.skipped_steps += state.skipped, result.rollbacks += state.rollbacks;
    if (m == 0) {
      result.learning = state.curve;
      std::vector<double> cost = state.step_cost;
      std::sort(cost.begin(), cost.end());
      if (!cost.empty()) result.us_per_atom_step = cost[cost.size() / 2];
    }
    if (!end) return result;
    model.members.push_back(member.parameters());
    member.loss().set(member.parameters());
    const LossSums errors = member.loss().evaluate(some, {}, {});
    // Without forces nothing gives the spread its scale; the model then has no uncertainty rather than a wrong one.
    if (errors.forces_rmse() > no_force_error) add_uncertainty(model, member.loss(), some, errors.forces_rmse());
  }
  if (model.uncertainty.size() < model.members.size()) {
    model.uncertainty.clear();
    if (options.members == 1)
      result.notes.push_back("no forces to measure errors by: the model gives no uncertainty; members=3 would");
  }
  result.finished = true;
  return result;
}

}  // namespace orogen
