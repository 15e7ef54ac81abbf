#include "orogen/system/files/text/text_lines.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "orogen/base/errors.hpp"

namespace orogen {

struct TextLines::State {
  std::string path;
  gzFile file = nullptr;
  std::vector<char> buffer;
  std::size_t begin = 0, end = 0;
  std::string joined;  // a line that straddles two buffers
  std::string_view last;
  long number = 0;
  std::int64_t bytes = 0;
  bool again = false, ended = false;

  ~State() {
    if (file) gzclose(file);
  }
  bool fill() {
    if (!file) return false;  // a text in memory, all of which is in the buffer
    const int got = gzread(file, buffer.data(), unsigned(buffer.size()));
    int code = Z_OK;
    const char* what = gzerror(file, &code);
    if (got < 0 || (got == 0 && code != Z_OK && code != Z_STREAM_END))
      throw InputError(fmt::format("{}:{}: cannot read on: {}; was the file cut off?", path, number + 1, what));
    begin = 0, end = std::size_t(got);
    return got > 0;
  }
};

TextLines::TextLines(const std::string& path) : state_(std::make_unique<State>()) {
  state_->path = path;
  if (std::error_code ignored; std::filesystem::is_directory(path, ignored))
    throw InputError(path + ": is a folder, expected a file");
  state_->file = gzopen(path.c_str(), "rb");
  if (!state_->file) throw InputError(fmt::format("{}: cannot open: {}", path, std::strerror(errno)));
  gzbuffer(state_->file, 1 << 18);
  state_->buffer.resize(1 << 18);
}
TextLines::TextLines(std::string_view text, const std::string& path, long first_line)
    : state_(std::make_unique<State>()) {
  state_->path = path;
  state_->buffer.assign(text.begin(), text.end());
  state_->end = text.size();
  state_->number = first_line - 1;
}
TextLines::~TextLines() = default;
TextLines::TextLines(TextLines&&) noexcept = default;
TextLines& TextLines::operator=(TextLines&&) noexcept = default;

bool TextLines::ended() const { return state_->ended; }
long TextLines::number() const { return state_->number; }
std::int64_t TextLines::bytes() const { return state_->bytes; }
const std::string& TextLines::path() const { return state_->path; }
void TextLines::put_back() { state_->again = true; }

bool TextLines::next(std::string_view& line) {
  State& s = *state_;
  if (s.again) {
    s.again = false;
    line = s.last;
    return true;
  }
  s.joined.clear();
  bool& ended = s.ended;
  ended = false;
  for (;;) {
    if (s.begin == s.end && !s.fill()) {
      if (s.joined.empty()) return false;
      s.last = s.joined;
      break;
    }
    const char* from = s.buffer.data() + s.begin;
    const char* stop = static_cast<const char*>(std::memchr(from, '\n', s.end - s.begin));
    const std::size_t length = stop ? std::size_t(stop - from) : s.end - s.begin;
    s.begin += length + (stop ? 1 : 0);
    ended = stop != nullptr;
    if (ended && s.joined.empty()) {
      s.last = {from, length};
      break;
    }
    s.joined.append(from, length);
    if (ended) {
      s.last = s.joined;
      break;
    }
  }
  ++s.number;
  s.bytes += std::int64_t(s.last.size()) + (ended ? 1 : 0);
  if (!s.last.empty() && s.last.back() == '\r') s.last.remove_suffix(1);
  line = s.last;
  return true;
}

std::string_view take_word(std::string_view& rest) {
  const char *p = rest.data(), *end = p + rest.size();
  while (p < end && (*p == ' ' || *p == '\t')) ++p;
  const char* from = p;
  while (p < end && *p != ' ' && *p != '\t') ++p;
  rest = {p, std::size_t(end - p)};
  return {from, std::size_t(p - from)};
}

std::optional<double> parse_real(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end == text.data() + text.size() && error == std::errc()) return value;
  if (error == std::errc::result_out_of_range) {  // strtod tells too small (0) from too large (inf)
    const std::string copy(text);
    char* stop = nullptr;
    value = std::strtod(copy.c_str(), &stop);
    return stop == copy.c_str() + copy.size() ? std::optional(value) : std::nullopt;
  }
  if (const auto d = text.find_first_of("dD"); d != std::string_view::npos && d > 0) {
    std::string copy(text);
    copy[d] = 'e';
    return parse_real(copy);
  }
  return std::nullopt;
}

std::optional<long> parse_integer(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::optional<std::vector<double>> parse_reals(std::string_view list) {
  std::string plain(list);
  for (char& c : plain)
    if (c == '[' || c == ']' || c == ',' || c == '{' || c == '}' || c == '(' || c == ')') c = ' ';
  std::vector<double> out;
  std::string_view rest = plain;
  for (auto word = take_word(rest); !word.empty(); word = take_word(rest)) {
    const auto value = parse_real(word);
    if (!value) return std::nullopt;
    out.push_back(*value);
  }
  return out;
}

}  // namespace orogen
