#include "orogen/app/nuclear/fits/momentum_fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "orogen/app/nuclear/fits/run_inputs.hpp"
#include "orogen/app/nuclear/forces/committee.hpp"
#include "orogen/app/nuclear/reports/phase_report.hpp"
#include "orogen/app/nuclear/reports/text_table.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/nuclear/momentum/solvers/deuteron_momentum.hpp"
#include "orogen/nuclear/momentum/solvers/scattering.hpp"

namespace orogen {
namespace {

using namespace nuclear;
namespace fs = std::filesystem;

constexpr double least_phase_energy = 1;  // MeV, from where on the branch of 3S1 is known

const std::vector<std::string> short_range_orders{"lo", "nlo", "n2lo"};
int power_of(const std::string& order) { return order == "lo" ? 0 : order == "nlo" ? 2 : 3; }

/// All that acts in the waves of the data.
std::vector<std::string> constants_of(const ContactForm& form, const std::vector<PhasePoint>& points) {
  const auto all = contact_names(form.order);
  std::vector<std::string> names;
  for (const PhasePoint& p : points)
    for (const auto& entry : contact_basis(form, p.block, Pair::np).entries)
      if (std::find(names.begin(), names.end(), all[entry.constant]) == names.end())
        names.push_back(all[entry.constant]);
  return names;
}

/// The contacts of the order at their maximum, under the same likelihood and prior: all constants, published where no
/// datum says anything.
std::vector<double> best_contacts(const MomentumFitOptions& o, const LecData& known,
                                  const Eigen::MatrixXd& covariance) {
  const ChiralForm pions = form(o.force);
  const auto names = constants_of(pions.contacts, known.points), all = contact_names(pions.contacts.order);
  const auto unit = natural_units(names, o.force.network.breakdown);
  std::vector<double> lecs = emn_constants(o.force.order, o.force.cutoff), a;
  const auto place = [&](std::size_t k) {
    return std::size_t(std::find(all.begin(), all.end(), names[k]) - all.begin());
  };
  for (std::size_t k = 0; k < names.size(); ++k) a.push_back(lecs[place(k)] / unit[k]);
  const ContactPhases model(pions, Pair::np, known.points, lecs, names);
  PhaseResidual likelihood(model, known.data, covariance, unit);
  GaussianPrior prior = power_counting(std::vector<int>(names.size(), 0), 1.0, o.force.network.natural);
  Residual* const terms[] = {&likelihood, &prior};
  minimise(terms, a, {.most_steps = 1000});
  for (std::size_t k = 0; k < names.size(); ++k) lecs[place(k)] = a[k] * unit[k];
  return lecs;
}

/// Phases of a force at any points.
double phase_at(const PhaseTable& t, const PhasePoint& p) {
  const auto e = std::size_t(std::find(t.T_lab.begin(), t.T_lab.end(), p.T_lab) - t.T_lab.begin());
  const BlockPhases& found = t.at(e, std::size_t(t.find(p.block)));
  return p.part == 1 ? found.epsilon : found.delta[p.part / 2];
}

/// Root mean square of differences in degrees, and χ² per datum with the errors of the table alone.
struct Score {
  double squares = 0, chi2 = 0;
  std::size_t n = 0;
  double rms() const { return n ? std::sqrt(squares / double(n)) : 0; }
  double per_datum() const { return n ? chi2 / double(n) : 0; }
};
Score score(const PhaseTable& t, const LecData& data) {
  Score s;
  for (std::size_t i = 0; i < data.data.size(); ++i, ++s.n) {
    const double off = std::remainder(phase_at(t, data.points[i]) - data.data[i].phase, std::numbers::pi);
    s.squares += std::pow(off / degree, 2), s.chi2 += std::pow(off / data.data[i].error, 2);
  }
  return s;
}

/// What follows from what the user says.
MomentumFitOptions completed(MomentumFitOptions o) {
  o.force.order = o.force.network.order = o.theory.order = power_of(o.order);
  o.force.network.breakdown = o.theory.breakdown_scale;
  o.force.network.regulator.cutoff = o.force.cutoff;
  return o;
}

std::string title_of(const MomentumFitOptions& o) {
  std::string order = o.order;
  for (char& c : order) c = char(std::toupper(static_cast<unsigned char>(c)));
  return fmt::format("learned {}({:g})", order, o.force.cutoff);
}

/// The posterior of phases with errors; keeps references.
struct PhasePosterior {
  PhasePosterior(const ShortRangeForce& force, const LecData& known, const Eigen::MatrixXd& covariance)
      : model(form(force), force.network, Pair::np, known.points),
        likelihood(model, known.data, covariance, std::vector<double>(std::size_t(model.constants()), 1.0)),
        prior(natural_prior(model.term())) {}
  ShortRangePhases model;
  PhaseResidual likelihood;
  GaussianPrior prior;
};

class MomentumFit {
 public:
  MomentumFit(const MomentumFitOptions& o, const Context& context) : o_(completed(o)), context_(context) {}

  Outcome run() {
    const SplitLecData data = read_lec_data(o_.data, Pair::np, form(o_.force).constants);
    const RunInputs inputs(context_.options, {"phases", "spread"}, {"steps", "restart", "out"});
    const bool begun = resume(inputs);
    context_.save_input(o_.out);
    const Eigen::MatrixXd covariance = phase_covariance(data.known.data, o_.theory);
    contacts_ = best_contacts(o_, data.known, covariance);
    PhasePosterior p(o_.force, data.known, covariance);
    if (!begun) o_.force.theta = like_contacts(p.model.term(), form(o_.force), contacts_);
    const GaussNewtonResult r =
        fit_short_range(p.model, p.likelihood, p.prior, o_.force.theta, o_.fit, &context_.terminal);
    o_.force.title = title_of(o_);
    o_.force.fit = {{"data", o_.data.file}, {"objective", fmt::format("{:.6f}", r.objective)}, {"state", r.end}};
    inputs.put(o_.force.fit, inputs_prefix);
    if (r.end != "stopped") fit_charge_dependence(o_.force);
    save(o_.force, file());
    if (r.end == "stopped") {
      context_.terminal.result("interrupted; the same command goes on",
                               {{"completed", false}, {"force", file().string()}});
      return Outcome::interrupted;
    }
    tell(data, r);
    return Outcome::done;
  }

 private:
  fs::path file() const { return fs::path(o_.out) / "force.safetensors"; }

  /// Takes the force of an earlier run with the same inputs.
  bool resume(const RunInputs& inputs) {
    if (o_.restart) fs::remove(file());
    if (!fs::exists(file())) return false;
    if (!is_in_momentum_space(file()))
      throw InputError(fmt::format("{}: a force of form=local is there; {}", file().string(), ways_on));
    const ShortRangeForce there = load_short_range_force(file());
    require_same_inputs(inputs, there.fit, file().string());
    o_.force.theta = there.theta;
    if (there.fit.at("state") != "stopped") o_.fit.steps = 0;  // the deuteron is there
    context_.terminal.message(Level::note, "going on with the force of an earlier run");
    return true;
  }

  PhaseTable phases(const MomentumInteraction& force, const SplitLecData& data) const {
    std::vector<double> T;
    int most_J = 2;
    for (const LecData* some : {&data.known, &data.apart})
      for (const PhasePoint& p : some->points) T.push_back(p.T_lab), most_J = std::max(most_J, p.block.J);
    for (double at = 10; at < 1.3 * o_.data.most_T; at += 15) T.push_back(at);
    std::sort(T.begin(), T.end());
    T.erase(std::unique(T.begin(), T.end()), T.end());
    return MomentumSolver(force, Pair::np, most_J, {48, 700}).phases(T);
  }

  void tell(const SplitLecData& data, const GaussNewtonResult& r) const {
    const MomentumInteraction learned = interaction(o_.force);
    const std::vector<std::pair<std::string, PhaseTable>> forces{
        {"network", phases(learned, data)}, {"contacts", phases(chiral(form(o_.force), contacts_), data)}};
    nlohmann::json json = {{"force", file().string()}, {"objective", r.objective}, {"end", r.end}};
    TextRows rows;
    for (const auto& [name, table] : forces)
      for (const auto& [set, some] : {std::pair{"fitted", &data.known}, {"kept apart", &data.apart}}) {
        const Score s = score(table, *some);
        if (s.n == 0) continue;
        rows.push_back(
            {name, set, std::to_string(s.n), fmt::format("{:.3f}", s.rms()), fmt::format("{:.3f}", s.per_datum())});
        json[set][name] = {{"data", s.n}, {"rms_deg", s.rms()}, {"chi2_per_datum", s.per_datum()}};
      }
    const double energy = deuteron(learned);
    json["deuteron_energy_MeV"] = energy;
    const fs::path folder = o_.out, page = folder / "report.html";
    write_phases(folder / "phases.csv", forces[0].second);
    std::vector<NamedPhases> shown;
    for (const auto& [name, table] : forces) shown.push_back({name, mean_phases({table})});
    write_atomically(page, phase_page(o_.force.title, shown, read_reference(o_.data.file, o_.data.spread, Pair::np),
                                      context_.options.toml()));
    json["report"] = page.string();
    context_.terminal.result(
        text_table({o_.force.title, "phases", "data", "rms [°]", "χ²/N"}, rows) +
            fmt::format("deuteron {:.6f} MeV\nforce: {}\nreport: {}", energy, file().string(), page.string()),
        json);
  }

  static double deuteron(const MomentumInteraction& force) {
    try {
      return nuclear::deuteron_energy(force);
    } catch (const NumericalError&) {
      return 0;  // nothing is bound
    }
  }

  MomentumFitOptions o_;
  const Context& context_;
  std::vector<double> contacts_;
};

/// What members of a fit to scattering data begin with: phases, and the contacts that describe them.
struct MomentumLessons {
  MomentumFitOptions o;
  LecData phases;
  Eigen::MatrixXd covariance;
  std::vector<double> contacts;
  ScatteringFitOptions options;
};

class MomentumMember : public MemberFit {
 public:
  /// Without parameters: the start.
  MomentumMember(const MomentumLessons& lessons, ShortRangeForce force, const ScatteringData& train,
                 ThreadPool& threads)
      : lessons_(lessons), force_(std::move(force)), train_(train), threads_(threads) {
    if (!force_.theta.empty()) place();
  }
  GaussNewtonResult begin(int steps, ProgressSink* progress) override {
    PhasePosterior p(force_, lessons_.phases, lessons_.covariance);
    force_.theta = like_contacts(p.model.term(), form(force_), lessons_.contacts);
    ShortRangeFitOptions options = lessons_.o.fit;
    options.steps = steps, options.deuteron_steps = std::min(options.deuteron_steps, steps);
    const auto r = fit_short_range(p.model, p.likelihood, p.prior, force_.theta, options, progress);
    place();
    return r;
  }
  ScatteringFit& fit() override { return *fit_; }
  void save(const std::map<std::string, std::string>& notes, const fs::path& file) override {
    ShortRangeForce now = fit_->force();
    now.title = title_of(lessons_.o), now.fit = notes;
    fit_charge_dependence(now);
    nuclear::save(now, file);
  }

 private:
  void place() {
    fit_ =
        std::make_unique<ShortRangeScatteringFit>(force_, train_, lessons_.o.data.most_T, lessons_.options, threads_);
  }

  const MomentumLessons& lessons_;
  ShortRangeForce force_;
  ScatteringData train_;
  ThreadPool& threads_;
  std::unique_ptr<ShortRangeScatteringFit> fit_;
};

class MomentumForm : public FitForm {
 public:
  MomentumForm(MomentumLessons lessons, std::vector<TargetPhase> known)
      : lessons_(std::move(lessons)), constants_(form(lessons_.o.force).constants), known_(std::move(known)) {}
  const Constants& constants() const override { return constants_; }
  const ScatteringFitOptions& options() const override { return lessons_.options; }
  const std::vector<TargetPhase>& known() const override { return known_; }
  std::map<std::string, std::string> notes(const fs::path& file) const override {
    return load_short_range_force(file).fit;
  }
  std::unique_ptr<TwoNucleonForce> force(const fs::path& file) const override {
    ForceOptions one;
    one.force = file.string();
    return make_short_range_force(one);
  }
  std::unique_ptr<MemberFit> member(std::uint64_t seed, const std::vector<ScatteringData>& train,
                                    ThreadPool& threads) const override {
    ShortRangeForce start = lessons_.o.force;
    start.network.seed = seed;
    return std::make_unique<MomentumMember>(lessons_, std::move(start), train[0], threads);
  }
  std::unique_ptr<MemberFit> member(const fs::path& file, const std::vector<ScatteringData>& train,
                                    ThreadPool& threads) const override {
    return std::make_unique<MomentumMember>(lessons_, load_short_range_force(file), train[0], threads);
  }
  std::vector<std::pair<std::string, PhaseTable>> beside(Pair pair, std::span<const double> T_lab) const override {
    const MomentumInteraction force = chiral(form(lessons_.o.force), lessons_.contacts);
    return {{"contacts", MomentumSolver(force, pair, lessons_.options.most_J).phases(T_lab)}};
  }

 private:
  MomentumLessons lessons_;
  Constants constants_;
  std::vector<TargetPhase> known_;
};

/// Those between the energies of the data. All waves: a network that only the data hold moves high ones, where there is
/// nothing to learn.
std::vector<TargetPhase> weak_phases(const LecDataOptions& o, bool strict) {
  std::vector<TargetPhase> known = known_phases(o.spread, strict, false);
  std::erase_if(known, [&](const TargetPhase& p) { return p.T_lab < o.least_T || p.T_lab > o.most_T; });
  return known;
}

}  // namespace

MomentumFitOptions::MomentumFitOptions() {
  data.waves = {"1S0", "3P0", "1P1", "3P1", "3S1", "E1", "3D1", "1D2", "3D2", "3P2", "E2", "3F2"};
}

void describe(OptionTable& table, MomentumFitOptions& o) {
  table.add("order", o.order, "", "order of the chiral force, form=momentum").one_of(short_range_orders);
  table.add("cutoff", o.force.cutoff, "MeV", "cut-off of the chiral force, form=momentum: 450, 500 or 550")
      .range(1, 2000);
  table.add("breakdown", o.theory.breakdown_scale, "MeV", "breakdown scale, form=momentum").range(150, 5000);
  table
      .add("natural", o.force.network.natural, "",
           "prior width of the network's values and slopes in natural units, form=momentum")
      .range(1e-3, 1e6);
  table.add("c_bar", o.theory.c_bar, "", "size of the coefficients of omitted orders, form=momentum").range(0, 100);
  table.add("waves", o.data.waves, "", "phases that are fitted, form=momentum");
  table
      .add("deuteron_error", o.fit.deuteron_error, "MeV",
           "error of the deuteron's energy in the fit, form=momentum; 0 leaves it out")
      .range(0, 10);
}

const std::vector<std::string>& momentum_fit_keys() {
  static const std::vector<std::string> keys{"order", "cutoff", "breakdown",     "natural",
                                             "c_bar", "waves",  "deuteron_error"};
  return keys;
}

Outcome fit_in_momentum_space(MomentumFitOptions o, const Context& context) { return MomentumFit(o, context).run(); }

Outcome fit_in_momentum_space(MomentumFitOptions o, const DataFitOptions& d, bool strict, bool neutron_moment,
                              const RunInputs& inputs, const Context& context) {
  o = completed(o);
  const FitData data = read_fit_data(d.data, o.data.least_T, o.data.most_T, o.data.kept_apart, d.seed);
  if (data.with_pp())
    throw InputError(
        "data: rows of pp; form=momentum learns from np alone, and the contacts of pp follow from its scattering "
        "length: "
        "expected files of np (or form=local)");
  MomentumLessons lessons{o, {}, {}, {}, {}};
  lessons.o.data.least_T = std::max(least_phase_energy, o.data.least_T);
  lessons.o.data.kept_apart = 0;  // phases are a start here
  lessons.phases = read_lec_data(lessons.o.data, Pair::np, form(o.force).constants).known;
  lessons.covariance = phase_covariance(lessons.phases.data, o.theory);
  lessons.options.deuteron_error = o.fit.deuteron_error;
  lessons.options.neutron_moment = neutron_moment;
  lessons.contacts = best_contacts(o, lessons.phases, lessons.covariance);
  return fit_to_data(d, data, MomentumForm(lessons, weak_phases(o.data, strict)), inputs, context);
}

}  // namespace orogen
