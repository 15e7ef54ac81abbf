#include <algorithm>

#include "orogen/potential/model/initial.hpp"
#include "orogen/potential/model/model.hpp"

namespace orogen {

Parameterization::Parameterization(const kernel::Shape& shape) : shape_(shape) {
  const kernel::Layout layout = kernel::make_layout(shape, 1);
  for (const kernel::Tensor& t : layout) {
    const std::string layer = t.layer < 0 ? "" : "layer" + std::to_string(t.layer + 1) + ".";
    blocks_.push_back({layer + t.name, t.canonical, t.rows, t.cols});
  }
  size_ = layout.canonical_size;
}

void Parameterization::expand(const float* trained, float* network) const {
  std::copy(trained, trained + size_, network);
}

void Parameterization::pull(const float*, const float* network_gradient, float* trained_gradient) const {
  for (long i = 0; i < size_; ++i) trained_gradient[i] += network_gradient[i];
}

std::vector<float> Parameterization::sizes(double radial, double angular) const {
  const std::vector<double> sizes = parameter_sizes(shape_, radial, angular);
  return {sizes.begin(), sizes.end()};
}

std::vector<float> Parameterization::initial(std::uint64_t seed) const {
  const std::vector<double> theta = initial_parameters(shape_, seed);
  return {theta.begin(), theta.end()};
}

}  // namespace orogen
