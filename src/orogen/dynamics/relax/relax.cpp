#include "orogen/dynamics/relax/relax.hpp"

#include <fmt/format.h>

#include <cmath>
#include <deque>
#include <optional>

#include "orogen/base/errors.hpp"
#include "orogen/base/units.hpp"
#include "orogen/dynamics/relax/relax_objective.hpp"
#include "orogen/system/files/extxyz.hpp"

namespace orogen {
namespace {

using Vector = Eigen::VectorXd;
using CellMotion = RelaxObjective::CellMotion;

CellMotion cell_motion(const std::string& name) {
  return name == "full" ? CellMotion::full : name == "isotropic" ? CellMotion::isotropic : CellMotion::fixed;
}

void check_options(const RelaxOptions& o, const Structure& s) {
  std::vector<std::string> problems;
  if (o.method != "lbfgs" && o.method != "fire")
    problems.push_back(fmt::format("method = '{}' is unknown; expected lbfgs or fire", o.method));
  if (o.cell != "fixed" && o.cell != "isotropic" && o.cell != "full")
    problems.push_back(fmt::format("cell = '{}' is unknown; expected fixed, isotropic or full", o.cell));
  if (!(o.max_force > 0)) problems.push_back(fmt::format("max_force = {} eV/Å must be above 0", o.max_force));
  if (!(o.max_stress > 0)) problems.push_back(fmt::format("max_stress = {} GPa must be above 0", o.max_stress));
  if (!(o.max_step > 0)) problems.push_back(fmt::format("max_step = {} Å must be above 0", o.max_step));
  if (s.size() == 0) problems.push_back("the structure has no atoms");
  if (o.cell != "fixed" && (!s.cell.fully_periodic() || s.cell.volume() <= 0))
    problems.push_back("a cell is relaxed only where it is periodic in all three directions; use cell = fixed");
  if (!problems.empty()) throw InputError(problems);
}

/// One relaxation under way: the present point, its convergence and its trajectory.
class Relaxation {
 public:
  Relaxation(const Structure& start, Potential& potential, const RelaxOptions& options, ProgressSink& sink)
      : options_(options),
        sink_(sink),
        objective_(start, potential, cell_motion(options.cell), options.pressure * units::gpa),
        x_(objective_.start()) {
    if (!options.trajectory.empty()) writer_.emplace(options.trajectory, WriteOptions{.append = true, .cut_at = 0});
    enthalpy_ = objective_.evaluate(x_, gradient_);
    accept();
  }

  RelaxResult go() {
    if (options_.method == "fire")
      fire();
    else
      lbfgs();
    RelaxResult r;
    r.structure = structure_;
    r.evaluation = std::move(evaluation_);
    r.converged = converged_;
    r.evaluations = objective_.evaluations();
    r.max_force = max_force_;
    r.max_stress = max_stress_ / units::gpa;
    return r;
  }

 private:
  bool may_continue() const {
    return !converged_ && objective_.evaluations() < options_.steps && !sink_.stop_requested();
  }

  /// What the objective saw last becomes the present point.
  void accept() {
    structure_ = objective_.structure();
    evaluation_ = objective_.evaluation();
    max_force_ = objective_.max_force();
    max_stress_ = objective_.max_stress();
    converged_ = max_force_ <= options_.max_force && max_stress_ <= options_.max_stress * units::gpa;
    if (writer_) write();
    sink_.update(
        "relax", double(objective_.evaluations()), double(options_.steps),
        fmt::format("H {:.6f} eV, max |F| {:.4f} eV/Å{}", enthalpy_, max_force_,
                    options_.cell == "fixed" ? "" : fmt::format(", stress {:.4f} GPa", max_stress_ / units::gpa)));
  }

  void write() {
    Frame frame;
    frame.structure = structure_;
    frame.labels.energy = evaluation_.energy;
    frame.labels.forces = evaluation_.forces;
    if (options_.cell != "fixed") frame.labels.virial = evaluation_.virial;
    writer_->write(frame);
    writer_->flush();
  }

  // ---- L-BFGS ------------------------------------------------------------------------------------------------------

  struct Pair {
    Vector step, change;
    double inverse;  ///< 1/(step · change)
  };
  static constexpr std::size_t memory = 20;
  static constexpr double first_stiffness = 70;  // eV/Å², a stiff bond: the first step is short

  /// −H g by the two-loop recursion.
  Vector direction() const {
    Vector q = gradient_;
    std::vector<double> alpha(pairs_.size());
    for (std::size_t k = pairs_.size(); k-- > 0;) {
      alpha[k] = pairs_[k].inverse * pairs_[k].step.dot(q);
      q -= alpha[k] * pairs_[k].change;
    }
    q /= pairs_.empty() ? first_stiffness : pairs_.back().change.squaredNorm() * pairs_.back().inverse;
    for (std::size_t k = 0; k < pairs_.size(); ++k)
      q += (alpha[k] - pairs_[k].inverse * pairs_[k].change.dot(q)) * pairs_[k].step;
    return -q;
  }

  void lbfgs() {
    while (may_continue()) {
      Vector d = direction();
      if (!(d.dot(gradient_) < 0)) pairs_.clear(), d = -gradient_ / first_stiffness;
      if (descend(d)) continue;
      if (pairs_.empty())
        return sink_.message(Level::warning,
                             "relaxation ended: no lower energy along the force; do the forces fit the energy?");
      pairs_.clear();  // the model was wrong: start again along the force
    }
  }

  /// Goes along d, halving until the enthalpy is sufficiently lower; false when it never is.
  bool descend(const Vector& d) {
    double length = objective_.shortened(d, options_.max_step);
    const double slope = d.dot(gradient_), rounding = 1e-9 + 1e-12 * std::abs(enthalpy_);
    Vector gradient;
    for (int halving = 0; halving < 12 && objective_.evaluations() < options_.steps; ++halving, length *= 0.4) {
      const Vector x = x_ + length * d;
      const double enthalpy = objective_.evaluate(x, gradient);
      const double after = d.dot(gradient);
      // Near the end the enthalpy is flat to rounding (and to the tolerance of a self-consistent field): then the slope
      // decides.
      const bool lower = enthalpy <= enthalpy_ + 1e-4 * length * slope;
      const bool flat = enthalpy <= enthalpy_ + 1e3 * rounding && std::abs(after) <= 0.9 * std::abs(slope);
      if (!lower && !flat) continue;
      remember(x - x_, gradient - gradient_);
      x_ = x, gradient_ = gradient, enthalpy_ = enthalpy;
      accept();
      return true;
    }
    return false;
  }

  void remember(Vector step, Vector change) {
    const double product = step.dot(change);
    if (!(product > 1e-12 * change.squaredNorm() / first_stiffness))
      return;  // no positive curvature: keep the old model
    if (pairs_.size() == memory) pairs_.pop_front();
    pairs_.push_back({std::move(step), std::move(change), 1 / product});
  }

  // ---- FIRE --------------------------------------------------------------------------------------------------------

  void fire() {
    constexpr double first_dt = 0.1, largest_dt = 1, first_mixing = 0.1;  // masses of one: dt in √(Å²/eV)
    Vector velocity = Vector::Zero(x_.size());
    double dt = first_dt, mixing = first_mixing;
    for (int downhill = 0; may_continue();) {
      if (-velocity.dot(gradient_) > 0) {
        velocity = (1 - mixing) * velocity - mixing * velocity.norm() / gradient_.norm() * gradient_;
        if (++downhill > 5) dt = std::min(1.1 * dt, largest_dt), mixing *= 0.99;
      } else {
        velocity.setZero();
        dt *= 0.5, mixing = first_mixing, downhill = 0;
      }
      velocity -= dt * gradient_;
      Vector step = dt * velocity;
      step *= objective_.shortened(step, options_.max_step);
      x_ += step;
      enthalpy_ = objective_.evaluate(x_, gradient_);
      accept();
    }
  }

  const RelaxOptions& options_;
  ProgressSink& sink_;
  RelaxObjective objective_;
  Vector x_, gradient_;
  double enthalpy_ = 0, max_force_ = 0, max_stress_ = 0;
  bool converged_ = false;
  Structure structure_;
  Evaluation evaluation_;
  std::deque<Pair> pairs_;
  std::optional<ExtxyzWriter> writer_;
};

}  // namespace

void describe(OptionTable& t, RelaxOptions& o) {
  constexpr double huge = std::numeric_limits<double>::infinity();
  t.add("method", o.method, "", "L-BFGS, or FIRE where the surface is rough").one_of({"lbfgs", "fire"});
  t.add("max_force", o.max_force, "eV/Å", "converged when no atom feels more force").range(1e-12, huge);
  t.add("cell", o.cell, "", "what of the cell relaxes: nothing, the volume, or all")
      .one_of({"fixed", "isotropic", "full"});
  t.add("pressure", o.pressure, "GPa", "pressure outside").range(-1e4, 1e4);
  t.add("max_stress", o.max_stress, "GPa",
        "converged when no component of the stress is farther from the pressure outside")
      .range(1e-12, huge);
  t.add("max_step", o.max_step, "Å", "the farthest that an atom moves in one step").range(1e-6, 10);
  t.add("steps", o.steps, "", "evaluations of the potential at most").range(1, 1e9);
  t.add("trajectory", o.trajectory, "",
        "extended XYZ file of the steps, compressed if its name ends in .gz; empty writes none");
}

RelaxResult relax(const Structure& start, Potential& potential, const RelaxOptions& options, ProgressSink& sink) {
  check_options(options, start);
  return Relaxation(start, potential, options, sink).go();
}

}  // namespace orogen
