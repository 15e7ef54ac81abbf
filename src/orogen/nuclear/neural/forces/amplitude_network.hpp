// From a few scalars to all amplitudes of a force at once: the network block of the tree with one linear layer on top.
// [T18.1]
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace orogen::nuclear {

/// y = b3 + W3ᵀ a2(x): two SiLU layers of kernel/mlp in double. Parameters in the order W1 (inputs × width), b1, W2
/// (width × width), b2, W3 (width × outputs), b3; matrices row by row.
class AmplitudeNetwork {
 public:
  /// Throws InputError unless all are at least 1.
  AmplitudeNetwork(int inputs, int width, int outputs);
  int inputs() const { return inputs_; }
  int outputs() const { return outputs_; }
  long size() const { return long(theta_.size()); }
  std::span<const double> parameters() const { return theta_; }
  /// Throws InputError for a wrong length.
  void set_parameters(std::span<const double>);

  /// Random first two layers, last layer zero: the network starts as y = 0. Weights have the standard deviations of
  /// spread().
  std::vector<double> start(std::uint64_t seed) const;
  /// Standard deviation of each parameter under the prior: inputs of order one give activations of order one; outputs
  /// vary by `scale`.
  std::vector<double> spread(std::span<const double> scale) const;

  /// x: rows × inputs → y: rows × outputs.
  void forward(std::span<const double> x, std::span<double> y) const;
  /// gradient[k] += Σ dy[i] ∂y[i]/∂θ_k.
  void pull(std::span<const double> x, std::span<const double> dy, std::span<double> gradient) const;

 private:
  struct Offsets {
    long b1, w2, b2, w3, b3;
  };
  struct Block;
  void hidden(int rows, const double* x, Block&) const;

  int inputs_, width_, outputs_;
  Offsets at_;
  std::vector<double> theta_, w1t_, w2t_;  // transposed for the reverse
};

}  // namespace orogen::nuclear
