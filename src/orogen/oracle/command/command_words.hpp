// The words of a command that the user gave, ready to be started.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace orogen {

/// Splits at blanks; '…' and "…" keep blanks inside a word, \ takes the next character as it is (not inside '…').
/// Throws InputError for a quote that is not closed.
std::vector<std::string> split_words(const std::string& command);

/// The words of a command with {in} and {out}, for a program that runs in another folder: a word that names a file seen
/// from `folder` becomes its full path; the first word is looked for in `folder` when it holds a "/" or names a file
/// there, else in $PATH. Throws InputError when {in} or {out} is missing, and when the program is not there or may not
/// be executed.
std::vector<std::string> command_words(const std::string& command, const std::filesystem::path& folder);

/// The words with {in} and {out} filled in, wherever in a word they stand.
std::vector<std::string> filled(std::vector<std::string> words, const std::string& in, const std::string& out);

}  // namespace orogen
