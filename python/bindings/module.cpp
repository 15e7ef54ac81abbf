// orogen._core: what the Python package orogen is made of. The public names and their documentation are in
// python/orogen.
#include "python/bindings/parts.hpp"

NB_MODULE(_core, module) {
  module.attr("__version__") = OROGEN_VERSION;
  orogen::python::add_errors(module);
  orogen::python::add_potential(module);
  orogen::python::add_verbs(module);
}
