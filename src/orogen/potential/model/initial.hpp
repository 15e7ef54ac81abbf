// Starting values of the network's parameters.
#pragma once
#include <cstdint>
#include <vector>

#include "orogen/kernel/shape.hpp"

namespace orogen {

/// Canonical parameters drawn for training: mix 1/√(fan-in), path weights such that P and Q have rms 1 when A has, MLP
/// 1/√(fan-in), last layer 0.1/√H, linear read-out 0.1/√(13K), messages 0.5/√(fan-in), species scales 1, biases 0.
/// [T6.1]
std::vector<double> initial_parameters(const kernel::Shape& shape, std::uint64_t seed);

/// Expected size of every canonical parameter under a smooth potential: n^−radial (l+1)^−angular for the mix of radial
/// function n = 1 … N and angular momentum l, 1 for all others. Starting values, steps of the minimiser and the prior's
/// σ scale with it. [T6.8]
std::vector<double> parameter_sizes(const kernel::Shape& shape, double radial, double angular);

}  // namespace orogen
