// What the command line knows about one verb.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "orogen/app/terminal/answer_sink.hpp"
#include "orogen/base/options/options.hpp"

namespace orogen {

/// What a verb gets from the command line besides its own options.
struct Context {
  std::string verb;
  const OptionTable& options;
  AnswerSink& terminal;
  int threads;

  /// Writes the complete input, defaults included, to folder/input.toml; makes the folder. Throws InputError.
  void save_input(const std::filesystem::path& folder) const;
};

enum class Outcome { done, interrupted };

/// One verb: a name, its options and what it does. The options are bound to the verb's own fields.
class Verb {
 public:
  virtual ~Verb() = default;
  /// One word, or a group and a word ("nuclear phases").
  virtual std::string name() const = 0;
  /// What it does, one sentence without a full stop.
  virtual std::string summary() const = 0;
  /// A command that works, for the help.
  virtual std::string example() const = 0;
  /// Keys that files on the command line set, in order; a list takes all files that remain.
  virtual std::vector<std::string> file_keys() const = 0;
  virtual void describe(OptionTable& table) = 0;
  /// Does the work. Throws InputError, NumericalError.
  virtual Outcome run(const Context& context) = 0;
};

/// All verbs in the order of the help.
std::vector<std::unique_ptr<Verb>> all_verbs();
/// "nuclear" of "nuclear phases", "" of "md".
std::string group_of(const std::string& verb);

}  // namespace orogen
