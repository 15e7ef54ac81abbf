#include "orogen/potential/model/initial.hpp"

#include <algorithm>
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

/// Standard deviation of the normal distribution that a matrix starts from; zero for biases.
double spread(const kernel::Shape& s, const kernel::Tensor& t) {
  using kernel::Role;
  switch (t.role) {
    case Role::mix:
      return 1 / std::sqrt(double(t.layer == 0 ? s.radial : t.rows));
    case Role::paths:
    case Role::embedding:
      return 1;
    case Role::linear:
      return 0.1 / std::sqrt(double(invariants(s) * s.features));
    case Role::hidden:
      return 1 / std::sqrt(double(t.rows));
    case Role::last:
      return 0.1 / std::sqrt(double(t.cols));
    case Role::message:
      return 0.5 / std::sqrt(double(t.rows));
    case Role::message_species:
      return 0.5;
    default:
      return 0;
  }
}

/// Radial function n = 0 … N−1 of row r of the mix W^l: in the first layer rows run over n within a channel; in the
/// others over channels within n, the scalars first, then path by path.
int radial_of_row(const kernel::Shape& s, const kernel::Tensor& mix, int r) {
  if (mix.layer == 0) return r % s.radial;
  int channels = message_channels(s, 0);
  for (const auto& path : kernel::gaunt::message) {
    if (r < s.radial * channels) break;
    if (path.l3 != mix.l || !couples(s, path)) continue;
    r -= s.radial * channels;
    channels = message_channels(s, path.l2);
  }
  return r / channels;
}

/// Path weights start such that P and Q have components of size one.
void scale_paths(const kernel::Shape& s, const kernel::Tensor& t, double* p) {
  const int paths = kernel::product_paths(s.l_max);
  for (long row = 0; row < t.rows; ++row) {
    const int path = int(row % paths);
    for (long k = 0; k < t.cols; ++k)
      p[row * t.cols + k] /= path_rms(path) * std::sqrt(double(paths_into(path, s.l_max)));
  }
}

}  // namespace

std::vector<double> parameter_sizes(const kernel::Shape& shape, double radial, double angular) {
  const kernel::Layout layout = kernel::make_layout(shape, 1);
  std::vector<double> sizes(layout.canonical_size, 1.0);
  for (const kernel::Tensor& t : layout) {
    if (t.role != kernel::Role::mix) continue;
    double* size = sizes.data() + t.canonical;
    for (long e = 0; e < t.size(); ++e)
      size[e] = std::pow(1 + radial_of_row(shape, t, int(e / t.cols)), -radial) * std::pow(1 + t.l, -angular);
  }
  return sizes;
}

std::vector<double> initial_parameters(const kernel::Shape& shape, std::uint64_t seed) {
  const kernel::Layout layout = kernel::make_layout(shape, 1);
  std::vector<double> theta(layout.canonical_size, 0.0);
  for (const kernel::Tensor& t : layout) {
    Random random(seed, 1 + 64 * std::max(0, t.layer) + t.stream);
    const double sigma = spread(shape, t);
    double* p = theta.data() + t.canonical;
    for (long e = 0; e < t.size(); ++e) p[e] = t.role == kernel::Role::scale ? 1.0 : sigma * random.normal();
    if (t.role == kernel::Role::paths) scale_paths(shape, t, p);
    if (t.role == kernel::Role::embedding)
      for (long e = 0; e < t.size(); ++e) p[e] /= std::sqrt(double(t.cols));
  }
  return theta;
}

}  // namespace orogen
