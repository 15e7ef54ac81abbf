#include "orogen/potential/potential.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "orogen/base/errors.hpp"

namespace orogen {
namespace {

void require_directions(std::span<const Structure> structures, std::span<const std::vector<Vec3>> tangent) {
  if (tangent.size() != structures.size())
    throw InputError(
        fmt::format("{} directions for {} structures: expected one for each", tangent.size(), structures.size()));
  for (std::size_t k = 0; k < structures.size(); ++k) {
    if (tangent[k].size() != std::size_t(structures[k].size()))
      throw InputError(fmt::format("structure {} (counted from 0) has {} atoms, but its direction {} vectors", k,
                                   structures[k].size(), tangent[k].size()));
    for (std::size_t i = 0; i < tangent[k].size(); ++i)
      if (!tangent[k][i].allFinite())
        throw InputError(fmt::format("the direction of atom {} (counted from 0) is not finite", i));
  }
}

void require_products(std::span<const Evaluation> out) {
  for (const Evaluation& e : out)
    for (std::size_t i = 0; i < e.hessian_product.size(); ++i)
      if (!e.hessian_product[i].allFinite())
        throw NumericalError(fmt::format("the Hessian times the vector is not finite at atom {} (counted from 0)", i));
}

/// The structures with their atoms moved by steps[k] times the direction.
std::vector<Structure> moved(std::span<const Structure> structures, std::span<const std::vector<Vec3>> directions,
                             const std::vector<double>& steps, double sign) {
  std::vector<Structure> all(structures.begin(), structures.end());
  for (std::size_t k = 0; k < all.size(); ++k)
    for (int i = 0; i < all[k].size(); ++i) all[k].positions[i] += sign * steps[k] * directions[k][i];
  return all;
}

}  // namespace

void Potential::evaluate(std::span<const Structure> structures, Want want, std::span<Evaluation> out) {
  if (out.size() != structures.size())
    throw InputError(fmt::format("{} structures, but room for {} answers", structures.size(), out.size()));
  const auto tangent = std::exchange(want.tangent, {});
  if (!tangent.empty()) require_directions(structures, tangent);
  compute(structures, want, out);
  for (Evaluation& e : out) e.hessian_product.clear();
  if (tangent.empty()) return;
  multiply_hessian(structures, tangent, out);
  require_products(out);
}

void Potential::multiply_hessian(std::span<const Structure> structures, std::span<const std::vector<Vec3>> directions,
                                 std::span<Evaluation> out) {
  constexpr double displacement = 0.01;  // Å
  std::vector<double> steps(structures.size());
  for (std::size_t k = 0; k < steps.size(); ++k) {
    double largest = 0;
    for (const Vec3& v : directions[k]) largest = std::max(largest, v.norm());
    steps[k] = largest > 0 ? displacement / largest : 1;  // a direction of zeros has a product of zeros
  }
  std::vector<Evaluation> forward(structures.size()), back(structures.size());
  compute(moved(structures, directions, steps, +1), Want{.forces = true, .virial = false}, forward);
  compute(moved(structures, directions, steps, -1), Want{.forces = true, .virial = false}, back);
  for (std::size_t k = 0; k < steps.size(); ++k) {
    out[k].hessian_product.resize(std::size_t(structures[k].size()));
    for (std::size_t i = 0; i < out[k].hessian_product.size(); ++i)
      out[k].hessian_product[i] = (back[k].forces[i] - forward[k].forces[i]) / (2 * steps[k]);
  }
}

std::vector<std::vector<Vec3>> Potential::hessian_vectors(std::span<const Structure> structures,
                                                          std::span<const std::vector<Vec3>> directions) {
  require_directions(structures, directions);
  std::vector<Evaluation> out(structures.size());
  multiply_hessian(structures, directions, out);
  require_products(out);
  std::vector<std::vector<Vec3>> products;
  for (Evaluation& e : out) products.push_back(std::move(e.hessian_product));
  return products;
}

std::vector<Vec3> Potential::hessian_vector(const Structure& structure, std::span<const Vec3> direction) {
  const std::vector<Vec3> v(direction.begin(), direction.end());
  return std::move(hessian_vectors(std::span(&structure, 1), std::span(&v, 1))[0]);
}

}  // namespace orogen
