#include "orogen/app/options/idle_options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "orogen/app/inputs/potential_kinds.hpp"
#include "orogen/base/errors.hpp"

namespace orogen {
namespace {

/// An option and the values of another one with which it acts.
struct Acts {
  std::string key;
  std::vector<std::string> with;
};

/// Every option of a potential, with the kinds that know it.
std::vector<Acts> potential_options() {
  std::vector<Acts> all;
  for (const PotentialKind& kind : potential_kinds())
    for (const std::string& key : kind.options) {
      auto acts = std::find_if(all.begin(), all.end(), [&](const Acts& a) { return a.key == key; });
      if (acts == all.end()) acts = all.insert(all.end(), {key, {}});
      acts->with.push_back(kind.name);
    }
  return all;
}

const std::vector<Acts> md_options = {{"ramp_to", {"langevin", "csvr", "npt"}},
                                      {"friction", {"langevin"}},
                                      {"tau", {"csvr", "npt"}},
                                      {"pressure", {"npt"}},
                                      {"barostat_tau", {"npt"}},
                                      {"compressibility", {"npt"}},
                                      {"cell", {"npt"}}};

std::string text_of(const OptionTable& table, const std::string& key) {
  return std::get<std::string>(OptionTable::value(*table.find(key)));
}

/// The kinds of a potential's terms; empty for a name that means none, which is refused elsewhere.
std::vector<std::string> kinds_of(const std::string& potential) {
  std::vector<std::string> kinds;
  for (const std::string& term : potential_terms(potential)) {
    const PotentialKind* kind = potential_kind(term);
    if (!kind) return {};
    kinds.push_back(kind->name);
  }
  return kinds;
}

/// A saved input gives every option: those that say the default ask for nothing.
bool asked_for(const Option& option) { return option.given && OptionTable::value(option) != option.fallback; }

/// One sentence per option that was asked for and acts with none of the `chosen` values of `chooser`.
std::vector<std::string> idle(const OptionTable& table, const std::vector<Acts>& options, const char* chooser,
                              const std::vector<std::string>& chosen) {
  std::vector<std::string> sentences;
  for (const Acts& acts : options) {
    const Option* option = table.find(acts.key);
    const bool acting =
        std::find_first_of(acts.with.begin(), acts.with.end(), chosen.begin(), chosen.end()) != acts.with.end();
    if (!option || !asked_for(*option) || acting) continue;
    sentences.push_back(fmt::format("{}: {} = {} does nothing with {} = {}; it acts with {}", option->where, acts.key,
                                    OptionTable::text(OptionTable::value(*option)), chooser, text_of(table, chooser),
                                    fmt::join(acts.with, ", ")));
  }
  return sentences;
}

}  // namespace

void refuse_idle_potential_options(const OptionTable& table) {
  if (!table.find("potential")) return;
  const auto kinds = kinds_of(text_of(table, "potential"));
  if (kinds.empty()) return;
  const auto problems = idle(table, potential_options(), "potential", kinds);
  if (!problems.empty()) throw InputError(problems);
}

void refuse_idle(const OptionTable& table, const std::vector<std::string>& keys, const std::string& why) {
  std::vector<std::string> problems;
  for (const auto& key : keys)
    if (const Option* option = table.find(key); option && asked_for(*option))
      problems.push_back(fmt::format("{}: {} = {} does nothing {}", option->where, key,
                                     OptionTable::text(OptionTable::value(*option)), why));
  if (!problems.empty()) throw InputError(problems);
}

void warn_of_idle_md_options(const OptionTable& table, ProgressSink& sink) {
  for (const auto& text : idle(table, md_options, "ensemble", {text_of(table, "ensemble")}))
    sink.message(Level::warning, text);
}

}  // namespace orogen
