#include "orogen/potential/terms/zbl.hpp"

#include <cmath>

#include "orogen/base/units.hpp"
#include "orogen/system/elements.hpp"

namespace orogen {
namespace {

// Ziegler, Biersack, Littmark, The Stopping and Range of Ions in Solids (1985).
constexpr double amplitude[] = {0.18175, 0.50986, 0.28022, 0.02817};
constexpr double decay[] = {3.19980, 0.94229, 0.40290, 0.20162};

/// Value and the first two derivatives of V.
struct Jet {
  double v = 0, d1 = 0, d2 = 0;
};
Jet product(Jet a, Jet b) { return {a.v * b.v, a.d1 * b.v + a.v * b.d1, a.d2 * b.v + 2 * a.d1 * b.d1 + a.v * b.d2}; }

Jet pair_energy(int z1, int z2, double r) {
  const double out = Zbl::contact(z1, z2);
  if (r >= out) return {};
  const double a = 0.46850 / (std::pow(z1, 0.23) + std::pow(z2, 0.23));
  Jet screening;
  for (int k = 0; k < 4; ++k) {
    const double e = amplitude[k] * std::exp(-decay[k] * r / a), c = -decay[k] / a;
    screening.v += e, screening.d1 += c * e, screening.d2 += c * c * e;
  }
  const double q = units::coulomb * z1 * z2;
  const Jet coulomb{q / r, -q / (r * r), 2 * q / (r * r * r)};
  const double x = r / out, y = 1 - x;
  const Jet switched{y * y * y * (1 + 3 * x + 6 * x * x), -30 * x * x * y * y / out,
                     -60 * x * y * (1 - 2 * x) / (out * out)};
  return product(product(coulomb, screening), switched);
}

template <class F> void for_each_contact(const Neighborhood& atoms, double reach, F f) {
  for (int i = 0; i < atoms.local; ++i)
    for (std::int64_t e = atoms.first[i]; e < atoms.first[i + 1]; ++e) {
      const int j = atoms.neighbor[e];
      const double* a = atoms.positions.data() + 4L * i;
      const double* b = atoms.positions.data() + 4L * j;
      const Vec3 d(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
      const double r2 = d.squaredNorm();
      if (r2 < reach * reach && r2 > 0) f(i, j, d, std::sqrt(r2));
    }
}

}  // namespace

double Zbl::contact(int z1, int z2) { return 0.7 * (covalent_radius(z1) + covalent_radius(z2)); }
double Zbl::energy(int z1, int z2, double r) { return pair_energy(z1, z2, r).v; }

Zbl::Zbl(std::span<const int> elements) {
  for (int a : elements)
    for (int b : elements) reach_ = std::max(reach_, contact(a, b));
}

void Zbl::add(const Neighborhood& atoms, SweepResult& result) const {
  for_each_contact(atoms, reach_, [&](int i, int j, const Vec3& d, double r) {
    const Jet e = pair_energy(atoms.species[i], atoms.species[j], r);
    result.site_energies[i] += 0.5 * e.v;  // every pair comes twice, once from either end
    const Vec3 g = 0.5 * e.d1 / r * d;
    for (int c = 0; c < 3; ++c) {
      result.position_gradient[4L * j + c] += g[c];
      result.position_gradient[4L * i + c] -= g[c];
      for (int k = 0; k < 3; ++k) {
        result.strain_gradient[3 * c + k] += g[c] * d[k];
        if (!result.site_strains.empty()) result.site_strains[9L * i + 3 * c + k] += g[c] * d[k];
      }
    }
  });
}

void Zbl::add_tangent(const Neighborhood& atoms, std::span<const double> tangent, SweepResult& result) const {
  for_each_contact(atoms, reach_, [&](int i, int j, const Vec3& d, double r) {
    const Jet e = pair_energy(atoms.species[i], atoms.species[j], r);
    const Vec3 t(tangent[4L * j] - tangent[4L * i], tangent[4L * j + 1] - tangent[4L * i + 1],
                 tangent[4L * j + 2] - tangent[4L * i + 2]);
    const Vec3 u = d / r;
    const double along = u.dot(t);
    const Vec3 g = 0.5 * (e.d2 * along * u + e.d1 / r * (t - along * u));
    for (int c = 0; c < 3; ++c) {
      result.gradient_tangent[4L * j + c] += g[c];
      result.gradient_tangent[4L * i + c] -= g[c];
    }
  });
}

}  // namespace orogen
