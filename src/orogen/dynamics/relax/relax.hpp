// Relaxation of atoms, and of the cell on request, to the nearest minimum of energy or enthalpy.
#pragma once
#include <string>

#include "orogen/base/options/options.hpp"
#include "orogen/base/progress.hpp"
#include "orogen/dynamics/minimise/minimiser.hpp"
#include "orogen/potential/potential.hpp"

namespace orogen {

/// What a relaxation does; describe() gives every field its key, unit, range and sentence.
struct RelaxOptions {
  std::string method = "lbfgs";  ///< lbfgs or fire
  double max_force = 0.01;       ///< eV/Å, of the worst atom at the end
  std::string cell = "fixed";    ///< fixed, isotropic or full
  double pressure = 0;           ///< GPa, outside
  double max_stress = 0.01;      ///< GPa, deviation of the worst component at the end (cell = isotropic: of the mean)
  double max_step = 0.2;         ///< Å, of the atom that moves most
  long steps = 1000;             ///< evaluations at most
  std::string trajectory;        ///< extxyz of the accepted steps; "" = none
};

/// Describes every option; the fields' present values are the defaults.
void describe(OptionTable& table, RelaxOptions& options);

struct RelaxResult {
  Structure structure;
  Evaluation evaluation;   ///< at `structure`
  bool converged = false;  ///< end == MinimiserEnd::converged
  MinimiserEnd end = MinimiserEnd::stopped;
  long evaluations = 0;
  double max_force = 0;   ///< eV/Å
  double max_stress = 0;  ///< GPa, deviation from −pressure; 0 with a fixed cell
};

/// Minimises E + pressure × volume over positions and, with `cell`, the logarithmic strain of the cell.
///
/// By the methods of minimise(). Masses do not matter. Throws InputError for options that do not fit the
/// structure and NumericalError when the potential gives no answer.
RelaxResult relax(const Structure& start, Potential& potential, const RelaxOptions& options, ProgressSink& sink);

}  // namespace orogen
