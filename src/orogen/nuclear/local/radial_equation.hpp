// The radial Schrödinger equation of one block on a stretched mesh, and the recursion that solves it. [T14.5] [T14.6]
#pragma once
#include <vector>

#include "orogen/nuclear/interaction.hpp"

namespace orogen::nuclear {

/// r = a sinh(x/a) at x = h, 2h, …: spacing h inside, growing like r/a outside.
struct RadialMesh {
  double step = 0.01;  ///< h [fm]
  double range = 20;   ///< [fm]
  double stretch = 6;  ///< a [fm]; large: equidistant
};

/// A symmetric 2×2 matrix, and the operations on it and on a plain number that the recursion needs.
struct Symmetric2 {
  double a = 0, b = 0, d = 0;
};
inline Symmetric2 operator+(Symmetric2 x, Symmetric2 y) { return {x.a + y.a, x.b + y.b, x.d + y.d}; }
inline Symmetric2 operator-(Symmetric2 x, Symmetric2 y) { return {x.a - y.a, x.b - y.b, x.d - y.d}; }
inline Symmetric2 operator*(double s, Symmetric2 x) { return {s * x.a, s * x.b, s * x.d}; }
inline Symmetric2 inverse(Symmetric2 x) {
  const double f = 1 / (x.a * x.d - x.b * x.b);
  return {f * x.d, -f * x.b, f * x.a};
}
inline double inverse(double x) { return 1 / x; }
/// m x m.
inline Symmetric2 sandwich(Symmetric2 m, Symmetric2 x) {
  const double aa = m.a * x.a + m.b * x.b, ab = m.a * x.b + m.b * x.d;
  const double ba = m.b * x.a + m.d * x.b, bb = m.b * x.b + m.d * x.d;
  return {aa * m.a + ab * m.b, aa * m.b + ab * m.d, ba * m.b + bb * m.d};
}
inline double sandwich(double m, double x) { return m * x * m; }
/// The unit matrix times s.
template <class V> V diagonal(double s);
template <> inline double diagonal(double s) { return s; }
template <> inline Symmetric2 diagonal(double s) { return {s, 0, s}; }

/// Radii and what belongs to them. Index j counts from 0: x = (j + 1) h.
struct StretchedMesh {
  /// Throws InputError unless 0 < step < range and stretch > 0.
  explicit StretchedMesh(const RadialMesh&);
  double h;
  std::vector<double> r, slope;  ///< r [fm] and dr/dx
  std::vector<double> share;     ///< h²/12 (dr/dx)²: what multiplies a term of the bracket of [T14.5] in h²Q/12
  std::vector<double> bend;      ///< h²/12 times what the stretching itself adds
  std::size_t size() const { return r.size(); }
};

/// h²Q/12 of one block at k² = 0: q[3 j + c] for the elements first first, first second, second second.
class RadialEquation {
 public:
  explicit RadialEquation(const Block& b) : block_(b) {}
  const Block& block() const { return block_; }
  /// Tabulates the interaction; `h2m` = ħ²/M [MeV fm²]. Throws NumericalError where the potential is not a finite
  /// number.
  void tabulate(const LocalInteraction&, Pair, const StretchedMesh&, double h2m);
  /// F = 1 − h²Q/12 at point j, where `shift` is h²/12 times what energy (and charge) subtract from Q.
  template <class V> V F(std::size_t j, double shift) const;
  /// The first point where the centrifugal term is resolved, and G of the point before times the inverse of G there, as
  /// r^{L+1} has it.
  std::size_t first() const;
  template <class V> V start() const;

 private:
  Block block_;
  std::vector<double> q_;
};
template <> double RadialEquation::start() const;
template <> Symmetric2 RadialEquation::start() const;

template <> inline double RadialEquation::F(std::size_t j, double shift) const { return 1 - q_[3 * j] + shift; }
template <> inline Symmetric2 RadialEquation::F(std::size_t j, double shift) const {
  return {1 - q_[3 * j] + shift, -q_[3 * j + 1], 1 - q_[3 * j + 2] + shift};
}

/// Johnson's recursion R_j = 12 F_j⁻¹ − 10 − R_{j−1}⁻¹ for j = first … last; returns R_last. `kept`, if given, receives
/// every R_j⁻¹.
template <class V>
V propagate(const RadialEquation& equation, const std::vector<double>& shift, std::size_t last, V* kept = nullptr) {
  V R{}, before = equation.start<V>();
  for (std::size_t j = equation.first(); j <= last; ++j) {
    R = 12 * inverse(equation.F<V>(j, shift[j])) - diagonal<V>(10) - before;
    before = inverse(R);
    if (kept) kept[j] = before;
  }
  return R;
}

/// Bound states of a coupled block below k² [fm⁻²], which is ≤ 0, when the wave vanishes at the end of the mesh: the
/// negative eigenvalues of all R_j (Johnson 1978).
int states_below(double k2, const RadialEquation&, const StretchedMesh&);

}  // namespace orogen::nuclear
