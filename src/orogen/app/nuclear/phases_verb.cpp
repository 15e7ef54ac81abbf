#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "orogen/app/nuclear/force_choice.hpp"
#include "orogen/app/nuclear/phase_report.hpp"
#include "orogen/app/nuclear/text_table.hpp"
#include "orogen/app/verb_list.hpp"
#include "orogen/base/atomic_file.hpp"
#include "orogen/base/errors.hpp"

namespace orogen {
namespace {

using namespace nuclear;

constexpr std::size_t most_reference_energies = 72;  // what a page needs to show a curve

/// In degrees.
double part(const PhaseTable& t, std::size_t e, std::size_t b, std::size_t c) {
  const BlockPhases& p = t.at(e, b);
  return (c == 1 ? p.epsilon : p.delta[c / 2]) / degree;
}

PhaseTable rows_at(const PhaseTable& all, const std::vector<double>& T_lab) {
  PhaseTable out{all.pair, T_lab, all.blocks, {}};
  const std::size_t n = all.blocks.size();
  for (const double T : T_lab) {
    const auto e = std::size_t(std::find(all.T_lab.begin(), all.T_lab.end(), T) - all.T_lab.begin());
    out.value.insert(out.value.end(), all.value.begin() + long(e * n), all.value.begin() + long((e + 1) * n));
  }
  return out;
}

/// One row per phase, one column per energy, eleven energies at a time.
std::string shown(const PhaseTable& t) {
  std::string text;
  for (std::size_t first = 0; first < t.T_lab.size(); first += 11) {
    const std::size_t last = std::min(first + 11, t.T_lab.size());
    std::vector<std::string> header{"T_lab [MeV]"};
    for (std::size_t e = first; e < last; ++e) header.push_back(fmt::format("{:g}", t.T_lab[e]));
    TextRows rows;
    for (std::size_t b = 0; b < t.blocks.size(); ++b) {
      const auto names = phase_names(t.blocks[b]);
      for (std::size_t c = 0; c < names.size(); ++c) {
        auto& row = rows.emplace_back();
        row.push_back(names[c] + " [°]");
        for (std::size_t e = first; e < last; ++e)
          row.push_back(fmt::format("{:.4f}", std::round(1e4 * part(t, e, b, c)) / 1e4 + 0.0));
      }
    }
    text += text_table(header, rows);
  }
  return text;
}

nlohmann::json to_json(const PhaseTable& t) {
  nlohmann::json json = {{"T_lab_MeV", t.T_lab}};
  for (std::size_t b = 0; b < t.blocks.size(); ++b) {
    const auto names = phase_names(t.blocks[b]);
    for (std::size_t c = 0; c < names.size(); ++c)
      for (std::size_t e = 0; e < t.T_lab.size(); ++e) json[names[c] + "_deg"].push_back(part(t, e, b, c));
  }
  return json;
}

/// The energies asked for and, for the page, those of the reference.
std::vector<double> together(std::vector<double> energies, const std::optional<NamedPhases>& reference) {
  if (!reference) return energies;
  const auto& other = reference->file.phases.T_lab;
  const std::size_t stride = 1 + other.size() / most_reference_energies;
  for (std::size_t k = 0; k < other.size(); k += stride) energies.push_back(other[k]);
  std::sort(energies.begin(), energies.end());
  energies.erase(std::unique(energies.begin(), energies.end()), energies.end());
  return energies;
}

class PhasesVerb : public Verb {
 public:
  std::string name() const override { return "nuclear phases"; }
  std::string summary() const override { return "phase shifts of a force, as a table and beside a reference"; }
  std::string example() const override { return "orogen nuclear phases force=emn-n2lo cutoff=500 energies=[1,50,100]"; }
  std::vector<std::string> file_keys() const override { return {}; }

  void describe(OptionTable& table) override {
    orogen::describe(table, force_);
    table.add("pair", pair_, "", "the two nucleons").one_of({"np", "pp", "nn"});
    table.add("energies", energies_, "MeV", "kinetic energies in the laboratory, ascending");
    table.add("most_J", most_J_, "", "largest total angular momentum").range(0, 12);
    table.add("reference", reference_, "", "a table of phases (T_lab_MeV, 1S0_deg, …) that the report compares with");
    table.add("spread", spread_, "", "widths of the reference: pair, T_lab_MeV, wave, spread_deg");
    table.add("out", out_, "", "folder for phases.csv, report.html and input.toml");
  }

  Outcome run(const Context& context) override {
    require_energies("energies", energies_);
    const Pair pair = nuclear::pair(pair_);
    const auto force = make_force(force_);
    const auto reference = read_reference(reference_, spread_, pair);
    const PhaseTable all = force->phases(pair, most_J_, together(energies_, reference));
    const PhaseTable asked = rows_at(all, energies_);
    context.save_input(out_);
    const std::filesystem::path folder = out_;
    write_phases(folder / "phases.csv", asked);
    const std::vector<NamedPhases> tables{{force->title(), without_gaps(all)}};
    const std::string title = fmt::format("{} phases of {}", pair_, force->title());
    write_atomically(folder / "report.html", phase_page(title, tables, reference, context.options.toml()));
    nlohmann::json json = to_json(asked);
    json["force"] = force->title();
    json["csv"] = (folder / "phases.csv").string();
    json["report"] = (folder / "report.html").string();
    std::string text = title + "\n" + shown(asked);
    if (reference) {
      const auto d = deviations(tables[0].file, reference->file);
      json["deviations"] = deviations_json(d);
      text += "\ndeviations from " + reference_ + "\n" + deviation_text(d);
    }
    context.terminal.result(
        text + "table: " + json["csv"].get<std::string>() + "\nreport: " + json["report"].get<std::string>(), json);
    return Outcome::done;
  }

 private:
  ForceOptions force_;
  std::string pair_ = "np", reference_, spread_, out_ = "phases";
  std::vector<double> energies_{1, 5, 10, 25, 50, 100, 150, 200, 250, 300, 350};
  int most_J_ = 4;
};

}  // namespace

std::unique_ptr<Verb> nuclear_phases_verb() { return std::make_unique<PhasesVerb>(); }

}  // namespace orogen
