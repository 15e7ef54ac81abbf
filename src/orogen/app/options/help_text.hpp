// The help pages and the page of all options for the docs.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "orogen/app/verbs/verb.hpp"

namespace orogen {

std::string version_text();
/// `orogen --help`: verbs, flags, exit codes; with a group ("nuclear") its verbs only.
std::string general_help(const std::vector<std::unique_ptr<Verb>>& verbs, const std::string& group = "");
/// `orogen VERB --help`: usage, example, table of options.
std::string verb_help(Verb& verb);
/// docs/options.md: the tables of all verbs.
std::string options_markdown(const std::vector<std::unique_ptr<Verb>>& verbs);

}  // namespace orogen
