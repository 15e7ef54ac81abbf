// Starting values of the network's parameters.
#pragma once
#include <cstdint>
#include <vector>

#include "orogen/kernel/shape.hpp"

namespace orogen {

/// Canonical parameters drawn for training: mix 1/√(fan-in), path weights such that P and Q have rms 1 when A has, MLP 1/√(fan-in), last layer 0.1/√H, linear
/// read-out 0.1/√(13K), messages 0.5/√(fan-in), species scales 1, biases 0. [T6.1]
std::vector<double> initial_parameters(const kernel::Shape& shape, std::uint64_t seed);

}  // namespace orogen
