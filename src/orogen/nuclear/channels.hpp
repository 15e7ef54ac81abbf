// Two nucleons: pairs, partial waves, and the blocks of waves that the force couples.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace orogen::nuclear {

enum class Pair { np, pp, nn };

/// "np", "pp" or "nn".
const char* name(Pair);
/// Throws InputError with the names that exist.
Pair pair(std::string_view);

/// A partial wave ^{2S+1}L_J; the isospin T follows from Pauli's rule: L + S + T odd. [T13.1]
struct Wave {
  int L = 0, S = 0, J = 0;
  int isospin() const { return (L + S + 1) % 2; }
  bool operator==(const Wave&) const = default;
};

/// "1S0", "3P2", "3J7", …: the letters S P D F G H I J K L M N … of nuclear tables for L = 0, 1, 2, …
std::string name(Wave);
/// Throws InputError for a name that is no partial wave.
Wave wave(std::string_view);

/// What one J, S and parity couple: one wave, or L = J − 1 (first) and L = J + 1.
struct Block {
  int J = 0, S = 0;
  int waves = 1;      ///< 1 or 2
  int L[2] = {0, 0};  ///< L[1] only where waves = 2
  int isospin() const { return (L[0] + S + 1) % 2; }
  Wave wave(int i) const { return {L[i], S, J}; }
  bool coupled() const { return waves == 2; }
  bool operator==(const Block&) const = default;
};

/// The blocks with J ≤ most_J that Pauli's rule allows for the pair (pp, nn: isospin 1 only), by J, singlet first:
/// 1S0 3P0 | 1P1 3P1 3S1-3D1 | 1D2 3D2 3P2-3F2 | …
std::vector<Block> blocks(Pair, int most_J);
/// The block that holds a wave.
Block block_of(Wave);
/// "1S0", "3S1-3D1".
std::string name(const Block&);
/// Names of what a block's phases are called in tables: {"1S0"} or {"3S1", "E1", "3D1"}.
std::vector<std::string> phase_names(const Block&);

/// τ1·τ2 for isospin 0 or 1.
inline int tau_tau(int isospin) { return isospin ? 1 : -3; }
/// σ1·σ2 for spin 0 or 1.
inline int sigma_sigma(int spin) { return spin ? 1 : -3; }
/// T12 = 3 τ1z τ2z − τ1·τ2: 0 for isospin 0, +2 for pp and nn, −4 for np.
inline int isotensor(Pair p, int isospin) { return isospin == 0 ? 0 : p == Pair::np ? -4 : 2; }
/// τ1z + τ2z with proton +1.
inline int charge_asymmetry(Pair p) { return p == Pair::pp ? 2 : p == Pair::nn ? -2 : 0; }

/// Matrix elements of the operators of coordinate space in a block, [first first, first second, second second]. [T13.2]
struct Elements {
  double value[3];
};
Elements tensor(const Block&);              ///< S12
Elements spin_orbit(const Block&);          ///< L·S
Elements orbital_squared(const Block&);     ///< L²
Elements spin_orbit_squared(const Block&);  ///< (L·S)²

}  // namespace orogen::nuclear
