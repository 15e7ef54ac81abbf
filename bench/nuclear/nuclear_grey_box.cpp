// The chiral force as a grey box: are its error bands right on phases that no fit has seen, where does the expansion
// end, what is the prior of natural constants worth, and what do draws of a posterior cost? One JSON line per row of a
// table.
//   orogen_nuclear_grey_box FOLDER coverage|breakdown|prior|posterior|network
// FOLDER holds granada2013_np_phases.csv, phases_spread_np.csv and ekm_R0p9fm_np_sigma_tot_by_order.csv.
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <ctime>
#include <map>
#include <set>

#include "common/nuclear/soft_scale.hpp"
#include "nuclear_grey_phases.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/momentum/solvers/scattering.hpp"
#include "orogen/nuclear/observables/data/csv.hpp"
#include "orogen/nuclear/observables/observable.hpp"

using namespace orogen;
using namespace orogen::nuclear;
using namespace orogen::nuclear::grey_box;
using Eigen::MatrixXd;
using Eigen::VectorXd;
namespace fs = std::filesystem;

namespace {

std::vector<double> steps(double first, double last, double step) {
  std::vector<double> x;
  for (double v = first; v <= last; v += step) x.push_back(v);
  return x;
}

void print_scale(const std::string& of, std::size_t points, double length, const GridPosterior& p) {
  print({{"what", "breakdown"},
         {"of", of},
         {"points", points},
         {"length", length},
         {"mean", p.mean()},
         {"sd", p.sd()},
         {"low95", p.quantile(0.025)},
         {"low68", p.quantile(0.16)},
         {"median", p.quantile(0.5)},
         {"high68", p.quantile(0.84)},
         {"high95", p.quantile(0.975)}});
}

/// c_n of all points: rows points, columns orders; Σ log dc/dy beside it.
struct Curves {
  MatrixXd c;
  double log_jacobian = 0;
};
Curves curves(const std::vector<OrderByOrder>& points, double scale) {
  Curves all{MatrixXd(long(points.size()), long(points[0].order.size()) - 1)};
  for (long i = 0; i < all.c.rows(); ++i) {
    const OrderByOrder& p = points[std::size_t(i)];
    const auto c = coefficients(p, scale);
    all.c.row(i) = Eigen::Map<const Eigen::RowVectorXd>(c.data(), all.c.cols());
    for (std::size_t n = 1; n < p.order.size(); ++n) all.log_jacobian -= p.order[n] * std::log(p.scale / scale);
  }
  return all;
}

/// Points as if independent, and as those of curves in T_lab with any correlation length from 5 to 160 MeV
/// (log-uniform, integrated over).
void posteriors(const std::string& of, const std::vector<OrderByOrder>& points, const std::vector<double>& T_lab) {
  const auto grid = steps(200, 1500, 1);
  print_scale(of, points.size(), 0, breakdown_scale(points, Naturalness{}, grid));
  std::vector<double> lengths;
  for (double length = 5; length <= 160; length *= std::pow(2.0, 0.25)) lengths.push_back(length);
  std::vector<Cholesky> R;
  for (const double length : lengths) R.emplace_back(squared_exponential(T_lab, length, 1e-4));
  MatrixXd log_p(long(grid.size()), long(lengths.size()));
  for (std::size_t k = 0; k < grid.size(); ++k) {
    const Curves all = curves(points, grid[k]);
    for (std::size_t l = 0; l < lengths.size(); ++l)
      log_p(long(k), long(l)) = log_likelihood(Naturalness{}, all.c, R[l]) + all.log_jacobian - std::log(grid[k]);
  }
  MatrixXd p = (log_p.array() - log_p.maxCoeff()).exp();
  p /= p.sum();
  const VectorXd of_scale = p.rowwise().sum(), of_length = p.colwise().sum();
  double length = 0;
  for (std::size_t l = 0; l < lengths.size(); ++l) length += of_length[long(l)] * lengths[l];
  print_scale(of, points.size(), length, {grid, {of_scale.begin(), of_scale.end()}});
}

/// Λb, the soft scale m and the correlation length (in momentum) of one curve together, for both forms of Q.
void joint(const std::string& of, std::vector<OrderByOrder> points, const std::vector<double>& T_lab) {
  std::vector<double> p, lengths;
  for (const double T : T_lab) p.push_back(relative_momentum(T, Pair::np, chiral_constants));
  for (double length = 10; length < 330; length *= std::pow(2.0, 0.25)) lengths.push_back(length);
  for (const bool last : {false, true})
    for (const auto& [name, kind] :
         {std::pair{"max(p, m)/Λb", Expansion::smooth}, {"(p + m)/(Λb + m)", Expansion::sum}})
      for (const bool free : {false, true}) {
        for (auto& point : points) point.reference = last ? point.value.back() : point.value.front();
        const auto soft = free ? steps(20, 600, 20) : std::vector<double>{soft_pion_mass};
        const JointScales found = joint_scales(points, p, kind, {0.6, 0.64}, {steps(200, 2000, 10), soft, lengths});
        const GridPosterior& b = found.breakdown;
        print({{"what", "joint"},
               {"of", of},
               {"points", points.size()},
               {"reference", last ? "last order" : "LO"},
               {"Q", name},
               {"log_evidence", found.log_evidence},
               {"soft", found.soft.mean()},
               {"soft_sd", found.soft.sd()},
               {"length", found.length.mean()},
               {"mean", b.mean()},
               {"sd", b.sd()},
               {"low95", b.quantile(0.025)},
               {"low68", b.quantile(0.16)},
               {"high68", b.quantile(0.84)},
               {"high95", b.quantile(0.975)}});
      }
}

/// The published order-by-order cross sections (Epelbaum, Krebs, Meissner 2015), up to N4LO.
std::vector<OrderByOrder> published_sections(const fs::path& folder, const std::vector<double>& T_lab, int last) {
  const CsvTable t = read_csv(folder / "ekm_R0p9fm_np_sigma_tot_by_order.csv");
  const char* columns[] = {"LO_mb", "NLO_mb", "N2LO_mb", "N3LO_mb", "N4LO_mb"};
  const std::set<double> wanted(T_lab.begin(), T_lab.end());
  std::vector<OrderByOrder> points;
  for (const auto& row : t.rows) {
    const double T = csv_number(t, row, t.column("T_lab_MeV"));
    if (!wanted.count(T)) continue;
    OrderByOrder p;
    for (int n = 0; n <= last; n += n ? 1 : 2) {
      p.order.push_back(n);
      p.value.push_back(csv_number(t, row, t.column(columns[n ? n - 1 : 0])));
    }
    p.reference = p.value[0];
    p.scale = smooth_scale(relative_momentum(T, Pair::np, chiral_constants));
    points.push_back(p);
  }
  return points;
}

/// Total cross sections [mb] of EMN(500) at one order, waves of J ≤ 4.
std::vector<double> sections(int order, const std::vector<double>& T_lab) {
  const MomentumInteraction force = chiral_emn(order, cutoff);
  const PhaseTable p = MomentumSolver(force, Pair::np, 4, mesh).phases(T_lab);
  std::vector<double> out;
  for (std::size_t e = 0; e < T_lab.size(); ++e) {
    const ObservableAt sgt(Observable::sgt, T_lab[e], 0, p.blocks, Pair::np, force.constants);
    out.push_back(sgt.value(s_elements(p.blocks, {&p.at(e, 0), p.blocks.size()})));
  }
  return out;
}

/// Below 100 MeV momenta are near the pion mass, Q hardly changes, and the last orders differ by the data that each was
/// fitted to rather than by what they add: c_5 is rough there. The last set leaves these points out.
void measure_breakdown(const fs::path& folder) {
  for (const auto& [first, step] : {std::pair{20.0, 20.0}, {40.0, 40.0}, {60.0, 60.0}, {80.0, 80.0}, {100.0, 60.0}})
    for (const int last : {4, 5}) {
      const auto T = steps(first, 340, step);
      const std::string from = first > step ? fmt::format("from {:g} MeV, ", first) : "";
      posteriors(fmt::format("EKM 0.9 fm to {}, {}every {:g} MeV", last == 4 ? "N3LO" : "N4LO", from, step),
                 published_sections(folder, T, last), T);
    }
  for (const double step : {20.0, 40.0})
    for (const int last : {4, 5}) {
      const auto T = steps(step, 340, step);
      joint(fmt::format("EKM 0.9 fm to {}, every {:g} MeV", last == 4 ? "N3LO" : "N4LO", step),
            published_sections(folder, T, last), T);
    }
  const auto T = steps(40, 320, 40);
  const auto lo = sections(0, T), nlo = sections(2, T), n2lo = sections(3, T);
  std::vector<OrderByOrder> own;
  for (std::size_t e = 0; e < T.size(); ++e)
    own.push_back({{0, 2, 3},
                   {lo[e], nlo[e], n2lo[e]},
                   lo[e],
                   smooth_scale(relative_momentum(T[e], Pair::np, chiral_constants))});
  posteriors("EMN(500) to N2LO, every 40 MeV", own, T);
}

struct Wrong {
  double squares = 0, worst = 0;
  long n = 0;
  void add(double degrees) { squares += degrees * degrees, worst = std::max(worst, std::abs(degrees)), ++n; }
  double rms() const { return std::sqrt(squares / double(std::max(1l, n))); }
};

/// Phases at few energies, `natural_size` = 0 for no prior; what becomes of the constants and of the phases between and
/// beyond.
void fit_few(const Phases& all, const std::set<double>& few, int contact_order, bool theory_errors,
             double natural_size) {
  const Phases known = all.where([&](std::size_t i) { return few.count(all.data[i].T_lab) > 0; });
  std::vector<std::string> free;
  std::set<std::string> seen;
  for (const auto& p : all.points)
    for (const auto& name : constants_of(contact_order, p.block))
      if (seen.insert(name).second) free.push_back(name);
  const auto unit = natural_units(free, breakdown);
  const ContactPhases at_known = model_of(3, contact_order, known.points, free),
                      everywhere = model_of(3, contact_order, all.points, free);
  const TheoryError theory{3, breakdown, theory_errors ? 1.0 : 0.0, 0, 0};
  PhaseResidual likelihood(at_known, known.data, phase_covariance(known.data, theory), unit);
  GaussianPrior prior = prior_of(free.size(), natural_size > 0 ? natural_size : 1e6);
  Residual* const terms[] = {&likelihood, &prior};
  std::vector<double> a = published(3, free);
  const GaussNewtonResult r = minimise(terms, a, {.most_steps = 3000});
  const VectorXd at = Eigen::Map<const VectorXd>(a.data(), long(a.size()));
  const VectorXd phase = values(everywhere, at, unit);
  Wrong fitted, between, beyond;
  for (std::size_t i = 0; i < all.data.size(); ++i) {
    const auto& d = all.data[i];
    const double off = std::remainder(phase[long(i)] - d.phase, std::numbers::pi) / degree;
    (few.count(d.T_lab) ? fitted : d.T_lab < *few.rbegin() ? between : beyond).add(off);
  }
  print({{"what", "prior"},
         {"energies", std::vector<double>(few.begin(), few.end())},
         {"contacts", contact_order == 4 ? "N3LO" : "N2LO"},
         {"constants", free.size()},
         {"data", known.data.size()},
         {"theory_errors", theory_errors},
         {"prior", natural_size},
         {"end", text(r.end)},
         {"fitted", fitted.rms()},
         {"between", between.rms()},
         {"between_worst", between.worst},
         {"beyond", beyond.rms()},
         {"beyond_worst", beyond.worst},
         {"rms_constant", std::sqrt(at.squaredNorm() / double(at.size()))},
         {"largest_constant", at.cwiseAbs().maxCoeff()}});
}

void measure_prior(const fs::path& folder) {
  Phases all = read(folder);
  for (std::size_t i = 0; i < all.data.size(); ++i)
    all.data[i].reference = threshold_size(all.points[i], all.data[i].momentum);
  for (const std::set<double>& few : {std::set<double>{10, 50, 150}, {5, 50, 100}, {1, 10, 100}})
    for (const int contacts : {3, 4})
      for (const bool theory_errors : {true, false})
        for (const double size : {natural, 0.0}) fit_few(all, few, contacts, theory_errors, size);
}

struct Clocks {
  std::chrono::steady_clock::time_point wall = std::chrono::steady_clock::now();
  std::clock_t cpu = std::clock();
  double wall_seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - wall).count(); }
  double cpu_seconds() const { return double(std::clock() - cpu) / CLOCKS_PER_SEC; }
};

void sample_and_print(const std::string& of, const Phases& known, int order, const std::vector<std::string>& free,
                      const TheoryError& theory, const SamplerOptions& options) {
  const auto unit = natural_units(free, breakdown);
  const ContactPhases model = model_of(order, order, known.points, free);
  PhaseResidual likelihood(model, known.data, phase_covariance(known.data, theory), unit);
  GaussianPrior prior = prior_of(free.size(), natural);
  const Clocks clocks;
  const LecPosterior p = lec_posterior(likelihood, prior, published(order, free), options);
  const double wall = clocks.wall_seconds(), cpu = clocks.cpu_seconds();
  nlohmann::json line{{"what", "posterior"},
                      {"of", of},
                      {"data", known.data.size()},
                      {"draws", options.draws * options.chains},
                      {"threads", options.threads},
                      {"wall_s", wall},
                      {"cpu_s", cpu}};
  double r_hat = 0, effective = INFINITY;
  long gradients = 0, divergences = 0;
  for (const auto& s : p.summary) r_hat = std::max(r_hat, s.r_hat), effective = std::min(effective, s.effective_bulk);
  for (const auto& c : p.chains) gradients += c.gradients, divergences += c.divergences;
  line.update({{"r_hat", r_hat}, {"effective", effective}, {"gradients", gradients}, {"divergences", divergences}});
  const MatrixXd all = pooled(p.chains);
  for (std::size_t k = 0; k < free.size(); ++k)
    line["constants"].push_back({{"name", free[k]},
                                 {"maximum", p.laplace.mean[k]},
                                 {"mean", p.summary[k].mean},
                                 {"sd", p.summary[k].sd},
                                 {"effective", p.summary[k].effective_bulk}});
  const VectorXd x = all.col(0).array() - all.col(0).mean(), y = all.col(1).array() - all.col(1).mean();
  line["correlation"] = x.dot(y) / (x.norm() * y.norm());
  print(line);
}

void measure_posterior(const fs::path& folder) {
  Phases all = read(folder);
  const std::set<double> six{1, 5, 10, 25, 50, 100};
  Phases s_wave = all.where([&](std::size_t i) { return all.names[i] == "1S0" && six.count(all.data[i].T_lab); });
  // the statistical errors of the table, as in the number to compare with
  const double statistical[] = {0.0183, 0.0440, 0.0626, 0.0987, 0.1473, 0.2305};
  for (std::size_t i = 0; i < s_wave.data.size(); ++i) s_wave.data[i].error = statistical[i] * degree;
  const std::vector<std::string> two{"Ct_1S0np", "C_1S0"};
  sample_and_print("1S0 NLO(500)", s_wave, 2, two, {2, breakdown, 1, 0, 0}, {.warm_up = 500, .draws = 5000});
  for (std::size_t i = 0; i < all.data.size(); ++i)
    all.data[i].reference = threshold_size(all.points[i], all.data[i].momentum);
  const std::set<std::string> with_contacts{"1S0", "3P0", "1P1", "3P1", "3S1", "E1", "3P2"};
  const Phases known =
      all.where([&](std::size_t i) { return with_contacts.count(all.names[i]) && all.data[i].T_lab <= 100; });
  const std::vector<std::string> nine{"Ct_1S0np", "C_1S0", "Ct_3S1", "C_3S1", "C_SD",
                                      "C_3P0",    "C_1P1", "C_3P1",  "C_3P2"};
  sample_and_print("nine constants N2LO(500)", known, 3, nine, {3, breakdown, 1, 0, 0},
                   {.warm_up = 500, .draws = 25000, .threads = 2});
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const std::map<std::string, void (*)(const fs::path&)> all{{"coverage", measure_coverage},
                                                               {"breakdown", measure_breakdown},
                                                               {"prior", measure_prior},
                                                               {"network", measure_network},
                                                               {"posterior", measure_posterior}};
    if (count != 3 || !all.count(arguments[2]))
      throw InputError("expected: orogen_nuclear_grey_box FOLDER coverage|breakdown|prior|posterior|network");
    all.at(arguments[2])(arguments[1]);
  } catch (const std::exception& e) {
    fmt::print(stderr, "orogen_nuclear_grey_box: {}\n", e.what());
    return 1;
  }
}
