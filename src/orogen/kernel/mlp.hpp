// The one small network of the tree, for atoms and nucleons: two SiLU layers over a block of rows, forward and reverse.
// [T2.7]
//
//   z1 = b1 + x·W1   a1 = silu(z1)   z2 = b2 + a1·W2   a2 = silu(z2)
//
// What reads a2 (a sum, messages, operator coefficients) belongs to the caller, who starts the reverse with the adjoint
// of a2.
#pragma once
#include "orogen/kernel/simd/gemm.hpp"

namespace orogen::kernel {
inline namespace OROGEN_ISA {

inline constexpr int most_mlp_rows = 32;  ///< rows of a block at most

/// Weights, not owned. Rows are vectors V of W lanes; unused lanes hold 0.
template <class S> struct Mlp {
  using V = typename Scalar<S>::V;
  using T = typename Scalar<S>::T;
  static constexpr int W = Scalar<S>::W;

  int inputs;          // vectors per row of x
  int H, Hv;           // hidden width in lanes and in vectors
  const V *w1, *w2;    // inputs·W × Hv, H × Hv
  const V *w1t, *w2t;  // transposed: H × inputs, H × Hv; for the reverse only

  /// What a block of B rows keeps between forward and reverse: B·Hv each; z holds z forward, its adjoint after the
  /// reverse.
  struct State {
    S *z1, *a1, *g1, *z2, *a2, *g2;
  };

  static S lift(V w) {
    if constexpr (Scalar<S>::dual)
      return {w, V{}};
    else
      return w;
  }
  /// a = z σ(z), g = da/dz.
  static void silu(const S* z, long count, S* a, S* g) {
    for (long e = 0; e < count; ++e) {
      const S x = z[e], s = sigmoid(x);
      a[e] = x * s;
      g[e] = s * (constant<S>(T(1)) + x * (constant<S>(T(1)) - s));
    }
  }

  /// b1(row) and b2: Hv vectors of biases.
  template <class Bias> void forward(int B, const T* const* x, Bias b1, const V* b2, State s) const {
    const T* in[most_mlp_rows];
    S* out[most_mlp_rows];
    for (int a = 0; a < B; ++a) {
      out[a] = s.z1 + long(a) * Hv;
      const V* bias = b1(a);
      for (int v = 0; v < Hv; ++v) out[a][v] = lift(bias[v]);
    }
    matrix_product<S, V>(B, inputs * W, Hv, x, Contiguous{}, UniformRows<V>{w1, Hv}, out, true);
    silu(s.z1, long(B) * Hv, s.a1, s.g1);
    for (int a = 0; a < B; ++a) {
      in[a] = lanes_of(s.a1 + long(a) * Hv), out[a] = s.z2 + long(a) * Hv;
      for (int v = 0; v < Hv; ++v) out[a][v] = lift(b2[v]);
    }
    matrix_product<S, V>(B, H, Hv, in, Contiguous{}, UniformRows<V>{w2, Hv}, out, true);
    silu(s.z2, long(B) * Hv, s.a2, s.g2);
  }

  /// s.z2 holds the adjoint of a2; dx[row] += adjoint of x. Afterwards s.z1 and s.z2 hold the adjoints of z1 and z2.
  void reverse(int B, State s, S* const* dx) const {
    const T* in[most_mlp_rows];
    S* out[most_mlp_rows];
    for (long i = 0; i < long(B) * Hv; ++i) s.z2[i] = s.z2[i] * s.g2[i];
    for (int a = 0; a < B; ++a) in[a] = lanes_of(s.z2 + long(a) * Hv), out[a] = s.z1 + long(a) * Hv;
    matrix_product<S, V>(B, H, Hv, in, Contiguous{}, UniformRows<V>{w2t, Hv}, out, false);
    for (long i = 0; i < long(B) * Hv; ++i) s.z1[i] = s.z1[i] * s.g1[i];
    if (!dx) return;
    for (int a = 0; a < B; ++a) in[a] = lanes_of(s.z1 + long(a) * Hv);
    matrix_product<S, V>(B, H, inputs, in, Contiguous{}, UniformRows<V>{w1t, inputs}, dx, true);
  }

  /// After the reverse: adds the gradients of the weights (dw1, dw2) and of the biases (db1(row), db2).
  template <class Bias> void gradient(int B, const T* const* x, State s, V* dw1, V* dw2, Bias db1, V* db2) const {
    const T* in[most_mlp_rows];
    const S *first[most_mlp_rows], *second[most_mlp_rows];
    for (int a = 0; a < B; ++a) {
      in[a] = lanes_of(s.a1 + long(a) * Hv), first[a] = s.z1 + long(a) * Hv, second[a] = s.z2 + long(a) * Hv;
      V* d_first = db1(a);
      for (int v = 0; v < Hv; ++v) db2[v] += contracted(second[a][v]), d_first[v] += contracted(first[a][v]);
    }
    weight_gradient<S>(H, B, Hv, in, Contiguous{}, ListedRows<S>{second}, dw2, Hv);
    weight_gradient<S>(inputs * W, B, Hv, x, Contiguous{}, ListedRows<S>{first}, dw1, Hv);
  }
};

}  // namespace OROGEN_ISA
}  // namespace orogen::kernel
