// Units inside orogen: eV, Å, amu, e, K; times are fs at every edge. CODATA 2018 values.
#pragma once

namespace orogen::units {

inline constexpr double boltzmann = 8.617333262e-5;  ///< k_B in eV/K (CODATA 2018)
inline constexpr double hartree = 27.211386245988;   ///< E_h in eV (CODATA 2018)
inline constexpr double bohr = 0.529177210903;       ///< a_0 in Å (CODATA 2018)
inline constexpr double coulomb = 14.399645478;      ///< e²/(4πε0) in eV Å (= hartree · bohr)
inline constexpr double kj_per_mol = 1e3 / (6.02214076e23 * 1.602176634e-19);  ///< in eV (N_A and e are exact)
inline constexpr double kcal_per_mol = 4.184 * kj_per_mol;                     ///< in eV
inline constexpr double gpa = 1e-21 / 1.602176634e-19;                         ///< 1 GPa in eV/Å³
inline constexpr double bar = gpa * 1e-4;                                      ///< 1 bar in eV/Å³
/// One fs in the internal unit of time √(amu Å²/eV) = 10.1805 fs.
inline constexpr double fs = 0.09822694743;
inline constexpr double amu_in_electron_masses = 1822.888486209;
/// One amu/Å³ in g/cm³.
inline constexpr double amu_per_cubic_angstrom = 1.66053906660;

}  // namespace orogen::units
