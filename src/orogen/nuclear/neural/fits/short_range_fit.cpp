#include "orogen/nuclear/neural/fits/short_range_fit.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/momentum/solvers/scattering.hpp"

namespace orogen::nuclear {
namespace {

using Eigen::MatrixXd;
using Rows = NeuralMomentumTerm::Rows;

constexpr double tolerance = 0.02;      // of elements, in natural units
constexpr double reach = 1.2;           // highest momentum, in units of the cut-off
constexpr int points = 12, most_J = 2;  // contacts act in these waves; in the others the network should be small

/// Elements of the network minus those of contacts.
class ContactElements : public Residual {
 public:
  ContactElements(const NeuralMomentumTerm& term, const ChiralForm& form, std::span<const double> lecs)
      : term_(term), blocks_(blocks(Pair::np, most_J)) {
    const Contacts contacts(form.constants, form.contacts, lecs);
    const Quadrature rule = gauss_legendre(points);
    const double middle = reach * form.contacts.cutoff / 2;
    for (std::size_t j = 0; j < rule.x.size(); ++j)
      for (std::size_t i = 0; i <= j; ++i) pairs_.push_back({middle * (1 + rule.x[i]), middle * (1 + rule.x[j])});
    scale_ = std::pow(2 * std::numbers::pi, 3) / (tolerance * natural_unit(0, term.options().breakdown));
    for (const Block& b : blocks_) target_.push_back(elements(contacts, b));
  }
  long size() const override {
    long n = 0;
    for (const Rows& t : target_) n += t.size();
    return n;
  }
  void value(std::span<const double> theta, std::span<double> r) override {
    term_.set_parameters(theta);
    double* out = r.data();
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      const Rows off = scale_ * (term_.elements(blocks_[b], Pair::np, pairs_) - target_[b]);
      out = std::copy(off.data(), off.data() + off.size(), out);
    }
  }
  void pull(std::span<const double> theta, std::span<const double> w, std::span<double> gradient) override {
    pull_by_jacobian(*this, theta, w, gradient);
  }
  void jacobian(std::span<const double> theta, Eigen::Ref<MatrixXd> J) override {
    term_.set_parameters(theta);
    long row = 0;
    for (const Block& b : blocks_) {
      Rows of_block;
      term_.elements(b, Pair::np, pairs_, &of_block);
      J.middleRows(row, of_block.rows()) = scale_ * of_block;
      row += of_block.rows();
    }
  }

 private:
  Rows elements(const Contacts& contacts, const Block& b) const {
    Rows all(long(pairs_.size()), b.waves * b.waves);
    for (long i = 0; i < all.rows(); ++i) {
      const auto& p = pairs_[std::size_t(i)];
      MatrixXd V = MatrixXd::Zero(b.waves, b.waves);
      contacts.add_between(b, Pair::np, std::span(&p.out, 1), std::span(&p.in, 1), V);
      all.row(i) = V.reshaped<Eigen::RowMajor>().transpose();
    }
    return all;
  }

  NeuralMomentumTerm term_;
  std::vector<Block> blocks_;
  std::vector<NeuralMomentumTerm::Momenta> pairs_;
  std::vector<Rows> target_;
  double scale_ = 1;
};

}  // namespace

std::vector<double> like_contacts(const NeuralMomentumTerm& term, const ChiralForm& form,
                                  std::span<const double> lecs) {
  ContactElements elements(term, form, lecs);
  GaussianPrior prior = natural_prior(term);
  Residual* const terms[] = {&elements, &prior};
  std::vector<double> theta = term.centre();
  minimise(terms, theta, {.most_steps = 30, .tolerance = 1e-3});
  return theta;
}

GaussNewtonResult fit_short_range(const ShortRangePhases& phases, PhaseResidual& likelihood, GaussianPrior& prior,
                                  std::vector<double>& theta, const ShortRangeFitOptions& o, ProgressSink* progress) {
  DeuteronResidual deuteron(
      [&](auto at, auto gradient, double weight) { return phases.deuteron_energy(at, gradient, weight); },
      measured_deuteron_energy, o.deuteron_error > 0 ? o.deuteron_error : 1);
  Residual* const terms[] = {&likelihood, &prior, &deuteron};
  // The deuteron alone would be a narrow valley far from the phases.
  GaussNewtonOptions stage{.most_steps = o.steps, .tolerance = o.tolerance, .stage = "phases"};
  GaussNewtonResult result = minimise(std::span(terms).first(2), theta, stage, progress);
  if (o.deuteron_error > 0 && result.end != GaussNewtonEnd::stopped) {
    stage.most_steps = o.deuteron_steps, stage.stage = "deuteron";
    result = minimise(terms, theta, stage, progress);
  }
  return result;
}

namespace {

NeuralMomentumTerm term_of(const ShortRangeForce& force) {
  NeuralMomentumTerm term(force.network, form(force).constants);
  if (!force.theta.empty()) term.set_parameters(force.theta);
  return term;
}

std::vector<double> parameters_of(const ShortRangeForce& force) {
  const NeuralMomentumTerm term = term_of(force);
  return {term.parameters().begin(), term.parameters().end()};
}

/// fit_energies() up to the third above most_T, the last that interpolation there takes.
std::vector<double> nodes_up_to(double most_T) {
  std::vector<double> all = fit_energies();
  const auto above = std::lower_bound(all.begin(), all.end(), most_T);
  all.erase(all.begin() + std::min(all.end() - all.begin(), above - all.begin() + 3), all.end());
  return all;
}

}  // namespace

ShortRangeScatteringFit::ShortRangeScatteringFit(const ShortRangeForce& start, const ScatteringData& train,
                                                 double most_T, const ScatteringFitOptions& options,
                                                 ThreadPool& threads, MomentumMesh mesh)
    : ScatteringFit(parameters_of(start), natural_prior(term_of(start)), form(start).constants, nodes_up_to(most_T),
                    options),
      force_(start) {
  if (train.pair != Pair::np) throw InputError("fit of a short range: expected data of np");
  add(train, std::make_unique<MomentumNodePhases>(form(start), start.network, Pair::np, nodes_up_to(most_T),
                                                  options.most_J, threads, mesh));
}

ShortRangeForce ShortRangeScatteringFit::force() const {
  ShortRangeForce now = force_;
  now.theta = theta();
  return now;
}

void fit_charge_dependence(ShortRangeForce& force) {
  const auto set = [&](Pair pair, double& contact, double measured) {
    // 1/a is all but linear in the contact: secants.
    const auto off = [&](double c) {
      contact = c;
      const MomentumInteraction sum = interaction(force);
      return 1 / effective_range(MomentumSolver(sum, pair, 0, {80, 700}), block_of({0, 0, 0})).a - 1 / measured;
    };
    double a = 0, fa = off(a), b = 1e-3, fb = off(b);
    for (int turn = 0; turn < 12 && std::abs(fb) > 1e-8; ++turn) {
      const double next = b - fb * (b - a) / (fb - fa);
      a = b, fa = fb, b = next, fb = off(b);
    }
    if (!(std::abs(fb) < 1e-6))
      throw NumericalError(std::string("no contact gives ") + name(pair) + " its scattering length in 1S0");
  };
  set(Pair::pp, force.pp, -7.8149);
  set(Pair::nn, force.nn, -18.95);
}

}  // namespace orogen::nuclear
