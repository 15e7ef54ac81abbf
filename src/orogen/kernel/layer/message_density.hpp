// The density of messages, in layers that receive: ρ_c,n,lm = Σ_j w_j,c b_n Y_lm with c in lanes. Messages with
// components m' are accumulated component by component and coupled after the sum: (l1 m) ⊗ (l2 m') → l3. [T3.2]
#pragma once
#include "orogen/kernel/layer/geometry.hpp"
#include "orogen/kernel/layer/stage.hpp"

namespace orogen::kernel {
inline namespace OROGEN_ISA {

template <class S, Sweep sweep> class MessageDensity : Stage<S, sweep> {
  using Base = Stage<S, sweep>;
  using Base::k, Base::ws, Base::n, Base::W, Base::geometry;
  using typename Base::T;

 public:
  explicit MessageDensity(const Base& stage) : Base(stage) {}

  void forward(int a) const {
    neighbor_rows(a);
    S* X = ws.X_of(a);
    for (long e = 0; e < ws.stride_X; ++e) X[e] = S{};
    Pairs q = scalar_pairs(X);
    accumulate(a, q, 0);
    for (int l = 1; l <= max_message_l; ++l) {
      if (n.message[l] == 0) continue;
      Pairs p = coupled_pairs(ws.R[l], l);
      accumulate(a, p, l);
    }
    for_each_coupling([&](int path, const gaunt::Path& g, const gaunt::Entry& entry) {
      for (int m = 0; m < n.N; ++m) {
        S* out = coupled_row(X, path, g, entry.c, m);
        const S* in = ws.R[g.l2] + component(g, entry, m);
        for (int v = 0; v < n.message_v[g.l2]; ++v) out[v] += in[v] * T(entry.g);
      }
    });
  }

  void reverse(int a) const {
    if (ws.count[a] == 0) return;
    neighbor_rows(a);
    S* dX = ws.dX_of(a);
    for (int l = 1; l <= max_message_l; ++l)
      for (long e = 0; e < long(n.N) * n.coupled * (2 * l + 1) * n.message_v[l]; ++e) ws.dR[l][e] = S{};
    for_each_coupling([&](int path, const gaunt::Path& g, const gaunt::Entry& entry) {
      for (int m = 0; m < n.N; ++m) {
        const S* in = coupled_row(dX, path, g, entry.c, m);
        S* out = ws.dR[g.l2] + component(g, entry, m);
        for (int v = 0; v < n.message_v[g.l2]; ++v) out[v] += in[v] * T(entry.g);
      }
    });
    message_adjoints(a, dX);
    if constexpr (geometry) {
      transpose(ws.w, n.mv, padded(ws.count[a], W), n.mv * W, ws.w_t, ws.nu_v);
      geometry_adjoints(a, dX);
    }
  }

 private:
  /// The (n, lm) pairs: their index in φ and their row in X, R or their adjoints.
  struct Pairs {
    int index[max_radial * max_harmonics];
    S* row[max_radial * max_harmonics];
    const T* lanes[max_radial * max_harmonics];
    int count = 0;
  };
  Pairs scalar_pairs(S* X) const {
    Pairs q;
    for (int m = 0; m < n.N; ++m)
      for (int l = 0; l <= n.L; ++l)
        for (int lm = l * l; lm < (l + 1) * (l + 1); ++lm) {
          q.index[q.count] = m * n.lm + lm;
          q.row[q.count++] = X + n.x_first[l] + long(lm - l * l) * n.mix_v[l] + long(m) * n.message_v[0];
        }
    return q;
  }
  Pairs coupled_pairs(S* R, int l) const {
    Pairs q;
    for (int m = 0; m < n.N; ++m)
      for (int lm = 0; lm < n.coupled; ++lm) {
        q.index[q.count] = m * n.lm + lm;
        q.row[q.count] = R + long(q.count) * (2 * l + 1) * n.message_v[l];
        ++q.count;
      }
    return q;
  }
  Pairs pairs_of(S* dX, int l) const { return l == 0 ? scalar_pairs(dX) : coupled_pairs(ws.dR[l], l); }

  /// Row of X (or dX) of path p, component c of l3, radial function m.
  S* coupled_row(S* X, int path, const gaunt::Path& g, int c, int m) const {
    return X + n.x_first[g.l3] + long(c - g.l3 * g.l3) * n.mix_v[g.l3] + n.path_at[path] + long(m) * n.message_v[g.l2];
  }
  /// Place in R of harmonic a and component b of the message.
  long component(const gaunt::Path& g, const gaunt::Entry& entry, int m) const {
    return ((long(m) * n.coupled + entry.a) * (2 * g.l2 + 1) + (entry.b - g.l2 * g.l2)) * n.message_v[g.l2];
  }
  template <class F> void for_each_coupling(F&& use) const {
    for (int path = 0; path < gaunt::message_count; ++path) {
      const gaunt::Path g = gaunt::message[path];
      if (!couples(*k.shape, g)) continue;
      for (int e = g.begin; e < g.end; ++e) use(path, g, gaunt::message_entries[e]);
    }
  }

  /// φ = b ⊗ Y and the messages w of the neighbours, one row per neighbour.
  void neighbor_rows(int a) const {
    if (n.lm == 16)
      fill_phi<16>(a);
    else
      fill_phi<32>(a);
    const int nu = ws.count[a];
    const int* index = ws.index_of(a);
    for (int j = 0; j < nu; ++j) {
      const S* row = this->message(k.received, k.owner[index[j]]);
      for (int v = 0; v < n.mv; ++v) ws.w[long(j) * n.mv + v] = row[v];
    }
    for (long e = long(nu) * n.mv; e < long(padded(nu, W)) * n.mv; ++e) ws.w[e] = S{};  // padding
  }
  template <int rows> void fill_phi(int a) const {
    constexpr int Yv = rows / (W < rows ? W : rows);
    const int nu = ws.count[a];
    const S* Yt = ws.Yt_of(a);
    const S* b = ws.b_of(a);
    for (int j = 0; j < nu; ++j)
      for (int m = 0; m < n.N; ++m) {
        const S bm = splat_lane<S>(element(b + long(m) * ws.nu_v, j));
        for (int v = 0; v < Yv; ++v) ws.phi[(long(j) * n.N + m) * Yv + v] = bm * Yt[long(j) * Yv + v];
      }
  }

  /// Rows of `q` = Σ_j φ_j ⊗ (messages of angular momentum l).
  void accumulate(int a, Pairs& q, int l) const {
    for (int i = 0; i < q.count; ++i) q.lanes[i] = lanes_of(ws.phi) + element_offset<S>(q.index[i]);
    matrix_product<S, S>(q.count, ws.count[a], (2 * l + 1) * n.message_v[l], q.lanes, Strided{long(n.N) * n.lm},
                         UniformRows<S>{ws.w + n.message_at[l], n.mv}, q.row, false);
  }

  /// dw_j = Σ φ_j dρ, added to the messages' adjoints at the neighbours' owners.
  void message_adjoints(int a, S* dX) const {
    const int nu = ws.count[a];
    for (int l = 0; l <= max_message_l; ++l) {
      if (n.message[l] == 0) continue;
      const Pairs q = pairs_of(dX, l);
      for (int first = 0; first < nu; first += most_block) {
        const int rows = nu - first < most_block ? nu - first : most_block;
        const T* in[most_block];
        S* out[most_block];
        for (int j = 0; j < rows; ++j) {
          in[j] = lanes_of(ws.phi + (first + j) * long(n.N) * n.Yv);
          out[j] = ws.dw + long(first + j) * n.mv + n.message_at[l];
        }
        matrix_product<S, S>(rows, q.count, (2 * l + 1) * n.message_v[l], in, Indexed{q.index}, ListedRows<S>{q.row},
                             out, false);
      }
    }
    const int* index = ws.index_of(a);
    for (int j = 0; j < nu; ++j) {
      S* to = this->message(k.received_adjoints, k.owner[index[j]]);
      for (int v = 0; v < n.mv; ++v) to[v] += ws.dw[long(j) * n.mv + v];
    }
  }

  /// dφ = Σ_c w dρ with the neighbours in lanes, then the adjoint of the basis.
  void geometry_adjoints(int a, S* dX) const {
    const int used = padded(ws.count[a], W) / W;
    for (int l = 0; l <= max_message_l; ++l) {
      if (l > 0 && n.message[l] == 0) continue;
      Pairs q = pairs_of(dX, l);
      S* out[max_radial * max_harmonics];
      for (int i = 0; i < q.count; ++i) q.lanes[i] = lanes_of(q.row[i]), out[i] = ws.d_phi + long(q.index[i]) * ws.nu_v;
      matrix_product<S, S>(q.count, (2 * l + 1) * n.message[l], used, q.lanes, Contiguous{},
                           UniformRows<S>{ws.w_t + long(n.message_at[l]) * W * ws.nu_v, ws.nu_v}, out, l > 0);
    }
    if (n.lm == 16)
      basis_reverse<16>(a, used);
    else
      basis_reverse<32>(a, used);
    scatter(k, ws, a);
  }
  template <int rows> void basis_reverse(int a, int used) const {
    const S* b = ws.b_of(a);
    const S* b_slope = ws.b_slope_of(a);
    for (int v = 0; v < used; ++v) {
      S g[rows], dr{};
      for (int lm = 0; lm < rows; ++lm) g[lm] = S{};
      for (int lm = 0; lm < n.n_lm; ++lm) {
        S h{};
        for (int m = 0; m < n.N; ++m) {
          const S x = ws.d_phi[(long(m) * rows + lm) * ws.nu_v + v];
          g[lm] += x * b[long(m) * ws.nu_v + v];
          h += x * b_slope[long(m) * ws.nu_v + v];
        }
        dr += h * ws.Y_of(a)[lm * ws.nu_v + v];
      }
      basis_adjoint<rows>(ws, a, v, g, dr);
    }
  }
};

}  // namespace OROGEN_ISA
}  // namespace orogen::kernel
