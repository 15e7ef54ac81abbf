// Where an expansion breaks down and what its soft scale is, inferred together from one curve order by order. [T17.13]
#pragma once
#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/inference/truncation.hpp"

namespace orogen::nuclear {

enum class Expansion { smooth, sum };
/// Q at relative momentum p for soft scale m and breakdown scale Λb, all MeV: smooth_scale(p, m)/Λb, or (p + m)/(Λb +
/// m) (Millican, Furnstahl, Melendez, Phillips, Pratola, Phys. Rev. C 110, 044002 (2024)).
double expansion_parameter(Expansion, double p, double m, double breakdown_scale);

/// Values that are weighed against each other, MeV: those of Λb like 1/Λb, of the others alike.
struct ScaleGrids {
  std::vector<double> breakdown, soft, length;
};
struct JointScales {
  GridPosterior breakdown, soft, length;  ///< each with the others integrated out
  double log_evidence = 0;
};
/// From points of one curve whose c_n(p) ~ GP(0, c̄² R), R squared exponential in p with one length of all orders; c̄
/// is integrated out, ν > 0. Every point has the same orders; its `scale` does not count. p(Λb, m, ℓ) = 0 where some Q
/// ≥ 1. Throws InputError for other sizes, an improper prior or empty grids, NumericalError where nothing is left.
JointScales joint_scales(std::span<const OrderByOrder> points, std::span<const double> momentum, Expansion,
                         const Naturalness&, const ScaleGrids&);

namespace soft_scale {

using Eigen::MatrixXd;

inline constexpr double nugget = 1e-6;  // of the variance: dense points of a smooth curve

inline void check(std::span<const OrderByOrder> points, std::span<const double> momentum, const Naturalness& prior,
                  const ScaleGrids& grids) {
  if (points.empty() || points.size() != momentum.size())
    throw InputError(fmt::format("soft scale: {} points, {} momenta; expected equal numbers, at least one",
                                 points.size(), momentum.size()));
  for (const auto& p : points)
    if (p.order != points[0].order) throw InputError("soft scale: points of one curve hold different orders");
  if (!(prior.nu > 0) || !(prior.tau2 > 0))
    throw InputError(
        fmt::format("soft scale: prior of c̄ with ν = {}, τ² = {}; expected numbers > 0: evidences of "
                    "different lengths are compared",
                    prior.nu, prior.tau2));
  for (const auto* grid : {&grids.breakdown, &grids.soft, &grids.length})
    if (grid->empty() || !std::ranges::all_of(*grid, [](double x) { return x > 0; }))
      throw InputError("soft scale: a grid is empty or holds a value that is not > 0");
}

/// c_n of all points, and Σ ln dc/dy but for a constant; false where some Q ≥ 1.
inline bool curves(std::span<const OrderByOrder> points, std::span<const double> Q, MatrixXd& c, double& log_jacobian) {
  log_jacobian = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!(Q[i] < 1)) return false;
    OrderByOrder point = points[i];
    point.scale = Q[i];
    const auto row = coefficients(point, 1);
    if (i == 0) c.resize(long(points.size()), long(row.size()));
    c.row(long(i)) = Eigen::Map<const Eigen::RowVectorXd>(row.data(), long(row.size()));
    for (std::size_t n = 1; n < point.order.size(); ++n) log_jacobian -= point.order[n] * std::log(Q[i]);
  }
  return true;
}

}  // namespace soft_scale

inline double expansion_parameter(Expansion kind, double p, double m, double breakdown_scale) {
  return kind == Expansion::smooth ? smooth_scale(p, m) / breakdown_scale : (p + m) / (breakdown_scale + m);
}

inline JointScales joint_scales(std::span<const OrderByOrder> points, std::span<const double> momentum, Expansion kind,
                                const Naturalness& prior, const ScaleGrids& grids) {
  using Eigen::MatrixXd;
  soft_scale::check(points, momentum, prior, grids);
  std::vector<Cholesky> R;
  for (const double length : grids.length) R.emplace_back(squared_exponential(momentum, length, soft_scale::nugget));
  const long nb = long(grids.breakdown.size()), ns = long(grids.soft.size()), nl = long(grids.length.size());
  double log_norm = std::log(double(ns * nl)), sum = 0;
  for (const double b : grids.breakdown) sum += 1 / b;
  log_norm += std::log(sum);
  MatrixXd log_p = MatrixXd::Constant(nb * ns, nl, -INFINITY);
  MatrixXd c;
  std::vector<double> Q(points.size());
  for (long b = 0; b < nb; ++b)
    for (long s = 0; s < ns; ++s) {
      for (std::size_t i = 0; i < Q.size(); ++i)
        Q[i] = expansion_parameter(kind, momentum[i], grids.soft[std::size_t(s)], grids.breakdown[std::size_t(b)]);
      double log_jacobian = 0;
      if (!soft_scale::curves(points, Q, c, log_jacobian)) continue;
      const double log_prior = -std::log(grids.breakdown[std::size_t(b)]) - log_norm;
      for (long l = 0; l < nl; ++l)
        log_p(b * ns + s, l) = log_likelihood(prior, c, R[std::size_t(l)]) + log_jacobian + log_prior;
    }
  const double top = log_p.maxCoeff();
  if (!std::isfinite(top))
    throw NumericalError(
        "soft scale: Q ≥ 1 or no finite likelihood at every point of the grids; larger breakdown "
        "scales are needed");
  const MatrixXd p = (log_p.array() - top).exp() / (log_p.array() - top).exp().sum();
  JointScales all{{grids.breakdown, std::vector<double>(std::size_t(nb), 0.0)},
                  {grids.soft, std::vector<double>(std::size_t(ns), 0.0)},
                  {grids.length, std::vector<double>(std::size_t(nl), 0.0)},
                  top + std::log((log_p.array() - top).exp().sum())};
  for (long b = 0; b < nb; ++b)
    for (long s = 0; s < ns; ++s)
      for (long l = 0; l < nl; ++l) {
        const double x = p(b * ns + s, l);
        all.breakdown.probability[std::size_t(b)] += x;
        all.soft.probability[std::size_t(s)] += x;
        all.length.probability[std::size_t(l)] += x;
      }
  return all;
}

}  // namespace orogen::nuclear
