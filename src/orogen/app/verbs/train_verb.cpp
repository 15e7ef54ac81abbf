#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "orogen/app/inputs/training_data.hpp"
#include "orogen/app/verbs/verb_list.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/parallel/ranks.hpp"
#include "orogen/kernel/block.hpp"
#include "orogen/potential/learned/learned_potential.hpp"
#include "orogen/report/errors/evaluate_frames.hpp"
#include "orogen/train/selftest/selftest.hpp"
#include "orogen/train/trainer.hpp"

namespace orogen {
namespace {

class TrainVerb : public Verb {
 public:
  std::string name() const override { return "train"; }
  std::string summary() const override { return "learn a potential from quantum energies, forces and stresses"; }
  std::string example() const override { return "orogen train data=train.xyz model=balanced out=run"; }
  std::vector<std::string> file_keys() const override { return {"data"}; }

  void describe(OptionTable& table) override {
    orogen::describe(table, data_);
    table.add("out", out_, "", "folder for model.safetensors, report.html, checkpoints and input.toml");
    table.add("level_of_theory", level_, "", "free text kept in the model: functional, basis set, code");
    table.add("restart", restart_, "", "forget the checkpoints of an earlier run in out");
    orogen::describe(table, options_);
  }

  Outcome run(const Context& context) override {
    const std::filesystem::path out = out_;
    TrainingData data =
        read_training_data(data_, {options_.energy, options_.forces, options_.stress}, context.terminal);
    // The options stay as they were given, so that the saved input still asks for the stress on other data.
    TrainOptions effective = options_;
    effective.stress = options_.stress && data.census.stress.frames > 0;
    const bool first_rank = Ranks::world().rank() == 0;
    if (restart_ && first_rank) forget_checkpoints(out);
    Ranks::world().any(false);  // nobody reads a checkpoint before the first rank has removed it
    TrainInput input = std::move(data.input);
    input.folder = out;
    input.ranks = &Ranks::world();
    input.threads = context.threads;
    input.accepted = [&] {
      if (first_rank) context.save_input(out);
    };
    if (!level_.empty()) input.lineage["level_of_theory"] = level_;
    input.lineage["program"] = "orogen " OROGEN_VERSION;
    SilentProgress silent;
    TrainResult result = train(input, effective, first_rank ? static_cast<ProgressSink&>(context.terminal) : silent);
    if (!first_rank) return result.finished ? Outcome::done : Outcome::interrupted;  // the first one writes
    for (const std::string& note : result.notes) context.terminal.message(Level::note, note);
    if (!result.finished || !finish(context, input, data, result, out)) {
      context.terminal.result("stopped; the same command goes on from here", {{"finished", false}, {"out", out_}});
      return Outcome::interrupted;
    }
    return Outcome::done;
  }

 private:
  static void forget_checkpoints(const std::filesystem::path& out) {
    if (!std::filesystem::exists(out)) return;
    for (const auto& entry : std::filesystem::directory_iterator(out))
      if (entry.path().filename().string().starts_with("checkpoint-")) std::filesystem::remove(entry.path());
  }

  /// Validation errors for the model's lineage, of what there were labels for.
  static std::string validation_errors(const SetErrors& valid) {
    nlohmann::json known = nlohmann::json::object();
    if (const Errors& e = valid.all.energy_per_atom; e.labels) known["energy_rmse_meV_per_atom"] = e.rmse;
    if (const Errors& e = valid.all.forces; e.labels) known["forces_rmse_meV_per_A"] = e.rmse;
    if (const Errors& e = valid.all.stress; e.labels) known["stress_rmse_meV_per_A3"] = e.rmse;
    return known.dump();
  }

  /// Evaluates, tests and writes the model and its report. False, with nothing written, when a stop was requested
  /// during the evaluation; the checkpoints then lead back to it.
  bool finish(const Context& context, const TrainInput& input, const TrainingData& data, TrainResult& result,
              const std::filesystem::path& out) {
    const auto potential = make_learned_potential(result.model, {context.threads, 0.5, ""});
    ErrorCollector errors;
    if (!evaluate_frames(*potential, *input.train, "training", errors, context.terminal) ||
        !evaluate_frames(*potential, *input.valid, "validation", errors, context.terminal))
      return false;
    ReportData report = describe_run(context, data, result);
    report.title = "Learned potential: " + out.string();
    report.errors = errors.table();
    if (const SetErrors* valid = report.errors.find("validation"))
      result.model.lineage["validation_errors"] = validation_errors(*valid);
    const std::filesystem::path model_path = out / "model.safetensors";
    write_model(model_path, result.model);
    FrameSource& judge = input.valid->size() > 0 ? *input.valid : *input.train;
    report.selftest = brief_selftest(result.model, judge, context.threads);
    report.us_per_atom = time_per_atom(*potential, judge);
    report.dissociation = dissociation_curves(result.model);
    write_report(out, report);
    answer(context, report, result, model_path, out / "report.html");
    return true;
  }

  /// The parts of the report that say how the model was made.
  ReportData describe_run(const Context& context, const TrainingData& data, TrainResult& result) const {
    ReportData report;
    report.provenance = {{"version", "orogen " OROGEN_VERSION},
                         {"date", today()},
                         {"level of theory", level_.empty() ? "not stated" : level_},
                         {"seed", std::to_string(options_.seed)},
                         {"threads", std::to_string(context.threads)},
                         {"instruction set", kernel::kernels().name},
                         {"parameters", std::to_string(result.model.parameters())},
                         {"reference energies", result.model.lineage["reference_energies"]}};
    report.input_toml = context.options.toml();
    report.data_files = data.files;
    report.census_text = text(data.census);
    report.learning = result.learning;
    report.speed_note = fmt::format("{} thread(s), {}, energy + forces + virial, frames of the data set",
                                    context.threads, result.model.precision);
    report.timings = {{"training, wall time", fmt::format("{:.1f} s", result.seconds)},
                      {"one training step", fmt::format("{:.1f} µs per atom and thread", result.us_per_atom_step)},
                      {"steps left out", std::to_string(result.skipped_steps)},
                      {"roll-backs", std::to_string(result.rollbacks)}};
    return report;
  }

  static void answer(const Context& context, const ReportData& report, const TrainResult& result,
                     const std::filesystem::path& model, const std::filesystem::path& page) {
    for (const SelftestResult& test : report.selftest)
      if (!test.passed)
        context.terminal.message(Level::warning, fmt::format("self-test: {} is {:.3g} {}, limit {:.3g}", test.name,
                                                             test.value, test.unit, test.limit));
    context.terminal.result(
        fmt::format("{}\nmodel:  {}\nreport: {}", text(report.errors), model.string(), page.string()),
        {{"finished", true},
         {"model", model.string()},
         {"report", page.string()},
         {"errors", to_json(report.errors)},
         {"us_per_atom_step", result.us_per_atom_step},
         {"seconds", result.seconds}});
  }

  DataOptions data_;
  TrainOptions options_;
  std::string out_ = "run", level_;
  bool restart_ = false;
};

}  // namespace

std::unique_ptr<Verb> train_verb() { return std::make_unique<TrainVerb>(); }

}  // namespace orogen
