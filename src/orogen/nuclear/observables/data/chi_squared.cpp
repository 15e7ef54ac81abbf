#include "orogen/nuclear/observables/data/chi_squared.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "orogen/base/errors.hpp"

namespace orogen::nuclear {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

int powers(const std::vector<Block>& blocks) { return blocks.back().J + 2; }

std::vector<double> distinct_energies(const ScatteringData& data) {
  std::vector<double> all;
  for (const Experiment& e : data.experiments)
    for (const Datum& d : e.data) all.push_back(d.T_lab);
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace

ScatteringLikelihood::ScatteringLikelihood(const ScatteringData& all, std::vector<double> nodes, int most_J,
                                           const LikelihoodOptions& options)
    : options_(options),
      pair_(all.pair),
      between_(std::move(nodes), all.pair, options.constants),
      blocks_(nuclear::blocks(all.pair, most_J)) {
  const ScatteringData data = select(all, this->nodes().front(), this->nodes().back());
  left_out_ = all.size() - data.size();
  data_ = data.size();
  if (data_ == 0)
    throw InputError(
        fmt::format("scattering data: of {} none lies between the energies of the phases, {:g} to {:g} MeV", all.size(),
                    this->nodes().front(), this->nodes().back()));
  energies_ = distinct_energies(data);
  for (double T : energies_)
    for (int L = 0; L < powers(blocks_); ++L) stencils_.push_back(between_.stencil(T, L));
  points_.reserve(std::size_t(data_));
  for (const Experiment& e : data.experiments) {
    const double s = e.normalisation_error;
    const bool own = s > 0 && s <= options_.most_normalisation_error;
    sets_.push_back({e.id, e.observable, s, own, points_.size(), e.data.size(), std::size_t(residuals_)});
    residuals_ += long(e.data.size()) + own;
    for (const Datum& d : e.data) {
      const auto energy = std::lower_bound(energies_.begin(), energies_.end(), d.T_lab) - energies_.begin();
      points_.push_back({ObservableAt(e.observable, d.T_lab, d.theta, blocks_, pair_, options_.constants,
                                      options_.high_waves, options_.photons),
                         d.value, d.error, std::size_t(energy)});
    }
  }
}

ScatteringLikelihood::State ScatteringLikelihood::state(const PhaseTable& at_nodes) const {
  if (at_nodes.T_lab != nodes() || at_nodes.blocks != blocks_ || at_nodes.pair != pair_)
    throw InputError("χ²: the table of phases has another pair, other energies or other blocks than the likelihood");
  const std::size_t n = blocks_.size(), count = std::size_t(powers(blocks_));
  State out{{pair_, energies_, blocks_, std::vector<BlockPhases>(energies_.size() * n)}, {}};
  for (std::size_t e = 0; e < energies_.size(); ++e) {
    for (std::size_t b = 0; b < n; ++b) {
      BlockPhases& p = out.phases.at(e, b);
      double* part[3] = {&p.delta[0], &p.epsilon, &p.delta[1]};
      for (int c = 0; c < (blocks_[b].coupled() ? 3 : 1); ++c) {
        const auto& s = stencils_[e * count + std::size_t(threshold_power(blocks_[b], c))];
        for (int j = 0; j < s.count; ++j) {
          const BlockPhases& from = at_nodes.at(s.first + std::size_t(j), b);
          *part[c] += s.weight[j] * (c == 1 ? from.epsilon : from.delta[c / 2]);
        }
      }
    }
    out.s.push_back(s_elements(blocks_, {&out.phases.value[e * n], n}));
  }
  return out;
}

ScatteringLikelihood::Normalisation ScatteringLikelihood::normalisation(const Set& set,
                                                                        std::span<const double> t) const {
  Normalisation out;
  out.derivative.assign(set.size, 0);
  const double s = set.normalisation_error;
  if (s == 0) return out;
  double yt = 0, tt = 0;
  for (std::size_t i = 0; i < set.size; ++i) {
    const Point& p = points_[set.first + i];
    yt += p.value * t[i] / (p.error * p.error);
    tt += t[i] * t[i] / (p.error * p.error);
  }
  const double prior = set.has_residual ? 1 / (s * s) : 0;
  out.z = (yt + prior) / (tt + prior);
  out.floated = !set.has_residual || std::abs(out.z - 1) > options_.float_beyond * s;
  if (out.floated) {
    if (tt == 0) return {1, true, std::move(out.derivative)};  // nothing to scale
    out.z = yt / tt;
  }
  const double sum = tt + (out.floated ? 0 : prior);
  for (std::size_t i = 0; i < set.size; ++i) {
    const Point& p = points_[set.first + i];
    out.derivative[i] = (p.value - 2 * out.z * t[i]) / (p.error * p.error * sum);
  }
  return out;
}

void ScatteringLikelihood::add_row(const State& state, const Point& p, const SElements& g, double factor,
                                   double* row) const {
  const std::size_t count = std::size_t(powers(blocks_));
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    double d[3];
    pull_to_phases(blocks_[b], state.phases.at(p.energy, b), &g[3 * Eigen::Index(b)], d);
    for (int c = 0; c < (blocks_[b].coupled() ? 3 : 1); ++c) {
      const auto& s = stencils_[p.energy * count + std::size_t(threshold_power(blocks_[b], c))];
      for (int j = 0; j < s.count; ++j) row[column(s.first + std::size_t(j), b, c)] += factor * s.weight[j] * d[c];
    }
  }
}

void ScatteringLikelihood::check(const Set& set, std::span<const double> r) const {
  for (double x : r)
    if (!std::isfinite(x))
      throw NumericalError(
          fmt::format("χ²: experiment {} ({}) has a residual that is not finite", set.id, name(set.observable)));
}

void ScatteringLikelihood::evaluate(const PhaseTable& at_nodes, std::span<double> r, Eigen::MatrixXd* jacobian) const {
  if (long(r.size()) != residuals_) throw InputError("χ²: the vector of residuals has the wrong size");
  const State now = state(at_nodes);
  if (jacobian) jacobian->resize(residuals_, parameters());
  SElements g;
  RowMajor rows;
  for (const Set& set : sets_) {
    const auto n = Eigen::Index(set.size), first = Eigen::Index(set.first_residual);
    std::vector<double> t(set.size);
    if (jacobian) rows.setZero(n + set.has_residual, parameters());
    for (std::size_t i = 0; i < set.size; ++i) {
      const Point& p = points_[set.first + i];
      const SElements& s = now.s[p.energy];
      t[i] = jacobian ? p.observable.value(s, g) : p.observable.value(s);
      if (jacobian) add_row(now, p, g, 1, &rows(Eigen::Index(i), 0));
    }
    const Normalisation z = normalisation(set, t);
    const auto own = r.subspan(set.first_residual, set.size + set.has_residual);
    for (std::size_t i = 0; i < set.size; ++i) {
      const Point& p = points_[set.first + i];
      own[i] = (p.value - z.z * t[i]) / p.error;
    }
    if (set.has_residual) own[set.size] = z.floated ? 0 : (z.z - 1) / set.normalisation_error;
    check(set, own);
    if (!jacobian) continue;
    const Eigen::RowVectorXd dz = Eigen::Map<const Eigen::RowVectorXd>(z.derivative.data(), n) * rows.topRows(n);
    for (Eigen::Index i = 0; i < n; ++i)
      rows.row(i) = -(z.z * rows.row(i) + t[std::size_t(i)] * dz) / points_[set.first + std::size_t(i)].error;
    if (set.has_residual && !z.floated) rows.row(n) = dz / set.normalisation_error;
    jacobian->middleRows(first, rows.rows()) = rows;
  }
}

void ScatteringLikelihood::pull(const PhaseTable& at_nodes, std::span<const double> w, std::span<double> out) const {
  if (long(out.size()) != parameters() || long(w.size()) != residuals_)
    throw InputError("χ²: the gradient or the weights have the wrong size");
  const State now = state(at_nodes);
  const std::vector<double> t = predictions(now);
  SElements g;
  for (const Set& set : sets_) {
    const Normalisation z = normalisation(set, {&t[set.first], set.size});
    const std::span<const double> own = w.subspan(set.first_residual, set.size + set.has_residual);
    double dz = set.has_residual && !z.floated ? own[set.size] / set.normalisation_error : 0;
    for (std::size_t i = 0; i < set.size; ++i) dz -= own[i] * t[set.first + i] / points_[set.first + i].error;
    for (std::size_t i = 0; i < set.size; ++i) {
      const Point& p = points_[set.first + i];
      p.observable.value(now.s[p.energy], g);
      add_row(now, p, g, dz * z.derivative[i] - z.z * own[i] / p.error, out.data());
    }
  }
}

double ScatteringLikelihood::gradient(const PhaseTable& at_nodes, std::span<double> out) const {
  std::vector<double> r(static_cast<std::size_t>(residuals_));
  evaluate(at_nodes, r);
  double chi2 = 0;
  for (double& x : r) chi2 += x * x, x *= 2;
  std::fill(out.begin(), out.end(), 0.0);
  pull(at_nodes, r, out);
  return chi2;
}

std::vector<double> ScatteringLikelihood::predictions(const State& now) const {
  std::vector<double> t;
  t.reserve(points_.size());
  for (const Point& p : points_) t.push_back(p.observable.value(now.s[p.energy]));
  return t;
}

std::vector<double> ScatteringLikelihood::predictions(const PhaseTable& at_nodes) const {
  return predictions(state(at_nodes));
}

Chi2Summary ScatteringLikelihood::summary(const PhaseTable& at_nodes, std::span<const double> edges) const {
  std::vector<double> r(static_cast<std::size_t>(residuals_));
  evaluate(at_nodes, r);
  const std::vector<double> t = predictions(at_nodes);
  Chi2Summary out;
  out.data = data_;
  for (std::size_t k = 0; k + 1 < edges.size(); ++k)
    out.by_energy.push_back({fmt::format("{}-{} MeV", edges[k], edges[k + 1]), 0, 0});
  std::map<Observable, Chi2Line> by_observable;
  for (const Set& set : sets_) {
    const Normalisation z = normalisation(set, {&t[set.first], set.size});
    const double* own = &r[set.first_residual];
    const double shared = set.has_residual ? own[set.size] * own[set.size] / double(set.size) : 0;
    ExperimentChi2 e{set.id, set.observable, long(set.size), 0, z.z, z.floated};
    for (std::size_t i = 0; i < set.size; ++i) {
      const double x = own[i] * own[i] + shared, T = energies_[points_[set.first + i].energy];
      e.chi2 += x;
      for (std::size_t k = 0; k < out.by_energy.size(); ++k)
        if (T >= edges[k] && (T < edges[k + 1] || (T == edges[k + 1] && k + 2 == edges.size())))
          ++out.by_energy[k].data, out.by_energy[k].chi2 += x;
    }
    Chi2Line& line = by_observable[set.observable];
    line.name = name(set.observable), line.data += e.data, line.chi2 += e.chi2;
    out.chi2 += e.chi2;
    out.experiments.push_back(e);
  }
  for (const auto& [o, line] : by_observable) out.by_observable.push_back(line);
  return out;
}

}  // namespace orogen::nuclear
