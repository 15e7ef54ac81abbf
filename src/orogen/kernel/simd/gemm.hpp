// Small matrix products with the columns in lanes. Everything dense in the model goes through the two functions at the
// end:
// the mix, the MLP, the messages, forward and reverse.
#pragma once
#include "orogen/kernel/simd/lanes.hpp"

namespace orogen::kernel {
inline namespace OROGEN_ISA {

// Where element r of a row of A lies, in units of T from the row's start (values; tangents W further).
struct Contiguous {
  template <class S> long at(int r) const { return element_offset<S>(r); }
};
/// Element r lies r·step further; step (in elements) is a multiple of W.
struct Strided {
  long step;
  template <class S> long at(int r) const { return r * step * (Scalar<S>::dual ? 2 : 1); }
};
/// The same with a step that is known when compiling.
template <int step> struct FixedStride {
  template <class S> long at(int r) const { return long(r) * (step * (Scalar<S>::dual ? 2 : 1)); }
};
struct Indexed {
  const int* index;
  template <class S> long at(int r) const { return element_offset<S>(index[r]); }
};

// Where row r of B starts.
template <class B> struct UniformRows {
  const B* first;
  long stride;
  const B* operator()(int r) const { return first + r * stride; }
};
template <class B> struct ListedRows {
  const B* const* rows;
  int offset = 0;
  const B* operator()(int r) const { return rows[r] + offset; }
};

namespace detail {

template <class S, class B, int MR, int NR, class At, class Brows>
inline void product_tile(int R, const typename Scalar<S>::T* const* a, At at, Brows b, int n, S* const* c,
                         bool accumulate) {
  S acc[MR][NR];
  for (int m = 0; m < MR; ++m)
    for (int j = 0; j < NR; ++j) acc[m][j] = accumulate ? c[m][n + j] : S{};
  for (int r = 0; r < R; ++r) {
    const B* row = b(r) + n;
    const long o = at.template at<S>(r);
#pragma GCC unroll 16
    for (int m = 0; m < MR; ++m) {
      const Lane<S> x = load_lane<S>(a[m] + o);
#pragma GCC unroll 4
      for (int j = 0; j < NR; ++j) multiply_add(acc[m][j], row[j], x);
    }
  }
  for (int m = 0; m < MR; ++m)
    for (int j = 0; j < NR; ++j) c[m][n + j] = acc[m][j];
}

template <class S, class B, int NR, class At, class Brows>
inline void product_columns(int M, int R, const typename Scalar<S>::T* const* a, At at, Brows b, int n, S* const* c,
                            bool accumulate) {
  constexpr int per = NR * (Scalar<S>::dual ? 2 : 1);
  constexpr int fit = (vector_registers - NR - 4) / per;
  constexpr int MR = fit < 1 ? 1 : fit > 8 ? 8 : fit;
  int m = 0;
  for (; m + MR <= M; m += MR) product_tile<S, B, MR, NR>(R, a + m, at, b, n, c + m, accumulate);
  if constexpr (MR > 4)
    for (; m + 4 <= M; m += 4) product_tile<S, B, 4, NR>(R, a + m, at, b, n, c + m, accumulate);
  if constexpr (MR > 2)
    for (; m + 2 <= M; m += 2) product_tile<S, B, 2, NR>(R, a + m, at, b, n, c + m, accumulate);
  for (; m < M; ++m) product_tile<S, B, 1, NR>(R, a + m, at, b, n, c + m, accumulate);
}

template <class S, int IR, int NR, class At, class Brows>
inline void gradient_tile(int i, int M, const typename Scalar<S>::T* const* a, At at, Brows b, int n,
                          typename Scalar<S>::V* g, long stride) {
  using V = typename Scalar<S>::V;
  V acc[IR][NR];
  long o[IR];
  for (int k = 0; k < IR; ++k) {
    o[k] = at.template at<S>(i + k);
    for (int j = 0; j < NR; ++j) acc[k][j] = g[(i + k) * stride + n + j];
  }
  for (int m = 0; m < M; ++m) {
    const S* row = b(m) + n;
#pragma GCC unroll 16
    for (int k = 0; k < IR; ++k) {
      const Lane<S> x = load_lane<S>(a[m] + o[k]);
#pragma GCC unroll 4
      for (int j = 0; j < NR; ++j) contract_add(acc[k][j], row[j], x);
    }
  }
  for (int k = 0; k < IR; ++k)
    for (int j = 0; j < NR; ++j) g[(i + k) * stride + n + j] = acc[k][j];
}

template <class S, int NR, class At, class Brows>
inline void gradient_columns(int I, int M, const typename Scalar<S>::T* const* a, At at, Brows b, int n,
                             typename Scalar<S>::V* g, long stride) {
  constexpr int fit = (vector_registers - 2 * NR - 4) / NR;
  constexpr int IR = fit < 1 ? 1 : fit > 6 ? 6 : fit;
  int i = 0;
  for (; i + IR <= I; i += IR) gradient_tile<S, IR, NR>(i, M, a, at, b, n, g, stride);
  for (; i < I; ++i) gradient_tile<S, 1, NR>(i, M, a, at, b, n, g, stride);
}

inline constexpr int widest = vector_registers >= 32 ? 4 : 2;

}  // namespace detail

/// C[m][n] (+)= Σ_r A[m][r] · B[r][n]: m < M rows, r < R, n < N vectors. a[m]: rows of A as lanes, c[m]: rows of C.
/// B holds plain weights V, or S where it depends on the positions.
template <class S, class B, class At, class Brows>
inline void matrix_product(int M, int R, int N, const typename Scalar<S>::T* const* a, At at, Brows b, S* const* c,
                           bool accumulate) {
  int n = 0;
  if constexpr (detail::widest >= 4) {
    for (; n + 4 <= N; n += 4) detail::product_columns<S, B, 4>(M, R, a, at, b, n, c, accumulate);
    if (n + 3 <= N) detail::product_columns<S, B, 3>(M, R, a, at, b, n, c, accumulate), n += 3;
  }
  for (; n + 2 <= N; n += 2) detail::product_columns<S, B, 2>(M, R, a, at, b, n, c, accumulate);
  for (; n < N; ++n) detail::product_columns<S, B, 1>(M, R, a, at, b, n, c, accumulate);
}

/// G[i][n] += contracted Σ_m A[m][i] · D[m][n]: the gradient of the weights of C = A·G for the adjoint D of C.
template <class S, class At, class Brows>
inline void weight_gradient(int I, int M, int N, const typename Scalar<S>::T* const* a, At at, Brows d,
                            typename Scalar<S>::V* g, long stride) {
  int n = 0;
  if constexpr (detail::widest >= 4)
    for (; n + 4 <= N; n += 4) detail::gradient_columns<S, 4>(I, M, a, at, d, n, g, stride);
  for (; n + 2 <= N; n += 2) detail::gradient_columns<S, 2>(I, M, a, at, d, n, g, stride);
  for (; n < N; ++n) detail::gradient_columns<S, 1>(I, M, a, at, d, n, g, stride);
}

}  // namespace OROGEN_ISA
}  // namespace orogen::kernel
