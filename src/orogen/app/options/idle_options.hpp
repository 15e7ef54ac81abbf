// Options that were given and do nothing.
#pragma once
#include <string>
#include <vector>

#include "orogen/base/options/options.hpp"
#include "orogen/base/progress.hpp"

namespace orogen {

/// Throws InputError that names every option which was set to something else than its default and which the chosen
/// `potential` does not know (a charge for a learned model, a skin for xtb). Does nothing for verbs without
/// `potential`.
void refuse_idle_potential_options(const OptionTable& table);

/// Throws InputError that names every option of `keys` which was set to something else than its default; `why` it does
/// nothing: "without data".
void refuse_idle(const OptionTable& table, const std::vector<std::string>& keys, const std::string& why);

/// Warns of every option of md that was set to something else than its default and does not act in the chosen ensemble.
void warn_of_idle_md_options(const OptionTable& table, ProgressSink& sink);

}  // namespace orogen
