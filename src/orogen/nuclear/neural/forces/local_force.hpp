// The learned force in coordinate space: a network's functions of r times the operators of two nucleons. [T18.2, T18.3]
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "orogen/nuclear/interaction.hpp"
#include "orogen/nuclear/neural/forces/amplitude_network.hpp"

namespace orogen::nuclear {

/// The functions of r, each projected on spin S and isospin T ("c11": central, S = T = 1). The last three multiply T12;
/// like and unlike nucleons determine them together, neutron–proton data alone do not.
enum class Radial { c11, t11, ls11, l2_11, q11, c10, t10, ls10, l2_10, q10, c01, l2_01, c00, l2_00, cd11, td11, cd01 };
inline constexpr int radial_functions = 17, charge_independent_functions = 14;
const char* name(Radial);

/// Which functions a block feels, with the elements of their operators: f multiplies element [first first, first
/// second, second second].
struct Coupling {
  Radial function;
  Elements element;
};
std::vector<Coupling> couplings(const Block&, Pair);

/// Coefficients of the operators 1, τ, σ, στ, S12, S12τ, LS, LSτ, L², L²τ, L²σ, L²στ, (LS)², (LS)²τ, T12, σT12, S12T12
/// (στ = σ1·σ2 τ1·τ2, …) from the projected functions, in the order of Argonne v18. [T18.2]
std::array<double, 17> operator_coefficients(const std::array<double, radial_functions>& projected);

struct NeuralLocalOptions {
  int width = 16;                  ///< of both hidden layers
  double range = 1.2;              ///< R of the envelope exp(−r²/R²) [fm]
  bool charge_dependence = false;  ///< learn the T12 functions too
  std::uint64_t seed = 1;          ///< of the first two layers
};

/// f_p(r) = e^{−r²/R²} s_p(r) y_p(r) + a_p T_μ²(r): short range from the network y, two-pion range with strength a_p.
/// Even in r at the origin; s_p = 1 − e^{−4r²} for tensor functions, else 1. Parameters: those of the network, then the
/// strengths a_p [MeV].
class NeuralLocalTerm : public LocalTerm {
 public:
  /// The constants give the mean pion mass of T_μ. Throws InputError for a width < 1 or a range outside 0.3–3 fm.
  NeuralLocalTerm(const NeuralLocalOptions&, const Constants&);
  void add(const Block&, Pair, std::span<const double> r, std::span<double> v) const override;
  std::span<const double> parameters() const override { return theta_; }
  void set_parameters(std::span<const double>) override;
  void pull(const Block&, Pair, std::span<const double> r, std::span<const double> w,
            std::span<double> gradient) const override;

  const NeuralLocalOptions& options() const { return options_; }
  /// 14, or 17 with charge dependence.
  int functions() const { return network_.outputs(); }
  /// f[i · functions() + p] at r[i] [MeV].
  void evaluate(std::span<const double> r, std::span<double> f) const;
  /// gradient[k] += Σ w[i · functions() + p] ∂f[…]/∂θ_k.
  void pull_functions(std::span<const double> r, std::span<const double> w, std::span<double> gradient) const;
  /// Standard deviation of each parameter under the prior, and its mean, which is the start: no force but for hidden
  /// layers drawn at random.
  std::vector<double> size() const;
  std::vector<double> centre() const;

 private:
  double two_pion(double r) const;
  std::vector<double> inputs(std::span<const double> r) const;
  double envelope(double r, int function) const;

  NeuralLocalOptions options_;
  double pion_, hbarc_;  // mean mass [MeV]
  AmplitudeNetwork network_;
  std::vector<double> theta_;
};

}  // namespace orogen::nuclear
