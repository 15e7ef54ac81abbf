// Text for web pages: escaping and readable numbers.
#pragma once
#include <string>
#include <string_view>

namespace orogen::markup {

/// `raw` with & < > " ' escaped, control characters and bytes that are not UTF-8 replaced by U+FFFD; safe as HTML text
/// and inside quoted attributes.
std::string escape(std::string_view raw);

/// A number for people: `digits` significant digits, true minus sign, "1.2·10⁻⁵" beyond 10⁻³…10⁶, "–" when not finite.
std::string number(double value, int digits = 3);

/// A whole number with thin spaces between thousands: "20 000".
std::string count(double value);

/// "⁻³": an exponent in superscript digits.
std::string superscript(int exponent);

}  // namespace orogen::markup
