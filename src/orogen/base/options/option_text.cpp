#include "orogen/base/options/option_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace orogen {
namespace {

std::string number_text(double x) {
  if (std::isnan(x)) return "nan";
  if (std::isinf(x)) return x > 0 ? "inf" : "-inf";
  const std::string text = fmt::format("{}", x);  // shortest text that reads back as the same number
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += '\\', out += c;
    else if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += fmt::format("\\u{:04x}", int(c));
    else
      out += c;
  }
  return out + '"';
}

template <class T, class F> std::string list_text(const std::vector<T>& list, F text) {
  std::vector<std::string> parts;
  for (const auto& item : list) parts.push_back(text(item));
  return fmt::format("[{}]", fmt::join(parts, ", "));
}

/// The whole text as a number, or nothing.
template <class T> std::optional<T> number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  T x{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return x;
}

std::string unquoted(const std::string& text) {
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
    return text.substr(1, text.size() - 2);
  return text;
}

std::vector<std::string> items(std::string text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  std::vector<std::string> out;
  for (std::size_t at = 0; !trimmed(text).empty() && at <= text.size();) {
    const auto comma = std::min(text.find(',', at), text.size());
    out.push_back(unquoted(trimmed(text.substr(at, comma - at))));
    at = comma + 1;
  }
  return out;
}

OptionValue number_or_text(const std::string& text) {
  if (const auto n = number<std::int64_t>(text)) return *n;
  if (const auto x = number<double>(text)) return *x;
  return text;
}

OptionValue numbers_or_text(const std::string& text) {
  std::vector<double> list;
  for (const auto& item : items(text)) {
    const auto x = number<double>(item);
    if (!x) return text;
    list.push_back(*x);
  }
  return list;
}

std::string table_of(const std::string& key) {
  return key.find('.') == std::string::npos ? "" : key.substr(0, key.rfind('.'));
}

/// "Å, 0.5 … 12: what it does" without its empty parts.
std::string comment(const Option& o) {
  const std::string range = option_range(o);
  std::string head = range.empty() ? o.unit : range;
  if (!o.choices.empty()) head = fmt::format("{}", fmt::join(o.choices, " | "));
  return head.empty() ? o.sentence : fmt::format("{}: {}", head, o.sentence);
}

std::string toml_line(const Option& o) {
  const std::string assignment =
      fmt::format("{} = {}", o.key.substr(o.key.rfind('.') + 1), OptionTable::text(OptionTable::value(o)));
  return fmt::format("{:<32}  # {}\n", assignment, comment(o));
}

/// Terminal columns of UTF-8 text made of one-column characters.
std::size_t columns(const std::string& text) {
  std::size_t n = 0;
  for (const char c : text) n += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return n;
}

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width > columns(text) ? width - columns(text) : 0, ' ');
}

std::string default_text(const Option& o) { return o.required ? "(required)" : OptionTable::text(o.fallback); }

std::string escaped_for_table(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string trimmed(std::string text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

OptionValue parse_option_text(const Option& option, const std::string& text) {
  if (std::holds_alternative<std::string*>(option.target)) return unquoted(text);
  if (std::holds_alternative<std::vector<std::string>*>(option.target)) return items(text);
  if (std::holds_alternative<std::vector<double>*>(option.target)) return numbers_or_text(text);
  if (text == "true" || text == "false") return text == "true";
  return number_or_text(text);
}

std::string option_range(const Option& o) {
  constexpr double far = 1e9;  // larger bounds only keep numbers sane; nobody wants to read them
  const bool low = std::isfinite(o.min) && o.min >= -far, high = std::isfinite(o.max) && o.max <= far;
  const std::string unit = o.unit.empty() ? "" : " " + o.unit;
  if (low && high) return fmt::format("{} … {}{}", o.min, o.max, unit);
  if (low) return fmt::format("≥ {}{}", o.min, unit);
  if (high) return fmt::format("≤ {}{}", o.max, unit);
  return "";
}

std::string OptionTable::text(const OptionValue& value) {
  return std::visit(
      []<class T>(const T& v) -> std::string {
        if constexpr (std::is_same_v<T, double>)
          return number_text(v);
        else if constexpr (std::is_same_v<T, std::string>)
          return quoted(v);
        else if constexpr (std::is_same_v<T, std::vector<double>>)
          return list_text(v, number_text);
        else if constexpr (std::is_same_v<T, std::vector<std::string>>)
          return list_text(v, quoted);
        else
          return fmt::format("{}", v);
      },
      value);
}

std::string OptionTable::toml() const {
  std::vector<std::string> tables{""};  // plain keys must come before the first table
  for (const auto& o : options_)
    if (std::find(tables.begin(), tables.end(), table_of(o.key)) == tables.end()) tables.push_back(table_of(o.key));
  std::string out;
  for (const auto& table : tables) {
    if (!table.empty()) out += fmt::format("\n[{}]\n", table);
    for (const auto& o : options_)
      if (table_of(o.key) == table) out += toml_line(o);
  }
  return out;
}

std::string OptionTable::help() const {
  std::size_t key_width = 0, default_width = 0;
  for (const auto& o : options_)
    key_width = std::max(key_width, columns(o.key)), default_width = std::max(default_width, columns(default_text(o)));
  default_width = std::min<std::size_t>(default_width, 20);
  std::string out;
  for (const auto& o : options_)
    out += fmt::format("  {}  {}  {}\n", padded(o.key, key_width), padded(default_text(o), default_width), comment(o));
  return out;
}

std::string OptionTable::markdown() const {
  std::string out = "| key | default | unit | range | meaning |\n|---|---|---|---|---|\n";
  for (const auto& o : options_) {
    Option bare = o;
    bare.unit.clear();
    std::string range = option_range(bare);
    if (!o.choices.empty()) range = fmt::format("`{}`", fmt::join(o.choices, "` `"));
    const std::string fallback = o.required ? "(required)" : fmt::format("`{}`", text(o.fallback));
    out += fmt::format("| `{}` | {} | {} | {} | {} |\n", o.key, escaped_for_table(fallback), o.unit, range,
                       escaped_for_table(o.sentence));
  }
  return out;
}

}  // namespace orogen
