// What a posterior says about phases, and how often it is right. [T17.10]
#pragma once
#include "orogen/nuclear/inference/contacts/lec_posterior.hpp"

namespace orogen::nuclear {

/// Credible bands of phases [rad]: central 68 and 95 % of draws of the constants plus the error given.
struct Bands {
  Eigen::VectorXd mean, sd;
  Eigen::VectorXd low68, high68, low95, high95;
  long size() const { return mean.size(); }
};
/// `draws`: one row of constants (natural units) per draw; `unit` as for PhaseResidual; `variance` [rad²]: of the
/// omitted orders, plus that of the measurement where bands are to be compared with data.
Bands predict(const PhaseModel&, std::span<const double> unit, const Eigen::MatrixXd& draws,
              const Eigen::VectorXd& variance, std::uint64_t seed = 1);

/// The same where the error differs from draw to draw: sd(d, i) [rad] of draw d at phase i. Every draw stands for a
/// normal distribution; quantiles are those of their mixture, without random numbers.
Bands predict_mixture(const PhaseModel&, std::span<const double> unit, const Eigen::MatrixXd& draws,
                      const Eigen::MatrixXd& sd);

/// Fractions of data inside the bands; for n independent data they scatter by √(p(1 − p)/n) around p.
struct Coverage {
  long data = 0;
  double within68 = 0, within95 = 0;
};
/// Phases modulo π. Throws InputError unless there are as many data as bands.
Coverage coverage(const Bands&, std::span<const PhaseDatum>);

}  // namespace orogen::nuclear
