// The learned short range of a chiral force: a network in place of contact constants, order by order and in natural
// units. [T18.5, T18.6]
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "orogen/fit/objective.hpp"
#include "orogen/nuclear/momentum/forces/operator_term.hpp"
#include "orogen/nuclear/neural/forces/amplitude_network.hpp"

namespace orogen::nuclear {

/// The functions, each projected on spin S and isospin T ("c01": S = 0, T = 1): central, spin-orbit, σ1·q σ2·q, σ1·k
/// σ2·k, σ1·(q×k) σ2·(q×k). LO has the first two, NLO and N2LO all but the last two: with constants for functions they
/// are the contacts of that order.
enum class ShortRange { c01, c10, c11, c00, ls11, ls10, q11, q10, k11, k10, l11, l10 };
const char* name(ShortRange);
/// 2, 10, 10, 12 for the orders 0 (LO), 2 (NLO), 3 (N2LO), 4 (N3LO). Throws InputError for others.
int short_range_functions(int order);

struct NeuralMomentumOptions {
  int order = 3;                ///< 0, 2, 3 or 4: which functions
  int width = 8;                ///< of both hidden layers
  double breakdown = 600;       ///< Λb [MeV]: of the natural units, and where functions begin to vary
  double natural = 5;           ///< standard deviation of constants and slopes under the prior, in natural units
  Regulator regulator{500, 2};  ///< of both momenta
  int points = 16;              ///< of the rule over z
  std::uint64_t seed = 1;       ///< of the first two layers
};

/// ⟨p'|V|p⟩ = (2π)⁻³ F(p')F(p) Σ f_O O with f_O = y_O/(fπ² Λbⁿ), n powers of momentum in O. At rest y_O is a parameter,
/// as a contact constant is, and it varies with q²/Λb² and k²/Λb². The inputs of the network do not change when p and
/// p' are exchanged: hermiticity and time reversal hold for all parameters.
class NeuralMomentumTerm : public MomentumTerm {
 public:
  /// Throws InputError for a width < 1, scales that are not > 0, a rule of fewer than 4 or more than 30 points.
  NeuralMomentumTerm(const NeuralMomentumOptions&, const Constants&);
  void add(const Block&, Pair, std::span<const double> p, Eigen::MatrixXd& V) const override;
  void add_between(const Block&, Pair, std::span<const double> rows, std::span<const double> columns,
                   Eigen::MatrixXd& V) const override;
  void pull(const Block&, Pair, std::span<const double> p, const Eigen::MatrixXd& W,
            std::span<double> gradient) const override;
  void pull_between(const Block&, Pair, std::span<const double> rows, std::span<const double> columns,
                    const Eigen::MatrixXd& W, std::span<double> gradient) const override;
  std::span<const double> parameters() const override { return network_.parameters(); }
  void set_parameters(std::span<const double> theta) override { network_.set_parameters(theta); }

  struct Momenta {
    double out, in;  ///< MeV
  };
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  /// Elements of pairs of momenta: row = pair, columns waves · x + y. With `jacobian`, also ∂/∂θ in its rows waves² ·
  /// pair + waves · x + y.
  Rows elements(const Block&, Pair, std::span<const Momenta>, Rows* jacobian = nullptr) const;

  const NeuralMomentumOptions& options() const { return options_; }
  /// Coefficients of the six operators in a state of spin and isospin, for momenta and z = cos(p', p): MeV⁻² (one,
  /// σ1·σ2), MeV⁻⁴, MeV⁻⁶.
  std::array<double, spin_operators> coefficients(int spin, int isospin, double p_out, double p_in, double z) const;
  /// Standard deviation of each parameter under the prior, and its mean, which is the start: no force but for hidden
  /// layers drawn at random.
  std::vector<double> size() const;
  std::vector<double> centre() const { return network_.start(options_.seed); }
  /// Index of the value at rest of a function among the parameters.
  std::size_t at_rest(ShortRange f) const { return std::size_t(network_.size() - network_.outputs()) + std::size_t(f); }

 private:
  struct Work;
  void inputs(Momenta, std::vector<double>& x) const;
  void evaluate(Work&, Momenta, PairElements&) const;
  void pull(Work&, Momenta, const PairElements& weight, double* gradient) const;

  NeuralMomentumOptions options_;
  Constants constants_;
  AmplitudeNetwork network_;
  Quadrature rule_;
};

/// The prior of its parameters: centre() and size().
GaussianPrior natural_prior(const NeuralMomentumTerm&);

}  // namespace orogen::nuclear
