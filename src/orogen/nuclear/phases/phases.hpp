// Phase shifts of one block at one energy, and tables of them. Nuclear-bar (Stapp) phases in radians; degrees only at
// the edges.
#pragma once
#include <complex>
#include <numbers>
#include <span>
#include <vector>

#include "orogen/nuclear/channels.hpp"

namespace orogen::nuclear {

inline constexpr double degree = std::numbers::pi / 180;

/// Stapp phases: S_11 = cos 2ε e^{2iδ1}, S_22 = cos 2ε e^{2iδ2}, S_12 = i sin 2ε e^{i(δ1+δ2)}. Uncoupled: δ[0] only.
/// [T13.4]
struct BlockPhases {
  double delta[2] = {0, 0};
  double epsilon = 0;
};

/// The K matrix R = tan δ of a block, [R11, R12, R22] (uncoupled: R11 only), S = (1 + iR)(1 − iR)⁻¹.
struct OnShell {
  double R[3] = {0, 0, 0};
};

/// Principal branch: δ in (−90°, 90°].
BlockPhases stapp(const Block&, const OnShell&);
/// d(δ1, ε, δ2)/d(R11, R12, R22), row by row.
struct PhaseDerivative {
  double value[3][3];
};
PhaseDerivative stapp_derivative(const Block&, const OnShell&);
/// Blatt–Biedenharn eigenphases from the Stapp ones. [T13.5]
BlockPhases eigenphases(const Block&, const BlockPhases&);
/// S-matrix elements [S11, S12, S22].
struct SMatrix {
  std::complex<double> value[3];
};
SMatrix s_matrix(const Block&, const BlockPhases&);

/// Phases of all blocks with J ≤ most_J at several energies: value[energy · blocks + block].
struct PhaseTable {
  Pair pair = Pair::np;
  std::vector<double> T_lab;  ///< MeV, ascending
  std::vector<Block> blocks;
  std::vector<BlockPhases> value;
  BlockPhases& at(std::size_t energy, std::size_t block) { return value[energy * blocks.size() + block]; }
  const BlockPhases& at(std::size_t energy, std::size_t block) const { return value[energy * blocks.size() + block]; }
  /// Index of the block, or −1.
  int find(const Block&) const;
};

/// Adds multiples of 180° so that every δ follows on from the energy below; the lowest energy has δ in (−90°, 90°],
/// except 3S1, which starts in (0°, 180°) where there is one bound state. A shift of one of two coupled δ by 180°
/// changes the sign of ε.
void make_continuous(PhaseTable&, bool bound_deuteron = true);

/// The energies asked for and others between and below them, from 1 MeV on and each at most 1.5 times the one before,
/// so that branches can be followed whatever is asked.
struct EnergyLadder {
  std::vector<double> T_lab;       ///< MeV, ascending
  std::vector<std::size_t> asked;  ///< where in T_lab the energies asked for are
  /// Throws InputError unless the energies ascend.
  explicit EnergyLadder(std::span<const double> energies);
  /// The rows asked for of a table at T_lab.
  PhaseTable rows(const PhaseTable&) const;
};

}  // namespace orogen::nuclear
