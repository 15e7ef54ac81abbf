#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "orogen/app/nuclear/reports/phase_report.hpp"
#include "orogen/app/verbs/verb_list.hpp"
#include "orogen/base/files/atomic_file.hpp"

namespace orogen {
namespace {

using namespace nuclear;

class PlotVerb : public Verb {
 public:
  std::string name() const override { return "nuclear plot"; }
  std::string summary() const override { return "a report of tables of phases, beside a reference"; }
  std::string example() const override {
    return "orogen nuclear plot tables=[a/phases.csv,b/phases.csv] reference=analysis.csv";
  }
  std::vector<std::string> file_keys() const override { return {"tables"}; }
  void describe(OptionTable& table) override {
    table.add("tables", tables_, "", "tables of phases (T_lab_MeV, 1S0_deg, …)").must();
    table.add("pair", pair_, "", "the two nucleons").one_of({"np", "pp", "nn"});
    table.add("reference", reference_, "", "a table of phases that the others are compared with");
    table.add("spread", spread_, "", "widths of the reference: pair, T_lab_MeV, wave, spread_deg");
    table.add("out", out_, "", "folder for report.html and input.toml");
  }

  Outcome run(const Context& context) override {
    const Pair pair = nuclear::pair(pair_);
    const auto reference = read_reference(reference_, spread_, pair);
    std::vector<NamedPhases> tables;
    for (const auto& file : tables_) tables.push_back({file, read_phases(file, pair)});
    context.save_input(out_);
    const std::string page = (std::filesystem::path(out_) / "report.html").string();
    write_atomically(page, phase_page(pair_ + " phases", tables, reference, context.options.toml()));
    nlohmann::json json = {{"report", page}};
    std::string text;
    if (reference)
      for (const auto& t : tables) {
        const auto d = deviations(t.file, reference->file);
        json["deviations"][t.name] = deviations_json(d);
        text += t.name + "\n" + deviation_text(d);
      }
    context.terminal.result(text + "report: " + page, json);
    return Outcome::done;
  }

 private:
  std::vector<std::string> tables_;
  std::string pair_ = "np", reference_, spread_, out_ = "plot";
};

}  // namespace

std::unique_ptr<Verb> nuclear_plot_verb() { return std::make_unique<PlotVerb>(); }

}  // namespace orogen
