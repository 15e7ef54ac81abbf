#include "orogen/app/nuclear/fits/run_inputs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/files/sha256.hpp"

namespace orogen {
namespace {

const std::string prefix = "input.";

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

/// Of one file, or of several one after the other.
std::string digest(const OptionValue& files) {
  std::string contents;
  if (const auto* several = std::get_if<std::vector<std::string>>(&files)) {
    for (const auto& name : *several) contents += sha256_hex(read_file(name));
  } else if (const auto& name = std::get<std::string>(files); !name.empty()) {
    contents = read_file(name);
  }
  return contents.empty() ? "" : sha256_hex(contents);
}

}  // namespace

RunInputs::RunInputs(const OptionTable& table, const std::vector<std::string>& files,
                     const std::vector<std::string>& free) {
  for (const Option& o : table.options()) {
    if (contains(free, o.key)) continue;
    const OptionValue now = OptionTable::value(o);
    if (contains(files, o.key))
      inputs_[o.key] = {digest(now), "", true};
    else
      inputs_[o.key] = {OptionTable::text(now), OptionTable::text(o.fallback), false};
  }
}

void RunInputs::put(std::map<std::string, std::string>& texts) const {
  for (const auto& [key, input] : inputs_) texts[prefix + key] = input.now;
}

void RunInputs::require_same(const std::map<std::string, std::string>& found, const std::string& file) const {
  if (std::none_of(found.begin(), found.end(), [](const auto& f) { return f.first.starts_with(prefix); }))
    throw InputError(fmt::format("{}: does not say what it was made from; {}", file, ways_on));
  std::vector<std::string> differences;
  for (const auto& [key, input] : inputs_) {
    const auto there = found.find(prefix + key);
    const std::string& before = there == found.end() ? input.fallback : there->second;
    if (before == input.now) continue;
    differences.push_back(input.file ? key + " has other contents"
                                     : fmt::format("{} = {} there, {} here", key, before, input.now));
  }
  if (differences.empty()) return;
  throw InputError(
      fmt::format("{}: an earlier run with other inputs: {}; {}", file, fmt::join(differences, ", "), ways_on));
}

}  // namespace orogen
