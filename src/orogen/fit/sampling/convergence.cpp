#include "orogen/fit/sampling/convergence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "orogen/base/errors.hpp"
#include "orogen/fit/distributions.hpp"

namespace orogen {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd halves(const MatrixXd& draws) {
  const long half = draws.rows() / 2;
  if (half < 2)
    throw InputError(fmt::format("convergence of chains: {} draws per chain; expected at least 4", draws.rows()));
  MatrixXd split(half, 2 * draws.cols());
  split << draws.topRows(half), draws.bottomRows(half);
  return split;
}

/// Within-chain variance W and the pooled estimate ((n − 1) W + B)/n.
struct Variances {
  double within, total;
};
Variances variances(const MatrixXd& chains) {
  const double n = double(chains.rows()), m = double(chains.cols());
  const Eigen::RowVectorXd means = chains.colwise().mean();
  const double within = (chains.rowwise() - means).squaredNorm() / ((n - 1) * m);
  const double between = m > 1 ? (means.array() - means.mean()).square().sum() / (m - 1) : 0;
  return {within, (n - 1) / n * within + between};
}

}  // namespace

double split_r_hat(const DrawsOfOne& draws) {
  const Variances v = variances(halves(draws));
  return v.within > 0 ? std::sqrt(v.total / v.within) : 1;
}

double effective_size(const DrawsOfOne& draws) {
  const MatrixXd chains = halves(draws);
  const long n = chains.rows();
  const Variances v = variances(chains);
  const MatrixXd x = chains.rowwise() - chains.colwise().mean();
  const double all = double(n * chains.cols());
  if (!(v.total > 0)) return all;
  const auto correlation = [&](long lag) {
    const double covariance = x.topRows(n - lag).cwiseProduct(x.bottomRows(n - lag)).sum() / all;
    return 1 - (v.within - covariance * double(n) / double(n - 1)) / v.total;
  };
  // Sums of neighbouring correlations are positive and fall in a reversible chain; noise is cut where they do not.
  double time = -1, least = INFINITY;
  for (long lag = 0; lag + 1 < n; lag += 2) {
    const double pair = (lag == 0 ? 1 : correlation(lag)) + correlation(lag + 1);
    if (pair <= 0) break;
    least = std::min(least, pair);
    time += 2 * least;
  }
  return all /
         std::max(
             time,
             1 / std::log10(all));  // draws that alternate around the mean count more than once, but not without limit
}

DrawsOfOne rank_normal(const DrawsOfOne& draws) {
  std::vector<long> order(draws.size());
  std::iota(order.begin(), order.end(), 0L);
  std::sort(order.begin(), order.end(), [&](long a, long b) { return draws.data()[a] < draws.data()[b]; });
  MatrixXd scores(draws.rows(), draws.cols());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first + 1;  // equal draws share their mean rank
    while (last < order.size() && draws.data()[order[last]] == draws.data()[order[first]]) ++last;
    const double rank = 0.5 * double(first + 1 + last);
    const double score = normal_quantile((rank - 0.375) / (double(order.size()) + 0.25));
    for (; first < last; ++first) scores.data()[order[first]] = score;
  }
  return scores;
}

double quantile(std::vector<double> values, double p) {
  if (values.empty() || !(p >= 0 && p <= 1))
    throw InputError(
        fmt::format("quantile {} of {} values; expected 0 ≤ p ≤ 1 and at least one value", p, values.size()));
  const double at = p * double(values.size() - 1);
  const std::size_t k = std::size_t(at);
  std::nth_element(values.begin(), values.begin() + long(k), values.end());
  const double low = values[k];
  if (k + 1 == values.size()) return low;
  return low + (at - double(k)) * (*std::min_element(values.begin() + long(k) + 1, values.end()) - low);
}

Summary summarise(const DrawsOfOne& draws) {
  Summary s;
  s.mean = draws.mean();
  s.sd = std::sqrt((draws.array() - s.mean).square().sum() / std::max(1.0, double(draws.size() - 1)));
  const DrawsOfOne scores = rank_normal(draws);
  s.r_hat = split_r_hat(scores);
  s.effective_bulk = effective_size(scores);
  const std::vector<double> values(draws.data(), draws.data() + draws.size());
  const auto q = [&](double p) { return quantile(values, p); };
  s.q2_5 = q(0.025), s.q16 = q(0.16), s.median = q(0.5), s.q84 = q(0.84), s.q97_5 = q(0.975);
  return s;
}

std::vector<Summary> summarise(const std::vector<Chain>& chains) {
  std::vector<Summary> all;
  if (chains.empty()) return all;
  const long rows = chains[0].draws.rows();
  for (long k = 0; k < chains[0].draws.cols(); ++k) {
    DrawsOfOne one(rows, long(chains.size()));
    for (std::size_t c = 0; c < chains.size(); ++c) one.col(long(c)) = chains[c].draws.col(k);
    all.push_back(summarise(one));
  }
  return all;
}

bool Mixing::reached(const std::vector<Summary>& all) const {
  return std::ranges::all_of(all, [&](const Summary& s) { return reached(s); });
}

MatrixXd pooled(const std::vector<Chain>& chains, long stride) {
  long rows = 0;
  for (const Chain& c : chains) rows += (c.draws.rows() + stride - 1) / stride;
  MatrixXd all(rows, chains.empty() ? 0 : chains[0].draws.cols());
  long at = 0;
  for (const Chain& c : chains)
    for (long k = 0; k < c.draws.rows(); k += stride) all.row(at++) = c.draws.row(k);
  return all;
}

}  // namespace orogen
