// What a command wrote, judged.
#pragma once
#include <filesystem>
#include <stdexcept>

#include "orogen/oracle/command/command_potential.hpp"

namespace orogen {

/// A failed run: which kind, and the details.
class CommandError : public std::runtime_error {
 public:
  CommandError(CommandFailure kind, const std::string& details) : std::runtime_error(details), kind(kind) {}
  CommandFailure kind;
};

/// Reads the answer for `structure`. Throws CommandError.
Evaluation read_command_answer(const std::filesystem::path& file, const Structure& structure, Want want);

/// The last `lines` lines of a file (of its last 8 kB), each after two blanks; "(nothing)" for an empty one.
std::string last_lines(const std::filesystem::path& file, int lines);

}  // namespace orogen
