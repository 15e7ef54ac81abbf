// The arrays of one block of centres in one sweep, carved from one piece of memory.
#pragma once
#include "orogen/kernel/block.hpp"
#include "orogen/kernel/mlp.hpp"
#include "orogen/kernel/simd/lanes.hpp"

namespace orogen::kernel {
inline namespace OROGEN_ISA {

inline constexpr int most_block = most_mlp_rows;  ///< centres per block at most

/// Row lengths in vectors.
template <class S> struct Rows {
  static constexpr int W = Scalar<S>::W;
  static constexpr int Yv = max_harmonics / (W < max_harmonics ? W : max_harmonics);
  int species, N, L, n_lm, nf, K, Kv, H, Hv, Cs, Csv, Cv, Cvv, mv, cn, cnv;
  int mix_rows[4], mix_v[4], x_first[4], x_size;  // layer 1: rows of the mix, in vectors, offset of X_l, size of X

  Rows(const Shape& s, int layer) {
    species = s.species, N = s.radial, L = s.l_max, n_lm = kernel::harmonics(s), nf = invariants(s);
    K = s.features, Kv = padded(K, W) / W, H = s.hidden, Hv = padded(H, W) / W;
    Cs = s.message_scalars, Csv = Cs / W, Cv = s.message_vectors, Cvv = Cv / W, mv = Csv + 3 * Cvv;
    cn = species * N, cnv = padded(cn, W) / W;
    x_size = 0;
    for (int l = 0; l <= L; ++l) {
      mix_rows[l] = tensor_shape(s, layer, mix_0 + l).rows;
      mix_v[l] = padded(mix_rows[l], W) / W;
      x_first[l] = x_size;
      x_size += (2 * l + 1) * mix_v[l];
    }
  }
};

template <class S, Sweep sweep> struct Workspace {
  using V = typename Scalar<S>::V;
  using T = typename Scalar<S>::T;
  static constexpr bool geometry = sweep != parameter_sweep, parameters = sweep == parameter_sweep;

  Rows<S> n;
  int nu_v, nu;  // longest padded list: vectors, lanes

  // Per centre (pointer to the first centre's array; the stride follows).
  int *count, *index, *segment;
  S *d, *u, *r_inverse, *b, *db, *Y,
      *Yt;                           // geometry; d and u: 3 rows; b, db: N rows; Y: 16 rows of nu_v; Yt: nu rows of Yv
  S* X;                              // mix input. layer 0: density, cn rows of Yv; layer 1: X_l, 2l+1 rows of mix_v[l]
  S *A_raw, *A, *P, *Q;              // 16 rows of Kv
  S* F;                              // nf rows of Kv
  S *a1, *g1, *a2, *g2;              // Hv: activations and slopes
  S *dF, *dA, *dP, *dX, *dz1, *dz2;  // adjoints
  // Scratch of one centre.
  S *phi, *w, *w_t, *dw, *R, *dR, *d_phi, *d_rho, *G, *Hs, *dd;
  long bytes;

  long stride_X, stride_X_adjoint;

  Workspace(const Shape& s, int layer, int centres, int most_neighbors, void* memory) : n(s, layer) {
    constexpr int W = Scalar<S>::W;
    nu = padded(most_neighbors < 1 ? 1 : most_neighbors, W < 16 ? 16 : W);
    nu_v = nu / W;
    char* at = static_cast<char*>(memory);
    long used = 0;
    auto ints = [&](long c) {
      int* p = reinterpret_cast<int*>(at + used);
      used += (c * long(sizeof(int)) + 63) / 64 * 64;
      return p;
    };
    auto rows = [&](long c) {
      S* p = reinterpret_cast<S*>(at + used);
      used += (c * long(sizeof(S)) + 63) / 64 * 64;
      return p;
    };
    const bool second = layer == 1;
    count = ints(centres), index = ints(long(centres) * nu), segment = ints(long(centres) * (n.species + 1));
    d = rows(3L * centres * nu_v), u = rows(3L * centres * nu_v), r_inverse = rows(long(centres) * nu_v);
    b = rows(long(centres) * n.N * nu_v), db = rows(geometry ? long(centres) * n.N * nu_v : 0);
    Y = rows(long(centres) * max_harmonics * nu_v), Yt = rows(long(centres) * nu * n.Yv);
    stride_X = second ? n.x_size : long(n.cnv) * W * n.Yv;
    stride_X_adjoint = second ? n.x_size : long(max_harmonics) * n.cnv;
    X = rows(centres * stride_X);
    A = rows(16L * centres * n.Kv), P = rows(16L * centres * n.Kv), Q = rows(16L * centres * n.Kv);
    A_raw = parameters ? rows(16L * centres * n.Kv) : A;
    F = rows(long(centres) * n.nf * n.Kv);
    a1 = rows(long(centres) * n.Hv), g1 = rows(long(centres) * n.Hv), a2 = rows(long(centres) * n.Hv),
    g2 = rows(long(centres) * n.Hv);
    dF = rows(long(centres) * n.nf * n.Kv), dA = rows(16L * centres * n.Kv), dP = rows(16L * centres * n.Kv);
    dX = rows(centres * stride_X_adjoint);
    dz1 = rows(long(centres) * n.Hv), dz2 = rows(long(centres) * n.Hv);
    const long q = long(n.N) * max_harmonics;
    phi = rows(second ? nu * long(n.N) * n.Yv : 0), w = rows(second ? long(nu) * n.mv : 0);
    w_t = rows(second && geometry ? long(n.mv) * W * nu_v : 0), dw = rows(second ? long(nu) * n.mv : 0);
    R = rows(second ? q * 3 * n.Cvv : 0), dR = rows(second ? q * 3 * n.Cvv : 0);
    d_phi = rows(second && geometry ? q * nu_v : 0);
    d_rho = rows(second ? 0 : long(n.cnv) * W * n.Yv);
    G = rows(long(nu) * n.Yv), Hs = rows(long(nu) * n.Yv), dd = rows(3L * nu_v);
    bytes = used;
  }

  int* index_of(int a) const { return index + long(a) * nu; }
  S* d_of(int a) const { return d + 3L * a * nu_v; }
  S* u_of(int a) const { return u + 3L * a * nu_v; }
  S* b_of(int a) const { return b + long(a) * n.N * nu_v; }
  S* db_of(int a) const { return db + long(a) * n.N * nu_v; }
  S* Y_of(int a) const { return Y + long(a) * max_harmonics * nu_v; }
  S* Yt_of(int a) const { return Yt + long(a) * nu * n.Yv; }
  S* X_of(int a) const { return X + a * stride_X; }
  S* dX_of(int a) const { return dX + a * stride_X_adjoint; }
  S* row16(S* base, int a, int i) const { return base + (16L * a + i) * n.Kv; }
};

}  // namespace OROGEN_ISA
}  // namespace orogen::kernel
