// What electromagnetism adds to the scattering of two protons: Coulomb's amplitude, vacuum polarisation, magnetic
// moments. [T16.9]–[T16.13]
#pragma once
#include <vector>

#include "orogen/nuclear/observables/amplitudes.hpp"

namespace orogen::nuclear {

/// The neutron's moment in the field of the proton: left out; in all waves, where phases are those with respect to
/// electromagnetic waves, as of analyses; or beyond those with phases, where these hold its spin-orbit force (Argonne's
/// electromagnetic part).
enum class NeutronMoment { absent, in_all_waves, beyond_phases };

/// Which of the photons' small effects count beside the Coulomb force.
struct Photons {
  bool vacuum_polarisation = true;                       ///< of pp
  bool magnetic_moments = true;                          ///< of pp
  NeutronMoment neutron_moment = NeutronMoment::absent;  ///< of np
};

/// σ_L − σ_0 = Σ_{n ≤ L} arctan(η/n) for L = 0 … most.
std::vector<double> coulomb_phase_differences(int most, double eta);

/// Amplitudes of protons, and of the neutron's moment in the field of a proton; nn scatter as if they had no moments.
class ElectromagneticScattering {
 public:
  /// q [MeV]: relative momentum. Waves up to J = most_J feel Coulomb's phases in the magnetic amplitude.
  ElectromagneticScattering(Pair, double q, const Constants&, int most_J, Photons = {});
  double eta() const { return eta_; }
  /// What multiplies 2(S − 1) … of every element (3 per block): 1/(2ik), of like particles 2 e^{i(σ_L + σ_L' − 2σ_0 +
  /// τ_L + τ_L')}/(2ik) with the phases τ of vacuum polarisation, so that S belongs to phases with respect to
  /// electromagnetic waves. [T16.10]
  SElements factors(std::span<const Block>) const;
  /// All that does not come with a phase; 0 < θ < π for pp. [T16.9] The blocks `known` are those with phases.
  /// The amplitude of np is left out at θ = 0, where it is infinite.
  Amplitudes amplitude(double theta, std::span<const Block> known) const;
  /// Of unlike particles, −η/(2k sin²(θ/2)) e^{−iη ln sin²(θ/2)} and vacuum polarisation.
  std::complex<double> central(double theta) const;
  /// Phases τ_L, L = 0 … 199, of vacuum polarisation; empty without it. [T14.12]
  const std::vector<double>& vacuum_phases() const { return vacuum_; }
  /// R of the tensor force of the moments, to first order. [T16.13]
  OnShell tensor_born(const Block&) const;

 private:
  std::complex<double> spin_orbit(double theta) const;
  Amplitudes neutron_moment(double theta, std::span<const Block> known) const;
  std::complex<double> vacuum(double theta, double s2, std::complex<double> turn) const;
  double phase(int L) const { return sigma_.empty() ? 0 : sigma_[std::size_t(L)]; }

  Pair pair_;
  Photons photons_;
  double q_, k_, eta_ = 0;
  double tensor_length_ = 0, spin_orbit_length_ = 0;  // fm
  double alpha_ = 0;
  std::vector<Block> blocks_;
  std::vector<double> sigma_, vacuum_, vacuum_plane_;
};

/// ∫_0^∞ F_L² dρ/ρ³ and ∫_0^∞ F_L F_{L+2} dρ/ρ³ of Coulomb functions, L ≥ 1 and L ≥ 0. [T16.12]
double inverse_cube(int L, double eta);
double inverse_cube_mixed(int L, double eta);

}  // namespace orogen::nuclear
