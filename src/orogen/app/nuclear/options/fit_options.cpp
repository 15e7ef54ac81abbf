#include "orogen/app/nuclear/options/fit_options.hpp"

#include <algorithm>

#include "orogen/app/nuclear/options/force_options.hpp"
#include "orogen/app/options/idle_options.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/nuclear/inference/contacts/lec_theory.hpp"

namespace orogen {

using namespace nuclear;

namespace {

void describe_data(OptionTable& table, FitOptions& o) {
  table
      .add("form", o.form, "",
           "local: functions of r, from scattering data; momentum: chiral pions and a network for the contacts, from "
           "phases, or from phases and scattering data")
      .one_of({"local", "momentum"});
  table.add("data", o.data, "",
            "scattering data (exp_id, pair, observable, …) of np, or of np and pp (form=local): a file or several");
  table.add("phases", o.phases, "", "table of np phases of an analysis, from which the fit begins").must();
  table.add("spread", o.spread, "",
            "weak data: phases with the spread of several analyses (pair, T_lab_MeV, wave, phase_deg, spread_deg)");
  table.add("strict", o.strict, "",
            "take only what proton–proton data determine from the spread file: the analyses behind the rest have seen "
            "experiments that are kept apart here");
  table.add("kept_apart", o.kept_apart, "", "fraction of the experiments that only tests").range(0, 0.5);
  table
      .add("folds", o.folds, "",
           "instead of a force, fit this many times, each time without one part of all experiments, and judge every "
           "experiment by the fit that has not seen it; 0: one force")
      .range(0, 100);
  table.add("least_energy", o.least, "MeV", "lowest energy of the data").range(0.1, 350);
  table.add("most_energy", o.most, "MeV", "highest energy of the data").range(1, 350);
}

void describe_fit(OptionTable& table, FitOptions& o) {
  table.add("members", o.members, "", "networks with seeds seed, seed + 1, …, whose spread is the uncertainty")
      .range(1, 100);
  table.add("bootstrap", o.bootstrap, "", "every member learns from experiments drawn with replacement");
  table.add("width", o.start.network.width, "", "neurons of both hidden layers").range(1, 256);
  table.add("range", o.start.network.range, "fm", "range of the network's functions").range(0.3, 3);
  table.add("prior", o.local.prior, "", "weight of the prior on the parameters").range(1e-6, 1e6);
  table
      .add("phase_steps", o.limits.phase_steps, "",
           "most steps on the phases; form=momentum: and, up to 20, on phases and deuteron after them")
      .range(1, 10000);
  table
      .add("steps", o.limits.steps, "",
           "most steps on the data; form=momentum without data: on the phases and, up to 20, on phases and deuteron "
           "after them")
      .range(1, 10000);
  table.add("neutron_moment", o.local.neutron_moment, "",
            "np: add the amplitude of the neutron's magnetic moment in the field of the proton");
}

/// Keys that form=momentum alone has.
void describe_momentum(OptionTable& table, PhaseFitInputs& o) {
  table.add("order", o.order, "", "order of the chiral force, form=momentum").one_of(order_names());
  table.add("cutoff", o.force.cutoff, "MeV", "cut-off of the chiral force, form=momentum: 450, 500 or 550")
      .range(1, 2000);
  table.add("breakdown", o.theory.breakdown_scale, "MeV", "breakdown scale, form=momentum").range(150, 5000);
  table
      .add("natural", o.force.network.natural, "",
           "prior width of the network's values and slopes in natural units, form=momentum")
      .range(1e-3, 1e6);
  table.add("c_bar", o.theory.c_bar, "", "size of the coefficients of omitted orders, form=momentum").range(0, 100);
  table.add("waves", o.data.waves, "", "phases that are fitted, form=momentum");
  table
      .add("deuteron_error", o.fit.deuteron_error, "MeV",
           "error of the deuteron's energy in the fit, form=momentum; 0 leaves it out")
      .range(0, 10);
}

void check_form(const OptionTable& given, const FitOptions& o) {
  if (o.form == "local") {
    refuse_idle(given, {"order", "cutoff", "breakdown", "natural", "c_bar", "waves", "deuteron_error"},
                "with form=local");
    if (o.data.empty()) throw InputError("data: missing; expected a file of scattering data (or form=momentum)");
  } else if (o.data.empty()) {
    return refuse_idle(given,
                       {"strict", "range", "prior", "phase_steps", "members", "bootstrap", "neutron_moment", "folds"},
                       "with form=momentum and without data");
  } else {
    refuse_idle(given, {"range", "prior"}, "with form=momentum");
  }
  if (o.spread.empty()) refuse_idle(given, {"strict"}, "without spread");
}

}  // namespace

PhaseFitInputs FitOptions::momentum() const {
  PhaseFitInputs out = in_momentum;
  out.data.file = phases, out.data.spread = spread, out.data.kept_apart = kept_apart;
  out.data.least_T = least, out.data.most_T = most, out.data.seed = start.network.seed;
  out.force.network.width = start.network.width, out.force.network.seed = start.network.seed;
  out.fit.steps = limits.steps;
  if (data.empty()) out.fit.deuteron_steps = std::min(out.fit.deuteron_steps, limits.steps);
  return out;
}

RunInputs FitOptions::data_inputs(const OptionTable& options) {
  return {options, {"data", "phases", "spread"}, {"steps", "members", "restart", "out"}};
}

void describe(OptionTable& table, FitOptions& o) {
  describe_data(table, o);
  describe_fit(table, o);
  describe_momentum(table, o.in_momentum);
  table.add("seed", o.start.network.seed, "", "seed of the network and of the experiments kept apart");
  table.add("restart", o.restart, "", "forget the forces of an earlier run in out");
  table.add("out", o.out, "",
            "folder for force.safetensors (of further members force-2.safetensors, …, and committee.json, which lists "
            "all), residuals.csv, report.html and input.toml; with folds fold-1.safetensors, … and folds.csv");
}

void check(const OptionTable& given, const FitOptions& o) {
  require_range(o.least, o.most);
  if (o.folds == 1) throw InputError("folds = 1: expected 0 (one force of all data) or at least 2");
  check_form(given, o);
  if (o.folds > 1) refuse_idle(given, {"members", "bootstrap", "kept_apart"}, "with folds");
}

}  // namespace orogen
