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

std::vector<float> Parameterization::sizes(double radial, double angular) const {
  const std::vector<double> sizes = parameter_sizes(shape_, radial, angular);
  return {sizes.begin(), sizes.end()};
}

std::vector<float> Parameterization::initial(std::uint64_t seed) const {
  const std::vector<double> theta = initial_parameters(shape_, seed);
  return {theta.begin(), theta.end()};
}

}  // namespace orogen
