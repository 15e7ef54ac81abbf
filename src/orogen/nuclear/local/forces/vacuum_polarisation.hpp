// Vacuum polarisation between two protons: its potential (Uehling), its phases, and waves that feel it outside the
// nuclear force. [T14.12]
#pragma once
#include <cmath>

#include "orogen/nuclear/kinematics/constants.hpp"
#include "orogen/nuclear/local/coulomb.hpp"

namespace orogen::nuclear {

inline constexpr double electron_mass = 0.51099895;  ///< MeV

/// ∫_1^∞ (1 + 1/2x²) √(x² − 1)/x² e^{−zx} dx, z > 0: V = (2α/3π) α'ħc/r times this at z = 2 m_e r/ħc.
double uehling(double z);
/// (2α/3π)/r times that [fm⁻¹], in units of α'ħc; r in fm.
double vacuum_form_factor(double r, const Constants&);
/// visit(x, weight) of a quadrature for ∫_1^∞ dx (1 + 1/2x²) √(x² − 1)/x² … up to x of about e^most/2.
template <class Visit> void each_vacuum_mass(double most, const Visit& visit) {
  const double h = 0.1;  // x = cosh t; the trapezoidal rule of an even function
  for (double t = h; t < most; t += h) {
    const double c = std::cosh(t), th = std::tanh(t);
    visit(c, h * (1 + 0.5 / (c * c)) * th * th);
  }
}
/// Phase τ_L of the Coulomb wave of relative momentum q [MeV], to first order.
double vacuum_phase(int L, double q, double eta, double alpha);

/// S waves of charge and polarised vacuum, which far out are those of the charge shifted by τ_0: corrections at radius
/// R = ρ/k, to first order.
struct VacuumCorrection {
  double inside = 0;      ///< ∫_0^R w F²
  double mixed = 0;       ///< ∫_R^∞ w F G
  double difference = 0;  ///< ∫_R^∞ w (G² − F²)
  double density = 0;     ///< w(R)
  VacuumCorrection(double rho, double q, double eta, double alpha);
  /// F and G of charge alone at ρ + step of small size to those with polarised vacuum.
  WaveValues corrected(WaveValues, double step) const;
};

}  // namespace orogen::nuclear
