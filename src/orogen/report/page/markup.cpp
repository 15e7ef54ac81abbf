// Escaping and number formats of the report.
#include "orogen/report/page/markup.hpp"

#include <fmt/format.h>

#include <cmath>

namespace orogen::markup {
namespace {

/// Length in bytes of the UTF-8 character at the start of `s`; 0 when it is not valid.
std::size_t character_length(std::string_view s) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const unsigned char c = byte(0);
  const std::size_t n = c < 0x80                ? 1
                        : c >= 0xC2 && c < 0xE0 ? 2
                        : c >= 0xE0 && c < 0xF0 ? 3
                        : c >= 0xF0 && c < 0xF5 ? 4
                                                : 0;
  if (n == 0 || n > s.size()) return 0;
  for (std::size_t i = 1; i < n; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  const bool overlong = (c == 0xE0 && byte(1) < 0xA0) || (c == 0xF0 && byte(1) < 0x90);
  const bool surrogate_or_beyond = (c == 0xED && byte(1) >= 0xA0) || (c == 0xF4 && byte(1) >= 0x90);
  return overlong || surrogate_or_beyond ? 0 : n;
}

void append(std::string& out, std::string_view character) {
  const char c = character[0];
  if (c == '&')
    out += "&amp;";
  else if (c == '<')
    out += "&lt;";
  else if (c == '>')
    out += "&gt;";
  else if (c == '"')
    out += "&quot;";
  else if (c == '\'')
    out += "&#39;";
  else if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F)
    out += "\uFFFD";
  else
    out += character;
}

std::string with_minus(std::string text) {
  if (text.starts_with('-')) text.replace(0, 1, "−");
  return text;
}

}  // namespace

std::string escape(std::string_view raw) {
  std::string out;
  out.reserve(raw.size() + raw.size() / 8);
  while (!raw.empty()) {
    const std::size_t n = character_length(raw);
    if (n == 0)
      out += "\uFFFD";
    else
      append(out, raw.substr(0, n));
    raw.remove_prefix(n == 0 ? 1 : n);
  }
  return out;
}

std::string number(double value, int digits) {
  if (!std::isfinite(value)) return "–";
  if (value == 0) return "0";
  const std::string scientific = fmt::format("{:.{}e}", value, digits - 1);  // rounds first: 9.996 → 1.00e+01
  const auto e = scientific.find('e');
  const int exponent = std::stoi(scientific.substr(e + 1));
  if (exponent < -3 || exponent > 5) return with_minus(scientific.substr(0, e)) + "·10" + superscript(exponent);
  const int decimals = digits - 1 - exponent;
  return with_minus(fmt::format("{:.{}f}", value, decimals > 0 ? decimals : 0));
}

std::string superscript(int exponent) {
  static constexpr const char* digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string out = exponent < 0 ? "⁻" : "";
  for (const char c : std::to_string(std::abs(exponent))) out += digits[c - '0'];
  return out;
}

std::string count(double value) {
  if (!std::isfinite(value)) return "–";
  std::string digits = fmt::format("{:.0f}", std::abs(value)), out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && digits.size() > 4 && (digits.size() - i) % 3 == 0) out += "\u2009";
    out += digits[i];
  }
  return value < 0 ? "−" + out : out;
}

}  // namespace orogen::markup
