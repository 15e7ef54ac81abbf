// The size c̄ of the omitted orders as one more unknown: its posterior on a grid, and sampled with the constants.
// [T17.11]
#pragma once
#include "orogen/nuclear/inference/contacts/lec_posterior.hpp"
#include "orogen/nuclear/inference/truncation.hpp"

namespace orogen::nuclear {

/// p(c̄²) of the prior per unit of φ = ln c̄², normalised. Throws InputError unless ν > 0 and τ² > 0: data with errors
/// of their own bound c̄ from above only.
double log_prior_of_size(const Naturalness&, double phi);

/// What evidences at fixed c̄ say about c̄.
struct SizePosterior {
  GridPosterior phi;        ///< ln c̄²
  double log_evidence = 0;  ///< with c̄ integrated out
};
/// `phi` ascends in equal steps and covers the posterior; `log_evidence` with c̄ fixed. Throws InputError for fewer
/// than three points or different sizes.
SizePosterior size_posterior(std::span<const double> phi, std::span<const double> log_evidence, const Naturalness&);

/// The joint posterior of constants a (natural units) and φ = ln c̄², which comes last. The covariance of the data is
/// diag(error²) + c̄² T, T that of phase_covariance with c̄ = 1; both are made diagonal once. Keeps a reference to the
/// model; const and re-entrant if that is.
class SizedLecDensity : public LogDensity {
 public:
  /// `theory.c_bar` does not count. Throws InputError for sizes that do not fit, data without errors, or a prior of φ
  /// that is improper.
  SizedLecDensity(const PhaseModel&, std::span<const PhaseDatum>, const TheoryError& theory, std::vector<double> unit,
                  const GaussianPrior& prior, const Naturalness& size);
  long size() const override { return long(unit_.size()) + 1; }
  double value(std::span<const double> theta, std::span<double> gradient) const override;

 private:
  PhaseResidual whitened_;      // by the errors of the data alone
  Eigen::MatrixXd rotation_;    // Uᵀ
  Eigen::VectorXd eigenvalue_;  // λ
  std::vector<double> unit_;
  GaussianPrior prior_;
  Naturalness size_;
};

/// The same with the breakdown scale unknown too: after φ comes β = ln Λb/Λ0 with prior N(0, spread²), Λ0 that of
/// `theory`. Constants stay in natural units at Λ0, so that their prior widths shrink by e^{−nβ}, n the powers of
/// momentum of each. p = 0 where some Q ≥ 1. Costs a Cholesky decomposition per value. [T17.12]
class ScaledLecDensity : public LogDensity {
 public:
  /// Throws as SizedLecDensity, and for a spread that is not above 0 or another number of powers.
  ScaledLecDensity(const PhaseModel&, std::span<const PhaseDatum>, const TheoryError& theory, std::vector<double> unit,
                   std::vector<int> powers, const GaussianPrior& prior, const Naturalness& size, double spread);
  long size() const override { return long(powers_.size()) + 2; }
  double value(std::span<const double> theta, std::span<double> gradient) const override;

 private:
  /// E^{−1/2} T E^{−1/2} at β and its derivative; false where the expansion does not converge.
  bool omitted(double beta, Eigen::MatrixXd& T, Eigen::MatrixXd& dT) const;
  double prior(std::span<const double> theta, std::span<double> gradient) const;

  PhaseResidual whitened_;
  Eigen::MatrixXd correlation_;  // times both references, by both errors
  std::vector<double> scale_;    // hard scales [MeV] over Λ0
  std::vector<int> powers_;
  GaussianPrior prior_;
  Naturalness size_;
  double spread_;
  int order_;
};

}  // namespace orogen::nuclear
