#include "orogen/nuclear/forces/force_choice.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "orogen/base/errors.hpp"
#include "orogen/base/options/nearest_name.hpp"
#include "orogen/nuclear/neural/forces/force_file.hpp"

namespace orogen::nuclear {

const std::vector<std::string>& force_names() {
  static const std::vector<std::string> names = {"av18",   "av18em",  "av8p",    "minnesota",
                                                 "emn-lo", "emn-nlo", "emn-n2lo"};
  return names;
}

bool is_learned_force(const std::string& force) { return force.ends_with(".safetensors"); }

int chiral_order(const std::string& force) {
  return force == "emn-lo" ? 0 : force == "emn-nlo" ? 2 : force == "emn-n2lo" ? 3 : -1;
}

std::unique_ptr<TwoNucleonForce> make_force(const ForceChoice& o) {
  const auto& names = force_names();
  if (is_learned_force(o.force)) return is_in_momentum_space(o.force) ? make_short_range_force(o) : make_local_force(o);
  if (std::find(names.begin(), names.end(), o.force) == names.end())
    throw InputError(fmt::format("force = \"{}\": unknown force{}", o.force, suggestion(o.force, names)));
  return chiral_order(o.force) >= 0 ? make_chiral_force(o) : make_local_force(o);
}

}  // namespace orogen::nuclear
