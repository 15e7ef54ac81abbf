// The two kinds of error as Python exceptions.
#include "orogen/base/errors.hpp"

#include "python/bindings/parts.hpp"

namespace nb = nanobind;

void orogen::python::add_errors(nb::module_& module) {
  nb::exception<InputError>(module, "InputError", PyExc_ValueError);
  nb::exception<NumericalError>(module, "NumericalError", PyExc_ArithmeticError);
}
