#include "orogen/train/feature_norm.hpp"

#include <algorithm>
#include <cmath>

namespace orogen {

FeatureNorm::FeatureNorm(const Model& model) : hidden_(model.shape.hidden), species_(model.shape.species) {
  const Parameterization parameters = model.parameterization();
  auto offset = [&](int layer, const char* name) {
    const std::string full = "layer" + std::to_string(layer + 1) + "." + name;
    for (const auto& block : parameters.blocks())
      if (block.name == full) return block.offset;
    return -1L;
  };
  const std::size_t features = std::size_t(kernel::invariants(model.shape)) * model.shape.features;
  for (int l = 0; l < model.shape.layers; ++l)
    layers_.push_back({offset(l, "mlp.1"), offset(l, "mlp.1.bias"), offset(l, "linear"), offset(l, "shift"),
                       std::vector<float>(features, 0.0f), std::vector<float>(features, 1.0f)});
}

void FeatureNorm::set(int layer, std::span<const double> sums, double atoms) {
  Layer& l = layers_[layer];
  double typical = 0;
  for (std::size_t f = 0; f < l.mean.size(); ++f) typical += sums[2 * f + 1] / atoms / double(l.mean.size());
  for (std::size_t f = 0; f < l.mean.size(); ++f) {
    const double mean = sums[2 * f] / atoms, variance = std::max(0.0, sums[2 * f + 1] / atoms - mean * mean);
    // A feature that hardly varies must not be blown up into noise.
    const double spread = std::sqrt(std::max(variance, 1e-4 * (mean * mean + 1e-2 * typical)) + 1e-12);
    l.mean[f] = float(mean), l.inverse[f] = float(1 / spread);
  }
}

void FeatureNorm::to_model(std::span<const float> training, std::span<float> trained) const {
  std::copy(training.begin(), training.end(), trained.begin());
  for (const Layer& l : layers_) {
    const long features = long(l.mean.size());
    std::vector<double> bias(hidden_, 0.0);
    for (long f = 0; f < features; ++f)
      for (int h = 0; h < hidden_; ++h) {
        float& w = trained[l.weights + f * hidden_ + h];
        w *= l.inverse[f];
        bias[h] += double(l.mean[f]) * w;
      }
    for (int s = 0; s < species_; ++s) {
      for (int h = 0; h < hidden_; ++h) trained[l.bias + long(s) * hidden_ + h] -= float(bias[h]);
      double shift = 0;
      for (long f = 0; f < features; ++f) {
        float& w = trained[l.linear + s * features + f];
        w *= l.inverse[f];
        shift += double(l.mean[f]) * w;
      }
      trained[l.shift + s] -= float(shift);
    }
  }
}

void FeatureNorm::from_model(std::span<const float> trained, std::span<float> training) const {
  std::copy(trained.begin(), trained.end(), training.begin());
  for (const Layer& l : layers_) {
    const long features = long(l.mean.size());
    std::vector<double> bias(hidden_, 0.0);
    for (long f = 0; f < features; ++f)
      for (int h = 0; h < hidden_; ++h) {
        float& w = training[l.weights + f * hidden_ + h];
        bias[h] += double(l.mean[f]) * w;
        w /= l.inverse[f];
      }
    for (int s = 0; s < species_; ++s) {
      for (int h = 0; h < hidden_; ++h) training[l.bias + long(s) * hidden_ + h] += float(bias[h]);
      double shift = 0;
      for (long f = 0; f < features; ++f) {
        float& w = training[l.linear + s * features + f];
        shift += double(l.mean[f]) * w;
        w /= l.inverse[f];
      }
      training[l.shift + s] += float(shift);
    }
  }
}

void FeatureNorm::pull(std::span<float> g) const {
  for (const Layer& l : layers_) {
    const long features = long(l.mean.size());
    std::vector<float> bias(hidden_, 0.0f);
    for (int s = 0; s < species_; ++s) {
      for (int h = 0; h < hidden_; ++h) bias[h] += g[l.bias + long(s) * hidden_ + h];
      const float shift = g[l.shift + s];
      for (long f = 0; f < features; ++f) {
        float& d = g[l.linear + s * features + f];
        d = (d - l.mean[f] * shift) * l.inverse[f];
      }
    }
    for (long f = 0; f < features; ++f)
      for (int h = 0; h < hidden_; ++h) {
        float& d = g[l.weights + f * hidden_ + h];
        d = (d - l.mean[f] * bias[h]) * l.inverse[f];
      }
  }
}

std::vector<float> FeatureNorm::state() const {
  std::vector<float> all;
  for (const Layer& l : layers_) {
    all.insert(all.end(), l.mean.begin(), l.mean.end());
    all.insert(all.end(), l.inverse.begin(), l.inverse.end());
  }
  return all;
}

void FeatureNorm::restore(std::span<const float> state) {
  auto from = state.begin();
  for (Layer& l : layers_)
    for (auto* part : {&l.mean, &l.inverse}) {
      std::copy(from, from + long(part->size()), part->begin());
      from += long(part->size());
    }
}

}  // namespace orogen
