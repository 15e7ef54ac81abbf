// What the omitted orders of an expansion may still add: Bayesian truncation errors and the breakdown scale. [T17.6]
#pragma once
#include <Eigen/Core>
#include <span>
#include <vector>

#include "orogen/fit/linear_algebra.hpp"

namespace orogen::nuclear {

inline constexpr double soft_pion_mass = 138;  ///< MeV, in the expansion parameter

/// Numerator of Q = scale/Λb [MeV]: max(p, m), p the relative momentum [MeV].
double hard_scale(double p, double m = soft_pion_mass);
/// The same without a kink: (m⁸ + p⁸)/(m⁷ + p⁷) (Melendez, Wesolowski, Furnstahl 2017).
double smooth_scale(double p, double m = soft_pion_mass);

/// One observable at one point, order by order: y_k = reference Σ_{n ≤ k} c_n Qⁿ, Q = scale/Λb.
struct OrderByOrder {
  std::vector<int> order;     ///< ascending; chiral: 0, 2, 3, 4, 5
  std::vector<double> value;  ///< y at each order
  double reference = 1;       ///< y_ref, units of y
  double scale = 0;           ///< MeV
};

/// c_n of all orders but the lowest, which is left out since it gave the reference: c_n = (y_n − y_{n−1})/(y_ref Qⁿ).
/// Throws InputError for orders that do not ascend, a reference or Q that is zero or not finite.
std::vector<double> coefficients(const OrderByOrder&, double breakdown_scale);

/// c̄² ~ scaled inverse χ²(ν, τ²), the distribution of the variance of natural coefficients c_n ~ N(0, c̄²).
struct Naturalness {
  double nu = 0, tau2 = 0;  ///< ν = 0: scale invariant, 1/c̄; ν = 0.6, τ² = 0.64 is near a log-uniform c̄ in [0.25, 10]
};
/// ν' = ν + n, ν'τ'² = ντ² + Σ c². Throws InputError where ν' = 0: nothing is known then.
Naturalness learn(const Naturalness& prior, std::span<const double> c);
/// The same for curves c_n(x) ~ GP(0, c̄² R): columns of `curves` are orders, rows points; Σ c² becomes Σ cᵀ R⁻¹ c.
Naturalness learn(const Naturalness& prior, const Eigen::MatrixXd& curves, const Cholesky& R);
/// log pr(curves | R) with c̄ integrated out: the likelihood of a correlation length. Needs a proper prior (ν > 0) for
/// its constant; with ν = 0 the constant, which does not depend on R, is left out.
double log_likelihood(const Naturalness& prior, const Eigen::MatrixXd& curves, const Cholesky& R);

/// √(Σ_{n > k} Q^{2n}) = Q^{k+1}/√(1 − Q²): all omitted orders in units of |y_ref| c̄. Throws InputError unless 0 < Q <
/// 1.
double omitted_orders(double Q, int k);

/// Half widths d of the interval |Δ_k| ≤ d with probability p, in the units of the reference, after order k.
/// Conjugate: Δ_k/(|y_ref| τ omitted_orders) is Student's t with ν degrees of freedom.
double conjugate_half_width(const Naturalness&, double reference, double Q, int k, double p);
/// Set A of Furnstahl, Klco, Phillips, Wesolowski (2015): c_n uniform in ±c̄, c̄ log-uniform, only the first omitted
/// order.
double set_a_half_width(std::span<const double> c, double reference, double Q, int k, double p);
/// Set C: c_n ~ N(0, c̄²), c̄ log-uniform in [low, high], all omitted orders; by quadrature, relative error below 1e−7.
double set_c_half_width(std::span<const double> c, double low, double high, double reference, double Q, int k,
                        double p);

/// Correlations exp(−(x − x')²/2ℓ²) of points x in any units of ℓ, plus `nugget` on the diagonal.
Eigen::MatrixXd squared_exponential(std::span<const double> x, double length, double nugget = 0);
/// Covariance of Δ_k at several points: y_ref y_ref' c̄² (QQ')^{k+1}/(1 − QQ') R.
Eigen::MatrixXd truncation_covariance(std::span<const double> reference, std::span<const double> Q, int k, double c_bar,
                                      const Eigen::MatrixXd& R);

/// A posterior on a grid of ascending values.
struct GridPosterior {
  std::vector<double> value, probability;  ///< Σ probability = 1
  double mean() const;
  double sd() const;
  /// The smallest grid value with cumulative probability ≥ p.
  double quantile(double p) const;
};
/// pr(Λb | points) ∝ Λb⁻¹ Π_i (ν_i τ_i²)^{−ν_i/2} Π_n Q_i^{−n} on `grid` [MeV] (prior uniform in log Λb); points are
/// independent, so that neighbours closer than a correlation length count too often. [T17.8]
GridPosterior breakdown_scale(std::span<const OrderByOrder> points, const Naturalness& prior,
                              std::span<const double> grid);
/// The same for points of one curve with correlations R.
GridPosterior breakdown_scale(std::span<const OrderByOrder> points, const Naturalness& prior, const Eigen::MatrixXd& R,
                              std::span<const double> grid);

}  // namespace orogen::nuclear
