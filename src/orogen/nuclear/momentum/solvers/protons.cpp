#include "orogen/nuclear/momentum/solvers/protons.hpp"

#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"
#include "orogen/fit/linear_algebra.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/local/coulomb.hpp"
#include "orogen/nuclear/local/forces/electromagnetic.hpp"

namespace orogen::nuclear {
namespace {

using Matrix = Eigen::MatrixXd;

/// α ħc/r, or α ħc F_C.
class Charges final : public LocalTerm {
 public:
  Charges(double strength, bool extended) : strength_(strength), extended_(extended) {}
  void add(const Block& b, Pair, std::span<const double> r, std::span<double> v) const override {
    for (std::size_t i = 0; i < r.size(); ++i) {
      const double energy = strength_ * (extended_ ? coulomb_form_factor(r[i]) : 1 / r[i]);
      v[3 * i] += energy;
      if (b.coupled()) v[3 * i + 2] += energy;
    }
  }

 private:
  double strength_;
  bool extended_;
};

LocalInteraction charges(const Constants& c, bool extended) {
  LocalInteraction force("Coulomb force", c);
  force += std::make_unique<Charges>(c.alpha * c.hbarc, extended);
  return force;
}

/// Radii that resolve waves of 3000 MeV inside R.
int radii(double radius) { return std::max(40, int(std::ceil(17 * radius))); }

}  // namespace

ProtonCoulomb::ProtonCoulomb(const Constants& c, const ProtonOptions& o)
    : constants_(c), radius_(o.radius), term_(charges(c, o.extended), o.radius, radii(o.radius)) {}

void ProtonCoulomb::match(const Block& b, double q, OnShellSolution& s) const {
  const double rho = q / constants_.hbarc * radius_, eta = sommerfeld(q, constants_);
  const double factor = -std::numbers::pi / 2 * constants_.proton * q;
  // F0 + G0 R = F A + G B at the radius: A = A0 + A1 R, B = B0 + B1 R, by Wronskians.
  const long w = s.K.rows();
  Eigen::VectorXd A0(w), A1(w), B0(w), B1(w);
  for (long i = 0; i < w; ++i) {
    const FreeWaves bare = free_waves(b.L[i], 0, rho), full = free_waves(b.L[i], eta, rho);
    A0[i] = full.G * bare.dF - full.dG * bare.F, A1[i] = full.G * bare.dG - full.dG * bare.G;
    B0[i] = full.dF * bare.F - full.F * bare.dF, B1[i] = full.dF * bare.G - full.F * bare.dG;
  }
  const Matrix R = factor * s.K;
  const Matrix A = Matrix(A0.asDiagonal()) + A1.asDiagonal() * R, B = Matrix(B0.asDiagonal()) + B1.asDiagonal() * R;
  const Matrix inverse = orogen::inverse(A);
  if (!inverse.allFinite())
    throw NumericalError("Coulomb functions do not fit the wave of " + name(b) + " at relative momentum " +
                         std::to_string(q) + " MeV; choose another radius");
  s.K = B * inverse / factor;
  s.shell *= inverse;  // ∂(B A⁻¹) = A⁻ᵀ ∂R A⁻¹
  s.mesh *= inverse;
}

}  // namespace orogen::nuclear
