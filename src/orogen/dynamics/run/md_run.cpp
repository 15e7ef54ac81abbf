#include "orogen/dynamics/run/md_run.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <optional>

#include "orogen/base/units.hpp"
#include "orogen/dynamics/files/md_continuation.hpp"
#include "orogen/dynamics/motion/fastest_vibration.hpp"
#include "orogen/dynamics/run/md_averages.hpp"
#include "orogen/dynamics/run/md_forecast.hpp"
#include "orogen/dynamics/run/md_guards.hpp"
#include "orogen/dynamics/run/md_setup.hpp"

namespace orogen {
namespace {

using Clock = std::chrono::steady_clock;
using Answer = MdObserver::Answer;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

constexpr double largest_strain = 0.05;  // of the cell in one step
constexpr double between_updates = 0.1;  // s
constexpr long probe_worth = 200;        // steps of a run that pays for the time-step check, about 12 evaluations
constexpr double steps_per_period = 10;  // of the fastest vibration, at least

/// The findings after which there are no forces to go on with.
bool is_fatal(const MdFinding& found) {
  return found.guard == "finite" || found.guard == "potential" || found.guard == "cell";
}

}  // namespace

class MdRun::Engine {
 public:
  Engine(MdRun& run, const Structure& start, Potential& potential, const MdOptions& options, ProgressSink& sink,
         MdStart how)
      : run_(run),
        potential_(&potential),
        options_(options),
        sink_(sink),
        how_(std::move(how)),
        files_(options_),
        continuation_(options_, fingerprint(start), how_.potential) {
    resize(start);
  }

  void begin(const Structure& start) {
    const bool resumed = options_.resume && !options_.restart.empty() && std::filesystem::exists(options_.restart);
    MdRestart restart;
    if (resumed)
      restart = resume(options_, start, how_.potential, sink_), take(restart);
    else
      state_ = make_state(options_, start, how_.velocities, *loops_);
    line_.reserve(160);  // so that no step allocates
    total_ = orogen::total_steps(options_, continuation_.clock());
    step_ = make_step(options_, state_);
    set_thermostat(restart.origin.thermostat);
    first_step_ = state_.step;
    const auto began = Clock::now();
    const double expected = state_.evaluation.energy;
    potential_->forget();
    first_forces();  // before any file is touched: they may refuse the run
    const double seconds = seconds_since(began);
    announce();
    if (resumed && finished()) return note_that_it_is_over(expected);
    files_.open(restart.origin, crystal(), uncertain_);
    if (resumed)
      go_on(expected);
    else
      start_out(seconds);
    busy_ = anew_ = false;
  }

  void step() {
    busy_ = true;
    ++state_.step;
    step_.move(state_, thermal_energy(options_, state_.step, total_), *loops_);
    if (step_.strain() > largest_strain) show_and_stop({"cell", -1, cell_text()});
    settle();
    busy_ = false;
    record();
    const bool anew = std::exchange(anew_, false);  // also at a checkpoint: the next step begins with what it left
    if (is_checkpoint(options_, state_.step) || anew) reach_mark();
    show();
    look();
  }

  bool finished() const { return state_.step >= total_; }
  bool stopping() const { return told_to_stop_ || (sink_.stop_requested() && is_checkpoint(options_, state_.step)); }
  const MdState& state() const { return state_; }
  long total() const { return total_; }
  double time() const { return continuation_.clock().at(state_.step, options_.timestep); }
  double temperature() const { return 2 * state_.kinetic_at_thermostat / (step_.freedom.degrees * units::boltzmann); }

  void replace(Potential& potential, const std::string& what) {
    continuation_.replaced(state_.step, what);
    potential_ = &potential;
    if (busy_) return;  // it is asked when the observer has answered
    ask_anew([] {});
  }

  void add_atoms(const Structure& more, std::span<const Vec3> velocities) {
    std::vector<Vec3> internal(velocities.begin(), velocities.end());
    for (auto& v : internal) v /= units::fs;
    change_atoms([&] { orogen::add_atoms(state_, more, internal); });
  }
  void remove_atoms(std::span<const int> which) {
    change_atoms([&] { orogen::remove_atoms(state_, which); });
  }

  void checkpoint() {
    files_.sync();
    if (continuation_.wanted()) write_restart();
  }

  MdResult finish() {
    if (!std::exchange(closed_, true)) close();
    return result();
  }

 private:
  // ---- Beginning ---------------------------------------------------------------------------------------------------

  /// What depends on the number of atoms.
  void resize(const Structure& s) {
    loops_ = std::make_unique<AtomLoops>(s.size(), options_.threads > 0 ? options_.threads : default_threads());
    guards_.emplace(options_, s, options_.timestep * units::fs);
  }

  void take(MdRestart& restart) {
    state_ = std::move(restart.state);
    continuation_.take(restart.origin, state_.step);
    if (state_.size() != loops_->atoms()) resize(state_.structure);
  }

  void set_thermostat(const std::vector<double>& saved) {
    if (how_.thermostat && !step_.thermostat)
      throw InputError("a thermostat was given for ensemble = nve, which has none; choose another ensemble");
    if (how_.thermostat) step_.thermostat = std::move(how_.thermostat);
    if (step_.thermostat) step_.thermostat->restore(saved);
  }

  /// Once: the run has begun, whatever comes.
  void announce() {
    if (how_.ready) how_.ready();
    how_.ready = nullptr;
  }

  void note_that_it_is_over(double expected) {
    closed_ = true;
    compare(expected);
    sink_.message(Level::note, fmt::format("the run is already at step {} of {}", state_.step, total_));
  }

  void go_on(double expected) {
    state_.kinetic_at_thermostat = kinetic_energy(state_, *loops_);
    compare(expected);
    set_mark();
    sink_.message(Level::note,
                  fmt::format("continuing from step {} of {} ({})", state_.step, total_, options_.restart));
  }

  void compare(double expected) {
    if (std::abs(state_.evaluation.energy - expected) <= 1e-6 + 1e-9 * std::abs(expected)) return;
    sink_.message(Level::warning, fmt::format("the potential gives {:.8f} eV where {} has {:.8f} eV: it is not the one "
                                              "that the run was started with",
                                              state_.evaluation.energy, options_.restart, expected));
    continuation_.found_replaced(state_.step);
  }

  void start_out(double seconds) {
    const Forecast forecast{state_.size(), total_, options_.timestep, seconds};
    if (forecast.worth_telling()) sink_.message(Level::note, forecast.text());
    if (const auto found = check(); found && replaced_after(*found)) refresh();
    state_.kinetic_at_thermostat = kinetic_energy(state_, *loops_);
    if (!how_.velocities.empty() && options_.start_velocities)
      sink_.message(Level::note, fmt::format("the run starts with the velocities of the structure ({:.1f} K); "
                                             "start_velocities=false draws new ones",
                                             temperature()));
    if (options_.check_timestep && total_ >= probe_worth) check_timestep();
    record();
    reach_mark(true);
  }

  void check_timestep() {
    try {
      period_ = fastest_period(state_, *potential_, *loops_);
    } catch (const NumericalError& error) {
      sink_.message(Level::warning, fmt::format("the time step was not checked: the potential gave no answer for a "
                                                "displaced structure ({})",
                                                error.what()));
    }
    if (period_ > 0 && options_.timestep > period_ / steps_per_period)
      sink_.message(Level::warning, fmt::format("timestep = {} fs is long for the fastest vibration, whose period is "
                                                "about {:.3g} fs; use {:.2g} fs or less",
                                                options_.timestep, period_, period_ / steps_per_period));
    // What the probe left in the potential's caches must not reach the run; the forces stay those of a fresh
    // evaluation.
    potential_->forget();
    first_forces();
  }

  // ---- Forces and guards -------------------------------------------------------------------------------------------

  bool is_thermo(long step) const { return step % options_.thermo_every == 0 || step == total_; }
  bool is_frame(long step) const { return step % options_.every == 0; }
  bool crystal() const { return state_.structure.cell.fully_periodic(); }

  /// Evaluates the potential at the present structure; its reason where it has no answer.
  std::optional<MdFinding> evaluate() {
    const Want want{
        .forces = true,
        .virial = step_.ensemble == Ensemble::npt || (crystal() && (is_thermo(state_.step) || is_frame(state_.step))),
        .uncertainty = options_.max_uncertainty > 0 || !asked_ || (uncertain_ && is_thermo(state_.step))};
    try {
      potential_->evaluate(std::span(&state_.structure, 1), want, std::span(&state_.evaluation, 1));
    } catch (const NumericalError& error) {
      return MdFinding{"potential", -1, error.what()};
    }
    if (!want.uncertainty) return {};
    asked_ = true;
    uncertain_ = long(state_.evaluation.uncertainty.size()) == state_.size();
    if (!uncertain_ && options_.max_uncertainty > 0)
      throw InputError(
          "max_uncertainty is set, and this potential reports no uncertainty; use a learned model or set it to 0");
    return {};
  }

  std::optional<MdFinding> check() {
    GuardReport report = guards_->check(state_, temperature(), *loops_);
    max_force_ = report.max_force;
    return std::move(report.finding);
  }

  /// True where the observer replaced the potential, false where it passes over the finding; else the run stops.
  bool replaced_after(const MdFinding& found) {
    const Answer answer = how_.observer ? how_.observer->found(run_, found) : Answer::stop;
    if (answer == Answer::stop || (answer == Answer::go_on && is_fatal(found))) stop(found);
    if (answer == Answer::go_on) return false;
    potential_->forget();
    asked_ = false;
    anew_ = true;
    return true;
  }

  /// After a finding that no other potential mends.
  [[noreturn]] void show_and_stop(const MdFinding& found) {
    if (how_.observer) how_.observer->found(run_, found);
    stop(found);
  }

  void first_forces() {
    while (const auto found = evaluate()) replaced_after(*found);
  }

  /// Forces at the present structure from caches that were dropped, seen by the guards.
  void refresh() {
    const bool was_busy = std::exchange(busy_, true);
    potential_->forget();
    for (bool again = true; again;) {
      auto found = evaluate();
      if (!found) found = check();
      again = found && replaced_after(*found);
    }
    busy_ = was_busy;
  }

  /// The second half of a step; again from the half step where an observer replaced the potential, whose energy here
  /// does not count as a drift.
  void settle() {
    if (is_checkpoint(options_, state_.step)) potential_->forget();
    if (how_.observer) keep_half_step();
    for (std::optional<double> before;;) {
      auto found = evaluate();
      if (!found) {
        if (before) state_.heat += state_.evaluation.energy - *before;
        step_.finish(state_, *loops_);
        if (step_.ensemble != Ensemble::langevin && is_checkpoint(options_, state_.step))
          remove_motion(state_, step_.freedom.removal, *loops_);
        found = check();
      }
      if (!found) return;
      const bool comparable = found->guard != "potential" && std::isfinite(state_.evaluation.energy);
      if (!before && comparable) before = state_.evaluation.energy;
      if (!replaced_after(*found)) return;
      return_to_half_step();
    }
  }

  void keep_half_step() {
    half_.velocities = state_.velocities;
    half_.heat = state_.heat, half_.kinetic = state_.kinetic_at_thermostat;
  }
  void return_to_half_step() {
    state_.velocities = half_.velocities;
    state_.heat = half_.heat, state_.kinetic_at_thermostat = half_.kinetic;
  }

  // ---- Changes between two steps -----------------------------------------------------------------------------------

  double total_energy() { return state_.evaluation.energy + kinetic_energy(state_, *loops_); }

  /// `change`, then forces anew; the conserved quantity stays, and the run can be continued from here.
  template <class Change> void ask_anew(Change change) {
    const double before = total_energy();
    change();
    asked_ = false;
    refresh();
    state_.heat += total_energy() - before;
    anew_ = false;
    asked_anew_at_ = state_.step;
    reach_mark(true);
  }

  template <class Change> void change_atoms(Change change) {
    if (busy_) throw InputError("atoms can come and go only between two steps");
    ask_anew([&] {
      change();
      resize(state_.structure);
      step_.freedom = freedom(options_, state_);
      state_.kinetic_at_thermostat = kinetic_energy(state_, *loops_);
    });
  }

  // ---- Output ------------------------------------------------------------------------------------------------------

  std::string cell_text() const {
    return fmt::format("the cell changes by {:.3g} % in one step; start nearer to equilibrium, or raise barostat_tau",
                       100 * step_.strain());
  }

  [[noreturn]] void stop(const MdFinding& found) {
    announce();
    files_.flush();
    std::string text = fmt::format("MD stopped at step {} ({:.6g} fs): {}", state_.step, time(), found.text);
    if (const std::string path = files_.failed_frame(); !path.empty()) {
      files_.write_failed_frame(path, state_, time(), temperature(), !is_fatal(found));
      text += fmt::format("; the frame is in {}", path);
    }
    if (continuation_.last_step() >= 0)
      text += fmt::format("; {} continues from step {}", options_.restart, continuation_.last_step());
    throw MdStopped(text, state_.structure, state_.step, found.atom, found.guard);
  }

  void add_row() {
    const ThermoRow r = thermo_row(state_, time(), temperature(), max_force_, files_.has_uncertainty(), *loops_);
    averages_.add(r, state_.step >= first_step_ + (total_ - first_step_) / 5);
    files_.add(r);
  }

  void record() {
    if (state_.step % options_.thermo_every == 0) add_row();
    if (is_frame(state_.step)) files_.add_frame(state_, time(), temperature());
  }

  /// The caches were dropped at this step: a run can be continued from it to the last bit.
  void reach_mark(bool restart = false) {
    if (continuation_.wanted() && (restart || is_restart(options_, state_.step))) {
      files_.sync();
      set_mark();
      write_restart();
    } else {
      files_.flush();
      set_mark();
    }
  }

  void set_mark() { continuation_.set_mark(state_, files_, saved_thermostat()); }

  std::vector<double> saved_thermostat() const {
    return step_.thermostat ? step_.thermostat->saved() : std::vector<double>();
  }

  void write_restart() { continuation_.write(state_, files_, saved_thermostat()); }

  void close() {
    if (finished() && state_.step % options_.thermo_every != 0) {
      files_.flush();
      continuation_.end_thermo(files_);
      add_row();
    }
    if (!continuation_.wanted() || state_.step == continuation_.last_step())
      files_.flush();
    else
      checkpoint();
  }

  void show() {
    if (!finished() && seconds_since(shown_) < between_updates) return;
    shown_ = Clock::now();
    line_.clear();
    fmt::format_to(std::back_inserter(line_), "T {:.1f} K, E_pot {:.4f} eV, max |F| {:.2f} eV/Å", temperature(),
                   state_.evaluation.energy, max_force_);
    sink_.update("md", double(state_.step), double(total_), line_);
  }

  void look() {
    if (!how_.observer) return;
    const Answer answer = how_.observer->after_step(run_);
    told_to_stop_ |= answer == Answer::stop;
    if (answer == Answer::replaced && asked_anew_at_ != state_.step) ask_anew([] {});
  }

  MdResult result() const {
    MdResult r;
    r.structure = state_.structure;
    r.velocities = state_.velocities;
    for (auto& v : r.velocities) v *= units::fs;
    r.step = state_.step;
    r.completed = finished();
    averages_.report(r, state_.size());
    r.seconds = seconds_since(began_);
    r.period = period_;
    return r;
  }

  MdRun& run_;
  Potential* potential_;
  const MdOptions options_;
  ProgressSink& sink_;
  MdStart how_;
  MdFiles files_;
  MdContinuation continuation_;
  std::unique_ptr<AtomLoops> loops_;
  std::optional<Guards> guards_;
  MdState state_;
  MdStep step_;
  struct {
    std::vector<Vec3> velocities;
    double heat = 0, kinetic = 0;
  } half_;  // the state before the second half of the step
  MdAverages averages_;
  long total_ = 0, first_step_ = 0, asked_anew_at_ = -1;
  double period_ = 0, max_force_ = 0;
  bool asked_ = false, uncertain_ = false;  // whether the potential reports its uncertainty
  bool busy_ = true;                        // between two evaluations that belong together
  bool anew_ = false;                       // the caches were dropped within this step
  bool closed_ = false, told_to_stop_ = false;
  const Clock::time_point began_ = Clock::now();
  Clock::time_point shown_ = began_;
  std::string line_;
};

MdRun::MdRun(const Structure& start, Potential& potential, const MdOptions& options, ProgressSink& sink, MdStart how) {
  check_options(options, start);
  engine_ = std::make_unique<Engine>(*this, start, potential, options, sink, std::move(how));
  engine_->begin(start);
}
MdRun::~MdRun() = default;

void MdRun::step() { engine_->step(); }
bool MdRun::finished() const { return engine_->finished(); }
bool MdRun::stopping() const { return engine_->stopping(); }
const MdState& MdRun::state() const { return engine_->state(); }
double MdRun::temperature() const { return engine_->temperature(); }
double MdRun::time() const { return engine_->time(); }
long MdRun::total_steps() const { return engine_->total(); }
void MdRun::checkpoint() { engine_->checkpoint(); }
void MdRun::replace(Potential& potential, const std::string& what) { engine_->replace(potential, what); }
void MdRun::add_atoms(const Structure& more, std::span<const Vec3> velocities) { engine_->add_atoms(more, velocities); }
void MdRun::remove_atoms(std::span<const int> which) { engine_->remove_atoms(which); }
MdResult MdRun::finish() { return engine_->finish(); }

}  // namespace orogen
