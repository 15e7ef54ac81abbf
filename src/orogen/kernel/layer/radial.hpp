// Radial basis and real spherical harmonics, one neighbour per lane.
#pragma once
#include "orogen/kernel/simd/lanes.hpp"

namespace orogen::kernel {
inline namespace OROGEN_ISA {

/// sin πx and cos πx for x in [0, 1], by Taylor series of π(x − ½).
template <class S> inline void sin_cos_pi(S x, S& sine, S& cosine) {
  using T = typename Scalar<S>::T;
  constexpr int terms = sizeof(T) == 4 ? 6 : 10;
  const S y = (x - constant<S>(T(0.5))) * T(3.14159265358979323846);
  const S z = y * y;
  S c = constant<S>(T(1)), s = constant<S>(T(1));
#pragma GCC unroll 10
  for (int k = terms; k >= 1; --k) {
    c = constant<S>(T(1)) - c * z * T(1.0 / ((2 * k - 1) * (2 * k)));
    s = constant<S>(T(1)) - s * z * T(1.0 / ((2 * k) * (2 * k + 1)));
  }
  sine = c;           // sin πx = cos π(x − ½)
  cosine = -(s * y);  // cos πx = −sin π(x − ½)
}

/// b[n·stride] = prefactor · sin((n+1)πx)/x · f(x), x = r/r_c ≤ 1, f = 1 − 28x⁶ + 48x⁷ − 21x⁸, and db = ∂b/∂r (Å⁻¹) if
/// wanted.
/// One sine and one cosine per neighbour, the rest by the two-term recurrence. [T2.1, T2.2]
template <bool derivative, class S>
inline void radial_basis(int N, S r, S r_inverse, typename Scalar<S>::T cutoff, typename Scalar<S>::T prefactor, S* b,
                         S* db, long stride) {
  using T = typename Scalar<S>::T;
  const T inverse_cutoff = T(1) / cutoff;
  const S x = at_most_one(r * inverse_cutoff), x_inverse = r_inverse * cutoff;
  S sine, cosine;
  sin_cos_pi(x, sine, cosine);
  const S x2 = x * x, x5 = x2 * x2 * x, one_minus = constant<S>(T(1)) - x;
  // (1−x)³(1+3x+6x²+10x³+15x⁴+21x⁵) is the same polynomial without cancellation near the cut-off.
  S q = x * T(21) + constant<S>(T(15));
  q = q * x + constant<S>(T(10));
  q = q * x + constant<S>(T(6));
  q = q * x + constant<S>(T(3));
  q = q * x + constant<S>(T(1));
  const S f = q * one_minus * one_minus * one_minus;
  const S value_factor = f * x_inverse * prefactor;
  const S df = x5 * one_minus * one_minus * T(-168);
  const S angle_factor = value_factor * inverse_cutoff * T(3.14159265358979323846);
  const S slope_factor = (df - f * x_inverse) * x_inverse * (prefactor * inverse_cutoff);
  S s_previous = constant<S>(T(0)), s = sine, c_previous = constant<S>(T(1)), c = cosine;
  const S twice = cosine + cosine;
  for (int n = 0; n < N; ++n) {
    b[n * stride] = s * value_factor;
    if constexpr (derivative) db[n * stride] = c * angle_factor * T(n + 1) + s * slope_factor;
    const S s_next = twice * s - s_previous;
    s_previous = s, s = s_next;
    if constexpr (derivative) {
      const S c_next = twice * c - c_previous;
      c_previous = c, c = c_next;
    }
  }
}

/// Multiplies the radial functions of one vector of neighbours by the inner switch, which is 0 within r_out/2 and 1
/// from r_out on, with two continuous derivatives between: s = t³(10 − 15t + 6t²), t = 2r/r_out − 1. [T2.8]
template <bool derivative, class S>
inline void inner_switch(int N, S r, typename Scalar<S>::V outer_inverse, S* b, S* db, long stride) {
  using T = typename Scalar<S>::T;
  const auto scale = outer_inverse * T(2);
  const S t = at_least_zero(at_most_one(r * scale - constant<S>(T(1))));
  const S q = (t * T(6) - constant<S>(T(15))) * t + constant<S>(T(10));
  const S s = q * t * t * t;
  const S rest = (constant<S>(T(1)) - t) * t;
  const S ds = rest * rest * (scale * T(30));
  for (int n = 0; n < N; ++n) {
    if constexpr (derivative) db[n * stride] = db[n * stride] * s + b[n * stride] * ds;
    b[n * stride] = b[n * stride] * s;
  }
}

/// Real harmonics l ≤ 3 of the unit vector (x, y, z), Σ_m Y_lm² = 2l+1, order l² + l + m. [T2.3]
template <class S> inline void harmonics(S x, S y, S z, S* Y, long stride) {
  using T = typename Scalar<S>::T;
  constexpr T r3 = T(1.7320508075688772), r15 = T(3.872983346207417), h5 = T(1.118033988749895),
              h15 = T(1.9364916731037085);
  constexpr T r358 = T(2.091650066335189), r105 = T(10.246950765959598), r218 = T(1.620185174601965),
              h7 = T(1.3228756555322954), h105 = T(5.123475382979799);
  const S one = constant<S>(T(1));
  const S xx = x * x, yy = y * y, zz = z * z, xy = x * y;
  Y[0] = one;
  Y[1 * stride] = y * r3;
  Y[2 * stride] = z * r3;
  Y[3 * stride] = x * r3;
  Y[4 * stride] = xy * r15;
  Y[5 * stride] = y * z * r15;
  Y[6 * stride] = zz * (T(3) * h5) - constant<S>(h5);
  Y[7 * stride] = x * z * r15;
  Y[8 * stride] = (xx - yy) * h15;
  const S five = zz * T(5) - one;
  Y[9 * stride] = y * (xx * T(3) - yy) * r358;
  Y[10 * stride] = xy * z * r105;
  Y[11 * stride] = y * five * r218;
  Y[12 * stride] = z * (zz * T(5) - constant<S>(T(3))) * h7;
  Y[13 * stride] = x * five * r218;
  Y[14 * stride] = z * (xx - yy) * h105;
  Y[15 * stride] = x * (xx - yy * T(3)) * r358;
}

/// Adjoint of the above: adds Σ g_lm ∂Y_lm/∂(x, y, z); the caller projects out the radial part.
template <class S> inline void harmonics_adjoint(S x, S y, S z, const S* g, S& dx, S& dy, S& dz) {
  using T = typename Scalar<S>::T;
  constexpr T r3 = T(1.7320508075688772), r15 = T(3.872983346207417), h5 = T(1.118033988749895),
              h15 = T(1.9364916731037085);
  constexpr T r358 = T(2.091650066335189), r105 = T(10.246950765959598), r218 = T(1.620185174601965),
              h7 = T(1.3228756555322954), h105 = T(5.123475382979799);
  const S xx = x * x, yy = y * y, zz = z * z, xy = x * y, one = constant<S>(T(1));
  const S five = zz * T(5) - one, xx_yy = xx - yy;
  const S g4 = g[4] * r15, g5 = g[5] * r15, g6 = g[6] * (T(6) * h5), g7 = g[7] * r15, g8 = g[8] * (T(2) * h15);
  const S g9 = g[9] * (T(3) * r358), g10 = g[10] * r105, g11 = g[11] * r218, g12 = g[12] * h7, g13 = g[13] * r218,
          g14 = g[14] * h105, g15 = g[15] * (T(3) * r358);
  dx = g[3] * r3 + g4 * y + g7 * z + g8 * x + g9 * xy * T(2) + g10 * y * z + g13 * five + g14 * x * z * T(2) +
       g15 * xx_yy;
  dy = g[1] * r3 + g4 * x + g5 * z - g8 * y + g9 * xx_yy + g10 * x * z + g11 * five - g14 * y * z * T(2) -
       g15 * xy * T(2);
  dz = g[2] * r3 + g5 * y + g6 * z + g7 * x + g10 * xy + (g11 * y + g13 * x) * z * T(10) +
       g12 * (zz * T(15) - constant<S>(T(3))) + g14 * xx_yy;
}

/// The harmonics l = 4 and zero in the rows that pad them to 32.
template <class S> inline void harmonics_4(S x, S y, S z, S* Y, long stride) {
  using T = typename Scalar<S>::T;
  constexpr T c4 = T(8.8741196746494245), c3 = T(6.2749501990055667), c2 = T(3.3541019662496847),
              c1 = T(2.3717082451262845), c0 = T(0.375), h4 = T(2.2185299186623562);
  const S xx = x * x, yy = y * y, zz = z * z, xy = x * y;
  const S seven_3 = zz * T(7) - constant<S>(T(3)), seven_1 = zz * T(7) - constant<S>(T(1));
  Y[16 * stride] = xy * (xx - yy) * c4;
  Y[17 * stride] = y * z * (xx * T(3) - yy) * c3;
  Y[18 * stride] = xy * seven_1 * c2;
  Y[19 * stride] = y * z * seven_3 * c1;
  Y[20 * stride] = ((zz * T(35) - constant<S>(T(30))) * zz + constant<S>(T(3))) * c0;
  Y[21 * stride] = x * z * seven_3 * c1;
  Y[22 * stride] = (xx - yy) * seven_1 * (T(0.5) * c2);
  Y[23 * stride] = x * z * (xx - yy * T(3)) * c3;
  Y[24 * stride] = (xx * (xx - yy * T(6)) + yy * yy) * h4;
  for (int i = 25; i < 32; ++i) Y[i * stride] = S{};
}

/// Adjoint of the above, added like that of l ≤ 3.
template <class S> inline void harmonics_4_adjoint(S x, S y, S z, const S* g, S& dx, S& dy, S& dz) {
  using T = typename Scalar<S>::T;
  constexpr T c4 = T(8.8741196746494245), c3 = T(6.2749501990055667), c2 = T(3.3541019662496847),
              c1 = T(2.3717082451262845), h4 = T(2.2185299186623562);
  const S xx = x * x, yy = y * y, zz = z * z, xy = x * y, xyz = xy * z;
  const S seven_3 = zz * T(7) - constant<S>(T(3)), seven_1 = zz * T(7) - constant<S>(T(1));
  const S x_part = xx - yy * T(3), y_part = xx * T(3) - yy, z_part = zz * T(21) - constant<S>(T(3)), square = xx - yy;
  const S g16 = g[16] * c4, g17 = g[17] * c3, g18 = g[18] * c2, g19 = g[19] * c1, g20 = g[20] * T(7.5),
          g21 = g[21] * c1, g22 = g[22] * c2, g23 = g[23] * c3, g24 = g[24] * (T(4) * h4);
  dx += g16 * y * y_part + g17 * xyz * T(6) + g18 * y * seven_1 + g21 * z * seven_3 + g22 * x * seven_1 +
        g23 * z * square * T(3) + g24 * x * x_part;
  dy += g16 * x * x_part + g17 * z * square * T(3) + g18 * x * seven_1 + g19 * z * seven_3 - g22 * y * seven_1 -
        g23 * xyz * T(6) - g24 * y * y_part;
  dz += g17 * y * y_part + g18 * xyz * T(14) + g19 * y * z_part + g20 * z * seven_3 + g21 * x * z_part +
        g22 * square * z * T(7) + g23 * x * x_part;
}

}  // namespace OROGEN_ISA
}  // namespace orogen::kernel
