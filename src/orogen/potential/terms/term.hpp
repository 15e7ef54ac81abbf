// One term of a potential: adds energies and gradients of a neighbourhood. Plain and dual numbers share one text.
#pragma once
#include <array>
#include <cmath>
#include <span>
#include <type_traits>
#include <vector>

#include "orogen/kernel/simd/dual_math.hpp"
#include "orogen/system/neighbors/neighbors.hpp"

namespace orogen {

/// A number and its derivative along the direction of a Tangent.
using Dual = kernel::Dual<double>;

/// Direction of a dual sweep.
struct Tangent {
  std::span<const double> positions;  ///< total × 4 [Å]; ghosts move like their owners
  std::array<double, 9> strain{};     ///< ε̇, row-major
  double energy = 0;                  ///< tangent of the energy's adjoint (its value is 1)
};

/// What sweeps and terms add up. Sums over atoms are in double; local order of the neighbourhood.
struct SweepResult {
  std::vector<double> site_energies;        ///< local [eV]
  std::vector<double> position_gradient;    ///< total × 4: ∂E/∂r [eV/Å], ghosts not folded yet; empty: not wanted
  std::vector<double> gradient_tangent;     ///< total × 4, Hessian sweeps only
  std::array<double, 9> strain_gradient{};  ///< Σ ∂E/∂d ⊗ d [eV]
  std::vector<double> site_strains;  ///< senders × 9: each centre's share in strain_gradient; empty if not wanted
  float closest = 0;                 ///< smallest squared distance [Å²]
};

/// How far a term sees.
struct Reach {
  enum Kind {
    atoms,      ///< every atom on its own
    neighbors,  ///< atoms within `distance`; nothing happens where no two atoms are that near
    structure   ///< the whole structure
  };
  Kind kind = neighbors;
  double distance = 0;  ///< Å
};

/// The atoms of a neighbourhood as a term sees them. S is double, or Dual along a tangent.
template <class S> class TermAtoms {
 public:
  const Neighborhood& list;
  explicit TermAtoms(const Neighborhood& atoms) : list(atoms) {}
  TermAtoms(const Neighborhood& atoms, const Tangent& tangent) : list(atoms), tangent_(&tangent) {}

  /// r_j − r_i [Å].
  std::array<S, 3> displacement(int i, int j) const {
    std::array<S, 3> d;
    std::array<double, 3> x;
    for (int c = 0; c < 3; ++c) x[c] = list.positions[4L * j + c] - list.positions[4L * i + c];
    for (int c = 0; c < 3; ++c)
      if constexpr (std::is_same_v<S, Dual>)
        d[c] = {x[c], displacement_tangent(i, j, c, x)};
      else
        d[c] = x[c];
    return d;
  }

 private:
  double displacement_tangent(int i, int j, int c, const std::array<double, 3>& x) const {
    const auto& e = tangent_->strain;
    double t = e[3 * c] * x[0] + e[3 * c + 1] * x[1] + e[3 * c + 2] * x[2];
    if (!tangent_->positions.empty()) t += tangent_->positions[4L * j + c] - tangent_->positions[4L * i + c];
    return t;
  }
  const Tangent* tangent_ = nullptr;
};

/// Where a term adds: the energies and gradients of a plain sweep, the gradients' tangents of a dual one.
template <class S> class TermSums {
 public:
  static constexpr bool dual = std::is_same_v<S, Dual>;
  explicit TermSums(SweepResult& result) : result_(result) {}

  /// False where energies alone are wanted: nothing but add_energy() need be called.
  bool gradients() const { return dual || !result_.position_gradient.empty(); }

  /// e [eV] to the energy of the local atom i.
  void add_energy(int i, S e) {
    if constexpr (!dual) result_.site_energies[i] += e;
  }
  /// The pull g = ∂E_i/∂d [eV/Å] of the energy of centre i on the displacement d from i to j.
  void add_pull(int i, int j, const std::array<S, 3>& d, const std::array<S, 3>& g) {
    if (!gradients()) return;
    for (int c = 0; c < 3; ++c) {
      if constexpr (dual) {
        result_.gradient_tangent[4L * j + c] += g[c].t;
        result_.gradient_tangent[4L * i + c] -= g[c].t;
      } else {
        result_.position_gradient[4L * j + c] += g[c];
        result_.position_gradient[4L * i + c] -= g[c];
        for (int k = 0; k < 3; ++k) add_strain(i, 3 * c + k, g[c] * d[k]);
      }
    }
  }

 private:
  void add_strain(int i, int component, double g) {
    result_.strain_gradient[component] += g;
    if (!result_.site_strains.empty()) result_.site_strains[9L * i + component] += g;
  }
  SweepResult& result_;
};

/// A term adds to what is there and overwrites nothing. Const and free of state: threads share it.
class Term {
 public:
  virtual ~Term() = default;
  virtual Reach reach() const = 0;
  virtual void add(const TermAtoms<double>& atoms, TermSums<double>& sums) const = 0;
  virtual void add(const TermAtoms<Dual>& atoms, TermSums<Dual>& sums) const = 0;
};

/// Base of a term that writes `template <class S> void add_as(const TermAtoms<S>&, TermSums<S>&) const` once.
template <class Derived> class TermOf : public Term {
 public:
  void add(const TermAtoms<double>& atoms, TermSums<double>& sums) const override { self().add_as(atoms, sums); }
  void add(const TermAtoms<Dual>& atoms, TermSums<Dual>& sums) const override { self().add_as(atoms, sums); }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

inline double value_of(double x) { return x; }
inline double value_of(Dual x) { return x.v; }
inline double tangent_of(double) { return 0; }
inline double tangent_of(Dual x) { return x.t; }

/// |d|.
template <class S> S length(const std::array<S, 3>& d) {
  using std::sqrt;
  return sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
}

/// A function of the distance and its slope.
template <class S> struct Slope { S v{}, d1{}; };

/// Adds ½ V(r) of every pair within `reach` to both site energies: every pair comes twice, once from either end.
/// `pair(i, j, r)` answers the Slope of V for atoms i and j at r.
template <class S, class Pair>
void add_pairs(const TermAtoms<S>& atoms, double reach, TermSums<S>& sums, const Pair& pair) {
  const Neighborhood& list = atoms.list;
  for (int i = 0; i < list.local; ++i)
    for (std::int64_t e = list.first[i]; e < list.first[i + 1]; ++e) {
      const int j = list.neighbor[e];
      const std::array<S, 3> d = atoms.displacement(i, j);
      const double x = value_of(d[0]), y = value_of(d[1]), z = value_of(d[2]), r2 = x * x + y * y + z * z;
      if (!(r2 < reach * reach && r2 > 0)) continue;
      const S r = length(d);
      const Slope<S> v = pair(i, j, r);
      const S f = 0.5 * v.d1 / r;
      sums.add_energy(i, 0.5 * v.v);
      sums.add_pull(i, j, d, {f * d[0], f * d[1], f * d[2]});
    }
}

/// Adds a term in plain numbers; `closest` of the result [Å²] says whether any two atoms are near enough for it.
inline void add_term(const Term& term, const Neighborhood& atoms, SweepResult& result) {
  const Reach reach = term.reach();
  if (reach.kind == Reach::neighbors && !(result.closest < reach.distance * reach.distance)) return;
  TermSums<double> sums(result);
  term.add(TermAtoms<double>(atoms), sums);
}
/// Adds the tangents of a term's gradients to result.gradient_tangent.
inline void add_term_tangent(const Term& term, const Neighborhood& atoms, const Tangent& tangent, SweepResult& result) {
  TermSums<Dual> sums(result);
  term.add(TermAtoms<Dual>(atoms, tangent), sums);
}

}  // namespace orogen
