// SHA-256, to name a training set or an input by its content.
#pragma once
#include <string>
#include <string_view>

namespace orogen {

/// The SHA-256 digest (FIPS 180-4) of `bytes` as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace orogen
