#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "orogen/app/idle_options.hpp"
#include "orogen/app/nuclear/committee.hpp"
#include "orogen/app/nuclear/momentum_fit.hpp"
#include "orogen/app/nuclear/potential_report.hpp"
#include "orogen/app/nuclear/run_inputs.hpp"
#include "orogen/app/nuclear/scattering_report.hpp"
#include "orogen/app/verb_list.hpp"
#include "orogen/base/atomic_file.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/nuclear/local/argonne.hpp"
#include "orogen/nuclear/neural/force_fit.hpp"

namespace orogen {
namespace {

using namespace nuclear;
namespace fs = std::filesystem;

constexpr const char* more_steps = "no more steps";  // of GaussNewtonResult::end

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

/// Phases of analyses with half their spread, a factor chosen by leaving out experiments in turn (bench/nuclear_fit.cpp). Isospin 1 beyond 1S0 is what
/// proton–proton data determine: superfluous where they are fitted, and else all that `strict` leaves.
std::vector<TargetPhase> known_phases(const std::string& file, bool strict, bool with_pp) {
  if (file.empty()) return {};
  const auto from_pp = [](const TargetPhase& p) { return p.block.isospin() == 1 && p.block != block_of({0, 0, 0}); };
  std::vector<TargetPhase> known = read_phase_spread(file, 0.005);
  std::erase_if(known, [&](const TargetPhase& p) { return from_pp(p) ? with_pp : strict; });
  for (TargetPhase& p : known) p.error *= 0.5;
  return known;
}

/// np, and pp where the files have any, between two energies.
std::vector<ScatteringData> data_of_pairs(const std::vector<std::string>& files, double least, double most) {
  std::vector<ScatteringData> all{select(read_scattering(files, Pair::np), least, most)};
  if (all[0].of_other_pairs > 0) all.push_back(select(read_scattering(files, Pair::pp), least, most));
  return all;
}

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
             "phases")
        .one_of({"local", "momentum"});
    table.add("data", data_, "",
              "scattering data (exp_id, pair, observable, …) of np, or of np and pp: a file or several, form=local");
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
    table.add("members", members_, "", "networks with seeds seed, seed + 1, …, whose spread is the uncertainty")
        .range(1, 100);
    table.add("bootstrap", bootstrap_, "", "every member learns from experiments drawn with replacement");
    table.add("width", start_.network.width, "", "neurons of both hidden layers").range(1, 256);
    table.add("range", start_.network.range, "fm", "range of the network's functions").range(0.3, 3);
    table.add("prior", options_.prior, "", "weight of the prior on the parameters").range(1e-6, 1e6);
    table.add("phase_steps", phase_steps_, "", "most steps on the phases").range(1, 10000);
    table.add("steps", steps_, "", "most steps on the data").range(1, 10000);
    table.add("neutron_moment", options_.neutron_moment, "",
              "np: add the amplitude of the neutron's magnetic moment in the field of the proton");
    orogen::describe(table, momentum_);
    table.add("seed", start_.network.seed, "", "seed of the network and of the experiments kept apart");
    table.add("restart", restart_, "", "forget the forces of an earlier run in out");
    table.add("out", out_, "",
              "folder for force.safetensors (of further members force-2.safetensors, …, and committee.json, which "
              "lists all), "
              "residuals.csv, report.html and input.toml");
  }

  Outcome run(const Context& context) override {
    if (form_ == "momentum") {
      refuse_idle(context.options,
                  {"data", "strict", "range", "prior", "phase_steps", "members", "bootstrap", "neutron_moment"},
                  "with form=momentum");
      return fit_in_momentum_space(in_momentum_space(), context);
    }
    refuse_idle(context.options, momentum_fit_keys(), "with form=local");
    if (data_.empty()) throw InputError("data: missing; expected a file of scattering data (or form=momentum)");
    if (spread_.empty()) refuse_idle(context.options, {"strict"}, "without spread");
    const RunInputs inputs(context.options, {"data", "phases", "spread"}, {"steps", "members", "restart", "out"});
    std::vector<ScatteringData> train, apart;
    for (const ScatteringData& all : data_of_pairs(data_, least_, most_)) {
      auto parts = split_by_experiment(all, kept_apart_, start_.network.seed);
      train.push_back(std::move(parts.first)), apart.push_back(std::move(parts.second));
    }
    const bool with_pp = train.size() > 1;
    start_.network.charge_dependence = with_pp;
    const Lessons lessons{train, with_errors(read_phases(phases_), options_.phase_floor, options_.phase_relative),
                          known_phases(spread_, strict_, with_pp)};
    if (restart_) forget();
    for (int m = 1; m <= members_; ++m) earlier(m, inputs);  // refuses before anything is computed
    context.save_input(out_);                                // not before: that of forces of other data stays
    inputs.put(inputs_);
    for (int m = 1; m <= members_; ++m)
      if (!learn(m, earlier(m, inputs), lessons, context)) return Outcome::interrupted;
    if (members_ > 1) write_committee(fs::path(out_) / committee_file, names());
    tell(train, apart, context);
    return Outcome::done;
  }

 private:
  static constexpr const char* committee_file = "committee.json";

  /// What the other form makes of the options that both have.
  MomentumFitOptions in_momentum_space() const {
    MomentumFitOptions o = momentum_;
    o.data.file = phases_, o.data.spread = spread_, o.data.kept_apart = kept_apart_;
    o.data.least_T = least_, o.data.most_T = most_, o.data.seed = start_.network.seed;
    o.force.network.width = start_.network.width, o.force.network.seed = start_.network.seed;
    o.fit.steps = steps_, o.out = out_, o.restart = restart_;
    return o;
  }

  /// What all members learn from.
  struct Lessons {
    std::vector<ScatteringData> data;  // np, and perhaps pp
    std::vector<TargetPhase> analysis, known;

    std::vector<ScatteringData> resampled(std::uint64_t seed) const {
      std::vector<ScatteringData> all;
      for (const ScatteringData& d : data) all.push_back(resampled_by_experiment(d, seed));
      return all;
    }
  };

  static std::string name_of(int member) {
    return member == 1 ? "force.safetensors" : fmt::format("force-{}.safetensors", member);
  }
  fs::path file(int member) const { return fs::path(out_) / name_of(member); }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (int m = 1; m <= members_; ++m) all.push_back(name_of(m));
    return all;
  }
  /// What the other verbs call the result.
  std::string force() const { return (fs::path(out_) / (members_ > 1 ? committee_file : name_of(1))).string(); }

  void forget() const {
    fs::remove(fs::path(out_) / committee_file);
    for (int m = 1; m == 1 || fs::exists(file(m)); ++m) fs::remove(file(m));
  }

  /// The force of an earlier run with the same inputs, if there was one.
  std::optional<NeuralForce> earlier(int member, const RunInputs& inputs) const {
    if (!fs::exists(file(member))) return {};
    try {
      const NeuralForce there = load_neural_force(file(member));
      inputs.require_same(there.fit, file(member).string());
      return there;
    } catch (const InputError& problem) {
      const std::string said = problem.what();
      throw InputError(said.ends_with(ways_on) ? said : fmt::format("{}; {}", said, ways_on));
    }
  }

  /// From the start, or from where an earlier run saved. False when interrupted.
  bool learn(int member, const std::optional<NeuralForce>& before, const Lessons& lessons,
             const Context& context) const {
    int done = 0;
    NeuralForce start = start_;
    start.network.seed += std::uint64_t(member - 1);
    const std::string who = members_ > 1 ? fmt::format("member {}, ", member) : "";
    if (before) {
      start = *before;
      done = std::stoi(before->fit.at("steps"));
      context.terminal.message(Level::note, fmt::format("{}going on after {} steps on the data", who, done));
      if (done >= steps_ || (done > 0 && before->fit.at("state") != more_steps)) return true;
    }
    ThreadPool threads(context.threads);
    ForceFit fit(start, bootstrap_ ? lessons.resampled(start.network.seed) : lessons.data, options_, threads);
    if (!before) {
      StageProgress progress(context.terminal, who + "phases", phase_steps_);
      const auto r = fit.fit_phases(lessons.analysis, phase_steps_, &progress);
      if (r.end == "stopped") return false;  // a minute's work is not worth a file
      keep(member, fit, 0, r);
    }
    return descend(member, fit, lessons.known, done, who, context);
  }

  /// A few steps at a time, saved after each, so that a run that is killed goes on with the same numbers; a part that is interrupted begins again for
  /// the same reason. False when interrupted.
  bool descend(int member, ForceFit& fit, const std::vector<TargetPhase>& known, int done, const std::string& who,
               const Context& context) const {
    StageProgress progress(context.terminal, who + "data", steps_);
    progress.next(done);
    while (done < steps_) {
      const int wanted = std::min(options_.restart - done % options_.restart, steps_ - done);
      const auto r = fit.fit_data(known, wanted, &progress);
      if (r.end == "stopped") {
        context.terminal.result(
            fmt::format("{}{} of {} steps; the same command goes on", who, done, steps_),
            {{"member", member}, {"steps", done}, {"completed", false}, {"force", file(member).string()}});
        return false;
      }
      done += r.steps;
      progress.next(r.steps);
      keep(member, fit, done, r);
      if (r.end != more_steps) return true;
    }
    return true;
  }

  void keep(int member, const ForceFit& fit, int steps, const GaussNewtonResult& r) const {
    NeuralForce now = fit.force();
    now.title = "learned force";
    now.fit = inputs_;
    now.fit.insert({{"data", fmt::format("{}", fmt::join(data_, ", "))},
                    {"member", std::to_string(member)},
                    {"steps", std::to_string(steps)},
                    {"objective", fmt::format("{:.6f}", r.objective)},
                    {"state", r.end}});
    save(now, file(member));
  }

  /// What the learned force and v18 are worth on fitted and on kept-apart data, pair by pair.
  void tell(const std::vector<ScatteringData>& train, const std::vector<ScatteringData>& apart,
            const Context& context) const {
    const Committee learned = committee();
    const LocalInteraction v18 = argonne_v18(true);
    nlohmann::json json = {{"force", force()}, {"report", page(Pair::np).string()}};
    Table table{json, {}, {}};
    for (std::size_t k = 0; k < train.size(); ++k) {
      const Pair pair = train[k].pair;
      const PhaseTable mean = mean_phases(learned.phases(pair, options_.most_J, fit_energies())).phases;
      const PhaseTable of_v18 = LocalSolver(v18, pair, options_.most_J).phases(fit_energies());
      Comparison shown = judge(table, "learned force", "fitted", mean, train[k]);
      judge(table, "Argonne v18", "fitted", of_v18, train[k]);
      if (apart[k].size() > 0) {
        shown = judge(table, "learned force", "kept apart", mean, apart[k]);
        judge(table, "Argonne v18", "kept apart", of_v18, apart[k]);
      }
      write_atomically(fs::path(out_) / ("residuals" + tail(pair) + ".csv"), residuals_csv(shown));
      write_atomically(page(pair), scattering_page(shown, context.options.toml(), potential_sections(interactions())));
    }
    if (train.size() > 1) table.add_sums();
    const std::string bound = tell_deuteron(learned, json);
    context.terminal.result(
        text_table({"force", "experiments", "pair", "data", "χ²/N"}, table.rows) + bound + "\nforce: " + force(), json);
  }

  static std::string tail(Pair pair) { return pair == Pair::np ? "" : fmt::format("-{}", nuclear::name(pair)); }
  fs::path page(Pair pair) const { return fs::path(out_) / ("report" + tail(pair) + ".html"); }

  Committee committee() const {
    std::vector<std::unique_ptr<TwoNucleonForce>> all;
    ForceOptions one;
    for (int m = 1; m <= members_; ++m) {
      one.force = file(m).string();
      all.push_back(make_local_force(one));
    }
    return Committee(std::move(all));
  }

  std::vector<LocalInteraction> interactions() const {
    std::vector<LocalInteraction> all;
    for (int m = 1; m <= members_; ++m) all.push_back(interaction(load_neural_force(file(m))));
    return all;
  }

  /// A line, and the numbers of every member.
  std::string tell_deuteron(const Committee& learned, nlohmann::json& json) const {
    std::vector<double> energy, d_state;
    json["members"] = learned.size();
    for (std::size_t m = 0; m < learned.size(); ++m) {
      const Deuteron d = learned[m].deuteron();
      energy.push_back(d.energy), d_state.push_back(100 * d.d_state);
      const auto fit = load_neural_force(file(int(m) + 1)).fit;
      json["steps_of_members"].push_back(std::stoi(fit.at("steps")));
      json["objectives"].push_back(std::stod(fit.at("objective")));
    }
    json["steps"] = json["steps_of_members"][0];
    const MeanSpread e = mean_and_spread(energy), p = mean_and_spread(d_state);
    json["deuteron_energy_MeV"] = e.mean;
    if (learned.size() == 1) return fmt::format("deuteron {:.6f} MeV, P_D {:.3f} %", e.mean, p.mean);
    json["deuteron_energy_spread_MeV"] = e.spread;
    return fmt::format("deuteron {:.6f} ± {:.6f} MeV, P_D {:.3f} ± {:.3f} %", e.mean, e.spread, p.mean, p.spread);
  }

  /// Rows for people and for programs.
  struct Table {
    nlohmann::json& json;
    TextRows rows;
    std::map<std::pair<std::string, std::string>, std::pair<long, double>> sums;  // of set and force: data, χ²
    void add(const std::string& set, const std::string& force, const std::string& pair, long data, double chi2) {
      const double per_datum = chi2 / double(data);
      rows.push_back({force, set, pair, std::to_string(data), fmt::format("{:.4f}", per_datum)});
      nlohmann::json& own = pair == "np" ? json[set][force] : json[set][force][pair];
      own["data"] = data, own["chi2_per_datum"] = per_datum;
    }
    void add_sums() {
      for (const auto& [key, sum] : sums) add(key.first, key.second, "np+pp", sum.first, sum.second);
    }
  };

  Comparison judge(Table& table, const std::string& name, const std::string& set, const PhaseTable& phases,
                   const ScatteringData& data) const {
    LikelihoodOptions options;
    options.constants = start_.constants;
    options.photons = photons(options_.neutron_moment, name == "Argonne v18");
    const std::string pair = nuclear::name(data.pair);
    Comparison c = compare(fmt::format("{}, {}, {}", name, pair, set), phases, data, {0, 35, 125, 200, 350}, options);
    table.add(set, name, pair, c.summary.data, c.summary.chi2);
    auto& sum = table.sums[{set, name}];
    sum.first += c.summary.data, sum.second += c.summary.chi2;
    return c;
  }

  NeuralForce start_;
  ForceFitOptions options_;
  MomentumFitOptions momentum_;
  std::map<std::string, std::string> inputs_;
  std::vector<std::string> data_;
  std::string form_ = "local", phases_, spread_, out_ = "force";
  double kept_apart_ = 0.1, least_ = 0.1, most_ = 350;
  int phase_steps_ = 30, steps_ = 75, members_ = 1;
  bool strict_ = false, restart_ = false, bootstrap_ = false;
};

}  // namespace

std::unique_ptr<Verb> nuclear_fit_verb() { return std::make_unique<FitVerb>(); }

}  // namespace orogen
