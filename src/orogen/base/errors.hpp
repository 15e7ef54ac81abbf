// The two kinds of error that leave a function: bad input, and a computation that cannot go on.
#pragma once
#include <stdexcept>
#include <string>
#include <vector>

namespace orogen {

/// Bad input, found at the boundary. The text says where (file:line or key), what was seen, what was expected, what to
/// do.
class InputError : public std::runtime_error {
 public:
  explicit InputError(const std::string& problem) : std::runtime_error(problem) {}
  /// All problems of one input, one per line.
  explicit InputError(const std::vector<std::string>& problems) : std::runtime_error(join(problems)) {}

 private:
  static std::string join(const std::vector<std::string>& problems) {
    std::string text;
    for (const auto& p : problems) text += (text.empty() ? "" : "\n") + p;
    return text;
  }
};

/// A computation that cannot go on: NaN, SCF failure, lost atom. The text names structure and step.
class NumericalError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace orogen
