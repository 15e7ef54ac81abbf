#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "orogen/app/nuclear/options/force_options.hpp"
#include "orogen/app/nuclear/reports/posterior/lec_report.hpp"
#include "orogen/app/options/idle_options.hpp"
#include "orogen/app/verbs/verb_list.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/fit/sampling/chain_file.hpp"
#include "orogen/nuclear/inference/contacts/lec_theory.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/neural/runs/run_record.hpp"

namespace orogen {
namespace {

using namespace nuclear;
namespace fs = std::filesystem;

constexpr std::size_t shown_energies = 24;  // of the bands in the report
constexpr long band_draws = 400;
constexpr int most_doublings = 6;          // of samples, to mix
constexpr long most_draws = 1000000;       // per chain that are not asked for
constexpr double most_at_the_edge = 0.01;  // probability of the first or last size of the grid
constexpr const char *size_name = "c_bar", *scale_name = "breakdown_MeV";
std::string upper(std::string text) {
  for (char& c : text) c = char(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

class SampleVerb : public Verb {
 public:
  SampleVerb() {
    data_.waves = {"1S0", "3P0", "1P1", "3P1", "3S1", "E1", "3P2"};
    sampler_.draws = 1000;
  }
  std::string name() const override { return "nuclear sample"; }
  std::string summary() const override { return "posterior of the contact constants of a chiral force, from phases"; }
  std::string example() const override {
    return "orogen nuclear sample data=phases.csv order=n2lo cutoff=500 out=sample";
  }
  std::vector<std::string> file_keys() const override { return {}; }

  void describe(OptionTable& table) override {
    table.add("data", data_.file, "", "table of np phases with errors (T_lab_MeV, 1S0_deg, 1S0_err_deg, …)").must();
    table.add("spread", data_.spread, "", "widths that replace smaller errors: pair, T_lab_MeV, wave, spread_deg");
    table.add("waves", data_.waves, "", "phases that are used; those without a constant of the order are left out");
    table.add("least_energy", data_.least_T, "MeV", "lowest energy of the data").range(1, 400);
    table.add("most_energy", data_.most_T, "MeV", "highest energy of the data").range(1, 400);
    table.add("least_error", data_.least_error, "°", "smallest error of a phase").range(1e-8, 10);
    table.add("kept_apart", data_.kept_apart, "", "fraction of the data that only tests").range(0, 0.9);
    table.add("order", order_, "", "order of the chiral force").one_of(order_names());
    table.add("cutoff", cutoff_, "MeV", "cut-off: 450, 500 or 550").range(1, 2000);
    table.add("breakdown", theory_.breakdown_scale, "MeV", "breakdown scale").range(150, 5000);
    table.add("natural", natural_, "", "prior width of the constants in natural units").range(1e-3, 1e6);
    table
        .add("c_bar", theory_.c_bar, "",
             "size of the coefficients of omitted orders; 0 takes what the evidence prefers")
        .range(0, 100);
    table.add("marginalise", marginalise_, "",
              "sample c_bar with the constants; its square has a scaled inverse chi-squared prior");
    table.add("nu0", size_.nu, "", "degrees of freedom of that prior").range(0.01, 1000);
    table.add("tau0", tau0_, "", "its scale, in units of c_bar").range(0.01, 100);
    table
        .add("breakdown_spread", breakdown_spread_, "",
             "width of a log-normal prior around breakdown, which is sampled too; 0 keeps it")
        .range(0, 1);
    table.add("correlation", theory_.length, "MeV", "energy over which omitted orders correlate; 0 = not at all")
        .range(0, 1000);
    table.add("chains", sampler_.chains, "", "Markov chains").range(2, 64);
    table.add("warm_up", sampler_.warm_up, "", "transitions per chain that adapt and are thrown away").range(50, 1e6);
    table.add("samples", sampler_.draws, "", "draws per chain").range(10, 1e7);
    table
        .add("effective", mixed_.least_effective, "",
             "effective draws of every constant: samples is doubled, up to six times, until they are there and R̂ ≤ "
             "1.01; 0 "
             "takes samples as they come")
        .range(0, 1e7);
    table.add("seed", sampler_.seed, "", "seed of chains and of the data kept apart");
    table.add("restart", restart_, "", "forget the chains of an earlier run in out");
    table.add("out", out_, "", "folder for samples.csv, constants.csv, chains.safetensors, report.html and input.toml");
  }

  Outcome run(const Context& context) override {
    require_range(data_.least_T, data_.most_T);
    if (marginalise_)
      refuse_idle(context.options, {"c_bar"}, "with marginalise = true");
    else
      refuse_idle(context.options, {"nu0", "tau0", "breakdown_spread"}, "without marginalise = true");
    size_.tau2 = tau0_ * tau0_;
    sampler_.threads = context.threads;
    data_.seed = sampler_.seed;
    for (const auto& w : data_.waves)
      if (context.options.find("waves")->given && waves_of(order_, {w}).empty())
        context.terminal.message(Level::warning, fmt::format("waves: {} has no constant at {}; left out", w, order_));
    data_.waves = waves_of(order_, data_.waves);
    if (data_.waves.empty()) throw InputError("waves: none that this order has a constant for; expected 1S0, 3S1, …");
    const LecTheory theory(order_, cutoff_, theory_.breakdown_scale, data_.waves);
    const SplitLecData data = read_lec_data(data_, Pair::np, theory.form.constants);
    const RunInputs inputs(context.options, {"data", "spread"}, {"samples", "effective", "restart", "out"});
    ChainFile chains = earlier(inputs);
    context.save_input(out_);  // not before: that of other chains stays
    theory_.order = last_known_power(order_);
    SizePosterior size;
    if (marginalise_) {
      size = sizes(theory, data.known, theory_, natural_, size_);
      theory_.c_bar = std::exp(size.phi.mean() / 2);
      if (size.phi.probability.front() > most_at_the_edge || size.phi.probability.back() > most_at_the_edge)
        context.terminal.message(
            Level::warning, fmt::format("c_bar may lie outside {:.2g} to {:.2g}, where ln Z was computed; the chains "
                                        "go there",
                                        std::exp(size.phi.value.front() / 2), std::exp(size.phi.value.back() / 2)));
    } else if (theory_.c_bar == 0) {
      const auto [best, log_evidence] = best_size(theory, data.known, theory_, natural_);
      theory_.c_bar = best;
      context.terminal.message(Level::note,
                               fmt::format("c_bar = {:g} has the largest evidence, ln Z = {:.3f}", best, log_evidence));
    }
    LecPosterior posterior = maximum(theory, data.known, theory_, natural_);
    if (marginalise_) posterior.laplace.log_evidence = size.log_evidence;
    if (!draw(theory, data.known, size, posterior, chains, context)) return Outcome::interrupted;
    warn_unless_mixed(theory, posterior, context.terminal);
    show(theory, data, posterior, context);
    return Outcome::done;
  }

 private:
  /// Chains that disagree are no draws of one posterior.
  void warn_unless_mixed(const LecTheory& theory, const LecPosterior& p, ProgressSink& terminal) const {
    std::vector<std::string> few;
    double worst = 0, fewest = INFINITY;
    for (std::size_t k = 0; k < p.summary.size(); ++k) {
      const Summary& s = p.summary[k];
      worst = std::max(worst, s.r_hat), fewest = std::min(fewest, s.effective_bulk);
      if (!mixed_.reached(s))
        few.push_back(k < theory.names.size() ? theory.names[k] : extras()[k - theory.names.size()].name);
    }
    if (few.empty()) return;
    terminal.message(Level::warning,
                     fmt::format("the chains have not mixed ({}): R̂ up to {:.3f}, expected at most {:g}; effective "
                                 "draws from {:.0f}, expected {:g}; more samples go on from here, a longer warm_up "
                                 "needs restart=true",
                                 fmt::join(few, ", "), worst, mixed_.most_r_hat, fewest, mixed_.least_effective));
  }

  long most_per_chain() const {
    const int doublings = mixed_.least_effective > 0 ? most_doublings : 0;
    return std::max(sampler_.draws, std::min(sampler_.draws << doublings, most_draws));
  }

  fs::path chain_file() const { return fs::path(out_) / "chains.safetensors"; }

  /// The chains of an earlier run with the same inputs; none where there was no run or it is to be forgotten.
  ChainFile earlier(const RunInputs& inputs) const {
    ChainFile chains;
    if (restart_) fs::remove(chain_file());
    if (fs::exists(chain_file())) {
      try {
        chains = read_chains(chain_file());
      } catch (const InputError& problem) {
        throw InputError(fmt::format("{}; {}", problem.what(), ways_on));
      }
      require_same_inputs(inputs, chains.about, chain_file().string());
      if (const long there = chains.chains.at(0).transitions - sampler_.warm_up; there > most_per_chain())
        throw InputError(
            fmt::format("{}: {} draws per chain are there already, samples = {}; expected at least as many; {}",
                        chain_file().string(), there, sampler_.draws, ways_on));
    }
    inputs.put(chains.about, inputs_prefix);
    return chains;
  }

  /// Goes on with the chains, or begins. False when interrupted.
  bool draw(const LecTheory& theory, const LecData& data, const SizePosterior& size, LecPosterior& posterior,
            ChainFile& file, const Context& context) {
    const LecTarget target(theory, data, theory_, natural_, posterior.laplace, marginalise_ ? &size : nullptr, size_,
                           breakdown_spread_);
    posterior.chains = file.chains;
    if (posterior.chains.empty())
      posterior.chains = start_chains(target.density(), target.mean(), target.factor(), sampler_);
    else
      context.terminal.message(
          Level::note, fmt::format("going on with {} transitions of an earlier run", posterior.chains[0].transitions));
    SamplerOptions options = sampler_;
    for (;; options.draws = std::min(2 * options.draws, most_per_chain())) {
      if (posterior.chains[0].transitions > options.warm_up + options.draws) continue;
      sample(target.density(), options, posterior.chains, &context.terminal, [&](const std::vector<Chain>& chains) {
        write_chains(chain_file(), {chains, file.about});
      });
      const long there = posterior.chains[0].transitions, all = options.warm_up + options.draws;
      if (there < all) {
        context.terminal.result(fmt::format("{} of {} transitions; the same command goes on", there, all),
                                {{"transitions", there}, {"completed", false}});
        return false;
      }
      posterior.summary = summarise(posterior.chains);
      if (options.draws == most_per_chain() || mixed_.reached(posterior.summary)) return true;
      context.terminal.message(Level::note, fmt::format("{} draws per chain are too few; going on", options.draws));
    }
  }

  /// What is sampled after the constants, and how it is shown.
  struct Extra {
    const char* name;
    double fixed;  ///< before it was sampled
    std::function<double(double)> value;
  };
  std::vector<Extra> extras() const {
    std::vector<Extra> all;
    if (marginalise_) all.push_back({size_name, theory_.c_bar, [](double phi) { return std::exp(phi / 2); }});
    if (breakdown_spread_ > 0)
      all.push_back({scale_name, theory_.breakdown_scale,
                     [scale = theory_.breakdown_scale](double beta) { return scale * std::exp(beta); }});
    return all;
  }

  /// Every `stride`-th draw.
  LecDraws draws_of(const LecPosterior& p, const LecTheory& theory, long stride = 1) const {
    const Eigen::MatrixXd all = pooled(p.chains, stride);
    const long n = long(theory.names.size());
    LecDraws draws{all.leftCols(n), Eigen::VectorXd::Constant(all.rows(), theory_.c_bar),
                   Eigen::VectorXd::Constant(all.rows(), theory_.breakdown_scale)};
    if (marginalise_) draws.c_bar = all.col(n).unaryExpr(extras()[0].value);
    if (breakdown_spread_ > 0) draws.breakdown = all.col(n + 1).unaryExpr(extras()[1].value);
    return draws;
  }

  /// Of the k-th extra as it is shown.
  Summary summary_of(const LecPosterior& p, const LecTheory& theory, std::size_t k) const {
    DrawsOfOne draws(p.chains[0].draws.rows(), long(p.chains.size()));
    for (long c = 0; c < draws.cols(); ++c)
      draws.col(c) = p.chains[std::size_t(c)].draws.col(long(theory.names.size() + k)).unaryExpr(extras()[k].value);
    return summarise(draws);
  }

  /// Bands of all waves for the report.
  OrderBands bands(const LecTheory& theory, const LecDraws& draws, const std::vector<double>& T_lab) const {
    LecData at;
    for (const auto& w : data_.waves)
      for (const double T : T_lab)
        at.add(phase_point(w, T), {0, T, relative_momentum(T, Pair::np, theory.form.constants), 0, 0});
    return {upper(theory.order), predicted(theory, draws, at, theory_, false)};
  }

  TextRows constant_rows(const LecTheory& theory, const LecPosterior& p) const {
    TextRows rows;
    for (std::size_t k = 0; k < theory.names.size(); ++k) {
      const Summary& s = p.summary[k];
      const double unit = theory.unit[k];
      rows.push_back({theory.names[k], fmt::format("{:.6g}", p.laplace.mean[k] * unit),
                      fmt::format("{:.3g}", p.laplace.sd(long(k)) * std::abs(unit)),
                      fmt::format("{:.6g}", s.mean * unit), fmt::format("{:.3g}", s.sd * std::abs(unit)),
                      fmt::format("{:.4f}", s.mean), fmt::format("{:.4f}", s.sd), fmt::format("{:.4f}", s.r_hat),
                      fmt::format("{:.0f}", s.effective_bulk)});
    }
    const auto more = extras();
    for (std::size_t k = 0; k < more.size(); ++k) {
      const Summary s = summary_of(p, theory, k);
      rows.push_back({more[k].name, fmt::format("{:.6g}", more[k].fixed), "", fmt::format("{:.6g}", s.mean),
                      fmt::format("{:.3g}", s.sd), "", "", fmt::format("{:.4f}", s.r_hat),
                      fmt::format("{:.0f}", s.effective_bulk)});
    }
    return rows;
  }

  void write_samples(const LecTheory& theory, const LecPosterior& p) const {
    std::vector<std::string> header{"chain", "draw"};
    for (const auto& name : theory.names)
      header.push_back(name + (name.starts_with("Ct_") ? "_1e4GeV-2" : "_1e4GeV-4"));
    const auto more = extras();
    for (const Extra& e : more) header.push_back(e.name);
    TextRows rows;
    for (std::size_t c = 0; c < p.chains.size(); ++c)
      for (long d = 0; d < p.chains[c].draws.rows(); ++d) {
        auto& row = rows.emplace_back(std::vector<std::string>{std::to_string(c), std::to_string(d)});
        for (std::size_t k = 0; k < theory.names.size(); ++k)
          row.push_back(fmt::format("{:.10g}", p.chains[c].draws(d, long(k)) * theory.unit[k]));
        for (std::size_t k = 0; k < more.size(); ++k)
          row.push_back(fmt::format("{:.10g}", more[k].value(p.chains[c].draws(d, long(theory.names.size() + k)))));
      }
    write_atomically(fs::path(out_) / "samples.csv",
                     csv_text({"draws of the posterior of " + theory.form.title}, header, rows));
  }

  /// Maxima of the lower orders with their Gaussian approximations and the same sizes of omitted orders, then this
  /// order's draws.
  std::vector<OrderBands> order_by_order(const LecTheory& theory, const LecDraws& draws,
                                         const std::vector<double>& T_lab) const {
    std::vector<OrderBands> all;
    for (const auto& order : order_names()) {
      LecDataOptions of = data_;
      of.waves = waves_of(order, data_.waves);
      if (power_of(order) >= power_of(order_) || of.waves.empty()) continue;
      const LecTheory lower(order, cutoff_, theory_.breakdown_scale, of.waves);
      const auto fit = maximum(lower, read_lec_data(of, Pair::np, lower.form.constants).known, theory_, natural_);
      all.push_back(bands(lower, gaussian_draws(fit.laplace, draws, sampler_.seed), T_lab));
    }
    all.push_back(bands(theory, draws, T_lab));
    return all;
  }

  LecReport make_report(const LecTheory& theory, const SplitLecData& data, const LecPosterior& p) const {
    LecReport report;
    report.title = "Contact constants of " + theory.form.title;
    report.names = theory.names;
    report.header = {"constant", "maximum", "Laplace sd", "mean", "sd", "natural mean", "natural sd", "R̂", "ESS"};
    report.constants = constant_rows(theory, p);
    const LecDraws every = draws_of(p, theory);
    report.draws = every.constants;
    for (const Extra& e : extras()) {
      report.names.push_back(e.name);
      report.draws.conservativeResize(Eigen::NoChange, report.draws.cols() + 1);
      report.draws.rightCols(1) = e.name == size_name ? every.c_bar : every.breakdown;
    }
    report.waves = data_.waves;
    report.data = data;
    const double step = (1.3 * data_.most_T - data_.least_T) / double(shown_energies - 1);
    for (std::size_t k = 0; k < shown_energies; ++k) report.T_lab.push_back(data_.least_T + double(k) * step);
    const LecDraws some = draws_of(p, theory, std::max(1L, long(report.draws.rows()) / band_draws));
    report.orders = order_by_order(theory, some, report.T_lab);
    report.note = fmt::format("from {} phases; constants in 10⁴ GeV⁻² (Ct) and 10⁴ GeV⁻⁴ (C); ln Z {:.3f}, c_bar {}",
                              data.known.data.size(), p.laplace.log_evidence,
                              marginalise_ ? "sampled" : fmt::format("{:g}", theory_.c_bar));
    if (data.apart.data.empty()) return report;
    report.apart = predicted(theory, some, data.apart, theory_, true);
    const Coverage c = coverage(report.apart, data.apart.data);
    report.note += fmt::format("\n\n{} phases kept apart: {:.0f} % within 68 %, {:.0f} % within 95 %", c.data,
                               100 * c.within68, 100 * c.within95);
    return report;
  }

  nlohmann::json answer(const LecTheory& theory, const SplitLecData& data, const LecPosterior& p,
                        const LecReport& r) const {
    nlohmann::json json = {{"force", theory.form.title},
                           {"log_evidence", p.laplace.log_evidence},
                           {"data", data.known.data.size()},
                           {"samples", (fs::path(out_) / "samples.csv").string()},
                           {"report", (fs::path(out_) / "report.html").string()}};
    json[size_name] = theory_.c_bar;
    const auto more = extras();
    for (std::size_t k = 0; k < more.size(); ++k) {
      const Summary s = summary_of(p, theory, k);
      json[more[k].name] = {{"mean", s.mean},   {"sd", s.sd},         {"q2_5", s.q2_5},
                            {"q16", s.q16},     {"median", s.median}, {"q84", s.q84},
                            {"q97_5", s.q97_5}, {"r_hat", s.r_hat},   {"effective_size", s.effective_bulk}};
    }
    if (r.apart.size() > 0) {
      const Coverage c = coverage(r.apart, data.apart.data);
      json["coverage"] = {{"data", c.data}, {"within68", c.within68}, {"within95", c.within95}};
    }
    for (std::size_t k = 0; k < theory.names.size(); ++k) {
      const Summary& s = p.summary[k];
      const double unit = theory.unit[k];
      json["constants"][theory.names[k]] = {{"maximum", p.laplace.mean[k] * unit},
                                            {"mean", s.mean * unit},
                                            {"sd", s.sd * unit},
                                            {"natural_mean", s.mean},
                                            {"natural_sd", s.sd},
                                            {"r_hat", s.r_hat},
                                            {"effective_size", s.effective_bulk}};
    }
    return json;
  }

  void show(const LecTheory& theory, const SplitLecData& data, const LecPosterior& p, const Context& context) const {
    const LecReport report = make_report(theory, data, p);
    write_samples(theory, p);
    const fs::path folder = out_, page = folder / "report.html";
    write_atomically(folder / "constants.csv",
                     csv_text({theory.form.title + ": 10^4 GeV^-2 (Ct), 10^4 GeV^-4 (C), natural units"},
                              {"constant", "maximum", "laplace_sd", "mean", "sd", "natural_mean", "natural_sd", "r_hat",
                               "effective_size"},
                              report.constants));
    write_atomically(page, lec_page(report, context.options.toml()));
    context.terminal.result(
        report.title + "\n" + text_table(report.header, report.constants) + report.note + "\nreport: " + page.string(),
        answer(theory, data, p, report));
  }

  LecDataOptions data_;
  TheoryError theory_;
  SamplerOptions sampler_;
  std::string order_ = "n2lo", out_ = "sample";
  Naturalness size_{0.6, 0.64};
  double cutoff_ = 500, natural_ = 5, tau0_ = 0.8, breakdown_spread_ = 0;
  Mixing mixed_;
  bool restart_ = false, marginalise_ = false;
};

}  // namespace

std::unique_ptr<Verb> nuclear_sample_verb() { return std::make_unique<SampleVerb>(); }

}  // namespace orogen
