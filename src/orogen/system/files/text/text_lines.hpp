// Lines of a text file, plain or gzip-compressed, and the numbers in them.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orogen {

/// Reads a file line by line; knows gzip by its content. Line ends may be \n or \r\n.
class TextLines {
 public:
  /// Throws InputError when the file cannot be opened.
  explicit TextLines(const std::string& path);
  /// Lines of a text in memory, which is a part of the file `path` from its line `first_line` on.
  TextLines(std::string_view text, const std::string& path, long first_line);
  ~TextLines();
  TextLines(TextLines&&) noexcept;
  TextLines& operator=(TextLines&&) noexcept;

  /// The next line without its end; valid until the next call. False at the end of the file. Throws InputError when the
  /// file cannot be read on (a compressed file that was cut off, say).
  bool next(std::string_view& line);
  /// Hands the last line out once more at the next call.
  void put_back();
  bool ended() const;          ///< the last line had a line end (the last line of a file that was cut off has none)
  long number() const;         ///< of the last line, from 1
  std::int64_t bytes() const;  ///< of uncompressed text up to the end of the last line
  const std::string& path() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Takes the next word (blanks and tabs separate) off the front of `rest`; empty when there is none.
std::string_view take_word(std::string_view& rest);

/// The whole text as a number; nothing when it is none. Accepts a leading + and Fortran's exponents (1.0D-3); "nan" and
/// "inf" are numbers here, for the caller to refuse.
std::optional<double> parse_real(std::string_view text);
std::optional<long> parse_integer(std::string_view text);

/// All numbers of a list such as "1 2 3", "[1, 2, 3]" or "[[1,0],[0,1]]"; nothing when any part is no number.
std::optional<std::vector<double>> parse_reals(std::string_view list);

}  // namespace orogen
