// A space-filling curve: bins that are near each other along the curve are near each other in space.
#pragma once
#include <cstdint>

namespace orogen {

/// Position along the Hilbert curve of the bin (x, y, z), each below 2²¹.
/// Source: J. Skilling, AIP Conf. Proc. 707, 381 (2004), doi:10.1063/1.1751381 (axes to transposed index, then
/// interleaved).
inline std::uint64_t hilbert(std::uint32_t x, std::uint32_t y, std::uint32_t z, int bits) {
  std::uint32_t axis[3] = {x, y, z};
  for (std::uint32_t q = 1u << (bits - 1); q > 1; q >>= 1) {  // undo the excess rotations, from the top bit down
    const std::uint32_t below = q - 1;
    for (auto& a : axis)
      if (a & q) {
        axis[0] ^= below;
      } else {
        const std::uint32_t swap = (axis[0] ^ a) & below;
        axis[0] ^= swap;
        a ^= swap;
      }
  }
  axis[1] ^= axis[0];
  axis[2] ^= axis[1];
  std::uint32_t parity = 0;
  for (std::uint32_t q = 1u << (bits - 1); q > 1; q >>= 1)
    if (axis[2] & q) parity ^= q - 1;
  std::uint64_t key = 0;
  for (int b = bits - 1; b >= 0; --b)
    for (const auto a : axis) key = key << 1 | (((a ^ parity) >> b) & 1u);
  return key;
}

}  // namespace orogen
