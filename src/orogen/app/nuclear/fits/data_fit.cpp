#include "orogen/app/nuclear/fits/data_fit.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "orogen/app/nuclear/forces/committee.hpp"
#include "orogen/app/nuclear/reports/scattering_report.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/nuclear/local/forces/argonne.hpp"
#include "orogen/nuclear/local/scattering.hpp"

namespace orogen {
namespace {

using namespace nuclear;
namespace fs = std::filesystem;

constexpr const char* more_steps = "no more steps";  // of GaussNewtonResult::end
constexpr const char* committee_file = "committee.json";
using Notes = std::map<std::string, std::string>;

/// Counts the steps of all calls of one stage; the deuteron, which follows on the phases in some forms, is a stage of
/// its own.
class StageProgress : public ProgressSink {
 public:
  StageProgress(ProgressSink& terminal, std::string who, std::string stage, int total)
      : terminal_(terminal), who_(std::move(who)), stage_(std::move(stage)), total_(total) {}
  void update(std::string_view part, double done, double total, std::string_view line) override {
    if (part == "deuteron") return terminal_.update(who_ + "deuteron", done, total, line);
    terminal_.update(who_ + stage_, first_ + done, total_, line);
  }
  void message(Level level, std::string_view text) override { terminal_.message(level, text); }
  bool stop_requested() const override { return terminal_.stop_requested(); }
  void next(int done) { first_ += done; }

 private:
  ProgressSink& terminal_;
  std::string who_, stage_;
  int total_, first_ = 0;
};

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

class DataFit {
 public:
  DataFit(const DataFitOptions& o, const FitData& data, const FitForm& form, const RunInputs& inputs,
          const Context& context)
      : o_(o), data_(data), form_(form), inputs_(inputs), context_(context) {}

  Outcome run() {
    if (o_.restart) forget();
    for (int m = 1; m <= o_.members; ++m) earlier(m);  // refuses before anything is computed
    context_.save_input(o_.out);                       // not before: that of forces of other data stays
    for (int m = 1; m <= o_.members; ++m)
      if (!learn(m)) return Outcome::interrupted;
    if (o_.members > 1) write_committee(fs::path(o_.out) / committee_file, names());
    tell();
    return Outcome::done;
  }

 private:
  static std::string name_of(int member) {
    return member == 1 ? "force.safetensors" : fmt::format("force-{}.safetensors", member);
  }
  fs::path file(int member) const { return fs::path(o_.out) / name_of(member); }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (int m = 1; m <= o_.members; ++m) all.push_back(name_of(m));
    return all;
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> all;
    for (int m = 1; m <= o_.members; ++m) all.push_back(file(m));
    return all;
  }
  /// What the other verbs call the result.
  std::string force() const { return (fs::path(o_.out) / (o_.members > 1 ? committee_file : name_of(1))).string(); }

  void forget() const {
    fs::remove(fs::path(o_.out) / committee_file);
    for (int m = 1; m == 1 || fs::exists(file(m)); ++m) fs::remove(file(m));
  }

  /// The notes of an earlier run with the same inputs, if there was one.
  std::optional<Notes> earlier(int member) const {
    if (!fs::exists(file(member))) return {};
    try {
      Notes there = form_.notes(file(member));
      require_same_inputs(inputs_, there, file(member).string());
      return there;
    } catch (const InputError& problem) {
      const std::string said = problem.what();
      throw InputError(said.ends_with(ways_on) ? said : fmt::format("{}; {}", said, ways_on));
    }
  }

  std::vector<ScatteringData> lessons(std::uint64_t seed) const {
    if (!o_.bootstrap) return data_.train;
    std::vector<ScatteringData> all;
    for (const ScatteringData& d : data_.train) all.push_back(resampled_by_experiment(d, seed));
    return all;
  }

  /// From the start, or from where an earlier run saved. False when interrupted.
  bool learn(int member) const {
    const std::uint64_t seed = o_.seed + std::uint64_t(member - 1);
    const std::string who = o_.members > 1 ? fmt::format("member {}, ", member) : "";
    const std::optional<Notes> before = earlier(member);
    int done = 0;
    if (before) {
      done = std::stoi(before->at("steps"));
      context_.terminal.message(Level::note, fmt::format("{}going on after {} steps on the data", who, done));
      if (done >= o_.steps || (done > 0 && before->at("state") != more_steps)) return true;
    }
    ThreadPool threads(context_.threads);
    const auto one =
        before ? form_.member(file(member), lessons(seed), threads) : form_.member(seed, lessons(seed), threads);
    if (!before) {
      StageProgress progress(context_.terminal, who, "phases", o_.phase_steps);
      const auto r = one->begin(o_.phase_steps, &progress);
      if (r.end == "stopped") return false;  // a minute's work is not worth a file
      keep(member, *one, 0, r);
    }
    return descend(member, *one, done, who);
  }

  /// A few steps at a time, saved after each, so that a run that is killed goes on with the same numbers; a part that
  /// is interrupted begins again for
  /// the same reason. False when interrupted.
  bool descend(int member, MemberFit& one, int done, const std::string& who) const {
    const int part = form_.options().restart;
    StageProgress progress(context_.terminal, who, "data", o_.steps);
    progress.next(done);
    while (done < o_.steps) {
      const int wanted = std::min(part - done % part, o_.steps - done);
      const auto r = one.fit().fit_data(form_.known(), wanted, &progress);
      if (r.end == "stopped") {
        context_.terminal.result(
            fmt::format("{}{} of {} steps; the same command goes on", who, done, o_.steps),
            {{"member", member}, {"steps", done}, {"completed", false}, {"force", file(member).string()}});
        return false;
      }
      done += r.steps;
      progress.next(r.steps);
      keep(member, one, done, r);
      if (r.end != more_steps) return true;
    }
    return true;
  }

  void keep(int member, MemberFit& one, int steps, const GaussNewtonResult& r) const {
    Notes notes;
    inputs_.put(notes, inputs_prefix);
    notes.insert({{"data", fmt::format("{}", fmt::join(o_.data, ", "))},
                  {"member", std::to_string(member)},
                  {"steps", std::to_string(steps)},
                  {"objective", fmt::format("{:.6f}", r.objective)},
                  {"state", r.end}});
    one.save(notes, file(member));
  }

  /// A force as its phases at fit_energies().
  struct Judged {
    std::string name;
    PhaseTable phases;
    LikelihoodOptions options;
  };

  /// The learned one, last, and those beside it.
  std::vector<Judged> all_judged(const Committee& learned, Pair pair) const {
    const ScatteringFitOptions& o = form_.options();
    const auto options = [&](const Constants& constants, bool argonne) {
      LikelihoodOptions out;
      out.constants = constants;
      out.photons = photons(o.neutron_moment, argonne);
      return out;
    };
    const std::vector<double> T = fit_energies();
    const LocalInteraction v18 = argonne_v18(true);
    std::vector<Judged> all;
    all.push_back({"Argonne v18", LocalSolver(v18, pair, o.most_J).phases(T), options(v18.constants, true)});
    for (auto& [name, phases] : form_.beside(pair, T))
      all.push_back({name, std::move(phases), options(form_.constants(), false)});
    all.push_back(
        {"learned force", mean_phases(learned.phases(pair, o.most_J, T)).phases, options(form_.constants(), false)});
    return all;
  }

  /// What the learned force and others are worth on fitted and on kept-apart data, pair by pair.
  void tell() const {
    const Committee learned = committee();
    nlohmann::json json = {{"force", force()}, {"report", page(Pair::np).string()}};
    Table table{json, {}, {}};
    for (std::size_t k = 0; k < data_.train.size(); ++k) {
      const Pair pair = data_.train[k].pair;
      const std::vector<Judged> all = all_judged(learned, pair);
      Comparison shown;
      for (const auto& [set, some] : {std::pair{"fitted", &data_.train[k]}, {"kept apart", &data_.apart[k]}}) {
        if (some->size() == 0) continue;
        shown = judge(table, all.back(), set, *some);
        for (std::size_t other = 0; other + 1 < all.size(); ++other) judge(table, all[other], set, *some);
      }
      write_atomically(fs::path(o_.out) / ("residuals" + tail(pair) + ".csv"), residuals_csv(shown));
      write_atomically(page(pair), scattering_page(shown, context_.options.toml(), form_.sections(files())));
    }
    if (data_.with_pp()) table.add_sums();
    const std::string bound = tell_deuteron(learned, json);
    context_.terminal.result(
        text_table({"force", "experiments", "pair", "data", "χ²/N"}, table.rows) + bound + "\nforce: " + force(), json);
  }

  static std::string tail(Pair pair) { return pair == Pair::np ? "" : fmt::format("-{}", nuclear::name(pair)); }
  fs::path page(Pair pair) const { return fs::path(o_.out) / ("report" + tail(pair) + ".html"); }

  Committee committee() const {
    std::vector<std::unique_ptr<TwoNucleonForce>> all;
    for (const fs::path& f : files()) all.push_back(form_.force(f));
    return Committee(std::move(all));
  }

  /// A line, and the numbers of every member.
  std::string tell_deuteron(const Committee& learned, nlohmann::json& json) const {
    json["members"] = learned.size();
    for (const fs::path& f : files()) {
      const Notes notes = form_.notes(f);
      json["steps_of_members"].push_back(std::stoi(notes.at("steps")));
      json["objectives"].push_back(std::stod(notes.at("objective")));
    }
    json["steps"] = json["steps_of_members"][0];
    std::vector<double> energy, d_state;
    try {
      for (std::size_t m = 0; m < learned.size(); ++m) {
        const Deuteron d = learned[m].deuteron();
        energy.push_back(d.energy), d_state.push_back(100 * d.d_state);
      }
    } catch (const NumericalError&) {
      return "the deuteron is not bound";
    }
    const MeanSpread e = mean_and_spread(energy), p = mean_and_spread(d_state);
    json["deuteron_energy_MeV"] = e.mean;
    if (learned.size() == 1) return fmt::format("deuteron {:.6f} MeV, P_D {:.3f} %", e.mean, p.mean);
    json["deuteron_energy_spread_MeV"] = e.spread;
    return fmt::format("deuteron {:.6f} ± {:.6f} MeV, P_D {:.3f} ± {:.3f} %", e.mean, e.spread, p.mean, p.spread);
  }

  static Comparison judge(Table& table, const Judged& force, const std::string& set, const ScatteringData& data) {
    const std::string pair = nuclear::name(data.pair);
    Comparison c = compare(fmt::format("{}, {}, {}", force.name, pair, set), force.phases, data, {0, 35, 125, 200, 350},
                           force.options);
    table.add(set, force.name, pair, c.summary.data, c.summary.chi2);
    auto& sum = table.sums[{set, force.name}];
    sum.first += c.summary.data, sum.second += c.summary.chi2;
    return c;
  }

  const DataFitOptions& o_;
  const FitData& data_;
  const FitForm& form_;
  const RunInputs& inputs_;
  const Context& context_;
};

}  // namespace

FitData read_fit_data(const std::vector<std::string>& files, double least, double most, double kept_apart,
                      std::uint64_t seed) {
  std::vector<ScatteringData> all{select(read_scattering(files, Pair::np), least, most)};
  if (all[0].of_other_pairs > 0) all.push_back(select(read_scattering(files, Pair::pp), least, most));
  FitData out;
  for (const ScatteringData& data : all) {
    auto parts = split_by_experiment(data, kept_apart, seed);
    out.train.push_back(std::move(parts.first)), out.apart.push_back(std::move(parts.second));
  }
  return out;
}

std::vector<TargetPhase> known_phases(const std::string& file, bool strict, bool with_pp) {
  if (file.empty()) return {};
  const auto from_pp = [](const TargetPhase& p) { return p.block.isospin() == 1 && p.block != block_of({0, 0, 0}); };
  std::vector<TargetPhase> known = read_phase_spread(file, 0.005);
  std::erase_if(known, [&](const TargetPhase& p) { return from_pp(p) ? with_pp : strict; });
  for (TargetPhase& p : known) p.error *= 0.5;
  return known;
}

Outcome fit_to_data(const DataFitOptions& o, const FitData& data, const FitForm& form, const RunInputs& inputs,
                    const Context& context) {
  return DataFit(o, data, form, inputs, context).run();
}

}  // namespace orogen
