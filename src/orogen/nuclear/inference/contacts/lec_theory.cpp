#include "orogen/nuclear/inference/contacts/lec_theory.hpp"

#include <algorithm>
#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/nuclear/momentum/forces/contacts.hpp"

namespace orogen::nuclear {

namespace {

constexpr double least_phi = -6, most_phi = 6, phi_step = 0.25;  // of ln c̄²: c̄ from 0.05 to 20
constexpr double most_Q = 0.95;

/// The block that a constant acts in: "C_3P0" in 3P0, "C_SD" in 3S1-3D1.
Block block_of_constant(const std::string& name) {
  const std::string wave_name = name.substr(name.find('_') + 1, 3);
  return block_of(wave(wave_name == "SD" ? "3S1" : wave_name));
}

/// The constants that the phases of some waves depend on.
std::vector<std::string> free_constants(int order, const std::vector<std::string>& waves) {
  std::vector<std::string> names{"Ct_1S0np", "Ct_3S1", "C_1S0", "C_3P0", "C_1P1", "C_3P1", "C_3S1", "C_SD", "C_3P2"};
  if (order == 0) names.resize(2);
  std::erase_if(names, [&](const auto& name) {
    return std::none_of(waves.begin(), waves.end(),
                        [&](const auto& w) { return phase_point(w, 1).block == block_of_constant(name); });
  });
  return names;
}

}  // namespace

const std::vector<std::string>& order_names() {
  static const std::vector<std::string> names{"lo", "nlo", "n2lo"};
  return names;
}

int power_of(const std::string& order) { return order == "lo" ? 0 : order == "nlo" ? 2 : 3; }

int last_known_power(const std::string& order) { return std::max(1, power_of(order)); }

std::vector<std::string> waves_of(const std::string& order, std::vector<std::string> waves) {
  std::erase_if(waves, [&](const auto& w) { return free_constants(power_of(order), {w}).empty(); });
  return waves;
}

LecTheory::LecTheory(const std::string& name, double cutoff, double breakdown, const std::vector<std::string>& waves)
    : order(name),
      form(emn_form(power_of(name), cutoff)),
      names(free_constants(power_of(name), waves)),
      unit(natural_units(names, breakdown)) {
  const auto all = contact_names(form.contacts.order);
  const auto values = emn_constants(power_of(name), cutoff);
  for (const auto& wanted : names) {
    published.push_back(values[std::size_t(std::find(all.begin(), all.end(), wanted) - all.begin())]);
    powers.push_back(wanted.starts_with("Ct_") ? 0 : 2);
  }
}

ContactPhases LecTheory::phases(const std::vector<PhasePoint>& at) const {
  return {form, Pair::np, at, emn_constants(power_of(order), form.contacts.cutoff), names};
}

GaussianPrior LecTheory::prior(double natural) const {
  return power_counting(std::vector<int>(names.size(), 0), 1.0, natural);
}

std::vector<double> LecTheory::start() const {
  std::vector<double> a;
  for (std::size_t k = 0; k < names.size(); ++k) a.push_back(published[k] / unit[k]);
  return a;
}

namespace {

LecPosterior maximum(const LecTheory& theory, const LecData& data, const ContactPhases& model, TheoryError error,
                     double natural, std::vector<double> start) {
  error.order = last_known_power(theory.order);
  PhaseResidual likelihood(model, data.data, phase_covariance(data.data, error), theory.unit);
  GaussianPrior prior = theory.prior(natural);
  return lec_posterior(likelihood, prior, std::move(start), {.draws = 0});
}

}  // namespace

LecPosterior maximum(const LecTheory& theory, const LecData& data, TheoryError error, double natural) {
  return maximum(theory, data, theory.phases(data.points), error, natural, theory.start());
}

std::pair<double, double> best_size(const LecTheory& theory, const LecData& data, TheoryError error, double natural) {
  std::pair<double, double> best{1, -INFINITY};
  for (const double c_bar : {0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0}) {
    error.c_bar = c_bar;
    const double log_evidence = maximum(theory, data, error, natural).laplace.log_evidence;
    if (log_evidence > best.second) best = {c_bar, log_evidence};
  }
  return best;
}

SizePosterior sizes(const LecTheory& theory, const LecData& data, TheoryError error, double natural,
                    const Naturalness& prior) {
  const ContactPhases model = theory.phases(data.points);
  std::vector<double> phi, log_evidence, start = theory.start();
  for (double x = most_phi; x >= least_phi; x -= phi_step) {  // from the widest errors on, each from the maximum before
    error.c_bar = std::exp(x / 2);
    try {
      const Laplace found = maximum(theory, data, model, error, natural, start).laplace;
      start = found.mean;
      phi.push_back(x), log_evidence.push_back(found.log_evidence);
    } catch (const NumericalError&) {
      if (phi.size() < 3) throw;
      break;
    }
  }
  std::reverse(phi.begin(), phi.end());
  std::reverse(log_evidence.begin(), log_evidence.end());
  return size_posterior(phi, log_evidence, prior);
}

LecTarget::LecTarget(const LecTheory& theory, const LecData& data, TheoryError error, double natural,
                     const Laplace& laplace, const SizePosterior* sizes, const Naturalness& prior_of_size,
                     double breakdown_spread)
    : model_(theory.phases(data.points)),
      prior_(theory.prior(natural)),
      fixed_(model_, data.data, phase_covariance(data.data, error), theory.unit),
      density_(std::make_unique<LecDensity>(fixed_, prior_)),
      mean_(laplace.mean),
      factor_(mass_factor(laplace.precision)) {
  if (sizes) {
    density_ = std::make_unique<SizedLecDensity>(model_, data.data, error, theory.unit, prior_, prior_of_size);
    add(sizes->phi.mean(), std::max(0.05, sizes->phi.sd()));
  }
  if (breakdown_spread > 0) {
    density_ = std::make_unique<ScaledLecDensity>(model_, data.data, error, theory.unit, theory.powers, prior_,
                                                  prior_of_size, breakdown_spread);
    add(0, 0.5 * breakdown_spread);
  }
}

void LecTarget::add(double at, double sd) {
  mean_.push_back(at);
  factor_.conservativeResizeLike(Eigen::MatrixXd::Zero(factor_.rows() + 1, factor_.cols() + 1));
  factor_(factor_.rows() - 1, factor_.cols() - 1) = sd;
}

LecDraws gaussian_draws(const Laplace& l, LecDraws like, std::uint64_t seed) {
  const Eigen::MatrixXd factor = mass_factor(l.precision);
  like.constants.resize(like.c_bar.size(), factor.rows());
  Random random(seed, 2000);
  for (long d = 0; d < like.c_bar.size(); ++d) {
    Eigen::VectorXd z(factor.rows());
    for (double& x : z) x = random.normal();
    like.constants.row(d) = Eigen::Map<const Eigen::VectorXd>(l.mean.data(), z.size()) + factor * z;
  }
  return like;
}

Bands predicted(const LecTheory& theory, const LecDraws& draws, LecData at, TheoryError error, bool measured) {
  const ContactPhases model = theory.phases(at.points);
  const Bands plain = predict(model, theory.unit, draws.constants, Eigen::VectorXd::Zero(model.size()));
  for (long i = 0; i < model.size(); ++i) at.data[std::size_t(i)].phase = plain.mean[i];
  const Eigen::VectorXd reference = references(at.data, error);
  Eigen::MatrixXd sd(draws.c_bar.size(), model.size());
  for (long d = 0; d < sd.rows(); ++d)
    for (long i = 0; i < sd.cols(); ++i) {
      const PhaseDatum& datum = at.data[std::size_t(i)];
      const double Q = std::min(most_Q, hard_scale(datum.momentum) / draws.breakdown[d]);
      sd(d, i) = std::hypot(draws.c_bar[d] * reference[i] * omitted_orders(Q, last_known_power(theory.order)),
                            measured ? datum.error : 0);
    }
  return predict_mixture(model, theory.unit, draws.constants, sd);
}

}  // namespace orogen::nuclear
