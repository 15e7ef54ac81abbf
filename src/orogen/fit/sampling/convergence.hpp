// Whether chains have mixed, and how many independent draws they amount to (Vehtari, Gelman, Simpson, Carpenter,
// Bürkner 2021)
#pragma once
#include <Eigen/Core>
#include <vector>

#include "orogen/fit/sampling/sampler.hpp"

namespace orogen {

/// Draws of one number: column = chain.
using DrawsOfOne = Eigen::MatrixXd;

/// √(total/within variance) of half chains; 1 where they agree. [T17.5]
double split_r_hat(const DrawsOfOne&);
/// Number of independent draws with the same error of the mean, over half chains; autocorrelations are summed in
/// Geyer's initial monotone positive sequence. [T17.5]
double effective_size(const DrawsOfOne&);
/// Ranks over all chains as normal scores Φ⁻¹((rank − 3/8)/(n + 1/4)): R̂ and effective size of the bulk do not depend
/// on heavy tails.
DrawsOfOne rank_normal(const DrawsOfOne&);

/// What callers print about one parameter.
struct Summary {
  double mean = 0, sd = 0;
  double r_hat = 0;           ///< split, rank-normalised
  double effective_bulk = 0;  ///< effective size, rank-normalised
  double q2_5 = 0, q16 = 0, median = 0, q84 = 0, q97_5 = 0;
};
Summary summarise(const DrawsOfOne&);
/// Of every parameter of chains that hold equally many draws.
std::vector<Summary> summarise(const std::vector<Chain>&);
/// When the draws of several chains count as those of one distribution: thresholds of Vehtari et al. (2021).
struct Mixing {
  double most_r_hat = 1.01, least_effective = 400;
  bool reached(const Summary& s) const { return s.r_hat <= most_r_hat && s.effective_bulk >= least_effective; }
  bool reached(const std::vector<Summary>&) const;  ///< by all
};
/// Draws of all chains, one row per draw, chain after chain; every `stride`-th.
Eigen::MatrixXd pooled(const std::vector<Chain>&, long stride = 1);
/// Quantile p in [0, 1] of values in any order, linear between order statistics.
double quantile(std::vector<double> values, double p);

}  // namespace orogen
