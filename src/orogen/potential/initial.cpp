#include "orogen/potential/initial.hpp"

#include <cmath>

#include "orogen/base/random.hpp"

namespace orogen {
namespace {

/// Standard deviation of the normal distribution that tensor `kind` starts from; zero for biases.
double spread(const kernel::Shape& s, int layer, int kind, const kernel::TensorShape& t) {
  using namespace kernel;
  switch (kind) {
    case mix_0: case mix_1: case mix_2: case mix_3: return 1 / std::sqrt(double(layer == 0 ? s.radial : t.rows));
    case paths: return 1 / std::sqrt(15.0 / 4);
    case linear: return 0.1 / std::sqrt(double(invariants(s) * s.features));
    case mlp_1: case mlp_2: return 1 / std::sqrt(double(t.rows));
    case mlp_3: return 0.1 / std::sqrt(double(t.cols));
    case message_scalar: case message_a: case message_p: return 0.5 / std::sqrt(double(t.rows));
    case message_species: return 0.5;
    default: return 0;
  }
}

}  // namespace

std::vector<double> initial_parameters(const kernel::Shape& shape, std::uint64_t seed) {
  const kernel::Layout layout = kernel::make_layout(shape, 1);
  std::vector<double> theta(layout.canonical_size, 0.0);
  for (int layer = 0; layer < shape.layers; ++layer)
    for (int kind = 0; kind < kernel::tensor_kinds; ++kind) {
      const kernel::TensorShape t = kernel::tensor_shape(shape, layer, kind);
      Random random(seed, 1 + 64 * layer + kind);
      const double sigma = spread(shape, layer, kind, t);
      double* p = theta.data() + layout.canonical[layer][kind];
      for (long e = 0; e < long(t.rows) * t.cols; ++e) p[e] = kind == kernel::scale ? 1.0 : sigma * random.normal();
    }
  return theta;
}

}  // namespace orogen
