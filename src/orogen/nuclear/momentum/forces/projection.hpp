// From operators between plane waves to elements between partial waves. [T15.1, T15.2]
#pragma once
#include <Eigen/Core>
#include <vector>

#include "orogen/nuclear/channels.hpp"
#include "orogen/nuclear/momentum/mesh.hpp"

namespace orogen::nuclear {

/// The six operators of a force that conserves parity and time reversal; q = p' − p, k = (p' + p)/2.
enum class SpinOperator {
  one,
  sigma_sigma,  ///< σ1·σ2
  spin_orbit,   ///< −i S·(q×k)
  sigma_l,      ///< σ1·(q×k) σ2·(q×k)
  sigma_q,      ///< σ1·q σ2·q
  sigma_k,      ///< σ1·k σ2·k
};
inline constexpr int spin_operators = 6;

/// ⟨p'|V|p⟩ of a block: [first first, first second, second first, second second]; uncoupled blocks have the first only.
struct PairElements {
  double value[4] = {0, 0, 0, 0};
};

/// Elements of Σ f_O(p'², p², z) O in one block, each f given on a grid of z = cos(p', p). Linear in f, so the adjoint
/// is exact.
/// f(p', p, z) = f(p, p', z) is assumed (hermiticity and time reversal); off-diagonal signs are those of
/// interaction.hpp.
class Projection {
 public:
  /// `z`: a rule on (−1, 1).
  Projection(const Block&, const Quadrature& z);
  /// Σ of O's element with f (one value per z): value += ….  Unit: that of f (times MeV^2 for q, k, MeV^4 for σ·(q×k)),
  /// no (2π)^-3.
  void add(SpinOperator, double p_out, double p_in, const double* f, PairElements&) const;
  /// df (one per z) += Σ weight · ∂element/∂f.
  void pull(SpinOperator, double p_out, double p_in, const PairElements& weight, double* df) const;

 private:
  /// What multiplies a vector over z: powers of the momenta.
  enum Monomial { unit, product, squares, product_squared, out_squared, in_squared };
  struct Piece {
    int element;
    Monomial monomial;
    Eigen::VectorXd over_z;
  };
  static double value(Monomial, double p_out, double p_in);
  void singlet(int J);
  void triplet(int J);
  void parallel(int element, int J, int L);
  void mixed(int J);
  void keep(SpinOperator, int element, Monomial, const Eigen::VectorXd&);
  void keep_both(int element, Monomial first, const Eigen::VectorXd& a, const Eigen::VectorXd& b);
  const Eigen::VectorXd& U(int l) const { return legendre_[std::size_t(l + 1)]; }

  Eigen::VectorXd z_;
  std::vector<Eigen::VectorXd> legendre_;  ///< 2π w P_l(z) for l = −1 (zero), 0, …, J + 1
  std::vector<Piece> pieces_[spin_operators];
};

}  // namespace orogen::nuclear
