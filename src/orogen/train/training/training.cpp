#include "orogen/train/training/training.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "orogen/base/errors.hpp"

namespace orogen {
namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

void require_length(const char* what, std::size_t length, std::size_t parameters) {
  if (length != parameters)
    throw InputError(fmt::format("{}: {} numbers for the {} parameters of the model; expected one of each", what,
                                 length, parameters));
}

double norm_of(const std::vector<float>& gradient) {
  double square = 0;
  for (float g : gradient) square += double(g) * g;
  return std::sqrt(square);
}

}  // namespace

std::optional<GaussianPrior> prior_of(const Model& model, const TrainOptions& o) {
  if (!(o.weight_decay > 0)) return {};
  const double scale = model.shape.energy_scale;
  return weight_decay(model.parameterization().sizes(o.radial_smoothness, o.angular_smoothness),
                      o.weight_decay * o.forces_weight * scale * scale);
}

Training::Training(TrainingSetup setup, std::optional<Checkpoint> stored)
    : setup_(std::move(setup)),
      schedule_(setup_.train, setup_.options),
      order_(setup_.train.size(), schedule_.batch(), setup_.options.seed, setup_.member),
      loss_(setup_.model, setup_.pool, setup_.ranks),
      sizes_(
          setup_.model.parameterization().sizes(setup_.options.radial_smoothness, setup_.options.angular_smoothness)) {
  if (setup_.prior) require_length("prior", setup_.prior->mean().size(), sizes_.size());
  if (!setup_.start.empty()) require_length("start", setup_.start.size(), sizes_.size());
  gradient_.resize(sizes_.size());
  if (stored)
    go_on_from(std::move(*stored));
  else
    start();
}

void Training::go_on_from(Checkpoint stored) {
  for (const TrainState* s : {&stored.state, &stored.fallback})
    for (const auto* v : {&s->theta, &s->average, &s->adam.first, &s->adam.second})
      require_length("stored state of a training", v->size(), sizes_.size());
  state_ = std::move(stored.state), fallback_ = std::move(stored.fallback);
}

void Training::start() {
  if (setup_.start.empty()) {
    state_.theta =
        setup_.model.parameterization().initial(setup_.options.seed + 1000003ull * std::uint64_t(setup_.member));
    for (std::size_t i = 0; i < sizes_.size(); ++i) state_.theta[i] *= sizes_[i];
    loss_.calibrate(setup_.train, every_nth(setup_.train, setup_.train.size() / 100), state_.theta);
    loss_.refit_shift(setup_.train, every_nth(setup_.train), state_.theta);
  } else {
    state_.theta = setup_.start;
  }
  state_.average = state_.theta;
  state_.adam = Adam(state_.theta.size());
  fallback_ = state_;
}

TrainStep Training::step() {
  const Clock::time_point begin = Clock::now();
  TrainStep done = one_step();
  state_.seconds += seconds_since(begin);
  epoch_atoms_ += done.atoms, epoch_seconds_ += seconds_since(begin);
  if (state_.step % schedule_.steps_per_epoch() == 0) done.measured = measure();
  return done;
}

TrainStep Training::one_step() {
  TrainStep done{.step = state_.step};
  const std::vector<long> batch = order_.batch_of(state_.step);
  if (!setup_.train.all_kept()) {
    std::vector<long> coming = batch;
    if (state_.step + 1 < schedule_.steps()) {
      const std::vector<long> next = order_.batch_of(state_.step + 1);
      coming.insert(coming.end(), next.begin(), next.end());
    }
    setup_.train.prepare_ahead(coming);
  }
  for (const long k : batch) done.atoms += setup_.train.atoms(k);
  loss_.set(state_.theta);
  const LossSums sums = loss_.evaluate(setup_.train, batch, schedule_.weights_at(state_.step), gradient_);
  if (setup_.prior) add_prior_gradient(*setup_.prior, state_.theta, gradient_);
  done.loss = sums.loss / double(batch.size());
  const double norm = norm_of(gradient_);
  if (!usable(norm, sums.loss)) {
    leave_out(done);
    return done;
  }
  minimise(norm);
  state_.epoch_loss += sums.loss, state_.epoch_structures += sums.structures;
  ++state_.step;
  if (state_.step % 500 == 0) fallback_ = state_;
  return done;
}

bool Training::usable(double norm, double loss) const {
  return std::isfinite(norm) && std::isfinite(loss) && (state_.norm_mean <= 0 || norm <= 1e4 * state_.norm_mean);
}

/// Clips the gradient, moves the parameters and their average.
void Training::minimise(double norm) {
  const TrainOptions& o = setup_.options;
  state_.skipped_in_row = 0;
  state_.norm_mean =
      state_.norm_mean > 0 ? 0.98 * state_.norm_mean + 0.02 * std::min(norm, 10 * state_.norm_mean) : norm;
  const double limit = o.clip * state_.norm_mean;
  if (norm > limit)
    for (float& g : gradient_) g *= float(limit / norm);
  state_.adam.step(state_.theta, gradient_, sizes_, state_.rate_factor * schedule_.rate_at(state_.step));
  // The average forgets its start faster than its later values.
  const float decay = float(std::min(o.average, double(1 + state_.step) / double(10 + state_.step)));
  for (std::size_t i = 0; i < state_.theta.size(); ++i)
    state_.average[i] += (1 - decay) * (state_.theta[i] - state_.average[i]);
}

/// A step that is not finite is left out; when that repeats, the state goes back and the rate is halved.
void Training::leave_out(TrainStep& step) {
  ++state_.skipped, ++state_.skipped_in_row;
  step.outcome = TrainStep::Outcome::left_out;
  if (state_.skipped_in_row < 3) {
    ++state_.step;
    return;
  }
  step.outcome = TrainStep::Outcome::went_back;
  go_back();
}

void Training::go_back() {
  const long skipped = state_.skipped, rollbacks = state_.rollbacks + 1;
  const double factor = state_.rate_factor * 0.5, seconds = state_.seconds;
  state_ = fallback_;
  state_.skipped = skipped, state_.rollbacks = rollbacks, state_.rate_factor = factor, state_.seconds = seconds;
  if (rollbacks > 8)
    throw NumericalError("training diverges again and again: check the data (orogen check) or lower learning_rate");
}

/// At the end of an epoch: validation, the learning curve, the best average so far. At most about 200 times in a run.
bool Training::measure() {
  const long epoch = state_.step / schedule_.steps_per_epoch();
  const long epochs = schedule_.steps() / schedule_.steps_per_epoch();
  if (epoch % std::max<long>(1, epochs / 200) && epoch != epochs) return false;
  state_.step_cost.push_back(epoch_seconds_ * 1e6 * setup_.pool.size() / std::max(1.0, epoch_atoms_));
  epoch_seconds_ = epoch_atoms_ = 0;
  loss_.set(state_.average);
  const bool validates = !setup_.valid.empty();
  LossSums v;
  if (validates) v = loss_.evaluate(setup_.valid, every_nth(setup_.valid), schedule_.final_weights(), {});
  LearningCurve& c = state_.curve;
  c.epoch.push_back(double(epoch));
  c.train_loss.push_back(state_.epoch_loss / std::max(1.0, state_.epoch_structures));
  c.energy_rmse.push_back(validates ? 1e3 * v.energy_rmse() : NAN);
  c.force_rmse.push_back(validates ? 1e3 * v.forces_rmse() : NAN);
  c.learning_rate.push_back(state_.rate_factor * schedule_.rate_at(state_.step));
  c.time.push_back(state_.seconds);
  state_.epoch_loss = state_.epoch_structures = 0;
  const double loss = validates ? v.loss / v.structures : 0;
  if (!validates || loss <= state_.best_loss) state_.best_loss = loss, state_.best = state_.average;
  return true;
}

void Training::enter_final_phase() { state_.step = std::max(state_.step, schedule_.final_from()); }

void Training::finish() {
  state_.finished = true;
  if (state_.best.empty()) state_.best = state_.average;
  loss_.refit_shift(setup_.train, every_nth(setup_.train), state_.best);
}

}  // namespace orogen
