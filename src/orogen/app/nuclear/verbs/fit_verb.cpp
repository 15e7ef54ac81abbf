#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "orogen/app/nuclear/options/fit_options.hpp"
#include "orogen/app/nuclear/reports/fits/fit_report.hpp"
#include "orogen/app/nuclear/reports/fits/fold_report.hpp"
#include "orogen/app/nuclear/reports/fits/phase_fit_report.hpp"
#include "orogen/app/nuclear/reports/fits/potential_report.hpp"
#include "orogen/app/verbs/verb_list.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/nuclear/neural/forces/force_file.hpp"
#include "orogen/nuclear/neural/forms/local_form.hpp"
#include "orogen/nuclear/neural/forms/momentum_form.hpp"

namespace orogen {
namespace {

using namespace nuclear;
namespace fs = std::filesystem;

constexpr const char* committee_file = "committee.json";

std::string member_name(int member) {
  return member == 1 ? "force.safetensors" : fmt::format("force-{}.safetensors", member);
}
std::string fold_name(int fold) { return fmt::format("fold-{}.safetensors", fold); }

Committee committee_of(const std::vector<fs::path>& files) {
  std::vector<std::unique_ptr<TwoNucleonForce>> all;
  ForceChoice one;
  for (const fs::path& f : files) {
    one.force = f.string();
    all.push_back(make_force(one));
  }
  return Committee(std::move(all));
}

std::unique_ptr<FitForm> make_form(FitOptions& o, const FitData& data) {
  if (o.form == "local") {
    o.start.network.charge_dependence = data.with_pp();
    return std::make_unique<LocalForm>(o.start, o.local,
                                       with_errors(read_phases(o.phases), o.local.phase_floor, o.local.phase_relative),
                                       known_phases(o.spread, o.strict, data.with_pp()));
  }
  if (data.with_pp())
    throw InputError(
        "data: rows of pp; form=momentum learns from np alone, and the contacts of pp follow from its scattering "
        "length: expected files of np (or form=local)");
  // Weak data of all waves: a network that only the data hold moves high ones, where there is nothing to learn.
  std::vector<TargetPhase> known = known_phases(o.spread, o.strict, false);
  std::erase_if(known, [&](const TargetPhase& p) { return p.T_lab < o.least || p.T_lab > o.most; });
  ScatteringFitOptions options;
  options.deuteron_error = o.in_momentum.fit.deuteron_error;
  options.neutron_moment = o.local.neutron_moment;
  return std::make_unique<MomentumForm>(o.momentum(), options, std::move(known));
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
  void describe(OptionTable& table) override { orogen::describe(table, o_); }

  Outcome run(const Context& context) override {
    check(context.options, o_);
    if (o_.data.empty()) return fit_phases(context);
    const RunInputs inputs = FitOptions::data_inputs(context.options);
    const FitData data =
        read_fit_data(o_.data, o_.least, o_.most, o_.folds > 1 ? 0 : o_.kept_apart, o_.start.network.seed);
    const auto form = make_form(o_, data);
    o_.limits.data = fmt::format("{}", fmt::join(o_.data, ", "));
    const MemberRun members(*form, inputs, o_.limits, context.threads, context.terminal);
    if (o_.folds > 1) return fit_folds(*form, data, members, context);
    return fit_members(*form, data, members, context);
  }

 private:
  fs::path folder() const { return o_.out; }

  /// Looks at what earlier runs left before anything is computed, and before the input of another run is replaced.
  void prepare(const std::vector<MemberTask>& tasks, const MemberRun& run, const Context& context) const {
    for (const MemberTask& task : tasks) run.earlier(task);
    context.save_input(o_.out);
  }

  bool learn(const MemberTask& task, const MemberRun& run, const Context& context) const {
    const auto at = run.learn(task);
    if (!at.completed)
      context.terminal.result(
          fmt::format("{}{} of {} steps; the same command goes on", task.who, at.steps, o_.limits.steps),
          {{"member", task.number}, {"steps", at.steps}, {"completed", false}, {"force", task.file.string()}});
    return at.completed;
  }

  /// Removes the files of an earlier run: those with consecutive numbers.
  void forget(std::string (*name_of)(int)) const {
    if (!o_.restart) return;
    for (int m = 1; m == 1 || fs::exists(folder() / name_of(m)); ++m) fs::remove(folder() / name_of(m));
  }

  Outcome fit_members(const FitForm& form, const FitData& data, const MemberRun& run, const Context& context) const {
    forget(member_name);
    if (o_.restart) fs::remove(folder() / committee_file);
    std::vector<MemberTask> tasks;
    std::vector<fs::path> files;
    std::vector<std::string> names;
    for (int m = 1; m <= o_.members; ++m) {
      const std::uint64_t seed = o_.start.network.seed + std::uint64_t(m - 1);
      MemberTask task{m, o_.members > 1 ? fmt::format("member {}, ", m) : "", folder() / member_name(m), seed,
                      data.train};
      if (o_.bootstrap)
        for (ScatteringData& d : task.train) d = resampled_by_experiment(d, seed);
      files.push_back(task.file), names.push_back(member_name(m));
      tasks.push_back(std::move(task));
    }
    prepare(tasks, run, context);
    for (const MemberTask& task : tasks)
      if (!learn(task, run, context)) return Outcome::interrupted;
    if (o_.members > 1) write_committee(folder() / committee_file, names);
    FittedForce fitted{form, data, committee_of(files), {}, o_.members > 1 ? folder() / committee_file : files[0], ""};
    for (const MemberTask& task : tasks) fitted.records.push_back(*run.earlier(task));
    if (o_.form == "local") {
      std::vector<LocalInteraction> all;
      for (const fs::path& file : files) all.push_back(interaction(load_neural_force(file)));
      fitted.sections = potential_sections(all);
    }
    nlohmann::json json;
    const std::string text = report_fit(fitted, folder(), context.options.toml(), json);
    context.terminal.result(text, json);
    return Outcome::done;
  }

  Outcome fit_folds(const FitForm& form, const FitData& whole, const MemberRun& run, const Context& context) const {
    forget(fold_name);
    std::vector<MemberTask> tasks;
    for (int k = 1; k <= o_.folds; ++k)
      tasks.push_back({k, fmt::format("fold {}, ", k), folder() / fold_name(k),
                       o_.start.network.seed + std::uint64_t(k - 1), fold(whole, k - 1, o_.folds).train});
    prepare(tasks, run, context);
    std::vector<Pair> pairs;
    for (const ScatteringData& d : whole.train) pairs.push_back(d.pair);
    FoldReport report(form, pairs);
    for (const MemberTask& task : tasks) {
      if (!learn(task, run, context)) return Outcome::interrupted;
      context.terminal.message(
          Level::note, report.add(task.number, committee_of({task.file}), fold(whole, task.number - 1, o_.folds)));
    }
    nlohmann::json json;
    const std::string text = report.finish(folder(), json);
    context.terminal.result(text + "table: " + (folder() / "folds.csv").string(), json);
    return Outcome::done;
  }

  /// A learned short range from phases alone.
  Outcome fit_phases(const Context& context) const {
    const RunInputs inputs(context.options, {"phases", "spread"}, {"steps", "restart", "out"});
    const fs::path file = folder() / member_name(1);
    PhaseRun run(o_.momentum(), file, inputs, o_.restart);
    context.save_input(o_.out);
    if (run.goes_on()) context.terminal.message(Level::note, "going on with the force of an earlier run");
    const GaussNewtonResult r = run.run(context.terminal);
    nlohmann::json json = {{"force", file.string()}, {"objective", r.objective}, {"end", text(r.end)}};
    if (r.end == GaussNewtonEnd::stopped) {
      context.terminal.result("interrupted; the same command goes on",
                              {{"completed", false}, {"force", file.string()}});
      return Outcome::interrupted;
    }
    const auto reference = read_reference(o_.phases, o_.spread, Pair::np);
    const std::string text = report_phase_fit(run, reference, folder(), context.options.toml(), json);
    context.terminal.result(text, json);
    return Outcome::done;
  }

  FitOptions o_;
};

}  // namespace

std::unique_ptr<Verb> nuclear_fit_verb() { return std::make_unique<FitVerb>(); }

}  // namespace orogen
