#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "orogen/app/nuclear/options/force_options.hpp"
#include "orogen/app/nuclear/reports/phase_report.hpp"
#include "orogen/app/nuclear/reports/text_table.hpp"
#include "orogen/app/verbs/verb_list.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"

namespace orogen {
namespace {

using namespace nuclear;

constexpr std::size_t most_reference_energies = 72;  // what a page needs to show a curve

/// In degrees; i counts as PhaseFile::index.
double degrees(const PhaseFile& f, std::size_t i) {
  const BlockPhases& p = f.phases.value[i / 3];
  return (i % 3 == 1 ? p.epsilon : p.delta[i % 3 / 2]) / degree;
}

/// Calls visit(name, block, part) for every phase of a table.
template <class Visit> void each_phase(const PhaseTable& t, Visit visit) {
  for (std::size_t b = 0; b < t.blocks.size(); ++b) {
    const auto names = phase_names(t.blocks[b]);
    for (std::size_t c = 0; c < names.size(); ++c) visit(names[c], b, int(c));
  }
}

/// One row per phase and one for its spread where there is one, one column per energy, eleven energies at a time.
std::string shown(const PhaseFile& f) {
  const auto& T = f.phases.T_lab;
  const auto number = [](double x) { return fmt::format("{:.4f}", std::round(1e4 * x) / 1e4 + 0.0); };
  std::string text;
  for (std::size_t first = 0; first < T.size(); first += 11) {
    const std::size_t last = std::min(first + 11, T.size());
    std::vector<std::string> header{"T_lab [MeV]"};
    for (std::size_t e = first; e < last; ++e) header.push_back(fmt::format("{:g}", T[e]));
    TextRows rows;
    each_phase(f.phases, [&](const std::string& name, std::size_t b, int c) {
      std::vector<std::string> row{name + " [°]"}, spread{"  ±"};
      for (std::size_t e = first; e < last; ++e) {
        row.push_back(number(degrees(f, f.index(e, b, c))));
        spread.push_back(number(f.error[f.index(e, b, c)] / degree));
      }
      rows.push_back(row);
      if (f.has_error[f.index(first, b, c)]) rows.push_back(spread);
    });
    text += text_table(header, rows);
  }
  return text;
}

nlohmann::json to_json(const PhaseFile& f) {
  nlohmann::json json = {{"T_lab_MeV", f.phases.T_lab}};
  each_phase(f.phases, [&](const std::string& name, std::size_t b, int c) {
    for (std::size_t e = 0; e < f.phases.T_lab.size(); ++e) {
      const std::size_t i = f.index(e, b, c);
      json[name + "_deg"].push_back(degrees(f, i));
      if (f.has_error[i]) json[name + "_spread_deg"].push_back(f.error[i] / degree);
    }
  });
  return json;
}

/// Scattering length and effective range of 1S0 over the members; nothing where one of them has none.
struct SingletRange {
  MeanSpread length, range;  ///< fm
};
std::optional<SingletRange> singlet_range(const Committee& force, Pair pair) {
  std::vector<double> length, range;
  try {
    for (std::size_t m = 0; m < force.size(); ++m) {
      const LowEnergy low = force[m].low_energy(block_of(wave("1S0")), pair);
      length.push_back(low.a), range.push_back(low.r);
    }
  } catch (const NumericalError&) {
    return {};
  }
  return SingletRange{mean_and_spread(length), mean_and_spread(range)};
}

std::string shown(const SingletRange& low, Pair pair, bool several) {
  const auto number = [&](const MeanSpread& of) {
    return fmt::format("{:.4f}{} fm", of.mean, several ? fmt::format(" ± {:.4f}", of.spread) : "");
  };
  return fmt::format("1S0 of {}{}: scattering length {}, effective range {}\n", name(pair),
                     pair == Pair::pp ? " beside the Coulomb force" : "", number(low.length), number(low.range));
}

void put(const SingletRange& low, bool several, nlohmann::json& json) {
  json["scattering_length_fm"] = low.length.mean, json["effective_range_fm"] = low.range.mean;
  if (several)
    json["scattering_length_spread_fm"] = low.length.spread, json["effective_range_spread_fm"] = low.range.spread;
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
    const Committee force = chosen_force(force_, context.options);
    const auto reference = read_reference(reference_, spread_, pair);
    const PhaseFile all = mean_phases(force.phases(pair, most_J_, together(energies_, reference)));
    const PhaseFile asked = at_energies(all, energies_);
    context.save_input(out_);
    const std::filesystem::path folder = out_;
    write_phases(folder / "phases.csv", asked);
    const std::vector<NamedPhases> tables{{force.title(), all}};
    const std::string title = fmt::format("{} phases of {}", pair_, force.title());
    warn_of_pions(energies_, context.terminal);
    if (const std::string caution = force.caution(pair); !caution.empty())
      context.terminal.message(Level::warning, caution);
    write_atomically(folder / "report.html", phase_page(title, tables, reference, context.options.toml()));
    nlohmann::json json = to_json(asked);
    json["force"] = force.title();
    json["members"] = force.size();
    json["csv"] = (folder / "phases.csv").string();
    json["report"] = (folder / "report.html").string();
    std::string text = title + "\n" + shown(asked);
    if (const auto low = singlet_range(force, pair)) {
      put(*low, force.size() > 1, json);
      text += shown(*low, pair, force.size() > 1);
    }
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
  ForceChoice force_;
  std::string pair_ = "np", reference_, spread_, out_ = "phases";
  std::vector<double> energies_{1, 5, 10, 25, 50, 100, 150, 200, 250, 300, 350};
  int most_J_ = 4;
};

}  // namespace

std::unique_ptr<Verb> nuclear_phases_verb() { return std::make_unique<PhasesVerb>(); }

}  // namespace orogen
