// The learned force in momentum space: a network's coefficients of the six spin operators, each without and with τ1·τ2. [T18.5, T18.6]
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "orogen/nuclear/momentum/operator_term.hpp"
#include "orogen/nuclear/neural/amplitude_network.hpp"

namespace orogen::nuclear {

struct NeuralMomentumOptions {
  int width = 16;      ///< of both hidden layers
  double scale = 400;  ///< μ of the inputs q²/(q² + μ²), k²/(k² + μ²), (q·k)²/((q·k)² + μ⁴) [MeV]
  Regulator regulator{500, 2};  ///< of both momenta
  int points = 24;              ///< of the rule over z
  std::uint64_t seed = 1;       ///< of the first two layers
};

/// ⟨p'|V|p⟩ = (2π)⁻³ F(p')F(p) Σ (f_O + τ1·τ2 f'_O) O. The inputs of the network do not change when p and p' are exchanged: hermiticity and time reversal
/// hold for all parameters.
class NeuralMomentumTerm : public MomentumTerm {
 public:
  static constexpr int amplitudes = 2 * spin_operators;  ///< f_O, f'_O for O = 0; then O = 1; …
  /// Throws InputError for a width < 1, a scale or cut-off that is not > 0, fewer than 4 points.
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

  /// f_O + τ1·τ2 f'_O for momenta and z = cos(p', p): MeV⁻² (one, σ1·σ2), MeV⁻⁴, MeV⁻⁶ (σ1·(q×k) σ2·(q×k)).
  std::array<double, spin_operators> coefficients(int isospin, double p_out, double p_in, double z) const;
  /// Standard deviation of each parameter under the prior: natural size 1/f_π², and its mean, which is the start (no force).
  std::vector<double> size() const;
  std::vector<double> centre() const { return network_.start(options_.seed); }

 private:
  std::vector<double> inputs(double p_out, double p_in, std::span<const double> z) const;
  std::vector<double> regulated(Pair, std::span<const double> p) const;

  NeuralMomentumOptions options_;
  Constants constants_;
  AmplitudeNetwork network_;
  Quadrature rule_;
};

}  // namespace orogen::nuclear
