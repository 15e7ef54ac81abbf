// Training sees the invariant features with mean 0 and spread 1; the finished model sees them as they are. [T6.6]
#pragma once
#include <span>
#include <vector>

#include "orogen/potential/model.hpp"

namespace orogen {

/// The read-out of every layer acts on (F − mean)/spread while it is trained. That is only another set of coordinates for the
/// same model: weights W = W'/spread, and what the means contribute goes into the biases. Energies of crystals depend on
/// features that vary by a few per cent of their mean; without this the minimiser hardly sees them.
class FeatureNorm {
 public:
  FeatureNorm() = default;
  explicit FeatureNorm(const Model& model);

  /// Statistics of one layer: sums over atoms of F and F² (features × K × 2).
  void set(int layer, std::span<const double> sums, double atoms);
  /// Training coordinates → trained parameters (Parameterization order); sizes are the same.
  void to_model(std::span<const float> training, std::span<float> trained) const;
  /// Trained parameters → training coordinates.
  void from_model(std::span<const float> trained, std::span<float> training) const;
  /// Turns a gradient with respect to the trained parameters into one with respect to the training coordinates, in place.
  void pull(std::span<float> gradient) const;

  /// mean and 1/spread of all layers, one after the other: what a checkpoint keeps.
  std::vector<float> state() const;
  void restore(std::span<const float> state);

 private:
  struct Layer {
    long weights, bias, linear, shift;  ///< offsets of mlp.1, mlp.1.bias, linear, shift
    std::vector<float> mean, inverse;   ///< features × K
  };
  int hidden_ = 0, species_ = 0;
  std::vector<Layer> layers_;
};

}  // namespace orogen
