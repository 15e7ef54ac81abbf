#include "orogen/oracle/formula.hpp"

#include <map>

#include "orogen/system/elements.hpp"

namespace orogen {
std::string formula(const Structure& structure) {
  std::map<std::string, int> count;
  for (int z : structure.species) ++count[std::string(symbol(z))];
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
