#include "orogen/base/options/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "orogen/base/errors.hpp"
#include "orogen/base/options/nearest_name.hpp"
#include "orogen/base/options/option_text.hpp"

namespace orogen {
namespace {

using Numbers = std::vector<double>;
using Texts = std::vector<std::string>;

/// What a field of type T expects, for messages.
template <class T> std::string expected_type() {
  if constexpr (std::is_same_v<T, bool>) return "true or false";
  if constexpr (std::is_same_v<T, int> || std::is_same_v<T, long>) return "a whole number";
  if constexpr (std::is_same_v<T, std::uint64_t>) return "a whole number from 0";
  if constexpr (std::is_same_v<T, double>) return "a number";
  if constexpr (std::is_same_v<T, std::string>) return "a text";
  if constexpr (std::is_same_v<T, Numbers>) return "a list of numbers";
  return "a list of texts";
}

class Mismatch : public std::exception {};

std::int64_t whole(const OptionValue& value) {
  if (const auto* n = std::get_if<std::int64_t>(&value)) return *n;
  if (const auto* x = std::get_if<double>(&value); x && std::abs(*x) < 0x1p53 && *x == std::trunc(*x))
    return std::int64_t(*x);
  throw Mismatch();
}

double real(const OptionValue& value) {
  if (const auto* n = std::get_if<std::int64_t>(&value)) return double(*n);
  if (const auto* x = std::get_if<double>(&value)) return *x;
  throw Mismatch();
}

/// The value as T where nothing is lost; throws Mismatch otherwise.
template <class T> T converted(const OptionValue& value) {
  if constexpr (std::is_same_v<T, double>) {
    return real(value);
  } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    const std::int64_t n = whole(value);
    if (!std::in_range<T>(n)) throw Mismatch();
    return T(n);
  } else {
    if (const auto* same = std::get_if<T>(&value)) return *same;
    if constexpr (std::is_same_v<T, Numbers>) return {real(value)};
    if constexpr (std::is_same_v<T, Texts>) {
      if (const auto* text = std::get_if<std::string>(&value)) return {*text};
      if (const auto* list = std::get_if<Numbers>(&value); list && list->empty()) return {};
    }
    throw Mismatch();
  }
}

void check_number(const Option& option, double x) {
  if (!std::isfinite(x) || x < option.min || x > option.max) throw Mismatch();
}

void check_text(const Option& option, const std::string& text) {
  if (!option.choices.empty() && std::find(option.choices.begin(), option.choices.end(), text) == option.choices.end())
    throw Mismatch();
}

template <class T> void check(const Option& option, const T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    check_text(option, value);
  } else if constexpr (std::is_same_v<T, Texts>) {
    for (const auto& text : value) check_text(option, text);
  } else if constexpr (std::is_same_v<T, Numbers>) {
    for (const double x : value) check_number(option, x);
  } else if constexpr (!std::is_same_v<T, bool>) {
    check_number(option, double(value));
  }
}

/// What was expected: type, range with unit, choices with the nearest.
template <class T> std::string expectation(const Option& option, const OptionValue& value) {
  if (!option.choices.empty()) {
    std::string near;
    if (const auto* text = std::get_if<std::string>(&value))
      if (const auto name = nearest_name(*text, option.choices)) near = fmt::format("; did you mean \"{}\"?", *name);
    return fmt::format("one of {}{}", fmt::join(option.choices, ", "), near);
  }
  const std::string range = option_range(option);
  return expected_type<T>() + (range.empty() ? "" : " in the range " + range) +
         (range.empty() && !option.unit.empty() ? fmt::format(" in {}", option.unit) : "");
}

template <class T> T default_of(const Option& option) { return converted<T>(option.fallback); }

/// Writes the value into the option's field; throws InputError.
void assign(Option& option, const OptionValue& value, const std::string& where) {
  std::visit(
      [&]<class T>(T* field) {
        try {
          T next = converted<T>(value);
          if (next != default_of<T>(option)) check(option, next);  // so that a saved input always reads back
          *field = std::move(next);
        } catch (const Mismatch&) {
          throw InputError(fmt::format("{}: {} = {}: expected {}", where, option.key, OptionTable::text(value),
                                       expectation<T>(option, value)));
        }
      },
      option.target);
  option.given = true;
  option.where = where;
}

}  // namespace

Option& OptionTable::append(Option option) {
  if (find(option.key)) throw std::logic_error("option described twice: " + option.key);
  return options_.emplace_back(std::move(option));
}

const Option* OptionTable::find(const std::string& key) const {
  const auto found = std::find_if(options_.begin(), options_.end(), [&](const Option& o) { return o.key == key; });
  return found == options_.end() ? nullptr : &*found;
}

Option& OptionTable::known(const std::string& key, const std::string& where) {
  if (const Option* option = find(key)) return const_cast<Option&>(*option);
  std::vector<std::string> keys;
  for (const auto& option : options_) keys.push_back(option.key);
  throw InputError(fmt::format("{}: unknown key \"{}\"{}", where, key, suggestion(key, keys)));
}

void OptionTable::set(const std::string& key, const OptionValue& value, const std::string& where) {
  assign(known(key, where), value, where);
}

void OptionTable::set_text(const std::string& assignment, const std::string& where) {
  const auto equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0)
    throw InputError(fmt::format("{}: \"{}\": expected key=value", where, assignment));
  const auto key = trimmed(assignment.substr(0, equals)), text = trimmed(assignment.substr(equals + 1));
  Option& option = known(key, where);
  assign(option, parse_option_text(option, text), where);
}

void OptionTable::require_all() const {
  std::vector<std::string> problems;
  for (const auto& o : options_)
    if (o.required && !o.given)
      problems.push_back(fmt::format("{} is missing: {}; add {} = … to the input", o.key, o.sentence, o.key));
  if (!problems.empty()) throw InputError(problems);
}

OptionValue OptionTable::value(const Option& option) {
  return std::visit(
      []<class T>(const T* field) -> OptionValue {
        if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
          return std::int64_t(*field);
        } else {
          return *field;
        }
      },
      option.target);
}

}  // namespace orogen
