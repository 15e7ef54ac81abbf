#include "orogen/app/options/idle_options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "orogen/base/errors.hpp"

namespace orogen {
namespace {

/// An option and the values of another one with which it acts.
struct Acts {
  const char* key;
  std::vector<std::string> with;
};

const std::vector<Acts> potential_options = {{"precision", {"model"}},
                                             {"skin", {"model"}},
                                             {"xtb.charge", {"xtb:gfn2", "xtb:gfn1", "xtb:gfnff"}},
                                             {"xtb.unpaired", {"xtb:gfn2", "xtb:gfn1"}},
                                             {"xtb.accuracy", {"xtb:gfn2", "xtb:gfn1"}},
                                             {"xtb.electronic_temperature", {"xtb:gfn2", "xtb:gfn1"}},
                                             {"command", {"command"}},
                                             {"ipi.address", {"ipi"}},
                                             {"ipi.wait", {"ipi"}},
                                             {"oracle.timeout", {"ipi", "command"}},
                                             {"oracle.attempts", {"ipi", "command"}},
                                             {"oracle.parallel", {"command"}},
                                             {"oracle.scratch", {"command"}}};

const std::vector<Acts> md_options = {{"ramp_to", {"langevin", "csvr", "npt"}},
                                      {"friction", {"langevin"}},
                                      {"tau", {"csvr", "npt"}},
                                      {"pressure", {"npt"}},
                                      {"barostat_tau", {"npt"}},
                                      {"compressibility", {"npt"}},
                                      {"cell", {"npt"}}};

std::string text_of(const OptionTable& table, const char* key) {
  return std::get<std::string>(OptionTable::value(*table.find(key)));
}

/// What the tables above call a potential; "" for a name that means none, which is refused elsewhere.
std::string kind(const std::string& potential) {
  if (potential.ends_with(".safetensors")) return "model";
  for (const char* name : {"xtb:gfn2", "xtb:gfn1", "xtb:gfnff", "ipi", "command"})
    if (potential == name) return name;
  return "";
}

/// A saved input gives every option: those that say the default ask for nothing.
bool asked_for(const Option& option) { return option.given && OptionTable::value(option) != option.fallback; }

/// One sentence per option that was asked for and does not act where `chooser` is `choice`.
std::vector<std::string> idle(const OptionTable& table, const std::vector<Acts>& options, const char* chooser,
                              const std::string& choice) {
  std::vector<std::string> sentences;
  for (const Acts& acts : options) {
    const Option* option = table.find(acts.key);
    if (!option || !asked_for(*option) || std::find(acts.with.begin(), acts.with.end(), choice) != acts.with.end())
      continue;
    sentences.push_back(fmt::format("{}: {} = {} does nothing with {} = {}; it acts with {}", option->where, acts.key,
                                    OptionTable::text(OptionTable::value(*option)), chooser, text_of(table, chooser),
                                    fmt::join(acts.with, ", ")));
  }
  return sentences;
}

}  // namespace

void refuse_idle_potential_options(const OptionTable& table) {
  if (!table.find("potential")) return;
  const std::string potential = kind(text_of(table, "potential"));
  if (potential.empty()) return;
  const auto problems = idle(table, potential_options, "potential", potential);
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
  for (const auto& text : idle(table, md_options, "ensemble", text_of(table, "ensemble")))
    sink.message(Level::warning, text);
}

}  // namespace orogen
