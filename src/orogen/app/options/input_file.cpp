#include "orogen/app/options/input_file.hpp"

#include <fmt/format.h>
#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include <map>
#include <optional>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"

namespace orogen {
namespace {

/// A list of numbers or of texts; nothing when it is mixed or nested.
std::optional<OptionValue> list_value(const toml::array& array) {
  std::vector<double> numbers;
  std::vector<std::string> texts;
  for (const auto& item : array) {
    if (item.is_number()) numbers.push_back(*item.value<double>());
    if (item.is_string()) texts.push_back(*item.value<std::string>());
  }
  if (numbers.size() == array.size()) return numbers;
  if (texts.size() == array.size()) return texts;
  return std::nullopt;
}

std::optional<OptionValue> option_value(const toml::node& node) {
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* whole = node.as_integer()) return whole->get();
  if (const auto* real = node.as_floating_point()) return real->get();
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* array = node.as_array()) return list_value(*array);
  return std::nullopt;
}

/// Walks the tables, which are sorted by name, and keeps the problems in the order of their lines.
class Reader {
 public:
  Reader(std::string file, OptionTable& table) : file_(std::move(file)), table_(table) {}

  void read(const toml::table& node, const std::string& prefix = "") {
    for (const auto& [name, value] : node) {
      const std::string key = prefix + std::string(name.str());
      if (const auto* inner = value.as_table(); inner && !inner->empty())
        read(*inner, key + ".");
      else
        set(key, value);
    }
  }

  const std::multimap<long, std::string>& problems() const { return problems_; }

 private:
  void set(const std::string& key, const toml::node& node) {
    const long line = node.source().begin.line;
    const std::string where = fmt::format("{}:{}", file_, line);
    const auto value = option_value(node);
    try {
      if (value || !table_.find(key))
        table_.set(key, value.value_or(false), where);
      else
        throw InputError(
            fmt::format("{}: {}: expected a number, a text, true, false, or a list of numbers or texts", where, key));
    } catch (const InputError& error) {
      problems_.emplace(line, error.what());
    }
  }

  std::string file_;
  OptionTable& table_;
  std::multimap<long, std::string> problems_;
};

}  // namespace

void read_input_file(const std::filesystem::path& path, OptionTable& table, std::vector<std::string>& problems) {
  const std::string text = read_file(path);
  try {
    Reader reader(path.string(), table);
    reader.read(toml::parse(text, path.string()));
    for (const auto& [line, problem] : reader.problems()) problems.push_back(problem);
  } catch (const toml::parse_error& error) {
    const auto at = error.source().begin;
    throw InputError(fmt::format("{}:{}:{}: not TOML: {}", path.string(), at.line, at.column, error.description()));
  }
}

}  // namespace orogen
