#include "orogen/system/files/text/key_values.hpp"

#include <fmt/format.h>

#include "orogen/base/errors.hpp"

namespace orogen {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

class Splitter {
 public:
  explicit Splitter(std::string_view line) : line_(line) {}

  std::vector<std::pair<std::string, std::string>> pairs() {
    std::vector<std::pair<std::string, std::string>> out;
    for (skip_blanks(); at_ < line_.size(); skip_blanks()) {
      std::string key = word(true);
      const std::size_t after_key = at_;
      skip_blanks();
      if (at_ < line_.size() && line_[at_] == '=') {
        ++at_;
        skip_blanks();
        out.emplace_back(std::move(key), word(false));
      } else {
        at_ = after_key;
        out.emplace_back(std::move(key), "T");
      }
    }
    return out;
  }

 private:
  void skip_blanks() {
    while (at_ < line_.size() && is_blank(line_[at_])) ++at_;
  }
  std::string word(bool is_key) {
    if (at_ == line_.size()) return {};
    const char c = line_[at_];
    if (c == '"' || c == '\'') return quoted(c);
    if (!is_key && c == '{') return braced();
    if (!is_key && c == '[') return bracketed();
    const std::size_t from = at_;
    while (at_ < line_.size() && !is_blank(line_[at_]) && !(is_key && line_[at_] == '=' && at_ > from)) ++at_;
    return std::string(line_.substr(from, at_ - from));
  }
  std::string quoted(char mark) {
    const std::size_t from = at_++;
    std::string out;
    for (; at_ < line_.size() && line_[at_] != mark; ++at_) {
      if (line_[at_] == '\\' && at_ + 1 < line_.size()) {
        const char next = line_[++at_];
        if (next == 'n') {
          out += '\n';
          continue;
        }
        if (next != '\\' && next != '"' && next != '\'') out += '\\';
      }
      out += line_[at_];
    }
    close(from);
    return out;
  }
  std::string braced() {
    const std::size_t from = at_++;
    while (at_ < line_.size() && line_[at_] != '}') ++at_;
    close(from);
    return std::string(line_.substr(from + 1, at_ - from - 2));
  }
  std::string bracketed() {
    const std::size_t from = at_;
    int depth = 0;
    for (; at_ < line_.size(); ++at_) {
      depth += (line_[at_] == '[') - (line_[at_] == ']');
      if (depth == 0) break;
    }
    close(from);
    return std::string(line_.substr(from, at_ - from));
  }
  void close(std::size_t from) {
    if (at_ == line_.size()) throw InputError(fmt::format("{} in column {} is never closed", line_[from], from + 1));
    ++at_;
  }

  std::string_view line_;
  std::size_t at_ = 0;
};

bool needs_quotes(std::string_view text, bool is_key) {
  if (text.empty()) return true;
  if (!is_key && text.front() == '[' && text.back() == ']' && text.find_first_of("\"'\\\n") == std::string_view::npos) {
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      depth += (text[i] == '[') - (text[i] == ']');
      if (depth == 0 && i + 1 < text.size()) return true;
    }
    return depth != 0;
  }
  return text.find_first_of(" \t\n\"'\\=[]{}") != std::string_view::npos;
}

std::string encoded(std::string_view text, bool is_key) {
  if (!needs_quotes(text, is_key)) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out + '"';
}

}  // namespace

std::vector<std::pair<std::string, std::string>> parse_key_values(std::string_view line) {
  if (line.find('=') == std::string_view::npos) {
    const auto from = line.find_first_not_of(" \t"), to = line.find_last_not_of(" \t");
    if (from == std::string_view::npos) return {};
    return {{"comment", std::string(line.substr(from, to - from + 1))}};
  }
  return Splitter(line).pairs();
}

std::string key_value_text(std::string_view key, std::string_view value) {
  return encoded(key, true) + "=" + encoded(value, false);
}

}  // namespace orogen
