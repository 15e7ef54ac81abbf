// A network in place of the contacts, order by order: phases that were fitted and those that were not, with and without
// the prior.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "nuclear_grey_phases.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/fit/laplace.hpp"
#include "orogen/nuclear/momentum/solvers/deuteron_momentum.hpp"
#include "orogen/nuclear/momentum/solvers/scattering.hpp"
#include "orogen/nuclear/neural/fits/short_range_fit.hpp"
#include "orogen/nuclear/observables/data/phase_file.hpp"

namespace orogen::nuclear::grey_box {
namespace {

constexpr double none = 1000;  // prior width that counts as no prior on values and slopes
constexpr int width = 8, steps = 40;

/// Phases of J = 3 up to 200 MeV: no fit sees them, and no contact acts in them.
Phases high_waves(const std::filesystem::path& folder) {
  const PhaseFile file = read_phases(folder / "granada2013_np_phases.csv");
  Phases all;
  for (const char* name : {"1F3", "3F3", "3D3", "E3", "3G3"})
    for (std::size_t e = 0; e < file.phases.T_lab.size(); ++e) {
      const double T = file.phases.T_lab[e];
      const PhasePoint p = phase_point(name, T);
      const auto b = std::size_t(file.phases.find(p.block));
      if (T > 200 || !file.present[file.index(e, b, p.part)]) continue;
      const BlockPhases& found = file.phases.at(e, b);
      all.points.push_back(p);
      all.data.push_back({0, T, 0, p.part == 1 ? found.epsilon : found.delta[p.part / 2], 0});
      all.names.push_back(name);
      all.part.push_back(0);
    }
  return all;
}

/// Which phases are fitted, and which lie between and beyond them.
struct Question {
  const char* name;
  std::set<double> energies;
};

class Judge {
 public:
  Judge(Phases all, Phases high) : all_(std::move(all)), high_(std::move(high)) {
    for (const auto& d : all_.data) T_.insert(d.T_lab);
  }
  const Phases& all() const { return all_; }
  /// Root mean squares [°] of a force.
  void judge(const MomentumInteraction& force, const Question& q, nlohmann::json& line) const {
    const std::vector<double> T(T_.begin(), T_.end());
    const PhaseTable table = MomentumSolver(force, Pair::np, 3, {48, 700}).phases(T);
    std::map<std::string, std::pair<double, int>> sums;
    const auto add = [&](const Phases& some, const auto& set_of) {
      for (std::size_t i = 0; i < some.data.size(); ++i) {
        const PhasePoint& p = some.points[i];
        const auto e = std::size_t(std::find(T.begin(), T.end(), p.T_lab) - T.begin());
        const BlockPhases& found = table.at(e, std::size_t(table.find(p.block)));
        const double phase = p.part == 1 ? found.epsilon : found.delta[p.part / 2];
        auto& [squares, n] = sums[set_of(p.T_lab)];
        squares += std::pow(std::remainder(phase - some.data[i].phase, std::numbers::pi) / degree, 2), ++n;
      }
    };
    add(all_, [&](double at) {
      return q.energies.count(at) ? "fitted" : at > *q.energies.rbegin() ? "beyond" : "between";
    });
    add(high_, [](double) { return "high_waves"; });
    for (const auto& [set, sum] : sums) line[set] = std::sqrt(sum.first / sum.second), line["n_" + set] = sum.second;
    const auto energy = deuteron_energy(force);
    line["deuteron"] = energy ? nlohmann::json(*energy) : nlohmann::json();
  }

 private:
  Phases all_, high_;
  std::set<double> T_;
};

/// ln Z of the Gaussian approximation; there is none without a prior.
void add_evidence(PhaseResidual& likelihood, const GaussianPrior& prior, const std::vector<double>& a,
                  const GaussNewtonResult& r, nlohmann::json& line) {
  if (line["prior"] == 0.0) return;
  line["log_evidence"] = laplace(a, r, likelihood.log_normalisation() + log_normalisation(prior)).log_evidence;
}

double chi2_per_datum(PhaseResidual& likelihood, const std::vector<double>& a) {
  std::vector<double> r(std::size_t(likelihood.size()));
  likelihood.value(a, r);
  double sum = 0;
  for (double x : r) sum += x * x;
  return sum / double(r.size());
}

void compare(const Judge& judge, const Question& q, int order, double prior_width) {
  const Phases known =
      judge.all().where([&](std::size_t i) { return q.energies.count(judge.all().data[i].T_lab) > 0; });
  const Eigen::MatrixXd covariance = phase_covariance(known.data, {order, breakdown, 1, 0, 0});
  const auto line_of = [&](const char* force, std::size_t parameters, const GaussNewtonResult& r) {
    return nlohmann::json{{"what", "network"},
                          {"set", q.name},
                          {"order", order_name(order)},
                          {"force", force},
                          {"prior", prior_width == none ? 0.0 : prior_width},
                          {"parameters", parameters},
                          {"data", known.data.size()},
                          {"end", text(r.end)}};
  };

  const ChiralForm form = emn_form(order, cutoff);
  std::vector<std::string> free;
  for (const auto& p : known.points)
    for (const auto& name : constants_of(order, p.block))
      if (std::find(free.begin(), free.end(), name) == free.end()) free.push_back(name);
  const auto unit = natural_units(free, breakdown);
  const ContactPhases contacts = model_of(order, order, known.points, free);
  PhaseResidual of_contacts(contacts, known.data, covariance, unit);
  GaussianPrior natural_contacts = prior_of(free.size(), prior_width);
  Residual* const terms[] = {&of_contacts, &natural_contacts};
  std::vector<double> a = published(order, free);
  GaussNewtonResult r = minimise(terms, a, {.most_steps = 1000});
  const auto names = contact_names(order);
  std::vector<double> lecs = emn_constants(order, cutoff);
  for (std::size_t k = 0; k < free.size(); ++k)
    lecs[std::size_t(std::find(names.begin(), names.end(), free[k]) - names.begin())] = a[k] * unit[k];
  nlohmann::json line = line_of("contacts", free.size(), r);
  line["chi2"] = chi2_per_datum(of_contacts, a);
  add_evidence(of_contacts, natural_contacts, a, r, line);
  judge.judge(chiral(form, lecs), q, line);
  print(line);

  ShortRangeForce force;
  force.order = order;
  force.network.order = order, force.network.width = width;
  const NeuralMomentumTerm start(force.network, form.constants);  // with the prior: the same start for both
  force.theta = like_contacts(start, form, lecs);
  force.network.natural = prior_width;
  const ShortRangePhases model(form, force.network, Pair::np, known.points);
  PhaseResidual likelihood(model, known.data, covariance, std::vector<double>(force.theta.size(), 1.0));
  GaussianPrior prior = natural_prior(model.term());
  r = fit_short_range(model, likelihood, prior, force.theta, {.steps = steps, .deuteron_error = 0});
  line = line_of("network", force.theta.size(), r);
  line["chi2"] = chi2_per_datum(likelihood, force.theta);
  add_evidence(likelihood, prior, force.theta, r, line);
  judge.judge(interaction(force), q, line);
  print(line);
}

}  // namespace

void measure_network(const std::filesystem::path& folder) {
  Phases all = read(folder);
  for (std::size_t i = 0; i < all.data.size(); ++i)
    all.data[i].reference = threshold_size(all.points[i], all.data[i].momentum);
  const Judge judge(std::move(all), high_waves(folder));
  const Question questions[] = {{"1 to 200 MeV", {1, 5, 10, 25, 50, 100, 150, 200}}, {"5, 50, 100 MeV", {5, 50, 100}}};
  for (const Question& q : questions)
    for (const int order : {0, 2, 3})
      for (const double size : {1.0, 2.0, natural, none}) compare(judge, q, order, size);
}

}  // namespace orogen::nuclear::grey_box
