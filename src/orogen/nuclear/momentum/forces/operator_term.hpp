// A term of the momentum form that is given by coefficients of operators, with a regulator.
#pragma once
#include <Eigen/Core>
#include <vector>

#include "orogen/nuclear/interaction.hpp"
#include "orogen/nuclear/momentum/forces/projection.hpp"

namespace orogen::nuclear {

/// exp[−(p/Λ)^2n] (1 + p²/M²)^−1/4 on each side: cut-off and minimal relativity. [T15.3]
struct Regulator {
  double cutoff = 500;  ///< Λ, MeV
  int power = 2;        ///< n
  double operator()(double p, double mass) const;
};

/// V = (2π)^-3 f(p') f(p) Σ c_O O, with the coefficients c_O of a subclass.
class OperatorTerm : public MomentumTerm {
 public:
  /// `points`: rule over z.
  OperatorTerm(const Constants&, const Regulator&, std::vector<SpinOperator>, int points);
  void add(const Block&, Pair, std::span<const double> p, Eigen::MatrixXd& V) const final;
  void add_between(const Block&, Pair, std::span<const double> rows, std::span<const double> columns,
                   Eigen::MatrixXd& V) const final;

 protected:
  const Constants& constants() const { return constants_; }
  /// c(:, o) = coefficient of operators[o] for the values of q², isospin included, in MeV⁻² (times MeV⁻² for σ·q, …).
  virtual void coefficients(Pair, int isospin, const Eigen::ArrayXd& q2, Eigen::ArrayXXd& c) const = 0;

 private:
  struct Work;
  PairElements elements(const Work&, double p_out, double p_in, Eigen::ArrayXXd&) const;
  std::vector<double> regulated(Pair, std::span<const double> p) const;

  Constants constants_;
  Regulator regulator_;
  std::vector<SpinOperator> operators_;
  Quadrature rule_;
};

}  // namespace orogen::nuclear
