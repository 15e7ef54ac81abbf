// The arrays of one block of centres in one sweep, carved from one piece of memory.
#pragma once
#include "orogen/kernel/block.hpp"
#include "orogen/kernel/mlp.hpp"
#include "orogen/kernel/simd/lanes.hpp"

namespace orogen::kernel {
inline namespace OROGEN_ISA {

inline constexpr int most_block = most_mlp_rows;  ///< centres per block at most

/// Row lengths of one layer. Names that end in v count vectors of W lanes.
template <class S> struct Rows {
  static constexpr int W = Scalar<S>::W;
  int N, L, n_lm, nf, K, Kv, H, Hv;
  int lm, Yv;             ///< harmonics with their padding
  int species, channels;  ///< channels of the first layer's density: species, or their learned vectors
  int cn, cnv;            ///< channels · N
  int message[max_message_l + 1], message_v[max_message_l + 1];  ///< channels per l
  int message_at[max_message_l + 1], mv;                         ///< where they start in a row, length of the row (v)
  int coupled;  ///< harmonics that are coupled with messages of l ≥ 1
  // Of layers that receive: rows of the mix, the same in vectors, offset of X_l, of a path within X_l, size of X.
  int mix_rows[max_l + 1], mix_v[max_l + 1], x_first[max_l + 1], path_at[gaunt::message_count], x_size;

  Rows(const Shape& s, int layer) {
    N = s.radial, L = s.l_max, n_lm = kernel::harmonics(s), nf = invariants(s);
    K = s.features, Kv = padded(K, W) / W, H = s.hidden, Hv = padded(H, W) / W;
    lm = harmonic_rows(s), Yv = lm / (W < lm ? W : lm);
    species = s.species, channels = density_channels(s, 0, 0);
    cn = channels * N, cnv = padded(cn, W) / W;
    mv = 0;
    for (int l = 0; l <= max_message_l; ++l) {
      message[l] = message_channels(s, l), message_v[l] = message[l] / W;
      message_at[l] = mv, mv += (2 * l + 1) * message_v[l];
    }
    coupled = n_lm < 9 ? n_lm : 9;
    x_size = 0;
    for (int l = 0; l <= L; ++l) {
      mix_rows[l] = N * density_channels(s, layer, l);
      mix_v[l] = padded(mix_rows[l], W) / W;
      x_first[l] = x_size;
      x_size += (2 * l + 1) * mix_v[l];
    }
    int used[max_l + 1];
    for (int l = 0; l <= max_l; ++l) used[l] = N * message_v[0];
    for (int p = 0; p < gaunt::message_count; ++p) {
      const gaunt::Path g = gaunt::message[p];
      path_at[p] = used[g.l3];
      if (couples(s, g)) used[g.l3] += N * message_v[g.l2];
    }
  }
};

/// Neighbours [begin, end) of a centre are of one species.
struct Run {
  int type, begin, end;
};

template <class S, Sweep sweep> struct Workspace {
  using V = typename Scalar<S>::V;
  using T = typename Scalar<S>::T;
  static constexpr bool geometry = sweep != Sweep::parameter_gradient, parameters = !geometry;

  Rows<S> n;
  int nu_v, nu;   // longest padded list: vectors, lanes
  int most_runs;  // species among the neighbours of one centre at most

  // Per centre (pointer to the first centre's array; the stride follows).
  int *count, *index, *runs;
  Run* run;
  S *d, *u, *r_inverse, *b, *b_slope, *Y,
      *Yt;               // geometry; d and u: 3 rows; b and db/dr: N rows; Y: lm rows of nu_v; Yt: nu rows of Yv
  S* X;                  // mix input. First layer: density, cn rows of Yv; others: X_l, 2l+1 rows of mix_v[l]
  S *A_raw, *A, *P, *Q;  // lm rows of Kv
  S* F;                  // nf rows of Kv
  S *z1, *a1, *g1, *z2, *a2, *g2;  // Hv: MLP (see Mlp::State), z1 and z2 hold their adjoints after the reverse
  S *dF, *dA, *dP, *dX;            // adjoints
  // Scratch of one centre.
  int* kind;
  T* outer_inverse;  // inner switch: 1/r_out of every neighbour, r_out the distance from which it is one
  S *rho, *phi, *w, *w_t, *dw, *R[max_message_l + 1], *dR[max_message_l + 1], *d_phi, *d_rho, *G, *Hs, *dd;
  long bytes;

  long stride_X, stride_X_adjoint;

  Workspace(const Shape& s, int layer, int centres, int most_neighbors, void* memory) : n(s, layer) {
    constexpr int W = Scalar<S>::W;
    nu = padded(most_neighbors < 1 ? 1 : most_neighbors, W < 16 ? 16 : W);
    nu_v = nu / W;
    most_runs = n.species < nu ? n.species : nu;
    char* at = static_cast<char*>(memory);
    long used = 0;
    auto array = [&]<class E>(E*& pointer, long c) {
      pointer = reinterpret_cast<E*>(at + used);
      used += (c * long(sizeof(E)) + 63) / 64 * 64;
    };
    const bool receiver = receives(s, layer), embedded = !receiver && s.embedding > 0;
    array(count, centres), array(index, long(centres) * nu);
    array(runs, centres), array(run, long(centres) * most_runs);
    array(d, 3L * centres * nu_v), array(u, 3L * centres * nu_v), array(r_inverse, long(centres) * nu_v);
    array(b, long(centres) * n.N * nu_v), array(b_slope, geometry ? long(centres) * n.N * nu_v : 0);
    array(Y, long(centres) * n.lm * nu_v), array(Yt, long(centres) * nu * n.Yv);
    stride_X = receiver ? n.x_size : long(n.cnv) * W * n.Yv;
    stride_X_adjoint = receiver ? n.x_size : long(n.lm) * n.cnv;
    array(X, centres * stride_X);
    const long products = long(n.lm) * centres * n.Kv;
    array(A, products), array(P, products), array(Q, products);
    A_raw = A;
    if (parameters) array(A_raw, products);
    array(F, long(centres) * n.nf * n.Kv);
    for (S** p : {&a1, &g1, &a2, &g2}) array(*p, long(centres) * n.Hv);
    array(dF, long(centres) * n.nf * n.Kv), array(dA, products), array(dP, products);
    array(dX, centres * stride_X_adjoint);
    array(z1, long(centres) * n.Hv), array(z2, long(centres) * n.Hv);
    array(kind, nu), array(outer_inverse, s.inner_switch ? nu : 0);
    array(rho, embedded ? long(n.N) * n.Yv : 0);
    array(phi, receiver ? nu * long(n.N) * n.Yv : 0), array(w, receiver ? long(nu) * n.mv : 0);
    array(w_t, receiver && geometry ? long(n.mv) * W * nu_v : 0), array(dw, receiver ? long(nu) * n.mv : 0);
    for (int l = 1; l <= max_message_l; ++l) {
      const long size = receiver ? long(n.N) * n.coupled * (2 * l + 1) * n.message_v[l] : 0;
      array(R[l], size), array(dR[l], size);
    }
    array(d_phi, receiver && geometry ? long(n.N) * n.lm * nu_v : 0);
    array(d_rho, receiver ? 0 : long(n.cnv) * W * n.Yv);
    array(G, long(nu) * n.Yv), array(Hs, long(nu) * n.Yv), array(dd, 3L * nu_v);
    bytes = used;
  }

  int* index_of(int a) const { return index + long(a) * nu; }
  Run* runs_of(int a) const { return run + long(a) * most_runs; }
  S* d_of(int a) const { return d + 3L * a * nu_v; }
  S* u_of(int a) const { return u + 3L * a * nu_v; }
  S* b_of(int a) const { return b + long(a) * n.N * nu_v; }
  S* b_slope_of(int a) const { return b_slope + long(a) * n.N * nu_v; }
  S* Y_of(int a) const { return Y + long(a) * n.lm * nu_v; }
  S* Yt_of(int a) const { return Yt + long(a) * nu * n.Yv; }
  S* X_of(int a) const { return X + a * stride_X; }
  S* dX_of(int a) const { return dX + a * stride_X_adjoint; }
  /// Row i = l² + l + m of centre a in A, P, Q and their adjoints.
  S* row(S* base, int a, int i) const { return base + (long(n.lm) * a + i) * n.Kv; }
};

}  // namespace OROGEN_ISA
}  // namespace orogen::kernel
