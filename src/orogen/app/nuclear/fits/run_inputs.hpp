// How the verbs of two nucleons store what a run was made from, and what they answer when it is another.
#pragma once
#include "orogen/base/options/run_inputs.hpp"

namespace orogen {

/// One entry "input.KEY" per option, beside what else a file says about itself.
inline constexpr const char* inputs_prefix = "input.";

/// What to do about a file of an earlier run that is of no use.
inline constexpr const char* ways_on = "restart=true begins anew and replaces it; another out keeps it";

/// Throws InputError that says what differs from the entries in `found`, which are those of `file`, and the ways on.
inline void require_same_inputs(const RunInputs& inputs, const RunInputs::Record& found, const std::string& file) {
  inputs.require_same(found, file, ways_on, inputs_prefix);
}

}  // namespace orogen
