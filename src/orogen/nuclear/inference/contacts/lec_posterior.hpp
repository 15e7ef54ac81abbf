// Low-energy constants from phases: natural priors, errors of the omitted orders, maximum, evidence, draws. [T17.10]
#pragma once
#include <Eigen/Core>
#include <span>
#include <vector>

#include "orogen/fit/laplace.hpp"
#include "orogen/fit/sampling/convergence.hpp"
#include "orogen/fit/sampling/sampler.hpp"

namespace orogen::nuclear {

/// Phases as functions of low-energy constants. Const and re-entrant.
class PhaseModel {
 public:
  virtual ~PhaseModel() = default;
  virtual long constants() const = 0;
  virtual long size() const = 0;
  /// phase (size()) [rad], jacobian(i, j) = ∂phase_i/∂constant_j, all set; constants in the model's own units.
  virtual void phases(std::span<const double> constants, std::span<double> phase,
                      Eigen::Ref<Eigen::MatrixXd> jacobian) const = 0;
};

/// One phase or mixing angle, in the order of the model's.
struct PhaseDatum {
  int wave = 0;          ///< any label: data of one wave correlate
  double T_lab = 0;      ///< MeV
  double momentum = 0;   ///< MeV, in the centre of mass
  double phase = 0;      ///< rad
  double error = 0;      ///< rad, independent
  double reference = 0;  ///< rad: scale of the expansion; 0: the size of the phase
};

/// Errors of the orders omitted after `order`: the reference is that of the datum or max(|δ|, least_reference), Q =
/// max(p, 138 MeV)/Λb.
struct TheoryError {
  int order = 2;                 ///< the last one kept
  double breakdown_scale = 600;  ///< MeV
  double c_bar = 1;              ///< size of the coefficients
  double length = 0;             ///< MeV of T_lab over which they correlate; 0 = not at all
  double least_reference = 0;    ///< rad: where δ crosses zero its error does not
};
/// y_ref of every datum [rad], and how the omitted orders of two data correlate.
Eigen::VectorXd references(std::span<const PhaseDatum>, const TheoryError&);
Eigen::MatrixXd correlations(std::span<const PhaseDatum>, const TheoryError&);
/// Errors of the data and of the omitted orders [rad²].
Eigen::MatrixXd phase_covariance(std::span<const PhaseDatum>, const TheoryError&);

/// 4π/(fπ² Λbⁿ) [MeV⁻²⁻ⁿ]: natural size of a contact with n powers of momentum.
double natural_unit(int n, double breakdown_scale, double pion_decay = 92.4);

/// r = L⁻¹ (model(unit · a) − data), L Lᵀ = covariance, as a function of constants a in natural units. Differences of
/// phases are taken modulo π.
class PhaseResidual : public Residual {
 public:
  /// `unit`: of every constant, in those of the model. Throws InputError for sizes that do not fit or a covariance that
  /// is not positive definite.
  PhaseResidual(const PhaseModel&, std::span<const PhaseDatum>, const Eigen::MatrixXd& covariance,
                std::vector<double> unit);
  long size() const override { return data_.size(); }
  long constants() const { return long(unit_.size()); }
  void value(std::span<const double> a, std::span<double> r) override;
  void pull(std::span<const double> a, std::span<const double> w, std::span<double> gradient) override;
  void jacobian(std::span<const double> a, Eigen::Ref<Eigen::MatrixXd> J) override;
  /// r and J in one evaluation of the model; const and re-entrant.
  void evaluate(std::span<const double> a, Eigen::VectorXd& r, Eigen::MatrixXd& J) const;
  double log_normalisation() const { return log_normalisation_; }

 private:
  void move_to(std::span<const double> a);

  const PhaseModel& model_;
  Eigen::VectorXd data_;
  Cholesky cholesky_;  ///< of the covariance
  std::vector<double> unit_;
  double log_normalisation_ = 0;
  std::vector<double> at_;  ///< where value, pull and jacobian were last asked for; r and J there
  Eigen::VectorXd r_;
  Eigen::MatrixXd J_;
};

/// The posterior as a density for the sampler: one evaluation of the model gives value and gradient. Keeps references.
class LecDensity : public LogDensity {
 public:
  LecDensity(const PhaseResidual& likelihood, const GaussianPrior& prior) : likelihood_(likelihood), prior_(prior) {}
  long size() const override { return likelihood_.constants(); }
  double value(std::span<const double> a, std::span<double> gradient) const override;

 private:
  const PhaseResidual& likelihood_;
  const GaussianPrior& prior_;
};

/// Everything about the constants, in natural units.
struct LecPosterior {
  GaussNewtonResult fit;
  Laplace laplace;            ///< maximum, its Gaussian approximation and evidence
  std::vector<Chain> chains;  ///< empty where no draws were asked for
  std::vector<Summary> summary;
};
/// From the start `a`: maximum by Gauss–Newton, then chains (options.draws > 0). Throws NumericalError if the maximum
/// is not found.
LecPosterior lec_posterior(PhaseResidual& likelihood, GaussianPrior& prior, std::vector<double> a,
                           const SamplerOptions&, ProgressSink* progress = nullptr);

}  // namespace orogen::nuclear
