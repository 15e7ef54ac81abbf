#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "orogen/app/inputs/structure_choice.hpp"
#include "orogen/app/verbs/verb_list.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/report/training/report.hpp"
#include "orogen/train/selftest/selftest.hpp"

namespace orogen {
namespace {

class SelftestVerb : public Verb {
 public:
  std::string name() const override { return "selftest"; }
  std::string summary() const override {
    return "test a model's derivatives, symmetries, threads, instruction sets and dissociation curves";
  }
  std::string example() const override { return "orogen selftest run/model.safetensors structure.xyz"; }
  std::vector<std::string> file_keys() const override { return {"model", "structure"}; }
  void describe(OptionTable& table) override {
    table.add("model", model_, "", "model file").must();
    orogen::describe(table, structure_);
    table.add("out", out_, "", "folder for report.html with the results and the dissociation curves; \"\" = none");
  }
  Outcome run(const Context& context) override {
    const Model model = read_model(model_);
    const auto results = full_selftest(model, read_structure(structure_).structure, context.threads);
    std::string lines;
    nlohmann::json json = nlohmann::json::array();
    bool passed = true;
    for (const SelftestResult& r : results) {
      lines += fmt::format("{}  {:<52} {:>10.3g} {:<8} (limit {:.3g})\n", r.passed ? "ok    " : "FAILED", r.name,
                           r.value, r.unit, r.limit);
      json.push_back(
          {{"name", r.name}, {"value", r.value}, {"unit", r.unit}, {"limit", r.limit}, {"passed", r.passed}});
      passed = passed && r.passed;
    }
    if (!out_.empty()) {
      ReportData report;
      report.title = "Self-test of " + model_;
      report.provenance = {{"version", "orogen " OROGEN_VERSION}, {"structure", structure_.structure}};
      report.selftest = results;
      report.dissociation = dissociation_curves(model);
      std::filesystem::create_directories(out_);
      write_report(out_, report);
      lines += fmt::format("report: {}\n", (std::filesystem::path(out_) / "report.html").string());
    }
    context.terminal.result(lines + (passed ? "all passed" : "some FAILED"), {{"passed", passed}, {"results", json}});
    if (!passed) throw NumericalError("the self-test failed; see the lines above");
    return Outcome::done;
  }

 private:
  std::string model_, out_;
  StructureOptions structure_;
};

}  // namespace

std::unique_ptr<Verb> selftest_verb() { return std::make_unique<SelftestVerb>(); }

}  // namespace orogen
