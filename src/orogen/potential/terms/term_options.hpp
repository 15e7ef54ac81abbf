// What a model file says about one term.
#pragma once
#include <map>
#include <string>

namespace orogen {

/// A kind of term (term_kinds.hpp) and its numbers, each in the unit that its name ends with ("radius_angstrom").
struct TermOptions {
  std::string name;
  std::map<std::string, double> numbers = {};
  bool operator==(const TermOptions&) const = default;
};

}  // namespace orogen
