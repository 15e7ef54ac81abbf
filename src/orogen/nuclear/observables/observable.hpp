// Observables of the scattering of two nucleons, as forms in the amplitudes, with derivatives.
#pragma once
#include <complex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "orogen/nuclear/observables/amplitudes.hpp"
#include "orogen/nuclear/observables/electromagnetic_amplitude.hpp"
#include "orogen/nuclear/observables/one_pion_born.hpp"

namespace orogen::nuclear {

/// Codes of the Granada database. Polarisations are in the laboratory frame: k along the beam, n along k_i × k_f, s = n
/// × k; one dash: along the scattered particle, two: along the recoil.
enum class Observable {
  sgt,   ///< total cross section [mb]
  sgtt,  ///< Δσ_T = σ(antiparallel) − σ(parallel), spins across the beam [mb]
  sgtl,  ///< Δσ_L, spins along the beam [mb]
  dsg,   ///< dσ/dΩ in the centre of mass [mb/sr]
  p,     ///< polarisation = analysing power
  d,     ///< D_n0n0
  dt,    ///< K_0nn0
  ayy,   ///< A_00nn
  axx,   ///< A_00ss
  azz,   ///< A_00kk
  azx,   ///< −A_00sk, as the data have it
  r,     ///< D_s'0s0
  a,     ///< D_s'0k0
  rp,    ///< D_k'0s0
  ap,    ///< D_k'0k0
  rt,    ///< K_0s''s0
  at,    ///< −K_0s''k0: the recoil's own normal points the other way
  d0sk,  ///< D_0s''0k
  nskn,  ///< N_0s''kn
  nssn,  ///< N_0s''sn
  nnkk,  ///< N_0nkk
  mskn,  ///< M_s'0kn
  mssn,  ///< M_s'0sn
};

const char* name(Observable);
/// Nothing where the code is not one of the above.
std::optional<Observable> find_observable(std::string_view code);
/// All of them, in order.
std::vector<Observable> observables();
/// Has the observable a scattering angle?
inline bool has_angle(Observable o) { return o != Observable::sgt && o != Observable::sgtt && o != Observable::sgtl; }

/// Spin directions of scattered, recoil, beam and target particle in the order n = 0, in the plane by angle from the
/// beam; see [T16.5].
struct SpinDirections {
  struct Direction {
    enum Kind { none, normal, in_plane } kind = none;
    double angle = 0;  ///< of an in-plane direction from the beam, towards k_f
  };
  Direction scattered, recoil, beam, target;
};
/// At θ (centre of mass); γ of the centre of mass in the laboratory turns the spins on the way there. Equal masses.
/// [T16.6]
SpinDirections spin_directions(Observable, double theta, double gamma);

/// What waves beyond those of a table contribute.
struct HighWaves {
  int most_J = 16;  ///< up to this J by the Born term of one-pion exchange; below the table's J: none
  PionCoupling coupling;
};

/// One observable at one energy and angle for a set of blocks; everything that depends on the angle alone is computed
/// once.
class ObservableAt {
 public:
  /// T_lab in MeV > 0; θ in radians, of no meaning for total cross sections. Blocks must be those of blocks(pair, J)
  /// for the high waves to continue them. Like nucleons have an antisymmetric amplitude, protons that of their charges
  /// and moments too, with α of the constants; phases of pp are those with respect to electromagnetic waves. Throws
  /// InputError for an angle outside [0, π], and for the total cross sections of pp and its angles 0 and π, where they
  /// are infinite.
  ObservableAt(Observable, double T_lab, double theta, std::span<const Block>, Pair, const Constants&,
               const HighWaves& = {}, Photons = {});
  /// Value in mb, mb/sr or 1 at S elements of the blocks (s_elements).
  double value(const SElements& s) const;
  /// The same, and g of dX = Re Σ g dS, of the size of s.
  double value(const SElements& s, SElements& g) const;
  double wave_number() const { return k_; }  ///< fm⁻¹

 private:
  Amplitudes amplitudes_of(const SElements&) const;
  /// X and v of dX = Re Σ v* d(amplitude). [T16.3] [T16.5]
  double form(const Amplitudes&, Amplitudes& v) const;

  Observable observable_;
  double k_ = 0;
  SElements factors_;  ///< of the elements of S
  Eigen::Matrix<double, 5, Eigen::Dynamic> coefficients_;
  Amplitudes constant_;  ///< of the high waves and of the −1 in S − 1
  Eigen::Matrix<std::complex<double>, 6, 6> hermitian_;
};

}  // namespace orogen::nuclear
