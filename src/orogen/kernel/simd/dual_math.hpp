// Arithmetic of dual numbers that only scalar code needs: sums with numbers, quotients, powers, the exponential.
#pragma once
#include <cmath>

#include "orogen/kernel/simd/lanes.hpp"

namespace orogen::kernel {
inline namespace OROGEN_ISA {

inline Dual<double> operator+(double a, Dual<double> b) { return {a + b.v, b.t}; }
inline Dual<double> operator+(Dual<double> a, double b) { return {a.v + b, a.t}; }
inline Dual<double> operator-(double a, Dual<double> b) { return {a - b.v, -b.t}; }
inline Dual<double> operator-(Dual<double> a, double b) { return {a.v - b, a.t}; }
inline Dual<double> operator/(Dual<double> a, double b) { return {a.v / b, a.t / b}; }
inline Dual<double> operator/(Dual<double> a, Dual<double> b) {
  const double q = a.v / b.v;
  return {q, (a.t - q * b.t) / b.v};
}
inline Dual<double> operator/(double a, Dual<double> b) { return Dual<double>{a, 0} / b; }
inline Dual<double> exp(Dual<double> a) {
  const double e = std::exp(a.v);
  return {e, e * a.t};
}
inline Dual<double> sqrt(Dual<double> a) {
  const double r = std::sqrt(a.v);
  return {r, a.t / (2 * r)};
}
inline Dual<double> pow(Dual<double> a, double n) {
  const double p = std::pow(a.v, n - 1);
  return {p * a.v, n * p * a.t};
}

}  // namespace OROGEN_ISA
}  // namespace orogen::kernel
