// The second line of an extended XYZ frame: key=value pairs.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orogen {

/// Splits `Lattice="1 0 0 …" energy=-3.2 "odd key"='a b' flag list=[1, 2]` into pairs. Values in quotes lose them and
/// their backslashes, {…} loses its braces, […] keeps its brackets, a bare word gets the value "T". Blanks around = are
/// allowed. A line without any = is a remark: one pair with the key "comment". Throws InputError, without place, for a
/// quote or bracket that is never closed.
std::vector<std::pair<std::string, std::string>> parse_key_values(std::string_view line);

/// key=value, quoted where parse_key_values would need it.
std::string key_value_text(std::string_view key, std::string_view value);

}  // namespace orogen
