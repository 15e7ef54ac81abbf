// Lanes: native SIMD vectors, dual numbers on top of them, and the few functions that the kernels need.
//
// A kernel is written for a scalar S that is either a vector V of W lanes or Dual<V>. With W = 1 the same text is plain
// scalar code: that instantiation in double is the reference. Everything lives in an inline namespace named after the
// instruction set.
#pragma once
#include <type_traits>
#include <utility>

#ifndef OROGEN_ISA
#define OROGEN_ISA plain
#define OROGEN_ISA_plain 1
#endif
#if defined(__AVX__)
#include <immintrin.h>
#endif

namespace orogen::kernel {
inline namespace OROGEN_ISA {

#if defined(OROGEN_ISA_v4)
inline constexpr int vector_bytes = 64, vector_registers = 32;
#elif defined(OROGEN_ISA_v3)
inline constexpr int vector_bytes = 32, vector_registers = 16;
#elif defined(OROGEN_ISA_v2)
inline constexpr int vector_bytes = 16, vector_registers = 16;
#else
inline constexpr int vector_bytes = 0, vector_registers = 16;  // one lane
#endif

template <class T> inline constexpr int native_lanes = vector_bytes == 0 ? 1 : vector_bytes / int(sizeof(T));

template <class T, int W> struct VectorOf { typedef T type __attribute__((vector_size(W * sizeof(T)))); };
template <class T> struct VectorOf<T, 1> { using type = T; };

/// The native vector of T.
template <class T> using Native = typename VectorOf<T, native_lanes<T>>::type;

/// Value and tangent; the tangent is the derivative along one direction.
template <class V> struct Dual { V v, t; };

// ---- Traits: the lane type, the lane count, and whether S carries a tangent ---------------------------------------
template <class S> struct Scalar {
  using V = S;
  using T = std::remove_cvref_t<decltype(S{}[0])>;
  static constexpr bool dual = false;
  static constexpr int W = int(sizeof(S) / sizeof(T));
};
template <> struct Scalar<float> {
  using V = float;
  using T = float;
  static constexpr bool dual = false;
  static constexpr int W = 1;
};
template <> struct Scalar<double> {
  using V = double;
  using T = double;
  static constexpr bool dual = false;
  static constexpr int W = 1;
};
template <class U> struct Scalar<Dual<U>> {
  using V = U;
  using T = typename Scalar<U>::T;
  static constexpr bool dual = true;
  static constexpr int W = Scalar<U>::W;
};

/// One lane of S: T, or Dual<T>.
template <class S> using Lane = std::conditional_t<Scalar<S>::dual, Dual<typename Scalar<S>::T>, typename Scalar<S>::T>;

// ---- Dual arithmetic ----------------------------------------------------------------------------------------------
template <class V> inline Dual<V> operator+(Dual<V> a, Dual<V> b) { return {a.v + b.v, a.t + b.t}; }
template <class V> inline Dual<V> operator-(Dual<V> a, Dual<V> b) { return {a.v - b.v, a.t - b.t}; }
template <class V> inline Dual<V> operator-(Dual<V> a) { return {-a.v, -a.t}; }
template <class V> inline Dual<V> operator*(Dual<V> a, Dual<V> b) { return {a.v * b.v, a.v * b.t + a.t * b.v}; }
template <class V> inline Dual<V> operator*(Dual<V> a, std::type_identity_t<V> w) { return {a.v * w, a.t * w}; }
template <class V> inline Dual<V> operator*(std::type_identity_t<V> w, Dual<V> a) { return {a.v * w, a.t * w}; }
template <class V>
requires(Scalar<V>::W > 1) inline Dual<V> operator*(Dual<V> a, typename Scalar<V>::T w) { return {a.v * w, a.t * w}; }
template <class V>
requires(Scalar<V>::W > 1) inline Dual<V> operator*(typename Scalar<V>::T w, Dual<V> a) { return {a.v * w, a.t * w}; }
template <class V> inline Dual<V>& operator+=(Dual<V>& a, Dual<V> b) { return a.v += b.v, a.t += b.t, a; }
template <class V> inline Dual<V>& operator-=(Dual<V>& a, Dual<V> b) { return a.v -= b.v, a.t -= b.t, a; }

// ---- Broadcasts and constants -------------------------------------------------------------------------------------
template <class V> inline V splat(typename Scalar<V>::T x) {
  if constexpr (Scalar<V>::W == 1) {
    return x;
  } else {
    return [&]<int... I>(std::integer_sequence<int, I...>) { return V{((void)I, x)...}; }
    (std::make_integer_sequence<int, Scalar<V>::W>{});
  }
}
/// The constant x as S (tangent zero).
template <class S> inline S constant(typename Scalar<S>::T x) {
  using V = typename Scalar<S>::V;
  if constexpr (Scalar<S>::dual)
    return {splat<V>(x), V{}};
  else
    return splat<V>(x);
}
template <class S> inline typename Scalar<S>::V value(S a) {
  if constexpr (Scalar<S>::dual)
    return a.v;
  else
    return a;
}
/// What a parameter gradient takes from an adjoint: the tangent (which the seed arranges to be the whole gradient of
/// the loss), or the value where there is no tangent.
template <class S> inline typename Scalar<S>::V contracted(S a) {
  if constexpr (Scalar<S>::dual)
    return a.t;
  else
    return a;
}
/// contracted(a·b) without forming what is not needed.
template <class S> inline typename Scalar<S>::V contracted_product(S a, S b) {
  if constexpr (Scalar<S>::dual)
    return a.v * b.t + a.t * b.v;
  else
    return a * b;
}

// ---- acc += (vector or weight) × (lane) ---------------------------------------------------------------------------
template <class V> inline void multiply_add(V& acc, V w, typename Scalar<V>::T x) { acc += w * x; }
template <class V> inline void multiply_add(Dual<V>& acc, V w, Dual<typename Scalar<V>::T> x) {
  acc.v += w * x.v, acc.t += w * x.t;
}
template <class V> inline void multiply_add(Dual<V>& acc, Dual<V> w, Dual<typename Scalar<V>::T> x) {
  acc.v += w.v * x.v;
  acc.t += w.v * x.t;
  acc.t += w.t * x.v;
}
template <class V> inline void contract_add(V& acc, V w, typename Scalar<V>::T x) { acc += w * x; }
template <class V> inline void contract_add(V& acc, Dual<V> w, Dual<typename Scalar<V>::T> x) {
  acc += w.v * x.t;
  acc += w.t * x.v;
}

// ---- Rows of S in memory: element e of a row is lane e % W of vector e / W ----------------------------------------
/// Offset of element e in units of T (values; tangents lie W further on).
template <class S> inline long element_offset(long e) {
  constexpr int W = Scalar<S>::W;
  if constexpr (Scalar<S>::dual)
    return e + (e & ~long(W - 1));
  else
    return e;
}
template <class S> inline auto lanes_of(const S* row) { return reinterpret_cast<const typename Scalar<S>::T*>(row); }
template <class S> inline auto lanes_of(S* row) { return reinterpret_cast<typename Scalar<S>::T*>(row); }
template <class S> inline Lane<S> load_lane(const typename Scalar<S>::T* p) {
  if constexpr (Scalar<S>::dual)
    return {p[0], p[Scalar<S>::W]};
  else
    return *p;
}
template <class S> inline Lane<S> element(const S* row, long e) {
  return load_lane<S>(lanes_of(row) + element_offset<S>(e));
}
/// The lane x in all lanes.
template <class S> inline S splat_lane(Lane<S> x) {
  using V = typename Scalar<S>::V;
  if constexpr (Scalar<S>::dual)
    return {splat<V>(x.v), splat<V>(x.t)};
  else
    return splat<V>(x);
}

template <class V> inline typename Scalar<V>::T sum_lanes(V a) {
  if constexpr (Scalar<V>::W == 1) {
    return a;
  } else {
    typename Scalar<V>::T s = 0;
    for (int i = 0; i < Scalar<V>::W; ++i) s += a[i];
    return s;
  }
}

// ---- Elementary functions -----------------------------------------------------------------------------------------
template <class V> inline V sqrt_lanes(V a) {
  if constexpr (Scalar<V>::W == 1) {
    if constexpr (sizeof(V) == 4)
      return __builtin_sqrtf(a);
    else
      return __builtin_sqrt(a);
  }
#if defined(__AVX512F__)
  else if constexpr (sizeof(V) == 64 && sizeof(a[0]) == 4)
    return V(_mm512_sqrt_ps(__m512(a)));
  else if constexpr (sizeof(V) == 64)
    return V(_mm512_sqrt_pd(__m512d(a)));
#elif defined(__AVX__)
  else if constexpr (sizeof(V) == 32 && sizeof(a[0]) == 4)
    return V(_mm256_sqrt_ps(__m256(a)));
  else if constexpr (sizeof(V) == 32)
    return V(_mm256_sqrt_pd(__m256d(a)));
#endif
  else {
    for (int i = 0; i < Scalar<V>::W; ++i) a[i] = typename Scalar<V>::T(__builtin_sqrt(double(a[i])));
    return a;
  }
}
template <class S> inline S square_root(S a) {
  if constexpr (Scalar<S>::dual) {
    const auto r = sqrt_lanes(a.v);
    return {r, a.t * typename Scalar<S>::T(0.5) / r};
  } else {
    return sqrt_lanes(a);
  }
}
template <class S> inline S reciprocal(S a) {
  using T = typename Scalar<S>::T;
  if constexpr (Scalar<S>::dual) {
    const auto r = T(1) / a.v;
    return {r, -a.t * r * r};
  } else {
    return T(1) / a;
  }
}
/// min(a, 1); beyond 1 the tangent is zero too.
template <class S> inline S at_most_one(S a) {
  using T = typename Scalar<S>::T;
  using V = typename Scalar<S>::V;
  const V one = splat<V>(T(1)), zero = V{};
  if constexpr (Scalar<S>::dual)
    return {a.v < one ? a.v : one, a.v < one ? a.t : zero};
  else
    return a < one ? a : one;
}

/// max(a, 0); below 0 the tangent is zero too.
template <class S> inline S at_least_zero(S a) {
  using V = typename Scalar<S>::V;
  const V zero = V{};
  if constexpr (Scalar<S>::dual)
    return {a.v > zero ? a.v : zero, a.v > zero ? a.t : zero};
  else
    return a > zero ? a : zero;
}

/// eˣ to a few ulp for |x| below the overflow limit; larger arguments saturate. Cody–Waite reduction and a Taylor
/// polynomial.
template <class V> inline V exp_lanes(V x) {
  using T = typename Scalar<V>::T;
  constexpr bool single = sizeof(T) == 4;
  using Int = std::conditional_t<single, int, long long>;
  using IV = typename VectorOf<Int, Scalar<V>::W>::type;
  const V high = splat<V>(single ? T(88.0) : T(708.0)), low = -high;
  x = x < high ? x : high;
  x = x > low ? x : low;
  const T magic =
      single ? T(12582912.0) : T(6755399441055744.0);  // 1.5·2^(mantissa bits): adding it rounds to an integer
  const V rounded = x * T(1.4426950408889634) + magic;
  const V k = rounded - magic;
  const V r = (x - k * (single ? T(0.693359375) : T(0.6931471803691238))) -
              k * (single ? T(-2.12194440e-4) : T(1.9082149292705877e-10));
  V p;
  if constexpr (single) {
    p = r * T(1.0 / 5040) + T(1.0 / 720);
  } else {
    p = r * T(1.0 / 6227020800.0) + T(1.0 / 479001600.0);
    p = p * r + T(1.0 / 39916800.0);
    p = p * r + T(1.0 / 3628800.0);
    p = p * r + T(1.0 / 362880.0);
    p = p * r + T(1.0 / 40320.0);
    p = p * r + T(1.0 / 5040.0);
    p = p * r + T(1.0 / 720.0);
  }
  p = p * r + T(1.0 / 120);
  p = p * r + T(1.0 / 24);
  p = p * r + T(1.0 / 6);
  p = p * r + T(0.5);
  p = p * r + T(1);
  p = p * r + T(1);
  union {
    V v;
    IV i;
  } bits;
  bits.v = rounded;
  constexpr int mantissa = single ? 23 : 52;
  constexpr Int bias = single ? 127 : 1023;
  union {
    V v;
    IV i;
  } offset;
  offset.v = splat<V>(magic);
  bits.i = (bits.i - offset.i + bias) << mantissa;
  return p * bits.v;
}
/// The logistic function 1/(1 + e⁻ˣ).
template <class S> inline S sigmoid(S x) {
  using T = typename Scalar<S>::T;
  if constexpr (Scalar<S>::dual) {
    const auto s = T(1) / (T(1) + exp_lanes(-x.v));
    return {s, s * (T(1) - s) * x.t};
  } else {
    return T(1) / (T(1) + exp_lanes(-x));
  }
}

// ---- Transposition of a W × W tile held in W vectors --------------------------------------------------------------
namespace detail {
template <class V, int Half, bool High, int... I> inline V interleave(V a, V b, std::integer_sequence<int, I...>) {
  constexpr int W = Scalar<V>::W;
  // Swap the off-diagonal Half × Half tiles of every 2·Half tile.
  return __builtin_shufflevector(a, b,
                                 (((I / Half) % 2) == 0 ? I + (High ? Half : 0) : I - Half + W + (High ? Half : 0))...);
}
template <class V, int Half> inline void transpose_stage(V* row) {
  constexpr int W = Scalar<V>::W;
  for (int i = 0; i < W; ++i) {
    if ((i / Half) % 2) continue;
    const V a = row[i], b = row[i + Half];
    row[i] = interleave<V, Half, false>(a, b, std::make_integer_sequence<int, W>{});
    row[i + Half] = interleave<V, Half, true>(a, b, std::make_integer_sequence<int, W>{});
  }
  if constexpr (Half > 1) transpose_stage<V, Half / 2>(row);
}
}  // namespace detail

/// In place: row[i] lane j ↔ row[j] lane i.
template <class V> inline void transpose_tile(V* row) {
  if constexpr (Scalar<V>::W > 1) detail::transpose_stage<V, Scalar<V>::W / 2>(row);
}

/// to[c][r] = from[r][c] for a matrix of rows × cols elements, both multiples of W (pad with anything): `from` has rows
/// of
/// `from_stride` S, `to` has rows of `to_stride` S.
template <class S> inline void transpose(const S* from, long from_stride, int rows, int cols, S* to, long to_stride) {
  using V = typename Scalar<S>::V;
  constexpr int W = Scalar<S>::W;
  for (int r = 0; r < rows; r += W)
    for (int c = 0; c < cols; c += W) {
      V tile[W];
      for (int i = 0; i < W; ++i) tile[i] = value(from[(r + i) * from_stride + c / W]);
      transpose_tile(tile);
      if constexpr (Scalar<S>::dual) {
        V tangent[W];
        for (int i = 0; i < W; ++i) tangent[i] = from[(r + i) * from_stride + c / W].t;
        transpose_tile(tangent);
        for (int i = 0; i < W; ++i) to[(c + i) * to_stride + r / W] = {tile[i], tangent[i]};
      } else {
        for (int i = 0; i < W; ++i) to[(c + i) * to_stride + r / W] = tile[i];
      }
    }
}

}  // namespace OROGEN_ISA
}  // namespace orogen::kernel
