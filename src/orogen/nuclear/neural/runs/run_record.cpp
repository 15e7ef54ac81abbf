#include "orogen/nuclear/neural/runs/run_record.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "orogen/base/errors.hpp"

namespace orogen::nuclear {
namespace {

template <class Number>
Number parsed(const RunInputs::Record& found, const std::string& key, const std::string& file, const char* expected) {
  const std::string& text = entry(found, key, file);
  Number x{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(double(x)))
    throw InputError(fmt::format("{}: {} = \"{}\" in its header; expected {}; {}", file, key, text, expected, ways_on));
  return x;
}

}  // namespace

void require_same_inputs(const RunInputs& inputs, const RunInputs::Record& found, const std::string& file) {
  inputs.require_same(found, file, ways_on, inputs_prefix);
}

const std::string& entry(const RunInputs::Record& found, const std::string& key, const std::string& file) {
  const auto there = found.find(key);
  if (there == found.end()) throw InputError(fmt::format("{}: its header does not say \"{}\"; {}", file, key, ways_on));
  return there->second;
}

int steps_in(const RunInputs::Record& found, const std::string& key, const std::string& file) {
  const int n = parsed<int>(found, key, file, "a whole number");
  if (n < 0) throw InputError(fmt::format("{}: {} = {} in its header; expected 0 or more; {}", file, key, n, ways_on));
  return n;
}

double number_in(const RunInputs::Record& found, const std::string& key, const std::string& file) {
  return parsed<double>(found, key, file, "a number");
}

}  // namespace orogen::nuclear
