// Counter-based random numbers: a number depends only on (seed, stream, counter), so a restart needs no hidden state.
#pragma once
#include <array>
#include <cmath>
#include <cstdint>

namespace orogen {

/// Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC11, doi:10.1145/2063384.2063405).
/// `Random(seed, stream)` starts at counter 0; `seek` continues anywhere: (seed, stream, position) is the whole state.
class Random {
 public:
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0, std::uint64_t position = 0)
      : seed_(seed), stream_(stream), position_(position) {}

  std::uint64_t position() const { return position_; }
  void seek(std::uint64_t position) { position_ = position; }

  /// 64 random bits.
  std::uint64_t bits() {
    const auto block = philox(position_++);
    return (std::uint64_t(block[1]) << 32) | block[0];
  }
  /// Uniform in [0, 1).
  double uniform() { return double(bits() >> 11) * 0x1.0p-53; }
  /// Uniform integer in [0, n).
  std::uint64_t below(std::uint64_t n) { return std::uint64_t((static_cast<unsigned __int128>(bits()) * n) >> 64); }
  /// Standard normal (Box–Muller; one number per counter value, so that positions stay simple).
  double normal() {
    const auto b = philox(position_++);
    const double u = (double((std::uint64_t(b[1]) << 32 | b[0]) >> 11) + 0.5) * 0x1.0p-53;
    const double v = double((std::uint64_t(b[3]) << 32 | b[2]) >> 11) * 0x1.0p-53;
    return std::sqrt(-2.0 * std::log(u)) * std::cos(6.283185307179586 * v);
  }

 private:
  std::array<std::uint32_t, 4> philox(std::uint64_t counter) const {
    std::array<std::uint32_t, 4> x{std::uint32_t(counter), std::uint32_t(counter >> 32), std::uint32_t(stream_),
                                   std::uint32_t(stream_ >> 32)};
    std::uint32_t k0 = std::uint32_t(seed_), k1 = std::uint32_t(seed_ >> 32);
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t p0 = std::uint64_t(0xD2511F53u) * x[0], p1 = std::uint64_t(0xCD9E8D57u) * x[2];
      x = {std::uint32_t(p1 >> 32) ^ x[1] ^ k0, std::uint32_t(p1), std::uint32_t(p0 >> 32) ^ x[3] ^ k1,
           std::uint32_t(p0)};
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    return x;
  }
  std::uint64_t seed_, stream_, position_;
};

}  // namespace orogen
