#include "orogen/oracle/command/command_words.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <utility>

#include "orogen/base/errors.hpp"

namespace orogen {
namespace {
namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

bool is_program(const fs::path& path) { return is_file(path) && ::access(path.c_str(), X_OK) == 0; }

fs::path find_in_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (is_program(fs::path(folder) / name)) return fs::path(folder) / name;
  return {};
}

std::string find_program(const std::string& command, const std::string& word, const fs::path& folder) {
  const fs::path here = folder / word;
  if (is_program(here)) return here.lexically_normal().string();
  if (is_file(here))
    throw InputError(
        fmt::format("command = \"{}\": {} may not be executed; chmod +x {}", command, here.string(), word));
  const fs::path found = word.find('/') == std::string::npos ? find_in_path(word) : fs::path();
  if (found.empty())
    throw InputError(
        fmt::format("command = \"{}\": there is no program {} in {} or in $PATH", command, word, folder.string()));
  return found.string();
}

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
}

}  // namespace

std::vector<std::string> split_words(const std::string& command) {
  std::vector<std::string> words;
  std::string word;
  char quote = 0;
  bool inside = false;
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    if (c == '\\' && quote != '\'' && i + 1 < command.size())
      word += command[++i], inside = true;
    else if (quote ? c == quote : (c == '\'' || c == '"'))
      quote = quote ? char(0) : c, inside = true;
    else if (!quote && (c == ' ' || c == '\t' || c == '\n'))
      inside ? words.push_back(std::exchange(word, "")) : void(), inside = false;
    else
      word += c, inside = true;
  }
  if (quote) throw InputError(fmt::format("command = \"{}\": a {} is not closed", command, quote));
  if (inside) words.push_back(word);
  return words;
}

std::vector<std::string> command_words(const std::string& command, const fs::path& folder) {
  for (const char* place : {"{in}", "{out}"})
    if (command.find(place) == std::string::npos)
      throw InputError(
          fmt::format("command = \"{}\": {} is missing; {{in}} stands for the file with the structure and "
                      "{{out}} for the one to write, both extended XYZ",
                      command, place));
  std::vector<std::string> words = split_words(command);
  words[0] = find_program(command, words[0], folder);
  for (std::size_t k = 1; k < words.size(); ++k)
    if (is_file(folder / words[k])) words[k] = (folder / words[k]).lexically_normal().string();
  return words;
}

std::vector<std::string> filled(std::vector<std::string> words, const std::string& in, const std::string& out) {
  for (auto& word : words) replace_all(word, "{in}", in), replace_all(word, "{out}", out);
  return words;
}

}  // namespace orogen
