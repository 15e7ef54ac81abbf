// From phases with errors to a chiral force with a learned short range: what is fitted, and the contacts of the same
// order under the same posterior. [T18.7]
#pragma once
#include <Eigen/Core>
#include <string>
#include <vector>

#include "orogen/nuclear/inference/contacts/lec_data.hpp"
#include "orogen/nuclear/neural/fits/short_range_fit.hpp"

namespace orogen::nuclear {

struct PhaseFitInputs {
  PhaseFitInputs();  ///< waves of J ≤ 2
  LecDataOptions data;
  std::string order = "n2lo";  ///< one of order_names()
  TheoryError theory;
  ShortRangeForce force;  ///< the start; its pions and network take order, cut-off and breakdown scale from here
  ShortRangeFitOptions fit;
};

/// With what follows from order, cut-off and breakdown scale set in all parts.
PhaseFitInputs completed(PhaseFitInputs);
/// "learned N2LO(500)"
std::string title_of(const PhaseFitInputs&);

/// The contacts of the order at their maximum, under the same likelihood and prior: all constants, published where no
/// datum says anything.
std::vector<double> best_contacts(const PhaseFitInputs&, const LecData& known, const Eigen::MatrixXd& covariance);

/// The network as the contacts are, as a start, and then the maximum of the posterior of phases with errors.
class PhasePosterior {
 public:
  PhasePosterior(const ShortRangeForce&, const LecData& known, const Eigen::MatrixXd& covariance);
  std::vector<double> like_contacts(const ShortRangeForce&, std::span<const double> contacts) const;
  GaussNewtonResult fit(std::vector<double>& theta, const ShortRangeFitOptions&, ProgressSink*);

 private:
  ShortRangePhases model_;  // the others refer to it
  PhaseResidual likelihood_;
  GaussianPrior prior_;
};

}  // namespace orogen::nuclear
