// The periodic table: symbols, standard masses, covalent radii.
#pragma once
#include <optional>
#include <string_view>

namespace orogen {

inline constexpr int element_count = 118;

/// Symbol of the element of atomic number z ("Cu"). Throws InputError unless 1 ≤ z ≤ 118.
std::string_view symbol(int z);
/// Atomic number of a symbol, spelled as in the periodic table; nothing for any other text.
std::optional<int> atomic_number(std::string_view symbol);
/// Standard atomic mass [amu] (IUPAC abridged values 2021, doi:10.1515/pac-2019-0603; mass number of the longest-lived
/// isotope where there is none). Throws InputError unless 1 ≤ z ≤ 118.
double standard_mass(int z);
/// Deuterium and tritium [amu] (AME2020, doi:10.1088/1674-1137/abddaf).
inline constexpr double deuterium_mass = 2.014101777844, tritium_mass = 3.01604928132;
/// The mass [amu] that the symbols D and T stand for, as isotopes of hydrogen; nothing for any other text.
std::optional<double> hydrogen_isotope(std::string_view symbol);
/// Covalent radius [Å] (Cordero et al., Dalton Trans. 2008, 2832, doi:10.1039/b801115j; sp³ carbon, low-spin Mn, Fe,
/// Co; a nominal 1.60 beyond curium, where the source ends). Throws InputError unless 1 ≤ z ≤ 118.
double covalent_radius(int z);

}  // namespace orogen
