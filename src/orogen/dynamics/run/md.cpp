#include "orogen/dynamics/run/md.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>

#include "orogen/base/units.hpp"
#include "orogen/dynamics/files/md_output.hpp"
#include "orogen/dynamics/files/output_file.hpp"
#include "orogen/dynamics/motion/fastest_vibration.hpp"
#include "orogen/dynamics/run/md_forecast.hpp"
#include "orogen/dynamics/run/md_guards.hpp"
#include "orogen/dynamics/run/md_setup.hpp"
#include "orogen/system/files/extxyz.hpp"

namespace orogen {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

constexpr double largest_strain = 0.05;  // of the cell in one step
constexpr double between_updates = 0.1;  // s
constexpr long probe_worth = 200;        // steps of a run that pays for the time-step check, about 12 evaluations
constexpr double steps_per_period = 10;  // of the fastest vibration, at least

/// Mean of thermo rows and slope of the conserved quantity, without keeping them.
class Averages {
 public:
  void add(const ThermoRow& r, bool counts) {
    const double t = r.time * 1e-3, e = r.conserved - first_energy(r);
    ++rows_, t_ += t, e_ += e, tt_ += t * t, te_ += t * e;
    if (!counts) return;
    ++counted_, temperature_ += r.temperature, pressure_ += r.pressure, volume_ += r.volume;
  }
  void report(MdResult& result, long atoms) const {
    if (counted_ > 0) {
      result.mean_temperature = temperature_ / double(counted_);
      result.mean_pressure = pressure_ / double(counted_);
      result.mean_volume = volume_ / double(counted_);
    }
    const double spread = double(rows_) * tt_ - t_ * t_;
    if (spread > 0) result.drift = 1e3 * (double(rows_) * te_ - t_ * e_) / spread / double(atoms);
  }

 private:
  double first_energy(const ThermoRow& r) {
    if (rows_ == 0) first_ = r.conserved;
    return first_;
  }
  long rows_ = 0, counted_ = 0;
  double first_ = 0, t_ = 0, e_ = 0, tt_ = 0, te_ = 0, temperature_ = 0, pressure_ = 0, volume_ = 0;
};

/// True where a thermo log of before has a column for the uncertainty.
bool names_uncertainty(const std::filesystem::path& thermo) {
  std::string header;
  std::ifstream in(thermo);
  std::getline(in, header);
  return header.find("max_uncertainty") != std::string::npos;
}

class Run {
 public:
  Run(const Structure& start, std::span<const Vec3> velocities, Potential& potential, const MdOptions& options,
      ProgressSink& sink, const std::function<void()>& ready)
      : start_(start),
        velocities_(velocities),
        potential_(potential),
        options_(options),
        sink_(sink),
        ready_(ready),
        loops_(start.size(), options.threads > 0 ? options.threads : default_threads()),
        guards_(options, start, options.timestep * units::fs) {}

  MdResult go() {
    const auto began = Clock::now();
    begin();
    while (state_.step < total_ && !(sink_.stop_requested() && is_checkpoint(state_.step))) one_step();
    if (options_.restart.empty() || state_.step != last_restart_) checkpoint(true);
    return result(seconds_since(began));
  }

 private:
  void begin() {
    const bool resumed = options_.resume && !options_.restart.empty() && std::filesystem::exists(options_.restart);
    MdRestart restart;
    if (resumed)
      restart = resume(options_, start_, sink_), state_ = std::move(restart.state), last_restart_ = state_.step;
    else
      state_ = make_state(options_, start_, velocities_, loops_);
    line_.reserve(160);  // so that no step allocates
    clock_ = restart.origin.clock;
    total_ = total_steps(options_, clock_);
    step_ = make_step(options_, state_);
    first_step_ = state_.step;
    const auto began = Clock::now();
    const double expected = state_.evaluation.energy;
    evaluate();  // before any file is touched: it may refuse the run
    const double seconds = seconds_since(began);
    announce();
    open_files(restart.origin);
    if (resumed)
      go_on(expected);
    else
      start_out(seconds);
  }

  /// Once: the run has begun, whatever comes.
  void announce() {
    if (ready_) ready_();
    ready_ = nullptr;
  }

  void open_files(const MdOrigin& origin) {
    if (!options_.trajectory.empty())
      trajectory_.emplace(options_.trajectory, WriteOptions{true, std::int64_t(origin.trajectory_bytes)});
    if (options_.thermo.empty()) return;
    uncertain_column_ = origin.thermo_bytes == 0 ? uncertain_ : names_uncertainty(options_.thermo);
    thermo_ = OutputFile(options_.thermo, origin.thermo_bytes);
    if (origin.thermo_bytes == 0) thermo_.text() += thermo_header(crystal(), uncertain_column_);
  }

  void go_on(double expected) {
    state_.kinetic_at_thermostat = kinetic_energy(state_, loops_);
    if (std::abs(state_.evaluation.energy - expected) > 1e-6 + 1e-9 * std::abs(expected))
      sink_.message(Level::warning,
                    fmt::format("the potential gives {:.8f} eV where {} has {:.8f} eV: it is not the one that "
                                "the run was started with",
                                state_.evaluation.energy, options_.restart, expected));
    if (state_.step >= total_)
      sink_.message(Level::note, fmt::format("the run is already at step {} of {}", state_.step, total_));
    else
      sink_.message(Level::note,
                    fmt::format("continuing from step {} of {} ({})", state_.step, total_, options_.restart));
  }

  void start_out(double seconds) {
    forecast(seconds);
    guard();
    state_.kinetic_at_thermostat = kinetic_energy(state_, loops_);
    if (!velocities_.empty() && options_.start_velocities)
      sink_.message(Level::note, fmt::format("the run starts with the velocities of the structure ({:.1f} K); "
                                             "start_velocities=false draws new ones",
                                             temperature()));
    if (options_.check_timestep && total_ >= probe_worth) check_timestep();
    record();
    checkpoint(true);
  }

  void forecast(double seconds) {
    const Forecast f{state_.size(), total_, options_.timestep, seconds};
    if (f.worth_telling()) sink_.message(Level::note, f.text());
  }

  void check_timestep() {
    try {
      period_ = fastest_period(state_, potential_, loops_);
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
    potential_.forget();
    evaluate();
  }

  void one_step() {
    ++state_.step;
    step_.move(state_, thermal_energy(options_, state_.step, total_), loops_);
    if (step_.strain() > largest_strain) stop({"cell", -1, cell_text()});
    evaluate();
    step_.finish(state_, loops_);
    if (step_.ensemble != Ensemble::langevin && is_checkpoint(state_.step))
      remove_motion(state_, step_.removal, loops_);
    guard();
    record();
    if (is_checkpoint(state_.step)) checkpoint(state_.step % options_.restart_every == 0);
    tell();
  }

  bool is_checkpoint(long step) const { return orogen::is_checkpoint(options_, step) || step == total_; }
  bool is_thermo(long step) const { return step % options_.thermo_every == 0 || step == total_; }
  bool is_frame(long step) const { return step % options_.every == 0; }
  bool crystal() const { return state_.structure.cell.fully_periodic(); }
  double time() const { return clock_.at(state_.step, options_.timestep); }
  double temperature() const { return 2 * state_.kinetic_at_thermostat / (step_.freedom * units::boltzmann); }

  void evaluate() {
    if (is_checkpoint(state_.step)) potential_.forget();
    const Want want{
        .forces = true,
        .virial = step_.ensemble == Ensemble::npt || (crystal() && (is_thermo(state_.step) || is_frame(state_.step))),
        .uncertainty = options_.max_uncertainty > 0 || !asked_ || (uncertain_ && is_thermo(state_.step))};
    try {
      potential_.evaluate(std::span(&state_.structure, 1), want, std::span(&state_.evaluation, 1));
    } catch (const NumericalError& error) {
      stop({"potential", -1, error.what()});
    }
    if (!want.uncertainty) return;
    asked_ = true;
    uncertain_ = long(state_.evaluation.uncertainty.size()) == state_.size();
    if (!uncertain_ && options_.max_uncertainty > 0)
      throw InputError(
          "max_uncertainty is set, and this potential reports no uncertainty; use a learned model or set it to 0");
  }

  void guard() {
    if (const auto found = guards_.check(state_, temperature(), loops_)) stop(*found);
  }

  std::string cell_text() const {
    return fmt::format("the cell changes by {:.3g} % in one step; start nearer to equilibrium, or raise barostat_tau",
                       100 * step_.strain());
  }

  [[noreturn]] void stop(const Finding& found) {
    announce();
    flush();
    std::string text = fmt::format("MD stopped at step {} ({:.6g} fs): {}", state_.step, time(), found.text);
    if (const std::string path = failed_frame(); !path.empty()) {
      write_failed_frame(path, found);
      text += fmt::format("; the frame is in {}", path);
    }
    if (last_restart_ >= 0 && !options_.restart.empty())
      text += fmt::format("; {} continues from step {}", options_.restart, last_restart_);
    throw MdStopped(text, state_.structure, state_.step, found.atom, found.guard);
  }

  /// Forces are written unless they are what went wrong, or those of another structure.
  void write_failed_frame(const std::string& path, const Finding& found) {
    const bool sound = found.guard != "finite" && found.guard != "potential" && found.guard != "cell";
    fill_frame(frame_, state_, time(), temperature(), {.labels = sound, .forces = true, .velocities = true});
    ExtxyzWriter writer(path);
    writer.write(frame_);
    writer.close();
  }

  std::string failed_frame() const {
    if (!options_.failed_frame.empty()) return options_.failed_frame;
    const std::string& beside = options_.restart.empty() ? options_.trajectory : options_.restart;
    return beside.empty() ? std::string() : beside + ".failed.xyz";
  }

  ThermoRow row() {
    ThermoRow r;
    r.step = state_.step;
    r.time = time();
    r.temperature = temperature();
    r.potential = state_.evaluation.energy;
    r.kinetic = kinetic_energy(state_, loops_);
    r.conserved = r.potential + r.kinetic - state_.heat;
    r.max_force = guards_.max_force();
    r.uncertain = uncertain_column_;
    if (r.uncertain) r.max_uncertainty = max_uncertainty();
    r.crystal = crystal();
    if (!r.crystal) return r;
    r.volume = state_.structure.cell.volume();
    r.pressure = (2 * state_.kinetic_at_thermostat + state_.evaluation.virial.trace()) / (3 * r.volume) / units::gpa;
    r.density = total_mass() / r.volume * units::amu_per_cubic_angstrom;
    return r;
  }

  /// Of the worst atom; not a number where a continued run's potential no longer tells.
  double max_uncertainty() {
    const auto& all = state_.evaluation.uncertainty;
    if (long(all.size()) != state_.size()) return std::numeric_limits<double>::quiet_NaN();
    return loops_.largest([&](long i) { return all[i]; }).value;
  }

  double total_mass() {
    if (mass_ == 0)
      for (double m : state_.mass) mass_ += m;
    return mass_;
  }

  void record() {
    if (is_thermo(state_.step)) {
      const ThermoRow r = row();
      averages_.add(r, state_.step >= first_step_ + (total_ - first_step_) / 5);
      if (thermo_) append_row(thermo_.text(), r), thermo_.grown();
    }
    if (trajectory_ && is_frame(state_.step)) {
      fill_frame(frame_, state_, time(), temperature(),
                 {.labels = true, .forces = options_.write_forces, .velocities = options_.write_velocities});
      trajectory_->write(frame_);
    }
  }

  /// Flushes the files; with a restart file where it is time.
  void checkpoint(bool with_restart) {
    if (!with_restart || options_.restart.empty()) return flush();
    if (trajectory_) trajectory_->flush(), sync_file(options_.trajectory);
    thermo_.sync();
    write_restart(
        options_.restart, state_,
        {options_.seed, options_.ensemble, options_.timestep, fingerprint(start_),
         trajectory_ ? std::uint64_t(trajectory_->position()) : 0, thermo_.bytes(), clock_, physics(options_)});
    last_restart_ = state_.step;
  }

  void flush() {
    if (trajectory_) trajectory_->flush();
    thermo_.flush();
  }

  void tell() {
    if (state_.step < total_ && seconds_since(told_) < between_updates) return;
    told_ = Clock::now();
    line_.clear();
    fmt::format_to(std::back_inserter(line_), "T {:.1f} K, E_pot {:.4f} eV, max |F| {:.2f} eV/Å", temperature(),
                   state_.evaluation.energy, guards_.max_force());
    sink_.update("md", double(state_.step), double(total_), line_);
  }

  MdResult result(double seconds) {
    MdResult r;
    r.structure = state_.structure;
    r.velocities = state_.velocities;
    for (auto& v : r.velocities) v *= units::fs;
    r.step = state_.step;
    r.completed = state_.step >= total_;
    averages_.report(r, state_.size());
    r.seconds = seconds;
    r.period = period_;
    return r;
  }

  const Structure& start_;
  std::span<const Vec3> velocities_;
  Potential& potential_;
  const MdOptions& options_;
  ProgressSink& sink_;
  std::function<void()> ready_;
  AtomLoops loops_;
  Guards guards_;
  MdState state_;
  MdStep step_;
  std::optional<ExtxyzWriter> trajectory_;
  OutputFile thermo_;
  Frame frame_;
  Averages averages_;
  MdClock clock_;
  long total_ = 0, first_step_ = 0, last_restart_ = -1;
  double period_ = 0, mass_ = 0;
  bool asked_ = false, uncertain_ = false, uncertain_column_ = false;  // whether the potential tells its uncertainty
  Clock::time_point told_ = Clock::now();
  std::string line_;
};

}  // namespace

MdResult run_md(const Structure& start, Potential& potential, const MdOptions& options, ProgressSink& sink,
                std::span<const Vec3> velocities, const std::function<void()>& ready) {
  check_options(options, start);
  return Run(start, velocities, potential, options, sink, ready).go();
}

}  // namespace orogen
