// The two kinds of error that leave a function: bad input, and a computation that cannot go on; and the assertion, for
// bugs of orogen itself.
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

/// A bug of orogen: one part broke what another relies on (lengths of spans, indices). Never for bad input.
class ContractError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// Throws ContractError with the place and the condition.
[[noreturn]] void broken_contract(const char* condition, const char* file, int line);

/// Asserts a contract between parts of orogen, in every build type; not in kernels, which throw nothing. It costs a
/// comparison, so it stands at the entrance of a computation and not in its innermost loop.
#define OROGEN_ASSERT(condition) ((condition) ? void() : ::orogen::broken_contract(#condition, __FILE_NAME__, __LINE__))

}  // namespace orogen
