// What the user says about the fit of a force.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "orogen/base/options/options.hpp"
#include "orogen/base/options/run_inputs.hpp"
#include "orogen/nuclear/neural/fits/force_fit.hpp"
#include "orogen/nuclear/neural/fits/phase_fit.hpp"
#include "orogen/nuclear/neural/runs/member_run.hpp"

namespace orogen {

struct FitOptions {
  std::string form = "local", phases, spread, out = "force";
  std::vector<std::string> data;
  double kept_apart = 0.1, least = 0.1, most = 350;
  int members = 1, folds = 0;
  bool strict = false, bootstrap = false, restart = false;
  nuclear::MemberRun::Limits limits;
  nuclear::NeuralForce start;           ///< form=local, and width and seed of both forms
  nuclear::ForceFitOptions local;       ///< and the neutron's moment of both forms
  nuclear::PhaseFitInputs in_momentum;  ///< form=momentum

  /// What form=momentum makes of the options that both forms have.
  nuclear::PhaseFitInputs momentum() const;
  /// What the numbers of a fit to scattering data depend on. Throws InputError.
  static RunInputs data_inputs(const OptionTable&);
};

void describe(OptionTable&, FitOptions&);
/// Throws InputError for options that contradict each other or do nothing.
void check(const OptionTable& given, const FitOptions&);

}  // namespace orogen
