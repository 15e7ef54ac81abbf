#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "orogen/app/nuclear/options/force_options.hpp"
#include "orogen/app/nuclear/reports/curve_report.hpp"
#include "orogen/app/nuclear/reports/scattering_report.hpp"
#include "orogen/app/options/idle_options.hpp"
#include "orogen/app/verbs/verb_list.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/options/nearest_name.hpp"
#include "orogen/nuclear/observables/data/phase_file.hpp"
#include "orogen/report/page/page.hpp"

namespace orogen {
namespace {

using namespace nuclear;
namespace fs = std::filesystem;

/// What gives phases: a force, the members of a committee, or a table of them.
class PhaseSource {
 public:
  PhaseSource(const ForceChoice& force, const OptionTable& given, const std::string& table, Pair pair, int most_J)
      : pair_(pair), most_J_(most_J) {
    if (table.empty()) {
      force_.emplace(chosen_force(force, given));
      return;
    }
    table_ = complete(read_phases(table, pair), chiral_constants);
    title_ = std::filesystem::path(table).stem().string();
  }
  const std::string& title() const { return force_ ? force_->title() : title_; }
  const Constants& constants() const { return force_ ? force_->constants() : chiral_constants; }
  /// One table per member.
  std::vector<PhaseTable> at(const std::vector<double>& T_lab) const {
    if (force_) return force_->phases(pair_, most_J_, T_lab);
    return {PhaseInterpolation(table_.T_lab, pair_, chiral_constants)(table_, T_lab)};
  }
  Pair pair() const { return pair_; }
  Photons photons(bool neutron_moment) const {
    if (!neutron_moment) return {};
    return {true, true, force_ && force_->has_moments() ? NeutronMoment::beyond_phases : NeutronMoment::in_all_waves};
  }
  std::string caution() const { return force_ ? force_->caution(pair_) : ""; }
  int largest_J() const { return force_ ? most_J_ : table_.blocks.back().J; }
  /// For data of all energies.
  std::vector<PhaseTable> at_nodes() const { return force_ ? at(recommended_energies()) : std::vector{table_}; }

 private:
  Pair pair_;
  int most_J_;
  std::optional<Committee> force_;
  PhaseTable table_;
  std::string title_;
};

long data_outside(const ScatteringData& data, double least, double most) {
  long n = 0;
  for (const auto& e : data.experiments)
    n += std::count_if(e.data.begin(), e.data.end(), [&](const auto& d) { return d.T_lab < least || d.T_lab > most; });
  return n;
}

std::string unit_in_name(Observable o) { return !has_angle(o) ? "_mb" : o == Observable::dsg ? "_mb_per_sr" : ""; }

std::vector<Observable> chosen(const std::vector<std::string>& codes) {
  std::vector<std::string> known, problems;
  for (const Observable o : observables()) known.push_back(name(o));
  std::vector<Observable> all;
  for (const auto& code : codes) {
    const auto o = find_observable(code);
    if (o)
      all.push_back(*o);
    else
      problems.push_back(fmt::format("observables: \"{}\" is unknown{}", code, suggestion(code, known)));
  }
  for (std::size_t k = 0; k < codes.size(); ++k)
    if (std::find(codes.begin(), codes.begin() + long(k), codes[k]) != codes.begin() + long(k))
      problems.push_back(fmt::format("observables: \"{}\" is there twice", codes[k]));
  if (!problems.empty()) throw InputError(problems);
  if (all.empty()) throw InputError("observables = []: expected at least one code, such as dsg");
  return all;
}

CurveColumn column_of(Observable o) {
  const std::string unit = !has_angle(o) ? "mb" : o == Observable::dsg ? "mb/sr" : "";
  const std::string code = name(o);
  return {code, unit, code + unit_in_name(o), code + "_spread" + unit_in_name(o), has_angle(o)};
}

/// Total cross sections by energy, the others by energy and angle.
struct Curves {
  std::vector<CurveColumn> columns;
  NumberTable total{{"T_lab_MeV"}, {}}, angular{{"T_lab_MeV", "theta_cm_deg"}, {}};
  NumberTable& of(bool angle) { return angle ? angular : total; }
};

class ObservablesVerb : public Verb {
 public:
  std::string name() const override { return "nuclear observables"; }
  std::string summary() const override { return "cross sections and spin observables; χ² on scattering data"; }
  std::string example() const override {
    return "orogen nuclear observables force=av18 energy=50 angles=[30,60,90,120,150]";
  }
  std::vector<std::string> file_keys() const override { return {}; }

  void describe(OptionTable& table) override {
    orogen::describe(table, force_);
    table.add("phases", phases_, "", "a table of phases (T_lab_MeV, 1S0_deg, …) instead of a force");
    table.add("pair", pair_, "", "the two nucleons; np+pp: data of both, one after the other")
        .one_of({"np", "pp", "nn", "np+pp"});
    table.add("energy", energy_, "MeV", "kinetic energies in the laboratory at which curves are computed");
    table.add("angles", angles_, "°", "scattering angles in the centre of mass");
    table.add("observables", observables_, "", "codes of docs/nuclear.md: sgt, dsg, p, d, ayy, …");
    table.add("most_J", most_J_, "", "largest total angular momentum of the force's waves").range(0, 12);
    table.add("high_J", high_J_, "", "one-pion exchange adds waves up to this J; 0 leaves them out").range(0, 40);
    table.add("neutron_moment", neutron_moment_, "",
              "np: add the amplitude of the neutron's magnetic moment in the field of the proton");
    table.add("data", data_, "",
              "scattering data (exp_id, pair, observable, …) that are compared: a file or several, of any pairs");
    table.add("least_energy", least_, "MeV", "lowest energy of the data").range(0, 1000);
    table.add("most_energy", most_, "MeV", "highest energy of the data").range(0, 1000);
    table.add("edges", edges_, "MeV", "energies that divide the table of χ²");
    table.add("out", out_, "", "folder for angular.csv, total.csv, residuals.csv, report.html and input.toml");
  }

  Outcome run(const Context& context) override {
    const std::vector<Observable> wanted = chosen(observables_);
    check(context.options, wanted);
    context.save_input(out_);
    const bool both = pair_ == "np+pp";
    nlohmann::json json = nlohmann::json::object();
    std::string text;
    Total total;
    for (const Pair pair : both ? std::vector{Pair::np, Pair::pp} : std::vector{nuclear::pair(pair_)}) {
      nlohmann::json own;
      text += of_pair(pair, both ? fs::path(out_) / nuclear::name(pair) : fs::path(out_), wanted, context, own, total);
      if (both)
        json[nuclear::name(pair)] = own;
      else
        json = own;
    }
    if (both) text += total.text(json);
    context.terminal.result(text + "files: " + out_, json);
    return Outcome::done;
  }

 private:
  void check(const OptionTable& options, const std::vector<Observable>& wanted) const {
    if (energy_.empty() && data_.empty())
      throw InputError("nothing to compute: give energy=50 for curves, data=FILE.csv for χ², or both");
    if (!phases_.empty())
      refuse_idle(options, {"force", "cutoff", "lecs", "mesh", "most_J"},
                  fmt::format("with phases = {}: a table stands instead of a force", phases_));
    if (high_J_ != high_waves().most_J)
      refuse_idle(options, {"high_J"}, fmt::format("with force = {}, which has no pion", force_.force));
    if (energy_.empty()) refuse_idle(options, {"angles"}, "without energy, at which curves are computed");
    if (std::none_of(wanted.begin(), wanted.end(), has_angle))
      refuse_idle(options, {"angles"}, "with observables that have none");
    if (data_.empty()) refuse_idle(options, {"least_energy", "most_energy", "edges"}, "without data");
    require_range(least_, most_);
    if (pair_ == "pp" || pair_ == "nn") refuse_idle(options, {"neutron_moment"}, "with pair = " + pair_);
    if (!energy_.empty()) require_energies("energy", energy_);
    for (const double a : angles_)
      if (!(a >= 0 && a <= 180)) throw InputError(fmt::format("angles: {}°; expected 0 to 180", a));
    if (pair_ == "np+pp" && !energy_.empty())
      throw InputError("energy: curves are those of one pair; expected pair=np, pp or nn");
    if (edges_.size() < 2 || !std::is_sorted(edges_.begin(), edges_.end()))
      throw InputError("edges: expected at least two ascending energies");
  }

  /// χ² of all pairs together.
  struct Total {
    long data = 0;
    double chi2 = 0;
    std::string text(nlohmann::json& json) const {
      const double per_datum = chi2 / double(data);
      json["data"] = data, json["chi2"] = chi2, json["chi2_per_datum"] = per_datum;
      return fmt::format("np and pp: χ² {:.1f} of {} data, χ²/N {:.3f}\n", chi2, data, per_datum);
    }
  };

  /// Curves and comparison of one pair; files go to `folder`.
  std::string of_pair(Pair pair, const fs::path& folder, std::vector<Observable> wanted, const Context& context,
                      nlohmann::json& json, Total& total) const {
    const PhaseSource source(force_, context.options, phases_, pair, most_J_);
    if (high_waves().most_J > 0 && source.largest_J() < 4)
      throw InputError(
          fmt::format("waves of J ≤ {} only: pion exchange would stand in for those up to J = 4, which it does not "
                      "describe; expected "
                      "waves up to J = 4 ({}), or high_J=0",
                      source.largest_J(), phases_.empty() ? "most_J" : "in the table"));
    fs::create_directories(folder);
    warn_of_pions(energy_, context.terminal);
    if (const std::string caution = source.caution(); !caution.empty())
      context.terminal.message(Level::warning, caution);
    json = {{"theory", source.title()}};
    std::string text = fmt::format("{}, {}\n", source.title(), nuclear::name(pair));
    if (pair == Pair::pp && !context.options.find("observables")->given)
      std::erase_if(wanted, [](Observable o) { return !has_angle(o); });  // infinite
    const std::string title = fmt::format("{}, {}", source.title(), nuclear::name(pair));
    std::string figures;
    if (!energy_.empty()) {
      const Curves c = curves(source, wanted);
      text += write(c.total, folder / "total.csv", title, json) + write(c.angular, folder / "angular.csv", title, json);
      figures = observable_figures(c.columns, c.total, c.angular);
    }
    json["report"] = (folder / "report.html").string();
    if (!data_.empty())
      text += comparison(source, folder, figures, context, json, total);
    else
      write_atomically(folder / "report.html", observable_page(title, figures, context.options.toml()));
    return text;
  }

  /// Minnesota has no pion.
  HighWaves high_waves() const { return {force_.force == "minnesota" && phases_.empty() ? 0 : high_J_, {}}; }

  /// Means over the members, with spreads where there are several.
  Curves curves(const PhaseSource& source, const std::vector<Observable>& wanted) const {
    const std::vector<PhaseTable> members = source.at(energy_);
    const PhaseTable& like = members[0];
    const std::size_t n = like.blocks.size();
    Curves all;
    for (const Observable o : wanted) {
      const CurveColumn c = all.columns.emplace_back(column_of(o));
      all.of(c.against_angle).header.push_back(c.column);
      if (members.size() > 1) all.of(c.against_angle).header.push_back(c.spread);
    }
    for (std::size_t e = 0; e < energy_.size(); ++e) {
      std::vector<SElements> s;
      for (const PhaseTable& t : members) s.push_back(s_elements(t.blocks, std::span(t.value).subspan(e * n, n)));
      const auto row = [&](bool with_angle, std::vector<double> cells, double angle) {
        for (const Observable o : wanted) {
          if (has_angle(o) != with_angle) continue;
          const ObservableAt at(o, energy_[e], angle * degree, like.blocks, like.pair, source.constants(), high_waves(),
                                source.photons(neutron_moment_));
          std::vector<double> values;
          for (const SElements& member : s) values.push_back(at.value(member));
          const MeanSpread found = mean_and_spread(values);
          cells.push_back(found.mean);
          if (members.size() > 1) cells.push_back(found.spread);
        }
        all.of(with_angle).rows.push_back(std::move(cells));
      };
      row(false, {energy_[e]}, 0);
      for (const double angle : angles_) row(true, {energy_[e], angle}, angle);
    }
    return all;
  }

  /// Writes a table that holds more than energies and angles; its text.
  std::string write(const NumberTable& table, const fs::path& file, const std::string& title,
                    nlohmann::json& json) const {
    const std::string name = file.stem().string();
    if (table.rows.empty() || table.header.size() <= (name == "angular" ? 2U : 1U)) return "";
    write_atomically(file, csv_text({title}, table.header, table.text()));
    json[name] = table.json();
    return text_table(table.header, table.text());
  }

  std::string comparison(const PhaseSource& source, const fs::path& folder, const std::string& figures,
                         const Context& context, nlohmann::json& json, Total& total) const {
    const bool some = context.options.find("observables")->given;
    const ScatteringData all = read_scattering(data_, source.pair());
    const ScatteringData data = select(all, least_, most_, some ? chosen(observables_) : std::vector<Observable>{});
    LikelihoodOptions options;
    options.constants = source.constants();
    options.high_waves = high_waves();
    options.photons = source.photons(neutron_moment_);
    const std::vector<PhaseTable> members = source.at_nodes();
    const PhaseTable nodes = mean_phases(members).phases;
    const Comparison c =
        compare(fmt::format("{}, {}", source.title(), nuclear::name(source.pair())), nodes, data, edges_, options);
    total.data += c.summary.data, total.chi2 += c.summary.chi2;
    write_atomically(folder / "residuals.csv", residuals_csv(c));
    write_atomically(folder / "report.html",
                     scattering_page(c, context.options.toml(), report::section("Curves", figures)));
    const auto lines = [](const std::vector<Chi2Line>& all_lines) {
      nlohmann::json out = nlohmann::json::object();
      for (const auto& l : all_lines)
        if (l.data > 0) out[l.name] = {{"data", l.data}, {"chi2", l.chi2}, {"chi2_per_datum", l.chi2 / double(l.data)}};
      return out;
    };
    json["data"] = c.summary.data;
    json["chi2"] = c.summary.chi2;
    json["chi2_per_datum"] = c.summary.chi2 / double(c.summary.data);
    json["by_observable"] = lines(c.summary.by_observable);
    json["by_energy"] = lines(c.summary.by_energy);
    std::string text = text_table({"data", "N", "χ²", "χ²/N"}, chi2_rows(c.summary));
    if (all.rejected > 0) text += fmt::format("{} rejected data were left out\n", all.rejected);
    if (members.size() > 1) {
      for (const PhaseTable& m : members)
        json["members_chi2_per_datum"].push_back(compare("", m, data, edges_, options).summary.chi2 /
                                                 double(c.summary.data));
      text += fmt::format("χ²/N of the mean phases; of the members {:.3f}\n",
                          fmt::join(json["members_chi2_per_datum"].get<std::vector<double>>(), ", "));
    }
    const auto [least, most] = std::pair(nodes.T_lab.front(), nodes.T_lab.back());
    if (const long n = data_outside(data, least, most); n > 0)
      text += fmt::format("{} data outside {:g} to {:g} MeV were left out\n", n, least, most);
    if (all.of_other_pairs > 0 && pair_ != "np+pp")
      text += fmt::format("{} data of other pairs were left out\n", all.of_other_pairs);
    for (const auto& [code, n] : all.not_fitted)
      text += fmt::format("{} data of {}, which is not computed, were left out\n", n, code);
    return text;
  }

  ForceChoice force_;
  std::string phases_, pair_ = "np", out_ = "observables";
  std::vector<std::string> data_;
  std::vector<double> energy_, angles_{10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170};
  std::vector<std::string> observables_{"sgt", "dsg", "p", "d", "ayy", "axx", "azz"};
  std::vector<double> edges_{0, 0.5, 2, 10, 35, 125, 183, 290, 350};
  double least_ = 0, most_ = 350;
  int most_J_ = 6, high_J_ = 16;
  bool neutron_moment_ = false;
};

}  // namespace

std::unique_ptr<Verb> nuclear_observables_verb() { return std::make_unique<ObservablesVerb>(); }

}  // namespace orogen
