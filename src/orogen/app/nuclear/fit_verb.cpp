#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "orogen/app/idle_options.hpp"
#include "orogen/app/nuclear/momentum_fit.hpp"
#include "orogen/app/nuclear/scattering_report.hpp"
#include "orogen/app/verb_list.hpp"
#include "orogen/base/atomic_file.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/sha256.hpp"
#include "orogen/nuclear/local/argonne.hpp"
#include "orogen/nuclear/local/deuteron.hpp"
#include "orogen/nuclear/neural/force_fit.hpp"

namespace orogen {
namespace {

using namespace nuclear;
namespace fs = std::filesystem;

/// Counts the steps of all calls of one stage.
class StageProgress : public ProgressSink {
 public:
  StageProgress(Terminal& terminal, std::string stage, int total)
      : terminal_(terminal), stage_(std::move(stage)), total_(total) {}
  void update(std::string_view, double done, double, std::string_view line) override {
    terminal_.update(stage_, first_ + done, total_, line);
  }
  void message(Level level, std::string_view text) override { terminal_.message(level, text); }
  bool stop_requested() const override { return terminal_.stop_requested(); }
  void next(int done) { first_ += done; }

 private:
  Terminal& terminal_;
  std::string stage_;
  int total_, first_ = 0;
};

/// Phases of analyses with half their spread, a factor chosen by leaving out experiments in turn (bench/nuclear_fit.cpp). `strict`: isospin 1 beyond
/// 1S0 only, which proton–proton data determine that are not fitted.
std::vector<TargetPhase> known_phases(const std::string& file, bool strict) {
  if (file.empty()) return {};
  const auto from_pp = [](const TargetPhase& p) { return p.block.isospin() == 1 && p.block != block_of({0, 0, 0}); };
  std::vector<TargetPhase> known = read_phase_spread(file, 0.005);
  if (strict) std::erase_if(known, [&](const TargetPhase& p) { return !from_pp(p); });
  for (TargetPhase& p : known) p.error *= 0.5;
  return known;
}

class FitVerb : public Verb {
 public:
  std::string name() const override { return "nuclear fit"; }
  std::string summary() const override { return "learn a force from neutron–proton scattering"; }
  std::string example() const override {
    return "orogen nuclear fit data=scattering.csv phases=analysis.csv spread=spread.csv out=force";
  }
  std::vector<std::string> file_keys() const override { return {}; }

  void describe(OptionTable& table) override {
    table
        .add("form", form_, "",
             "local: functions of r, from scattering data; momentum: chiral pions and a network for the contacts, from "
             "phases")
        .one_of({"local", "momentum"});
    table.add("data", data_, "", "scattering data (exp_id, pair, observable, …) of np, form=local");
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
    table.add("width", start_.network.width, "", "neurons of both hidden layers").range(1, 256);
    table.add("range", start_.network.range, "fm", "range of the network's functions").range(0.3, 3);
    table.add("prior", options_.prior, "", "weight of the prior on the parameters").range(1e-6, 1e6);
    table.add("phase_steps", phase_steps_, "", "most steps on the phases").range(1, 10000);
    table.add("steps", steps_, "", "most steps on the data").range(1, 10000);
    orogen::describe(table, momentum_);
    table.add("seed", start_.network.seed, "", "seed of the network and of the experiments kept apart");
    table.add("out", out_, "", "folder for force.safetensors, residuals.csv, report.html and input.toml");
  }

  Outcome run(const Context& context) override {
    if (form_ == "momentum") {
      refuse_idle(context.options, {"data", "strict", "range", "prior", "phase_steps"}, "with form=momentum");
      return fit_in_momentum_space(in_momentum_space(), context);
    }
    refuse_idle(context.options, momentum_fit_keys(), "with form=local");
    if (data_.empty()) throw InputError("data: missing; expected a file of scattering data (or form=momentum)");
    const ScatteringData all = select(read_scattering(data_), least_, most_);
    const auto [train, apart] = split_by_experiment(all, kept_apart_, start_.network.seed);
    const auto analysis = with_errors(read_phases(phases_), options_.phase_floor, options_.phase_relative);
    const auto known = known_phases(spread_, strict_);
    inputs_ = key();
    const bool begun = resume(context.terminal);
    context.save_input(out_);  // not before: that of a force of other data stays
    ThreadPool threads(context.threads);
    ForceFit fit(start_, train, options_, threads);
    if (!begun) {
      StageProgress progress(context.terminal, "phases", phase_steps_);
      const auto r = fit.fit_phases(analysis, phase_steps_, &progress);
      if (r.end == "stopped") return Outcome::interrupted;  // a minute's work is not worth a file
      keep(fit, 0, r);
    }
    if (!descend(fit, known, context)) return Outcome::interrupted;
    tell(fit, train, apart, context);
    return Outcome::done;
  }

 private:
  /// What the other form makes of the options that both have.
  MomentumFitOptions in_momentum_space() const {
    MomentumFitOptions o = momentum_;
    o.data.file = phases_, o.data.spread = spread_, o.data.kept_apart = kept_apart_;
    o.data.least_T = least_, o.data.most_T = most_, o.data.seed = start_.network.seed;
    o.force.network.width = start_.network.width, o.force.network.seed = start_.network.seed;
    o.fit.steps = steps_, o.out = out_;
    return o;
  }

  fs::path file() const { return fs::path(out_) / "force.safetensors"; }

  /// Of everything that decides the result but the number of steps.
  std::string key() const {
    std::string text = fmt::format("{} {} {} {} {} {} {} {} ", strict_, kept_apart_, least_, most_,
                                   start_.network.width, start_.network.range, options_.prior, start_.network.seed);
    text += read_file(data_) + read_file(phases_);
    return sha256_hex(spread_.empty() ? text : text + read_file(spread_));
  }

  /// Takes the force of an earlier run with the same inputs.
  bool resume(Terminal& terminal) {
    if (!fs::exists(file())) return false;
    const NeuralForce there = load_neural_force(file());
    const auto inputs = there.fit.find("inputs"), steps = there.fit.find("steps");
    if (inputs == there.fit.end() || inputs->second != inputs_ || steps == there.fit.end())
      throw InputError(
          fmt::format("{}: a force of other data or options is there; choose another out", file().string()));
    start_ = there;
    done_ = std::stoi(steps->second);
    terminal.message(Level::note, fmt::format("going on after {} steps on the data", done_));
    return true;
  }

  void keep(ForceFit& fit, int steps, const GaussNewtonResult& r) const {
    NeuralForce now = fit.force();
    now.title = "learned force";
    now.fit = {{"data", data_},
               {"inputs", inputs_},
               {"steps", std::to_string(steps)},
               {"objective", fmt::format("{:.6f}", r.objective)},
               {"state", r.end}};
    save(now, file());
  }

  /// A few steps at a time, saved after each. False when interrupted.
  bool descend(ForceFit& fit, const std::vector<TargetPhase>& known, const Context& context) {
    StageProgress progress(context.terminal, "data", steps_);
    progress.next(done_);
    while (done_ < steps_) {
      const auto r = fit.fit_data(known, std::min(options_.restart, steps_ - done_), &progress);
      done_ += r.steps;
      progress.next(r.steps);
      keep(fit, done_, r);
      if (r.end == "stopped") {
        context.terminal.result(fmt::format("{} of {} steps; the same command goes on", done_, steps_),
                                {{"steps", done_}, {"completed", false}, {"force", file().string()}});
        return false;
      }
      if (r.end != "no more steps") return true;
    }
    return true;
  }

  void tell(ForceFit& fit, const ScatteringData& train, const ScatteringData& apart, const Context& context) const {
    const LocalInteraction v18 = argonne_v18(true);
    const PhaseTable of_v18 = LocalSolver(v18, Pair::np, options_.most_J).phases(fit_energies());
    LikelihoodOptions options;
    options.constants = start_.constants;
    const std::vector<double> edges{0, 35, 125, 200, 350};
    nlohmann::json json = {{"force", file().string()}, {"steps", done_}};
    TextRows rows;
    const auto judge = [&](const std::string& name, const std::string& set, const PhaseTable& phases,
                           const ScatteringData& data) {
      Comparison c = compare(name + ", " + set, phases, data, edges, options);
      const double per_datum = c.summary.chi2 / double(c.summary.data);
      rows.push_back({name, set, std::to_string(c.summary.data), fmt::format("{:.4f}", per_datum)});
      json[set][name] = {{"data", c.summary.data}, {"chi2_per_datum", per_datum}};
      return c;
    };
    judge("learned force", "fitted", fit.phases(), train);
    judge("Argonne v18", "fitted", of_v18, train);
    if (apart.size() > 0) {
      const Comparison c = judge("learned force", "kept apart", fit.phases(), apart);
      judge("Argonne v18", "kept apart", of_v18, apart);
      write_atomically(fs::path(out_) / "residuals.csv", residuals_csv(c));
      write_atomically(fs::path(out_) / "report.html", scattering_page(c, context.options.toml()));
      json["report"] = (fs::path(out_) / "report.html").string();
    }
    const Deuteron d = deuteron(fit.current());
    json["deuteron_energy_MeV"] = d.energy;
    context.terminal.result(
        text_table({"force", "experiments", "data", "χ²/N"}, rows) +
            fmt::format("deuteron {:.6f} MeV, P_D {:.3f} %\nforce: {}", d.energy, 100 * d.d_state, file().string()),
        json);
  }

  NeuralForce start_;
  ForceFitOptions options_;
  MomentumFitOptions momentum_;
  std::string form_ = "local", data_, phases_, spread_, inputs_, out_ = "force";
  double kept_apart_ = 0.1, least_ = 0.1, most_ = 350;
  int phase_steps_ = 30, steps_ = 75, done_ = 0;
  bool strict_ = false;
};

}  // namespace

std::unique_ptr<Verb> nuclear_fit_verb() { return std::make_unique<FitVerb>(); }

}  // namespace orogen
