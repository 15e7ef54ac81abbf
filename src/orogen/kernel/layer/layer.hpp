// One layer of the learned site energy for one block of centres: the stages forward, then the same stages mirrored.
// Symbols and stages follow docs/theory.md §2; the adjoint of x is dx.
#pragma once
#include "orogen/kernel/layer/geometry.hpp"
#include "orogen/kernel/layer/products.hpp"
#include "orogen/kernel/mlp.hpp"

namespace orogen::kernel {
inline namespace OROGEN_ISA {

template <class S, Sweep sweep> class Layer {
  using V = typename Scalar<S>::V;
  using T = typename Scalar<S>::T;
  using Ws = Workspace<S, sweep>;
  static constexpr int W = Scalar<S>::W;
  static constexpr bool geometry = Ws::geometry, parameters = Ws::parameters;

  const Block<T>& k;
  const Shape& shape;
  const Ws ws;
  const Rows<S>& n;
  const int B;

  const V* weights(int kind) const { return reinterpret_cast<const V*>(k.weights + k.layout->packed[k.layer][kind]); }
  const V* transposed(int kind) const {
    return reinterpret_cast<const V*>(k.weights + k.layout->transposed[k.layer][kind]);
  }
  V* gradient(int kind) const { return reinterpret_cast<V*>(k.gradient + k.layout->packed[k.layer][kind]); }
  int type(int a) const { return k.type[k.begin + a]; }
  /// The adjoint of output o of centre a, from which the reverse sweep starts.
  S seed(int o, int a) const {
    const T scale = T(o == 0 ? shape.energy_scale : 1);
    const long i = o * k.output_rows + k.begin + a;
    if constexpr (Scalar<S>::dual)
      return {splat<V>(scale * T(k.output_adjoints[i])), splat<V>(scale * T(k.output_adjoint_tangents[i]))};
    else
      return splat<V>(scale * T(k.output_adjoints[i]));
  }
  bool sends() const { return shape.layers == 2 && k.layer == 0; }
  S* message(void* base, int row) const { return static_cast<S*>(base) + long(row) * n.mv; }

 public:
  Layer(const Block<T>& block, void* memory)
      : k(block),
        shape(*block.shape),
        ws(shape, block.layer, block.count, block.most_neighbors, memory),
        n(ws.n),
        B(block.count) {}

  void forward() const {
    for (int a = 0; a < B; ++a) {
      collect_neighbors(k, ws, a);
      basis(shape, ws, a);
      if (k.layer == 0)
        density(a);
      else
        message_density(a);
    }
    mix();
    products();
    mlp();
    if (sends()) send_messages();
  }

  void reverse() const {
    mlp_reverse();
    products_reverse_stage();
    mix_reverse();
    if (k.layer == 0) {
      if constexpr (geometry)
        for (int a = 0; a < B; ++a) density_reverse(a);
    } else {
      for (int a = 0; a < B; ++a) message_density_reverse(a);
    }
  }

 private:
  // ---- density, first layer: ρ_c,n,lm = Σ_j δ(c, z_j) b_n Y_lm, lm in lanes
  // ---------------------------------------------------
  void density(int a) const {
    S* rho = ws.X_of(a);
    const int* segment = ws.segment + long(a) * (n.species + 1);
    for (int c = 0; c < n.species; ++c) density_of_species(a, segment[c], segment[c + 1], rho + long(c) * n.N * n.Yv);
    for (long e = long(n.cn) * n.Yv; e < ws.stride_X; ++e) rho[e] = S{};
  }
  void density_of_species(int a, int begin, int end, S* rho) const {
    constexpr int chunk = Scalar<S>::dual ? 4 : 8;
    for (int v = 0; v < n.Yv; ++v)
      for (int first = 0; first < n.N; first += chunk) {
        S acc[chunk];
        for (int m = 0; m < chunk; ++m) acc[m] = S{};
        const int m_end = n.N - first < chunk ? n.N - first : chunk;
        const S* Yt = ws.Yt_of(a) + v;
        const S* b = ws.b_of(a) + long(first) * ws.nu_v;
        if (m_end == chunk) {
          for (int j = begin; j < end; ++j) {
            const S y = Yt[long(j) * n.Yv];
            for (int m = 0; m < chunk; ++m) multiply_add(acc[m], y, element(b + long(m) * ws.nu_v, j));
          }
        } else {
          for (int j = begin; j < end; ++j)
            for (int m = 0; m < m_end; ++m) multiply_add(acc[m], Yt[long(j) * n.Yv], element(b + long(m) * ws.nu_v, j));
        }
        for (int m = 0; m < m_end; ++m) rho[long(first + m) * n.Yv + v] = acc[m];
      }
  }
  void density_reverse(int a) const {
    if (ws.count[a] == 0) return;
    transpose(ws.dX_of(a), n.cnv, max_harmonics, n.cnv * W, ws.d_rho, n.Yv);
    const int* segment = ws.segment + long(a) * (n.species + 1);
    const S* b = ws.b_of(a);
    const S* db = ws.db_of(a);
    for (int c = 0; c < n.species; ++c)
      for (int v = 0; v < n.Yv; ++v) {
        const S* d_rho = ws.d_rho + long(c) * n.N * n.Yv + v;
        for (int j = segment[c]; j < segment[c + 1]; ++j) {
          S g{}, h{};
          for (int m = 0; m < n.N; ++m) {
            multiply_add(g, d_rho[m * n.Yv], element(b + long(m) * ws.nu_v, j));
            multiply_add(h, d_rho[m * n.Yv], element(db + long(m) * ws.nu_v, j));
          }
          ws.G[long(j) * n.Yv + v] = g;
          ws.Hs[long(j) * n.Yv + v] = h;
        }
      }
    const int used = padded(ws.count[a], W) / W;
    for (long e = long(ws.count[a]) * n.Yv; e < long(used) * W * n.Yv; ++e) ws.G[e] = ws.Hs[e] = S{};  // padding
    for (int v = 0; v < used; ++v) {
      S g[max_harmonics], h[max_harmonics];
      transpose(ws.G + long(v) * W * n.Yv, n.Yv, W, max_harmonics, g, 1);
      transpose(ws.Hs + long(v) * W * n.Yv, n.Yv, W, max_harmonics, h, 1);
      S dr{};
      for (int m = 0; m < n.n_lm; ++m) dr += h[m] * ws.Y_of(a)[m * ws.nu_v + v];
      basis_adjoint(ws, a, v, g, dr);
    }
    scatter(k, ws, a);
  }

  // ---- density of messages, second layer: ρ_c,n,lm = Σ_j w_j,c b_n Y_lm, c in lanes; vectors coupled (lm)⊗(1m') → l'
  // -------------
  int vector_harmonics() const { return n.n_lm < 9 ? n.n_lm : 9; }

  void neighbor_rows(int a) const {
    const int nu = ws.count[a];
    const S* Yt = ws.Yt_of(a);
    const S* b = ws.b_of(a);
    for (int j = 0; j < nu; ++j)
      for (int m = 0; m < n.N; ++m) {
        const S bm = splat_lane<S>(element(b + long(m) * ws.nu_v, j));
        for (int v = 0; v < n.Yv; ++v) ws.phi[(long(j) * n.N + m) * n.Yv + v] = bm * Yt[long(j) * n.Yv + v];
      }
    const int* index = ws.index_of(a);
    for (int j = 0; j < nu; ++j) {
      const S* row = message(k.messages, k.owner[index[j]]);
      for (int v = 0; v < n.mv; ++v) ws.w[long(j) * n.mv + v] = row[v];
    }
    for (long e = long(nu) * n.mv; e < long(padded(nu, W)) * n.mv; ++e) ws.w[e] = S{};  // padding
  }
  /// Row of X (or dX) that holds the scalar channels of (n, lm).
  S* scalar_row(S* X, int m, int l, int lm) const {
    return X + n.x_first[l] + long(lm - l * l) * n.mix_v[l] + long(m) * n.Csv;
  }
  /// Row of X (or dX) of message path p, component c, radial function m.
  S* vector_row(S* X, gaunt::Path p, int c, int m) const {
    const int slot = p.l3 == 1 && p.l1 == 2 ? 1 : 0;
    return X + n.x_first[p.l3] + long(c - p.l3 * p.l3) * n.mix_v[p.l3] + n.N * (n.Csv + slot * n.Cvv) + long(m) * n.Cvv;
  }
  /// The (n, lm) pairs: their index in φ and, for scalars, their row in X.
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
          q.index[q.count] = m * max_harmonics + lm;
          q.row[q.count++] = scalar_row(X, m, l, lm);
        }
    return q;
  }
  Pairs vector_pairs(S* R) const {
    Pairs q;
    for (int m = 0; m < n.N; ++m)
      for (int lm = 0; lm < vector_harmonics(); ++lm) {
        q.index[q.count] = m * max_harmonics + lm;
        q.row[q.count] = R + long(q.count) * 3 * n.Cvv;
        ++q.count;
      }
    return q;
  }

  void message_density(int a) const {
    neighbor_rows(a);
    S* X = ws.X_of(a);
    for (long e = 0; e < ws.stride_X; ++e) X[e] = S{};
    const Strided per_neighbor{long(n.N) * max_harmonics};
    Pairs q = scalar_pairs(X);
    for (int i = 0; i < q.count; ++i) q.lanes[i] = lanes_of(ws.phi) + element_offset<S>(q.index[i]);
    matrix_product<S, S>(q.count, ws.count[a], n.Csv, q.lanes, per_neighbor, UniformRows<S>{ws.w, n.mv}, q.row, false);
    if (n.L < 1) return;
    Pairs p = vector_pairs(ws.R);
    for (int i = 0; i < p.count; ++i) p.lanes[i] = lanes_of(ws.phi) + element_offset<S>(p.index[i]);
    matrix_product<S, S>(p.count, ws.count[a], 3 * n.Cvv, p.lanes, per_neighbor, UniformRows<S>{ws.w + n.Csv, n.mv},
                         p.row, false);
    const int per = vector_harmonics();
    for (int path = 0; path < gaunt::message_count; ++path) {
      const gaunt::Path g = gaunt::message[path];
      if (g.l1 > n.L || g.l3 > n.L) continue;
      for (int e = g.begin; e < g.end; ++e) {
        const gaunt::Entry entry = gaunt::message_entries[e];
        for (int m = 0; m < n.N; ++m) {
          S* out = vector_row(X, g, entry.c, m);
          const S* in = ws.R + (long(m) * per + entry.a) * 3 * n.Cvv + (entry.b - 1) * n.Cvv;
          for (int v = 0; v < n.Cvv; ++v) out[v] += in[v] * T(entry.g);
        }
      }
    }
  }

  void message_density_reverse(int a) const {
    const int nu = ws.count[a];
    if (nu == 0) return;
    neighbor_rows(a);
    S* dX = ws.dX_of(a);
    const int per = vector_harmonics();
    for (long e = 0; e < long(n.N) * per * 3 * n.Cvv; ++e) ws.dR[e] = S{};
    for (int path = 0; path < gaunt::message_count; ++path) {
      const gaunt::Path g = gaunt::message[path];
      if (g.l1 > n.L || g.l3 > n.L) continue;
      for (int e = g.begin; e < g.end; ++e) {
        const gaunt::Entry entry = gaunt::message_entries[e];
        for (int m = 0; m < n.N; ++m) {
          const S* in = vector_row(dX, g, entry.c, m);
          S* out = ws.dR + (long(m) * per + entry.a) * 3 * n.Cvv + (entry.b - 1) * n.Cvv;
          for (int v = 0; v < n.Cvv; ++v) out[v] += in[v] * T(entry.g);
        }
      }
    }
    Pairs q = scalar_pairs(dX), p;
    if (n.L >= 1) p = vector_pairs(ws.dR);
    message_adjoints(a, q, p);
    if constexpr (geometry) {
      transpose(ws.w, n.mv, padded(nu, W), n.mv * W, ws.w_t, ws.nu_v);
      geometry_adjoints(a, q, p);
    }
  }

  /// dw_j = Σ φ_j dρ, added to the messages' adjoints at the neighbours' owners.
  void message_adjoints(int a, const Pairs& q, const Pairs& p) const {
    const int nu = ws.count[a];
    const long phi_row = long(n.N) * n.Yv;
    for (int first = 0; first < nu; first += most_block) {
      const int rows = nu - first < most_block ? nu - first : most_block;
      const T* in[most_block];
      S *scalars[most_block], *vectors[most_block];
      for (int j = 0; j < rows; ++j) {
        in[j] = lanes_of(ws.phi + (first + j) * phi_row);
        scalars[j] = ws.dw + long(first + j) * n.mv;
        vectors[j] = scalars[j] + n.Csv;
      }
      matrix_product<S, S>(rows, q.count, n.Csv, in, Indexed{q.index}, ListedRows<S>{q.row}, scalars, false);
      if (p.count)
        matrix_product<S, S>(rows, p.count, 3 * n.Cvv, in, Indexed{p.index}, UniformRows<S>{ws.dR, 3L * n.Cvv}, vectors,
                             false);
    }
    const int used = p.count ? n.mv : n.Csv;
    const int* index = ws.index_of(a);
    for (int j = 0; j < nu; ++j) {
      S* to = message(k.message_adjoints, k.owner[index[j]]);
      for (int v = 0; v < used; ++v) to[v] += ws.dw[long(j) * n.mv + v];
    }
  }

  /// dφ = Σ_c w dρ with the neighbours in lanes, then the adjoint of the basis.
  void geometry_adjoints(int a, Pairs& q, Pairs& p) const {
    const int used = padded(ws.count[a], W) / W;
    S* out[max_radial * max_harmonics];
    for (int i = 0; i < q.count; ++i) q.lanes[i] = lanes_of(q.row[i]), out[i] = ws.d_phi + long(q.index[i]) * ws.nu_v;
    matrix_product<S, S>(q.count, n.Cs, used, q.lanes, Contiguous{}, UniformRows<S>{ws.w_t, ws.nu_v}, out, false);
    for (int i = 0; i < p.count; ++i) p.lanes[i] = lanes_of(p.row[i]), out[i] = ws.d_phi + long(p.index[i]) * ws.nu_v;
    matrix_product<S, S>(p.count, 3 * n.Cv, used, p.lanes, Contiguous{},
                         UniformRows<S>{ws.w_t + long(n.Cs) * ws.nu_v, ws.nu_v}, out, true);
    const S* b = ws.b_of(a);
    const S* db = ws.db_of(a);
    for (int v = 0; v < used; ++v) {
      S g[max_harmonics], dr{};
      for (int lm = 0; lm < max_harmonics; ++lm) g[lm] = S{};
      for (int lm = 0; lm < n.n_lm; ++lm) {
        S h{};
        for (int m = 0; m < n.N; ++m) {
          const S x = ws.d_phi[(long(m) * max_harmonics + lm) * ws.nu_v + v];
          g[lm] += x * b[long(m) * ws.nu_v + v];
          h += x * db[long(m) * ws.nu_v + v];
        }
        dr += h * ws.Y_of(a)[lm * ws.nu_v + v];
      }
      basis_adjoint(ws, a, v, g, dr);
    }
    scatter(k, ws, a);
  }

  // ---- mix: A_k,lm = s_(z,l,k) Σ W^l_k,cn X_cn,lm, k in lanes
  // -------------------------------------------------------------------
  template <class F> void with_mix_input(int l, F&& use) const {
    const T* rows[most_block * 7];
    for (int a = 0; a < B; ++a)
      for (int m = 0; m < 2 * l + 1; ++m)
        rows[a * (2 * l + 1) + m] = k.layer == 0 ? lanes_of(ws.X_of(a)) + element_offset<S>(l * l + m)
                                                 : lanes_of(ws.X_of(a) + n.x_first[l] + long(m) * n.mix_v[l]);
    if (k.layer == 0)
      use(rows, Strided{max_harmonics});
    else
      use(rows, Contiguous{});
  }
  void mix() const {
    for (int l = 0; l <= n.L; ++l) {
      S* out[most_block * 7];
      for (int a = 0; a < B; ++a)
        for (int m = 0; m < 2 * l + 1; ++m) out[a * (2 * l + 1) + m] = ws.row16(ws.A_raw, a, l * l + m);
      with_mix_input(l, [&](const T* const* rows, auto at) {
        matrix_product<S, V>(B * (2 * l + 1), n.mix_rows[l], n.Kv, rows, at, UniformRows<V>{weights(mix_0 + l), n.Kv},
                             out, false);
      });
    }
    if (k.layer_rms) accumulate_rms();
    for (int a = 0; a < B; ++a)
      for (int l = 0; l <= n.L; ++l) {
        const V* s = weights(scale) + (long(type(a)) * (n.L + 1) + l) * n.Kv;
        for (int i = l * l; i < (l + 1) * (l + 1); ++i)
          for (int v = 0; v < n.Kv; ++v) ws.row16(ws.A, a, i)[v] = ws.row16(ws.A_raw, a, i)[v] * s[v];
      }
  }
  void accumulate_rms() const {
    for (int a = 0; a < B; ++a)
      for (int l = 0; l <= n.L; ++l) {
        V sum{};
        for (int i = l * l; i < (l + 1) * (l + 1); ++i)
          for (int v = 0; v < n.Kv; ++v) sum += value(ws.row16(ws.A_raw, a, i)[v]) * value(ws.row16(ws.A_raw, a, i)[v]);
        k.layer_rms[2 * l] += double(sum_lanes(sum));
        k.layer_rms[2 * l + 1] += double(n.K) * (2 * l + 1);
      }
  }
  void mix_reverse() const {
    for (int a = 0; a < B; ++a)
      for (int l = 0; l <= n.L; ++l) {
        const long row = (long(type(a)) * (n.L + 1) + l) * n.Kv;
        const V* s = weights(scale) + row;
        for (int v = 0; v < n.Kv; ++v) {
          V ds{};
          for (int i = l * l; i < (l + 1) * (l + 1); ++i) {
            S& dA = ws.row16(ws.dA, a, i)[v];
            if constexpr (parameters) ds += contracted_product(ws.row16(ws.A_raw, a, i)[v], dA);
            dA = dA * s[v];
          }
          if constexpr (parameters) gradient(scale)[row + v] += ds;
        }
      }
    for (int l = 0; l <= n.L; ++l) {
      const int M = B * (2 * l + 1);
      const T* in[most_block * 7];
      const S* adjoint[most_block * 7];
      S* out[most_block * 7];
      for (int a = 0; a < B; ++a)
        for (int m = 0; m < 2 * l + 1; ++m) {
          const int i = a * (2 * l + 1) + m;
          adjoint[i] = ws.row16(ws.dA, a, l * l + m);
          in[i] = lanes_of(adjoint[i]);
          out[i] = ws.dX_of(a) + (k.layer == 0 ? long(l * l + m) * n.cnv : n.x_first[l] + long(m) * n.mix_v[l]);
        }
      if constexpr (parameters)
        with_mix_input(l, [&](const T* const* rows, auto at) {
          weight_gradient<S>(n.mix_rows[l], M, n.Kv, rows, at, ListedRows<S>{adjoint}, gradient(mix_0 + l), n.Kv);
        });
      if (geometry || k.layer == 1)
        matrix_product<S, V>(M, n.K, n.mix_v[l], in, Contiguous{}, UniformRows<V>{transposed(mix_0 + l), n.mix_v[l]},
                             out, false);
    }
    if (k.layer == 0 && geometry)
      for (int a = 0; a < B; ++a)
        for (long e = long(n.n_lm) * n.cnv; e < ws.stride_X_adjoint; ++e) ws.dX_of(a)[e] = S{};
  }

  // ---- products and invariants
  // -------------------------------------------------------------------------------------------------
  template <int L> void products_of() const {
    for (int a = 0; a < B; ++a)
      for (int v = 0; v < n.Kv; ++v)
        products_forward<L>(ws.row16(ws.A, a, 0) + v, weights(paths) + v, n.Kv, ws.row16(ws.P, a, 0) + v,
                            ws.row16(ws.Q, a, 0) + v, ws.F + long(a) * n.nf * n.Kv + v, n.Kv);
  }
  void products() const {
    switch (n.L) {
      case 0:
        return products_of<0>();
      case 1:
        return products_of<1>();
      case 2:
        return products_of<2>();
      default:
        return products_of<3>();
    }
  }
  template <int L> void products_reverse_of(bool extra) const {
    for (int a = 0; a < B; ++a)
      for (int v = 0; v < n.Kv; ++v)
        kernel::products_reverse<L, parameters>(
            ws.row16(ws.A, a, 0) + v, ws.row16(ws.P, a, 0) + v, ws.row16(ws.Q, a, 0) + v, weights(paths) + v, n.Kv,
            ws.dF + long(a) * n.nf * n.Kv + v, extra ? ws.row16(ws.dP, a, 0) + v : nullptr, ws.row16(ws.dA, a, 0) + v,
            parameters ? gradient(paths) + v : nullptr, n.Kv);
  }
  void products_reverse_stage() const {
    const long size = 16L * B * n.Kv;
    for (long e = 0; e < size; ++e) ws.dA[e] = S{};
    const bool extra = sends() && n.L >= 1;
    if (extra) {
      for (long e = 0; e < size; ++e) ws.dP[e] = S{};
      vector_messages_reverse();
    }
    switch (n.L) {
      case 0:
        return products_reverse_of<0>(extra);
      case 1:
        return products_reverse_of<1>(extra);
      case 2:
        return products_reverse_of<2>(extra);
      default:
        return products_reverse_of<3>(extra);
    }
  }

  // ---- read-out: output o = w_lin·F + w·a2 + shift, a2 the MLP's last hidden layer; o = 0 is the site energy
  Mlp<S> network() const {
    return {n.nf * n.Kv, n.H, n.Hv, weights(mlp_1), weights(mlp_2), transposed(mlp_1), transposed(mlp_2)};
  }
  typename Mlp<S>::State network_state() const { return {ws.dz1, ws.a1, ws.g1, ws.dz2, ws.a2, ws.g2}; }
  /// Where the read-out's parameters of output o lie in their tensors: those of further outputs have tensors of their own.
  struct ReadOut {
    int linear, last, shift;               ///< kinds of tensors
    long linear_row, last_row, shift_row;  ///< offsets in vectors
  };
  ReadOut read_out(int o, int a) const {
    const long row = type(a) + (o > 0 ? long(o - 1) * n.species : 0);
    if (o == 0) return {linear, mlp_3, shift, row * n.nf * n.Kv, 0, row};
    return {output_linear, output_mlp_3, output_shift, row * n.nf * n.Kv, long(o - 1) * n.Hv, row};
  }
  void mlp() const {
    const T* in[most_block];
    for (int a = 0; a < B; ++a) in[a] = lanes_of(ws.F + long(a) * n.nf * n.Kv);
    network().forward(
        B, in, [&](int a) { return weights(bias_1) + long(type(a)) * n.Hv; }, weights(bias_2), network_state());
    for (int a = 0; a < B; ++a) {
      if (k.outputs)
        for (int o = 0; o < shape.outputs; ++o) write_output(o, a);
      if (k.hidden)
        for (int h = 0; h < n.H; ++h)
          k.hidden[long(k.begin + a) * n.H + h] = lanes_of(ws.a2 + long(a) * n.Hv)[element_offset<S>(h)];
    }
  }
  void write_output(int o, int a) const {
    const ReadOut at = read_out(o, a);
    const S* F = ws.F + long(a) * n.nf * n.Kv;
    const S* a2 = ws.a2 + long(a) * n.Hv;
    const V* lin = weights(at.linear) + at.linear_row;
    const V* last = weights(at.last) + at.last_row;
    const double scale = o == 0 ? shape.energy_scale : 1,
                 shift_a = double(lanes_of(weights(at.shift) + at.shift_row)[0]);
    const long i = o * k.output_rows + k.begin + a;
    V e{};
    for (int f = 0; f < n.nf * n.Kv; ++f) e += value(F[f]) * lin[f];
    for (int v = 0; v < n.Hv; ++v) e += value(a2[v]) * last[v];
    k.outputs[i] += scale * (double(sum_lanes(e)) + shift_a);
    if constexpr (Scalar<S>::dual) {
      if (!k.output_tangents) return;
      V t{};
      for (int f = 0; f < n.nf * n.Kv; ++f) t += F[f].t * lin[f];
      for (int v = 0; v < n.Hv; ++v) t += a2[v].t * last[v];
      k.output_tangents[i] += scale * double(sum_lanes(t));
    }
  }
  /// row = e·w for the first, row += e·w for all others.
  static void add_multiple(bool first, S e, const V* w, int count, S* row) {
    if (first)
      for (int i = 0; i < count; ++i) row[i] = e * w[i];
    else
      for (int i = 0; i < count; ++i) row[i] += e * w[i];
  }
  void mlp_reverse() const {
    S* out[most_block];
    for (int a = 0; a < B; ++a) {
      out[a] = ws.dz2 + long(a) * n.Hv;
      for (int o = 0; o < shape.outputs; ++o) {
        const ReadOut at = read_out(o, a);
        add_multiple(o == 0, seed(o, a), weights(at.last) + at.last_row, n.Hv, out[a]);
      }
    }
    if (sends()) scalar_messages_reverse(out);
    for (int a = 0; a < B; ++a) {
      out[a] = ws.dF + long(a) * n.nf * n.Kv;
      for (int o = 0; o < shape.outputs; ++o) {
        const ReadOut at = read_out(o, a);
        add_multiple(o == 0, seed(o, a), weights(at.linear) + at.linear_row, n.nf * n.Kv, out[a]);
      }
    }
    network().reverse(B, network_state(), out);
    if constexpr (parameters) network_gradient();
  }
  void network_gradient() const {
    const T* in[most_block];
    for (int a = 0; a < B; ++a) {
      in[a] = lanes_of(ws.F + long(a) * n.nf * n.Kv);
      for (int o = 0; o < shape.outputs; ++o) read_out_gradient(o, a);
    }
    network().gradient(
        B, in, network_state(), gradient(mlp_1), gradient(mlp_2),
        [&](int a) { return gradient(bias_1) + long(type(a)) * n.Hv; }, gradient(bias_2));
  }
  void read_out_gradient(int o, int a) const {
    const S e = seed(o, a);
    const ReadOut at = read_out(o, a);
    const S* F = ws.F + long(a) * n.nf * n.Kv;
    V* d_lin = gradient(at.linear) + at.linear_row;
    V* d_last = gradient(at.last) + at.last_row;
    for (int f = 0; f < n.nf * n.Kv; ++f) d_lin[f] += contracted_product(F[f], e);
    for (int v = 0; v < n.Hv; ++v) d_last[v] += contracted_product(ws.a2[long(a) * n.Hv + v], e);
    lanes_of(gradient(at.shift) + at.shift_row)[0] += sum_lanes(contracted(e)) / T(W);
  }

  // ---- messages: scalars from the last hidden layer and the species, vectors from A_1m and P_1m
  // ------------------------------------
  void send_messages() const {
    const T *hidden[most_block], *A[3 * most_block], *P[3 * most_block];
    S *scalars[most_block], *vectors[3 * most_block];
    for (int a = 0; a < B; ++a) {
      S* row = message(k.messages, k.begin + a);
      hidden[a] = lanes_of(ws.a2 + long(a) * n.Hv), scalars[a] = row;
      for (int v = 0; v < n.Csv; ++v) row[v] = Mlp<S>::lift(weights(message_species)[long(type(a)) * n.Csv + v]);
      for (int m = 0; m < 3; ++m) {
        A[3 * a + m] = lanes_of(ws.row16(ws.A, a, 1 + m)), P[3 * a + m] = lanes_of(ws.row16(ws.P, a, 1 + m));
        vectors[3 * a + m] = row + n.Csv + m * n.Cvv;
      }
    }
    matrix_product<S, V>(B, n.H, n.Csv, hidden, Contiguous{}, UniformRows<V>{weights(message_scalar), n.Csv}, scalars,
                         true);
    if (n.L < 1) return;
    matrix_product<S, V>(3 * B, n.K, n.Cvv, A, Contiguous{}, UniformRows<V>{weights(message_a), n.Cvv}, vectors, false);
    matrix_product<S, V>(3 * B, n.K, n.Cvv, P, Contiguous{}, UniformRows<V>{weights(message_p), n.Cvv}, vectors, true);
  }
  void scalar_messages_reverse(S* const* d_hidden) const {
    const T *in[most_block], *hidden[most_block];
    const S* adjoint[most_block];
    for (int a = 0; a < B; ++a) {
      adjoint[a] = message(k.message_adjoints, k.begin + a);
      in[a] = lanes_of(adjoint[a]), hidden[a] = lanes_of(ws.a2 + long(a) * n.Hv);
      if constexpr (parameters)
        for (int v = 0; v < n.Csv; ++v)
          gradient(message_species)[long(type(a)) * n.Csv + v] += contracted(adjoint[a][v]);
    }
    matrix_product<S, V>(B, n.Cs, n.Hv, in, Contiguous{}, UniformRows<V>{transposed(message_scalar), n.Hv}, d_hidden,
                         true);
    if constexpr (parameters)
      weight_gradient<S>(n.H, B, n.Csv, hidden, Contiguous{}, ListedRows<S>{adjoint}, gradient(message_scalar), n.Csv);
  }
  void vector_messages_reverse() const {
    const T *in[3 * most_block], *A[3 * most_block], *P[3 * most_block];
    const S* adjoint[3 * most_block];
    S *dA[3 * most_block], *dP[3 * most_block];
    for (int a = 0; a < B; ++a)
      for (int m = 0; m < 3; ++m) {
        const int i = 3 * a + m;
        adjoint[i] = message(k.message_adjoints, k.begin + a) + n.Csv + m * n.Cvv;
        in[i] = lanes_of(adjoint[i]);
        A[i] = lanes_of(ws.row16(ws.A, a, 1 + m)), P[i] = lanes_of(ws.row16(ws.P, a, 1 + m));
        dA[i] = ws.row16(ws.dA, a, 1 + m), dP[i] = ws.row16(ws.dP, a, 1 + m);
      }
    matrix_product<S, V>(3 * B, n.Cv, n.Kv, in, Contiguous{}, UniformRows<V>{transposed(message_a), n.Kv}, dA, true);
    matrix_product<S, V>(3 * B, n.Cv, n.Kv, in, Contiguous{}, UniformRows<V>{transposed(message_p), n.Kv}, dP, true);
    if constexpr (parameters) {
      weight_gradient<S>(n.K, 3 * B, n.Cvv, A, Contiguous{}, ListedRows<S>{adjoint}, gradient(message_a), n.Cvv);
      weight_gradient<S>(n.K, 3 * B, n.Cvv, P, Contiguous{}, ListedRows<S>{adjoint}, gradient(message_p), n.Cvv);
    }
  }
};

}  // namespace OROGEN_ISA
}  // namespace orogen::kernel
