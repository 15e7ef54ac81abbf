#include "orogen/base/options/run_inputs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/files/sha256.hpp"

namespace orogen {
namespace {

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

/// Of an option that names one file or a list of files.
std::string digest_of_option(const OptionValue& files) {
  if (const auto* several = std::get_if<std::vector<std::string>>(&files)) return digest_of_files(*several);
  const std::string& name = std::get<std::string>(files);
  const std::string contents = name.empty() ? "" : read_file(name);
  return contents.empty() ? "" : sha256_hex(contents);
}

}  // namespace

std::string digest_of_files(const std::vector<std::string>& names) {
  std::string digests;
  for (const auto& name : names) digests += sha256_hex(read_file(name));
  return digests.empty() ? "" : sha256_hex(digests);
}

std::string InputChange::text() const {
  return contents ? key + " has other contents" : fmt::format("{} was {}, is {} now", key, before, now);
}

RunInputs::RunInputs(const OptionTable& table, const std::vector<std::string>& files,
                     const std::vector<std::string>& free) {
  for (const Option& o : table.options()) {
    if (contains(free, o.key)) continue;
    const OptionValue now = OptionTable::value(o);
    if (contains(files, o.key))
      inputs_[o.key] = {digest_of_option(now), "", true};
    else
      add(o.key, OptionTable::text(now), OptionTable::text(o.fallback));
  }
}

void RunInputs::add(const std::string& key, std::string now, std::optional<std::string> fallback) {
  inputs_[key] = {std::move(now), std::move(fallback), false};
}

void RunInputs::add_files(const std::string& key, const std::vector<std::string>& names) {
  add_digest(key, digest_of_files(names));
}

void RunInputs::add_digest(const std::string& key, std::string digest) {
  inputs_[key] = {std::move(digest), std::nullopt, true};
}

void RunInputs::put(Record& record, const std::string& prefix) const {
  for (const auto& [key, input] : inputs_) record[prefix + key] = input.now;
}

RunInputs::Record RunInputs::record() const {
  Record all;
  put(all);
  return all;
}

std::vector<InputChange> RunInputs::changes(const Record& before, const std::string& prefix) const {
  std::vector<InputChange> all;
  for (const auto& [key, input] : inputs_) {
    const auto there = before.find(prefix + key);
    const std::string was = there == before.end() ? input.fallback.value_or("not given") : there->second;
    const bool unknown = there == before.end() && !input.fallback;
    if (unknown || was != input.now) all.push_back({key, was, input.now, input.contents});
  }
  return all;
}

void RunInputs::require_same(const Record& before, const std::string& file, const std::string& ways_on,
                             const std::string& prefix) const {
  if (std::none_of(before.begin(), before.end(), [&](const auto& b) { return b.first.starts_with(prefix); }))
    throw InputError(fmt::format("{}: does not say what it was made from; {}", file, ways_on));
  std::vector<std::string> texts;
  for (const InputChange& change : changes(before, prefix)) texts.push_back(change.text());
  if (!texts.empty()) throw InputError(fmt::format("{}: cannot resume: {}; {}", file, fmt::join(texts, ", "), ways_on));
}

}  // namespace orogen
