#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

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
        .add("data", data_, "",
             "scattering data (exp_id, pair, observable, …) of np, or of np and pp: a file or several")
        .must();
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
    table.add("neutron_moment", options_.neutron_moment, "",
              "np: add the amplitude of the neutron's magnetic moment in the field of the proton");
    table.add("seed", start_.network.seed, "", "seed of the network and of the experiments kept apart");
    table.add("out", out_, "", "folder for force.safetensors, residuals.csv, report.html and input.toml");
  }

  Outcome run(const Context& context) override {
    std::vector<ScatteringData> train, apart;
    for (const ScatteringData& all : data_of_pairs(data_, least_, most_)) {
      auto parts = split_by_experiment(all, kept_apart_, start_.network.seed);
      train.push_back(std::move(parts.first)), apart.push_back(std::move(parts.second));
    }
    const bool with_pp = train.size() > 1;
    start_.network.charge_dependence = with_pp;
    const auto analysis = with_errors(read_phases(phases_), options_.phase_floor, options_.phase_relative);
    const auto known = known_phases(spread_, strict_, with_pp);
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
  fs::path file() const { return fs::path(out_) / "force.safetensors"; }

  /// Of everything that decides the result but the number of steps.
  std::string key() const {
    std::string text =
        fmt::format("{} {} {} {} {} {} {} {} {} ", options_.neutron_moment, strict_, kept_apart_, least_, most_,
                    start_.network.width, start_.network.range, options_.prior, start_.network.seed);
    for (const auto& file : data_) text += read_file(file);
    text += read_file(phases_);
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
    now.fit = {{"data", fmt::format("{}", fmt::join(data_, ", "))},
               {"inputs", inputs_},
               {"steps", std::to_string(steps)},
               {"objective", fmt::format("{:.6f}", r.objective)},
               {"neutron_moment", options_.neutron_moment ? "yes" : "no"},
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

  /// What the learned force and v18 are worth on fitted and on kept-apart data, pair by pair.
  void tell(ForceFit& fit, const std::vector<ScatteringData>& train, const std::vector<ScatteringData>& apart,
            const Context& context) const {
    const LocalInteraction v18 = argonne_v18(true);
    nlohmann::json json = {{"force", file().string()}, {"steps", done_}};
    Table table{json, {}, {}};
    for (std::size_t k = 0; k < train.size(); ++k) {
      const Pair pair = train[k].pair;
      const PhaseTable of_v18 = LocalSolver(v18, pair, options_.most_J).phases(fit_energies());
      judge(table, "learned force", "fitted", fit.phases(pair), train[k]);
      judge(table, "Argonne v18", "fitted", of_v18, train[k]);
      if (apart[k].size() == 0) continue;
      const Comparison c = judge(table, "learned force", "kept apart", fit.phases(pair), apart[k]);
      judge(table, "Argonne v18", "kept apart", of_v18, apart[k]);
      const std::string tail = pair == Pair::np ? "" : fmt::format("-{}", nuclear::name(pair));
      write_atomically(fs::path(out_) / ("residuals" + tail + ".csv"), residuals_csv(c));
      write_atomically(fs::path(out_) / ("report" + tail + ".html"), scattering_page(c, context.options.toml()));
      if (k == 0) json["report"] = (fs::path(out_) / "report.html").string();
    }
    if (train.size() > 1) table.add_sums();
    const Deuteron d = deuteron(fit.current());
    json["deuteron_energy_MeV"] = d.energy;
    context.terminal.result(
        text_table({"force", "experiments", "pair", "data", "χ²/N"}, table.rows) +
            fmt::format("deuteron {:.6f} MeV, P_D {:.3f} %\nforce: {}", d.energy, 100 * d.d_state, file().string()),
        json);
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
  std::vector<std::string> data_;
  std::string phases_, spread_, inputs_, out_ = "force";
  double kept_apart_ = 0.1, least_ = 0.1, most_ = 350;
  int phase_steps_ = 30, steps_ = 75, done_ = 0;
  bool strict_ = false;
};

}  // namespace

std::unique_ptr<Verb> nuclear_fit_verb() { return std::make_unique<FitVerb>(); }

}  // namespace orogen
