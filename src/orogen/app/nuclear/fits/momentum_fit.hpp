// orogen nuclear fit form=momentum: chiral pions with a network in place of the contacts, from phases with errors, and
// from scattering data after them.
#pragma once
#include <string>

#include "orogen/app/nuclear/fits/data_fit.hpp"
#include "orogen/app/nuclear/fits/lec_data.hpp"
#include "orogen/app/verbs/verb.hpp"
#include "orogen/nuclear/neural/fits/short_range_fit.hpp"
#include "orogen/nuclear/neural/forces/short_range_force.hpp"

namespace orogen {

struct MomentumFitOptions {
  MomentumFitOptions();
  LecDataOptions data;
  std::string order = "n2lo";
  nuclear::TheoryError theory;
  nuclear::ShortRangeForce force;  ///< the start
  nuclear::ShortRangeFitOptions fit;
  std::string out;
  bool restart = false;  ///< forget the force of an earlier run in out
};

/// Describes the keys that form=momentum alone has: momentum_fit_keys().
void describe(OptionTable&, MomentumFitOptions&);
const std::vector<std::string>& momentum_fit_keys();
/// Writes force.safetensors, phases.csv, report.html and input.toml, and tells how contacts of the same order do beside
/// it. Throws InputError.
Outcome fit_in_momentum_space(MomentumFitOptions, const Context&);
/// From phases (1 MeV and above) and then from scattering data of np, as fit_to_data has it, with the contacts beside
/// it; errors of omitted orders count for the
/// phases alone. `strict`: as for known_phases. Throws InputError, also for data of protons.
Outcome fit_in_momentum_space(MomentumFitOptions, const DataFitOptions&, bool strict, bool neutron_moment,
                              const RunInputs&, const Context&);

}  // namespace orogen
