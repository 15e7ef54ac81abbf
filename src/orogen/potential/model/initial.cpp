#include "orogen/potential/model/initial.hpp"

#include <cmath>

#include "orogen/base/random.hpp"
#include "orogen/kernel/layer/gaunt.hpp"

namespace orogen {
namespace {

/// √⟨T_c²⟩ of path p when all A_lm are independent standard normal numbers (mean over the components c).
double path_rms(int p) {
  const kernel::gaunt::Path path = kernel::gaunt::product[p];
  double sum = 0;
  for (int c = path.l3 * path.l3; c < (path.l3 + 1) * (path.l3 + 1); ++c) {
    double mean = 0;
    for (int e = path.begin; e < path.end; ++e) {
      const auto& entry = kernel::gaunt::product_entries[e];
      if (entry.c != c) continue;
      sum += entry.g * entry.g * (entry.a == entry.b ? 2 : 1);
      if (entry.a == entry.b) mean += entry.g;
    }
    sum += mean * mean;
  }
  return std::sqrt(sum / (2 * path.l3 + 1));
}
/// Paths that end at the same l3 as path p, within l_max.
int paths_into(int p, int l_max) {
  int n = 0;
  for (const auto& q : kernel::gaunt::product)
    n += q.l3 == kernel::gaunt::product[p].l3 && q.l1 <= l_max && q.l2 <= l_max;
  return n > 0 ? n : 1;
}

/// Standard deviation of the normal distribution that tensor `kind` starts from; zero for biases.
double spread(const kernel::Shape& s, int layer, int kind, const kernel::TensorShape& t) {
  using namespace kernel;
  switch (kind) {
    case mix_0:
    case mix_1:
    case mix_2:
    case mix_3:
      return 1 / std::sqrt(double(layer == 0 ? s.radial : t.rows));
    case paths:
      return 1;
    case linear:
    case output_linear:
      return 0.1 / std::sqrt(double(invariants(s) * s.features));
    case mlp_1:
    case mlp_2:
      return 1 / std::sqrt(double(t.rows));
    case mlp_3:
    case output_mlp_3:
      return 0.1 / std::sqrt(double(t.cols));
    case message_scalar:
    case message_a:
    case message_p:
      return 0.5 / std::sqrt(double(t.rows));
    case message_species:
      return 0.5;
    default:
      return 0;
  }
}

/// Radial function n = 0 … N−1 of row r of a mix: rows run over channels within n, scalars before vectors.
int radial_of_row(const kernel::Shape& s, int layer, int r) {
  if (layer == 0) return r % s.radial;
  const int scalars = s.radial * s.message_scalars;
  return r < scalars ? r / s.message_scalars : (r - scalars) / s.message_vectors % s.radial;
}

}  // namespace

std::vector<double> parameter_sizes(const kernel::Shape& shape, double radial, double angular) {
  const kernel::Layout layout = kernel::make_layout(shape, 1);
  std::vector<double> sizes(layout.canonical_size, 1.0);
  for (int layer = 0; layer < shape.layers; ++layer)
    for (int l = 0; l <= shape.l_max; ++l) {
      const kernel::TensorShape t = kernel::tensor_shape(shape, layer, kernel::mix_0 + l);
      double* size = sizes.data() + layout.canonical[layer][kernel::mix_0 + l];
      for (long e = 0; e < long(t.rows) * t.cols; ++e)
        size[e] = std::pow(1 + radial_of_row(shape, layer, int(e / t.cols)), -radial) * std::pow(1 + l, -angular);
    }
  return sizes;
}

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
      if (kind == kernel::paths)
        for (long row = 0; row < t.rows; ++row)
          for (long k = 0; k < t.cols; ++k)
            p[row * t.cols + k] /= path_rms(int(row % 15)) * std::sqrt(double(paths_into(int(row % 15), shape.l_max)));
    }
  return theta;
}

}  // namespace orogen
