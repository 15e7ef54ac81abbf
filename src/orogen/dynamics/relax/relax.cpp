#include "orogen/dynamics/relax/relax.hpp"

#include <fmt/format.h>

#include <cmath>
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

/// What a relaxation looks at in every accepted structure: the bounds of convergence, the trajectory, the progress.
class Relaxation : public Judge {
 public:
  Relaxation(const Structure& start, Potential& potential, const RelaxOptions& options, ProgressSink& sink)
      : options_(options),
        sink_(sink),
        objective_(start, potential, cell_motion(options.cell), options.pressure * units::gpa, options.max_step) {
    if (!options.trajectory.empty()) writer_.emplace(options.trajectory, WriteOptions{.append = true, .cut_at = 0});
  }

  RelaxResult go() {
    MinimiserOptions how;
    how.method = options_.method == "fire" ? MinimiserOptions::Method::fire : MinimiserOptions::Method::lbfgs;
    how.evaluations = options_.steps;
    how.first_stiffness = 70;  // eV/Å², a stiff bond: the first step is short
    const Minimum minimum = minimise(objective_, objective_.start(), how, *this);
    if (minimum.end == MinimiserEnd::no_descent)
      sink_.message(Level::warning, "relaxation ended: no lower energy along the force; do the forces fit the energy?");
    result_.end = minimum.end;
    result_.converged = minimum.end == MinimiserEnd::converged;
    result_.evaluations = minimum.evaluations;
    return std::move(result_);
  }

  /// What the objective saw last becomes the present structure.
  Verdict judge(const Vector&, double enthalpy, const Vector&) override {
    result_.structure = objective_.structure();
    result_.evaluation = objective_.evaluation();
    result_.max_force = objective_.max_force();
    const double stress = objective_.max_stress();
    result_.max_stress = stress / units::gpa;
    if (writer_) write();
    sink_.update("relax", double(objective_.evaluations()), double(options_.steps),
                 fmt::format("H {:.6f} eV, max |F| {:.4f} eV/Å{}", enthalpy, result_.max_force,
                             options_.cell == "fixed" ? "" : fmt::format(", stress {:.4f} GPa", result_.max_stress)));
    if (result_.max_force <= options_.max_force && stress <= options_.max_stress * units::gpa)
      return Verdict::converged;
    return sink_.stop_requested() ? Verdict::stop : Verdict::go_on;
  }

 private:
  void write() {
    Frame frame;
    frame.structure = result_.structure;
    frame.labels.energy = result_.evaluation.energy;
    frame.labels.forces = result_.evaluation.forces;
    if (options_.cell != "fixed") frame.labels.virial = result_.evaluation.virial;
    writer_->write(frame);
    writer_->flush();
  }

  const RelaxOptions& options_;
  ProgressSink& sink_;
  RelaxObjective objective_;
  RelaxResult result_;
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
