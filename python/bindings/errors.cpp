// The two kinds of error as Python exceptions.
#include "orogen/base/errors.hpp"

#include "python/bindings/parts.hpp"

namespace nb = nanobind;

void orogen::python::add_errors(nb::module_& module) {
  nb::exception<InputError>(module, "InputError", PyExc_ValueError).attr("__doc__") =
      "Bad input: what was seen, what was expected, what to do; one problem per line.";
  nb::exception<NumericalError>(module, "NumericalError", PyExc_ArithmeticError).attr("__doc__") =
      "A computation that cannot go on: positions that are not finite, coincident atoms, a field that does not "
      "converge.";
}
