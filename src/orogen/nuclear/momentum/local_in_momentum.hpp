// A local interaction as a term of the momentum form. [T15.16]
#pragma once
#include "orogen/nuclear/interaction.hpp"
#include "orogen/nuclear/momentum/mesh.hpp"

namespace orogen::nuclear {

/// ⟨p'|V|p⟩ = (2/π) ħc⁻³ ∫ r² dr j_L'(p'r) V(r) j_L(pr) of the sum of a local interaction, which is owned; its
/// parameters are the term's. No Coulomb force: the integral ends at `radius`.
class LocalInMomentum : public MomentumTerm {
 public:
  /// `points` Gauss–Legendre radii in (0, radius [fm]); elements of momenta that they do not resolve, above points
  /// ħc/radius, are 0: with 20 fm and 200 points above 1970 MeV, which is enough for forces with a soft core. Throws
  /// InputError unless radius > 0, points ≥ 1.
  explicit LocalInMomentum(LocalInteraction force, double radius = 20, int points = 200);
  void add(const Block&, Pair, std::span<const double> p, Eigen::MatrixXd& V) const override;
  void add_between(const Block&, Pair, std::span<const double> rows, std::span<const double> columns,
                   Eigen::MatrixXd& V) const override;
  std::span<const double> parameters() const override { return theta_; }
  void set_parameters(std::span<const double>) override;
  void pull(const Block&, Pair, std::span<const double> p, const Eigen::MatrixXd& W,
            std::span<double> gradient) const override;
  void pull_between(const Block&, Pair, std::span<const double> rows, std::span<const double> columns,
                    const Eigen::MatrixXd& W, std::span<double> gradient) const override;

 private:
  /// √(2/π) ħc^−3/2 r √w j_L(p r): radii × momenta.
  Eigen::MatrixXd bessel(int L, std::span<const double> p) const;

  LocalInteraction force_;
  Quadrature radii_;
  double highest_ = 0;  ///< MeV
  std::vector<double> theta_;
};

/// j_L(x), x ≥ 0.
double spherical_bessel(int L, double x);

}  // namespace orogen::nuclear
