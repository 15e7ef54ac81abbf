// The template half of options.hpp.
#pragma once
#include <type_traits>

namespace orogen {

template <class T> Option& OptionTable::add(std::string key, T& field, std::string unit, std::string sentence) {
  Option option;
  option.key = std::move(key);
  option.unit = std::move(unit);
  option.sentence = std::move(sentence);
  option.target = &field;
  option.fallback = value(option);
  return append(std::move(option));
}

}  // namespace orogen
