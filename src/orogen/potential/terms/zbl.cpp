#include "orogen/potential/terms/zbl.hpp"

#include <cmath>

#include "orogen/base/units.hpp"
#include "orogen/system/elements.hpp"

namespace orogen {
namespace {

// Ziegler, Biersack, Littmark, The Stopping and Range of Ions in Solids (1985).
constexpr double amplitude[] = {0.18175, 0.50986, 0.28022, 0.02817};
constexpr double decay[] = {3.19980, 0.94229, 0.40290, 0.20162};

template <class S> Slope<S> product(Slope<S> a, Slope<S> b) { return {a.v * b.v, a.d1 * b.v + a.v * b.d1}; }

template <class S> Slope<S> pair_energy(int z1, int z2, S r) {
  using std::exp;
  const double out = Zbl::contact(z1, z2);
  if (value_of(r) >= out) return {};
  const double a = 0.46850 / (std::pow(z1, 0.23) + std::pow(z2, 0.23));
  Slope<S> screening;
  for (int k = 0; k < 4; ++k) {
    const S e = amplitude[k] * exp(-decay[k] * r / a);
    screening.v += e, screening.d1 += -decay[k] / a * e;
  }
  const double q = units::coulomb * z1 * z2;
  const Slope<S> coulomb{q / r, -q / (r * r)};
  const S x = r / out, y = 1.0 - x;
  const Slope<S> switched{y * y * y * (1.0 + 3.0 * x + 6.0 * x * x), -30.0 * x * x * y * y / out};
  return product(product(coulomb, screening), switched);
}

}  // namespace

double Zbl::contact(int z1, int z2) { return 0.7 * (covalent_radius(z1) + covalent_radius(z2)); }
double Zbl::energy(int z1, int z2, double r) { return pair_energy(z1, z2, r).v; }

Zbl::Zbl(std::span<const int> elements) {
  for (int a : elements)
    for (int b : elements) reach_ = std::max(reach_, contact(a, b));
}

template <class S> void Zbl::add_as(const TermAtoms<S>& atoms, TermSums<S>& sums) const {
  const std::vector<int>& z = atoms.list.species;
  add_pairs(atoms, reach_, sums, [&](int i, int j, S r) { return pair_energy(z[i], z[j], r); });
}
template void Zbl::add_as(const TermAtoms<double>&, TermSums<double>&) const;
template void Zbl::add_as(const TermAtoms<Dual>&, TermSums<Dual>&) const;

}  // namespace orogen
