#include <algorithm>

#include "orogen/app/nuclear/fits/data_fit.hpp"
#include "orogen/app/nuclear/fits/momentum_fit.hpp"
#include "orogen/app/nuclear/forces/force_choice.hpp"
#include "orogen/app/nuclear/reports/potential_report.hpp"
#include "orogen/app/options/idle_options.hpp"
#include "orogen/app/verbs/verb_list.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/nuclear/neural/fits/force_fit.hpp"

namespace orogen {
namespace {

using namespace nuclear;
namespace fs = std::filesystem;

class LocalMember : public MemberFit {
 public:
  LocalMember(const NeuralForce& start, const std::vector<ScatteringData>& train, const ForceFitOptions& options,
              const std::vector<TargetPhase>& analysis, ThreadPool& threads)
      : fit_(start, train, options, threads), analysis_(analysis) {}
  GaussNewtonResult begin(int steps, ProgressSink* progress) override {
    return fit_.fit_phases(analysis_, steps, progress);
  }
  ScatteringFit& fit() override { return fit_; }
  void save(const std::map<std::string, std::string>& notes, const fs::path& file) override {
    NeuralForce now = fit_.force();
    now.title = "learned force", now.fit = notes;
    nuclear::save(now, file);
  }

 private:
  ForceFit fit_;
  const std::vector<TargetPhase>& analysis_;
};

class LocalForm : public FitForm {
 public:
  LocalForm(const NeuralForce& start, const ForceFitOptions& options, std::vector<TargetPhase> analysis,
            std::vector<TargetPhase> known)
      : start_(start), options_(options), analysis_(std::move(analysis)), known_(std::move(known)) {}
  const Constants& constants() const override { return start_.constants; }
  const ScatteringFitOptions& options() const override { return options_; }
  const std::vector<TargetPhase>& known() const override { return known_; }
  std::map<std::string, std::string> notes(const fs::path& file) const override { return load_neural_force(file).fit; }
  std::unique_ptr<TwoNucleonForce> force(const fs::path& file) const override {
    ForceOptions one;
    one.force = file.string();
    return make_local_force(one);
  }
  std::unique_ptr<MemberFit> member(std::uint64_t seed, const std::vector<ScatteringData>& train,
                                    ThreadPool& threads) const override {
    NeuralForce start = start_;
    start.network.seed = seed;
    return std::make_unique<LocalMember>(start, train, options_, analysis_, threads);
  }
  std::unique_ptr<MemberFit> member(const fs::path& file, const std::vector<ScatteringData>& train,
                                    ThreadPool& threads) const override {
    return std::make_unique<LocalMember>(load_neural_force(file), train, options_, analysis_, threads);
  }
  std::string sections(const std::vector<fs::path>& members) const override {
    std::vector<LocalInteraction> all;
    for (const fs::path& file : members) all.push_back(interaction(load_neural_force(file)));
    return potential_sections(all);
  }

 private:
  NeuralForce start_;
  ForceFitOptions options_;
  std::vector<TargetPhase> analysis_, known_;
};

class FitVerb : public Verb {
 public:
  std::string name() const override { return "nuclear fit"; }
  std::string summary() const override {
    return "learn a force from neutron–proton scattering, with protons on protons beside it";
  }
  std::string example() const override {
    return "orogen nuclear fit data=scattering.csv phases=analysis.csv spread=spread.csv out=force";
  }
  std::vector<std::string> file_keys() const override { return {}; }

  void describe(OptionTable& table) override {
    table
        .add("form", form_, "",
             "local: functions of r, from scattering data; momentum: chiral pions and a network for the contacts, from "
             "phases, or from phases and scattering data")
        .one_of({"local", "momentum"});
    table.add("data", data_.data, "",
              "scattering data (exp_id, pair, observable, …) of np, or of np and pp (form=local): a file or several");
    table.add("phases", phases_, "", "table of np phases of an analysis, from which the fit begins").must();
    table.add("spread", spread_, "",
              "weak data: phases with the spread of several analyses (pair, T_lab_MeV, wave, phase_deg, spread_deg)");
    table.add(
        "strict", strict_, "",
        "take only what proton–proton data determine from the spread file: the analyses behind the rest have seen "
        "experiments that are kept apart here");
    table.add("kept_apart", kept_apart_, "", "fraction of the experiments that only tests").range(0, 0.5);
    table.add("least_energy", least_, "MeV", "lowest energy of the data").range(0.1, 350);
    table.add("most_energy", most_, "MeV", "highest energy of the data").range(1, 350);
    table.add("members", data_.members, "", "networks with seeds seed, seed + 1, …, whose spread is the uncertainty")
        .range(1, 100);
    table.add("bootstrap", data_.bootstrap, "", "every member learns from experiments drawn with replacement");
    table.add("width", start_.network.width, "", "neurons of both hidden layers").range(1, 256);
    table.add("range", start_.network.range, "fm", "range of the network's functions").range(0.3, 3);
    table.add("prior", options_.prior, "", "weight of the prior on the parameters").range(1e-6, 1e6);
    table
        .add("phase_steps", data_.phase_steps, "",
             "most steps on the phases; form=momentum: and, up to 20, on phases and deuteron after them")
        .range(1, 10000);
    table
        .add("steps", data_.steps, "",
             "most steps on the data; form=momentum without data: on the phases and, up to 20, on phases and deuteron "
             "after them")
        .range(1, 10000);
    table.add("neutron_moment", options_.neutron_moment, "",
              "np: add the amplitude of the neutron's magnetic moment in the field of the proton");
    orogen::describe(table, momentum_);
    table.add("seed", start_.network.seed, "", "seed of the network and of the experiments kept apart");
    table.add("restart", data_.restart, "", "forget the forces of an earlier run in out");
    table.add("out", data_.out, "",
              "folder for force.safetensors (of further members force-2.safetensors, …, and committee.json, which "
              "lists all), "
              "residuals.csv, report.html and input.toml");
  }

  Outcome run(const Context& context) override {
    require_range(least_, most_);
    if (form_ == "momentum") return run_in_momentum_space(context);
    refuse_idle(context.options, momentum_fit_keys(), "with form=local");
    if (data_.data.empty()) throw InputError("data: missing; expected a file of scattering data (or form=momentum)");
    if (spread_.empty()) refuse_idle(context.options, {"strict"}, "without spread");
    const RunInputs inputs = inputs_of(context.options);
    data_.seed = start_.network.seed;
    const FitData data = read_fit_data(data_.data, least_, most_, kept_apart_, data_.seed);
    start_.network.charge_dependence = data.with_pp();
    const LocalForm form(start_, options_,
                         with_errors(read_phases(phases_), options_.phase_floor, options_.phase_relative),
                         known_phases(spread_, strict_, data.with_pp()));
    return fit_to_data(data_, data, form, inputs, context);
  }

 private:
  /// What the numbers of a fit to data depend on.
  static RunInputs inputs_of(const OptionTable& options) {
    return {options, {"data", "phases", "spread"}, {"steps", "members", "restart", "out"}};
  }

  Outcome run_in_momentum_space(const Context& context) {
    MomentumFitOptions o = in_momentum_space();
    if (data_.data.empty()) {
      refuse_idle(context.options,
                  {"strict", "range", "prior", "phase_steps", "members", "bootstrap", "neutron_moment"},
                  "with form=momentum and without data");
      o.fit.deuteron_steps = std::min(o.fit.deuteron_steps, data_.steps);
      return fit_in_momentum_space(o, context);
    }
    refuse_idle(context.options, {"range", "prior"}, "with form=momentum");
    if (spread_.empty()) refuse_idle(context.options, {"strict"}, "without spread");
    data_.seed = start_.network.seed;
    const RunInputs inputs = inputs_of(context.options);
    return fit_in_momentum_space(o, data_, strict_, options_.neutron_moment, inputs, context);
  }

  /// What the other form makes of the options that both have.
  MomentumFitOptions in_momentum_space() const {
    MomentumFitOptions o = momentum_;
    o.data.file = phases_, o.data.spread = spread_, o.data.kept_apart = kept_apart_;
    o.data.least_T = least_, o.data.most_T = most_, o.data.seed = start_.network.seed;
    o.force.network.width = start_.network.width, o.force.network.seed = start_.network.seed;
    o.fit.steps = data_.steps, o.out = data_.out, o.restart = data_.restart;
    return o;
  }

  NeuralForce start_;
  ForceFitOptions options_;
  MomentumFitOptions momentum_;
  DataFitOptions data_;
  std::string form_ = "local", phases_, spread_;
  double kept_apart_ = 0.1, least_ = 0.1, most_ = 350;
  bool strict_ = false;
};

}  // namespace

std::unique_ptr<Verb> nuclear_fit_verb() { return std::make_unique<FitVerb>(); }

}  // namespace orogen
