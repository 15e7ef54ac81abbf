// How runs of two nucleons store what they were made from, and what they answer when that has changed.
#pragma once
#include <string>

#include "orogen/base/options/run_inputs.hpp"

namespace orogen::nuclear {

/// One entry "input.KEY" per option, beside what else a file says about itself.
inline constexpr const char* inputs_prefix = "input.";

/// What to do about a file of an earlier run that is of no use.
inline constexpr const char* ways_on = "restart=true begins anew and replaces it; another out keeps it";

/// Throws InputError that says what differs from the entries in `found`, which are those of `file`, and the ways on.
void require_same_inputs(const RunInputs&, const RunInputs::Record& found, const std::string& file);
/// An entry of `found`. Throws InputError that names `file` and the ways on where it is missing.
const std::string& entry(const RunInputs::Record& found, const std::string& key, const std::string& file);
/// The same as a number of steps, ≥ 0, and as any finite number.
int steps_in(const RunInputs::Record& found, const std::string& key, const std::string& file);
double number_in(const RunInputs::Record& found, const std::string& key, const std::string& file);

}  // namespace orogen::nuclear
