// The parts of the extension module, and what they share.
#pragma once
#include <nanobind/nanobind.h>

#include "orogen/base/options/options.hpp"

namespace orogen::python {

/// Sets an option from a Python bool, int, float, str, or a list or tuple of numbers or of texts; `where` names the
/// call in messages. Throws InputError.
void set_option(OptionTable& table, const std::string& key, nanobind::handle value, const std::string& where);

void add_errors(nanobind::module_& module);
void add_potential(nanobind::module_& module);
void add_verbs(nanobind::module_& module);

}  // namespace orogen::python
