// Models with random parameters and structures that every front is tried on.
#pragma once
#include <Eigen/Dense>
#include <numeric>

#include "orogen/base/random.hpp"
#include "orogen/potential/learned/learned_potential.hpp"
#include "orogen/system/neighbors/neighbors.hpp"

namespace orogen::domain {

struct ModelChoice {
  int layers = 1, members = 1;
  bool zbl = true, last_layer = false;
  double cutoff = 3.5;
  std::vector<int> elements = {1, 8, 29};
};

/// A small network whose parameters are random numbers; as smooth as a trained one, and without its symmetries.
inline Model random_model(const ModelChoice& choice) {
  Model model;
  kernel::Shape& s = model.shape;
  s.layers = choice.layers, s.features = 8, s.hidden = 16, s.radial = 6, s.species = int(choice.elements.size());
  s.cutoff = choice.cutoff, s.mean_neighbors = 60, s.energy_scale = 1.3;
  model.elements = choice.elements;
  if (!choice.zbl) model.remove_term("zbl");
  for (std::size_t k = 0; k < choice.elements.size(); ++k) model.reference_energies.push_back(-1.5 - 2.0 * double(k));
  model.precision = "float64";
  for (int m = 0; m < choice.members; ++m) {
    model.members.push_back(model.parameterization().initial(7 + std::uint64_t(m)));
    Random random(5 + std::uint64_t(m));
    for (float& t : model.members.back()) t += float(0.05 * random.normal());
  }
  if (choice.last_layer) {
    Random random(31);
    model.uncertainty.emplace_back(s.hidden * s.hidden, 0.0);
    for (int p = 0; p < s.hidden; ++p)
      for (int q = 0; q <= p; ++q) model.uncertainty[0][p * s.hidden + q] = random.normal();
    model.uncertainty_scale = 0.3;
  }
  return model;
}

/// `atoms` atoms of the elements in turn at random places of the cell, no two closer than `apart` [Å].
inline Structure scattered(int atoms, const Mat3& rows, std::array<bool, 3> periodic, std::uint64_t seed,
                           double apart = 1.1, std::vector<int> elements = {1, 8, 29}) {
  Random random(seed);
  Structure s;
  s.cell.rows = rows, s.cell.periodic = periodic;
  while (s.size() < atoms) {
    const Vec3 r = rows.transpose() * Vec3(random.uniform(), random.uniform(), random.uniform());
    bool free = true;
    for (const Vec3& other : s.positions) {
      Vec3 f = rows.transpose().inverse() * (other - r);
      for (int d = 0; d < 3; ++d)
        if (periodic[d]) f[d] -= std::round(f[d]);
      free = free && (rows.transpose() * f).norm() > apart;
    }
    if (!free) continue;
    s.species.push_back(elements[s.positions.size() % elements.size()]);
    s.positions.push_back(r);
  }
  return s;
}
inline Mat3 cell(double xx, double xy, double yy, double xz, double yz, double zz) {
  Mat3 rows;
  rows << xx, 0, 0, xy, yy, 0, xz, yz, zz;
  return rows;
}
inline Structure molecule() { return scattered(9, 4.0 * Mat3::Identity(), {false, false, false}, 1); }
inline Structure triclinic() { return scattered(40, cell(7.1, 2.2, 7.9, -2.6, 1.7, 8.4), {true, true, true}, 2); }
inline Structure slab() { return scattered(30, cell(7, 1.5, 8, 0, 0, 9), {true, true, false}, 3); }
inline Structure tiny() { return scattered(3, cell(2.6, 0.4, 2.8, 0.3, -0.2, 3.0), {true, true, true}, 4); }

}  // namespace orogen::domain
