#include "orogen/oracle/formula.hpp"

#include <fmt/format.h>

#include <array>
#include <map>

namespace orogen {
namespace {

constexpr std::array symbols{"X",  "H",  "He", "Li", "Be", "B",  "C",  "N",  "O",  "F",  "Ne", "Na", "Mg", "Al", "Si",
                             "P",  "S",  "Cl", "Ar", "K",  "Ca", "Sc", "Ti", "V",  "Cr", "Mn", "Fe", "Co", "Ni", "Cu",
                             "Zn", "Ga", "Ge", "As", "Se", "Br", "Kr", "Rb", "Sr", "Y",  "Zr", "Nb", "Mo", "Tc", "Ru",
                             "Rh", "Pd", "Ag", "Cd", "In", "Sn", "Sb", "Te", "I",  "Xe", "Cs", "Ba", "La", "Ce", "Pr",
                             "Nd", "Pm", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Hf", "Ta", "W",
                             "Re", "Os", "Ir", "Pt", "Au", "Hg", "Tl", "Pb", "Bi", "Po", "At", "Rn"};

std::string symbol(int z) { return z > 0 && z < int(symbols.size()) ? symbols[z] : fmt::format("Z{}", z); }

}  // namespace

std::string formula(const Structure& structure) {
  std::map<std::string, int> count;
  for (int z : structure.species) ++count[symbol(z)];
  std::string text;
  const auto append = [&](const std::string& name) {
    if (const auto it = count.find(name); it != count.end()) {
      text += name + (it->second > 1 ? std::to_string(it->second) : "");
      count.erase(it);
    }
  };
  if (count.contains("C")) append("C"), append("H");
  while (!count.empty()) append(std::string(count.begin()->first));
  return text;
}

}  // namespace orogen
