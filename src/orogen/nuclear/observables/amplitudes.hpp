// From the S matrix to the scattering amplitude of two nucleons in spin space, at one angle.
#pragma once
#include <Eigen/Core>
#include <complex>
#include <span>

#include "orogen/nuclear/channels.hpp"
#include "orogen/nuclear/kinematics/constants.hpp"
#include "orogen/nuclear/phases/phases.hpp"

namespace orogen::nuclear {

/// Clebsch–Gordan coefficient ⟨L m_L 1 m_S | J m_L + m_S⟩, |J − L| ≤ 1; zero where a projection is out of range.
double clebsch_gordan_spin_one(int L, int m_L, int m_S, int J);

/// Rows: M_ss, M_11, M_1−1, M_00, M_10, M_01 of M_{m'm}(θ) (z along the beam, x in the plane of scattering; the other
/// elements follow from reflection); columns: the elements S11, S12, S22 of every block (unused ones are zero). M =
/// these times (S − 1)/(2ik). [T16.1]
Eigen::Matrix<double, 6, Eigen::Dynamic> spin_coefficients(std::span<const Block>, double theta);

/// Rows: the amplitudes a, b, c, d and e/i of M = ½[(a + b) + (a − b) σ1n σ2n + (c + d) σ1m σ2m + (c − d) σ1l σ2l + e
/// (σ1n + σ2n)] (Bystricky, Lehar, Winternitz 1978), with l along k_f + k_i, m along k_f − k_i, n along k_i × k_f;
/// columns as above. [T16.2]
Eigen::Matrix<double, 5, Eigen::Dynamic> amplitude_coefficients(std::span<const Block>, double theta);

/// a, b, c, d, e [fm], and f of ½ f (σ1n − σ2n), which only the electromagnetic force of unlike nucleons has.
using Amplitudes = Eigen::Matrix<std::complex<double>, 6, 1>;
/// Elements S11, S12, S22 of every block, 3 per block.
using SElements = Eigen::VectorXcd;

/// `phases` has one entry per block.
SElements s_elements(std::span<const Block>, std::span<const BlockPhases> phases);
/// The rows of amplitude_coefficients times anything that stands for S (f = 0).
Amplitudes combined(const Eigen::Matrix<double, 5, Eigen::Dynamic>& coefficients, const SElements&);
/// S − 1 through the rows of amplitude_coefficients (f = 0); `factors` multiply its elements, 1/(2ik) for unlike
/// particles.
Amplitudes amplitudes(const Eigen::Matrix<double, 5, Eigen::Dynamic>& coefficients, std::span<const Block>,
                      const SElements&, const SElements& factors);
/// out = ∂X/∂(δ1, ε, δ2) of dX = Re Σ g dS over the three elements of one block.
void pull_to_phases(const Block&, const BlockPhases&, const std::complex<double> g[3], double out[3]);

}  // namespace orogen::nuclear
