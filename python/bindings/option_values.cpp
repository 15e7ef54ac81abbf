// Python values as values of options.
#include <fmt/format.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "orogen/base/errors.hpp"
#include "python/bindings/parts.hpp"

namespace nb = nanobind;

namespace orogen::python {
namespace {

bool all(nb::handle list, bool (*is)(nb::handle)) {
  for (nb::handle item : list)
    if (!is(item)) return false;
  return true;
}
bool is_text(nb::handle item) { return nb::isinstance<nb::str>(item); }
bool is_number(nb::handle item) {
  return (nb::isinstance<nb::float_>(item) || nb::isinstance<nb::int_>(item)) && !nb::isinstance<nb::bool_>(item);
}

OptionValue option_value(const std::string& key, nb::handle value, const std::string& where) {
  if (nb::isinstance<nb::bool_>(value)) return nb::cast<bool>(value);
  if (nb::isinstance<nb::int_>(value)) return nb::cast<std::int64_t>(value);
  if (nb::isinstance<nb::float_>(value)) return nb::cast<double>(value);
  if (is_text(value)) return nb::cast<std::string>(value);
  const bool list = nb::isinstance<nb::list>(value) || nb::isinstance<nb::tuple>(value);
  if (list && all(value, is_text)) return nb::cast<std::vector<std::string>>(value);
  if (list && all(value, is_number)) return nb::cast<std::vector<double>>(value);
  throw InputError(fmt::format("{}: {} = {}: expected a number, a text, True, False, or a list of numbers or texts",
                               where, key, nb::cast<std::string>(nb::repr(value))));
}

}  // namespace

void set_option(OptionTable& table, const std::string& key, nb::handle value, const std::string& where) {
  table.set(key, option_value(key, value, where), where);
}

}  // namespace orogen::python
