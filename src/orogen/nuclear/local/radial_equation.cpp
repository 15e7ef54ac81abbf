#include "orogen/nuclear/local/radial_equation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "orogen/base/errors.hpp"

namespace orogen::nuclear {
namespace {

// G_{i−1}/G_i of r^{L+1} at x = i h under the centrifugal term alone.
double start_ratio(int L, std::size_t i) {
  const auto G = [&](double x) { return std::pow(x, L + 1) - (L > 0 ? L * (L + 1) * std::pow(x, L - 1) / 12 : 0.0); };
  return G(double(i) - 1) / G(double(i));
}

int negative_eigenvalues(Symmetric2 x) { return x.a * x.d < x.b * x.b ? 1 : x.a < 0 ? 2 : 0; }

}  // namespace

StretchedMesh::StretchedMesh(const RadialMesh& m) : h(m.step) {
  if (!(m.step > 0) || !(m.range > 10 * m.step) || !(m.stretch > 0) || !std::isfinite(m.range / m.step))
    throw InputError(
        fmt::format("radial mesh: step {:g}, range {:g}, stretch {:g} fm; expected 0 < step, range > 10 steps, "
                    "stretch > 0, e.g. 0.01, 20, 6",
                    m.step, m.range, m.stretch));
  const double a = m.stretch;
  const auto n = std::size_t(std::ceil(a * std::asinh(m.range / a) / h));
  for (std::size_t j = 0; j < n; ++j) {
    const double x = double(j + 1) * h / a, dr = std::cosh(x), t = std::tanh(x);
    r.push_back(a * std::sinh(x)), slope.push_back(dr);
    share.push_back(h * h / 12 * dr * dr);
    bend.push_back(h * h / 12 * (0.75 * t * t - 0.5) / (a * a));  // [T14.5]
  }
}

void RadialEquation::tabulate(const LocalInteraction& force, Pair pair, const StretchedMesh& mesh, double h2m) {
  std::vector<double> v(3 * mesh.size(), 0.0);
  force.add(block_, pair, mesh.r, std::span<double>(v));
  for (std::size_t j = 0; j < v.size(); ++j)
    if (!std::isfinite(v[j]))
      throw NumericalError(fmt::format("{}: the potential of {} at r = {:g} fm is not a finite number", force.title,
                                       name(block_), mesh.r[j / 3]));
  for (std::size_t j = 0; j < mesh.size(); ++j) {
    for (std::size_t c = 0; c < 3; ++c) v[3 * j + c] *= mesh.share[j] / h2m;
    for (int i = 0; i < block_.waves; ++i)
      v[3 * j + std::size_t(2 * i)] +=
          mesh.share[j] * block_.L[i] * (block_.L[i] + 1) / (mesh.r[j] * mesh.r[j]) + mesh.bend[j];
  }
  q_ = std::move(v);
}

std::size_t RadialEquation::first() const {
  const int L = block_.L[block_.waves - 1];
  return std::size_t(std::max(1.0, std::ceil(std::sqrt(L * (L + 1) / 6.0)))) - 1;  // F > 1/2
}

template <> double RadialEquation::start() const { return start_ratio(block_.L[0], first() + 1); }
template <> Symmetric2 RadialEquation::start() const {
  return {start_ratio(block_.L[0], first() + 1), 0, start_ratio(block_.L[1], first() + 1)};
}

int states_below(double k2, const RadialEquation& e, const StretchedMesh& mesh) {
  std::vector<Symmetric2> inverses(mesh.size());
  std::vector<double> shift = mesh.share;
  for (double& s : shift) s *= k2;
  propagate(e, shift, mesh.size() - 1, inverses.data());
  int count = 0;
  for (std::size_t j = e.first(); j < mesh.size(); ++j) count += negative_eigenvalues(inverses[j]);
  return count;
}

}  // namespace orogen::nuclear
