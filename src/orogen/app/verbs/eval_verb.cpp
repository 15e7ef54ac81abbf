#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "orogen/app/inputs/potential_choice.hpp"
#include "orogen/app/inputs/training_data.hpp"
#include "orogen/app/verbs/verb_list.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/files/sha256.hpp"
#include "orogen/report/errors/evaluate_frames.hpp"
#include "orogen/report/training/report.hpp"

namespace orogen {
namespace {

class EvalVerb : public Verb {
 public:
  std::string name() const override { return "eval"; }
  std::string summary() const override { return "judge a potential on labelled frames that it was not trained on"; }
  std::string example() const override { return "orogen eval run/model.safetensors test.xyz out=eval"; }
  std::vector<std::string> file_keys() const override { return {"potential", "data"}; }

  void describe(OptionTable& table) override {
    orogen::describe(table, potential_);
    table.add("data", data_, "", "extended XYZ files with labelled frames").must();
    table.add("out", out_, "", "folder for report.html, report.json and input.toml");
    table.add("energy_key", keys_.energy, "", "key of the energy; empty = the usual names");
    table.add("forces_key", keys_.forces, "", "column of the forces; empty = the usual names");
    table.add("stress_key", keys_.stress, "", "key of the stress or virial; empty = the usual names");
  }

  Outcome run(const Context& context) override {
    KeysTaken taken;
    ErrorCollector errors;
    ReportData report;
    std::vector<Frame> all;
    const auto potential = make_potential(potential_, context.threads, context.terminal);
    for (const std::string& path : data_) {
      std::vector<Frame> part = read_extxyz(path, keys_, &taken);
      all.insert(all.end(), part.begin(), part.end());
      FrameList frames(std::move(part));
      if (!evaluate_frames(*potential, frames, std::filesystem::path(path).filename().string(), errors,
                           context.terminal))
        return Outcome::interrupted;
      report.data_files.push_back({path, sha256_hex(read_file(path))});
    }
    CensusOptions options;
    options.keys = taken;
    const Census census = take_census(all, options);
    FrameList frames(std::move(all));
    if (census.energy.frames + census.forces.frames + census.stress.frames == 0) refuse_unusable(census, {});
    context.terminal.message(Level::note, taken.text());
    context.save_input(out_);
    report.title = "Evaluation of " + potential_.potential;
    report.provenance = {{"version", "orogen " OROGEN_VERSION}, {"date", today()}, {"potential", potential_.potential}};
    report.input_toml = context.options.toml();
    report.census_text = text(census);
    report.errors = errors.table();
    report.us_per_atom = time_per_atom(*potential, frames);
    report.speed_note = fmt::format("{} thread(s), energy + forces + virial, frames of the data set", context.threads);
    write_report(out_, report);
    const std::string page = (std::filesystem::path(out_) / "report.html").string();
    context.terminal.result(fmt::format("{}\nreport: {}", text(report.errors), page),
                            {{"errors", to_json(report.errors)}, {"report", page}});
    return Outcome::done;
  }

 private:
  PotentialOptions potential_;
  std::vector<std::string> data_;
  std::string out_ = "eval";
  KeyChoice keys_;
};

class ReportVerb : public Verb {
 public:
  std::string name() const override { return "report"; }
  std::string summary() const override { return "make report.html again from report.json"; }
  std::string example() const override { return "orogen report run/report.json"; }
  std::vector<std::string> file_keys() const override { return {"source"}; }
  void describe(OptionTable& table) override {
    table.add("source", source_, "", "report.json, or the folder that holds it").must();
    table.add("out", out_, "", "folder for report.html; empty = beside the source");
  }
  Outcome run(const Context& context) override {
    std::filesystem::path path = source_;
    if (std::filesystem::is_directory(path)) path /= "report.json";
    const auto json = nlohmann::json::parse(read_file(path), nullptr, false);
    if (json.is_discarded())
      throw InputError(path.string() + ": not JSON; expected a report.json that `orogen train` or `orogen eval` wrote");
    const std::filesystem::path folder = out_.empty() ? path.parent_path() : std::filesystem::path(out_);
    std::filesystem::create_directories(folder.empty() ? "." : folder);
    const auto page = folder / "report.html";
    write_atomically(page, report_html(report_from_json(json)));
    context.terminal.result("report: " + page.string(), {{"report", page.string()}});
    return Outcome::done;
  }

 private:
  std::string source_, out_;
};

}  // namespace

std::unique_ptr<Verb> eval_verb() { return std::make_unique<EvalVerb>(); }
std::unique_ptr<Verb> report_verb() { return std::make_unique<ReportVerb>(); }

}  // namespace orogen
