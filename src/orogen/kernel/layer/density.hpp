// The density of the first layer: ρ_c,n,lm = Σ_j e_(z_j),c b_n Y_lm with lm in lanes; e is one-hot or learned. [T2.4]
#pragma once
#include "orogen/kernel/layer/geometry.hpp"
#include "orogen/kernel/layer/stage.hpp"

namespace orogen::kernel {
inline namespace OROGEN_ISA {

/// Neighbours are sorted by species: the sum over those of one species comes first, then its share in every channel.
template <class S, Sweep sweep> class Density : Stage<S, sweep> {
  using Base = Stage<S, sweep>;
  using Base::k, Base::ws, Base::n, Base::W, Base::geometry, Base::parameters;
  using typename Base::T;
  using typename Base::V;

 public:
  explicit Density(const Base& stage) : Base(stage) {}

  void forward(int a) const {
    if (n.lm == 16)
      forward_of<16>(a);
    else
      forward_of<32>(a);
  }

  void reverse(int a) const {
    if (ws.count[a] == 0) return;
    if (n.lm == 16)
      reverse_of<16>(a);
    else
      reverse_of<32>(a);
  }

 private:
  // Row lengths that are known when compiling keep the loops over neighbours tight: `rows` is the number of harmonics
  // with their padding, 16 up to L = 3.
  template <int rows> static constexpr int vectors = rows / (W < rows ? W : rows);

  template <int rows> void forward_of(int a) const {
    S* rho = ws.X_of(a);
    if (k.shape->embedding > 0)
      embedded_forward<rows>(a, rho);
    else
      one_hot_forward<rows>(a, rho);
    for (long e = long(n.cn) * n.Yv; e < ws.stride_X; ++e) rho[e] = S{};
  }

  template <int rows> void reverse_of(int a) const {
    if (geometry || k.shape->embedding > 0) transpose(ws.dX_of(a), n.cnv, rows, n.cnv * W, ws.d_rho, vectors<rows>);
    if constexpr (parameters)
      if (k.shape->embedding > 0) embedding_gradient<rows>(a);
    if constexpr (geometry) geometry_reverse<rows>(a);
  }

  /// Vectors of one channel.
  long channel() const { return long(n.N) * n.Yv; }
  /// Components e_c of a species: C values.
  const T* vector_of(int type) const {
    return k.weights + k.layout->tensors[k.layout->embedding].packed + long(type) * padded(n.channels, W);
  }

  template <int rows> void one_hot_forward(int a, S* rho) const {
    const Run* run = ws.runs_of(a);
    const Run* const end = run + ws.runs[a];
    for (int c = 0; c < n.species; ++c) {
      S* out = rho + c * channel();
      if (run < end && run->type == c)
        of_species<rows>(a, *run++, out);
      else
        for (long e = 0; e < channel(); ++e) out[e] = S{};
    }
  }
  template <int rows> void embedded_forward(int a, S* rho) const {
    for (long e = 0; e < long(n.cn) * n.Yv; ++e) rho[e] = S{};
    for (int r = 0; r < ws.runs[a]; ++r) {
      const Run run = ws.runs_of(a)[r];
      of_species<rows>(a, run, ws.rho);
      const T* weight = vector_of(run.type);
      for (int c = 0; c < n.channels; ++c) {
        S* out = rho + c * channel();
        for (long e = 0; e < channel(); ++e) out[e] += ws.rho[e] * splat<V>(weight[c]);
      }
    }
  }
  /// Σ b_n Y_lm over the neighbours of one run.
  template <int rows> void of_species(int a, Run run, S* rho) const {
    constexpr int Yv = vectors<rows>;
    constexpr int chunk = Scalar<S>::dual ? 4 : 8;
    for (int v = 0; v < Yv; ++v)
      for (int first = 0; first < n.N; first += chunk) {
        S acc[chunk];
        for (int m = 0; m < chunk; ++m) acc[m] = S{};
        const int m_end = n.N - first < chunk ? n.N - first : chunk;
        const S* Yt = ws.Yt_of(a) + v;
        const S* b = ws.b_of(a) + long(first) * ws.nu_v;
        if (m_end == chunk) {
          for (int j = run.begin; j < run.end; ++j) {
            const S y = Yt[long(j) * Yv];
            for (int m = 0; m < chunk; ++m) multiply_add(acc[m], y, element(b + long(m) * ws.nu_v, j));
          }
        } else {
          for (int j = run.begin; j < run.end; ++j)
            for (int m = 0; m < m_end; ++m) multiply_add(acc[m], Yt[long(j) * Yv], element(b + long(m) * ws.nu_v, j));
        }
        for (int m = 0; m < m_end; ++m) rho[long(first + m) * Yv + v] = acc[m];
      }
  }

  /// The adjoint of the density of one species: a channel's own, or the sum over the channels that it enters.
  const S* adjoint_of_species(int type) const {
    if (k.shape->embedding == 0) return ws.d_rho + type * channel();
    const T* weight = vector_of(type);
    for (long e = 0; e < channel(); ++e) {
      S sum{};
      for (int c = 0; c < n.channels; ++c) sum += ws.d_rho[c * channel() + e] * splat<V>(weight[c]);
      ws.rho[e] = sum;
    }
    return ws.rho;
  }
  template <int rows> void embedding_gradient(int a) const {
    T* gradient = k.gradient + k.layout->tensors[k.layout->embedding].packed;
    for (int r = 0; r < ws.runs[a]; ++r) {
      const Run run = ws.runs_of(a)[r];
      of_species<rows>(a, run, ws.rho);
      for (int c = 0; c < n.channels; ++c) {
        V sum{};
        for (long e = 0; e < channel(); ++e) sum += contracted_product(ws.d_rho[c * channel() + e], ws.rho[e]);
        gradient[long(run.type) * padded(n.channels, W) + c] += sum_lanes(sum);
      }
    }
  }
  template <int rows> void geometry_reverse(int a) const {
    constexpr int Yv = vectors<rows>;
    const S* b = ws.b_of(a);
    const S* b_slope = ws.b_slope_of(a);
    for (int r = 0; r < ws.runs[a]; ++r) {
      const Run run = ws.runs_of(a)[r];
      const S* adjoint = adjoint_of_species(run.type);
      for (int v = 0; v < Yv; ++v) {
        const S* d_rho = adjoint + v;
        for (int j = run.begin; j < run.end; ++j) {
          S g{}, h{};
          for (int m = 0; m < n.N; ++m) {
            multiply_add(g, d_rho[m * Yv], element(b + long(m) * ws.nu_v, j));
            multiply_add(h, d_rho[m * Yv], element(b_slope + long(m) * ws.nu_v, j));
          }
          ws.G[long(j) * Yv + v] = g;
          ws.Hs[long(j) * Yv + v] = h;
        }
      }
    }
    const int used = padded(ws.count[a], W) / W;
    for (long e = long(ws.count[a]) * Yv; e < long(used) * W * Yv; ++e) ws.G[e] = ws.Hs[e] = S{};  // padding
    basis_reverse<rows>(a, used);
    scatter(k, ws, a);
  }
  template <int rows> void basis_reverse(int a, int used) const {
    constexpr int row_v = vectors<rows>;
    for (int v = 0; v < used; ++v) {
      S g[rows], h[rows];
      transpose(ws.G + long(v) * W * row_v, row_v, W, rows, g, 1);
      transpose(ws.Hs + long(v) * W * row_v, row_v, W, rows, h, 1);
      S dr{};
      for (int m = 0; m < n.n_lm; ++m) dr += h[m] * ws.Y_of(a)[m * ws.nu_v + v];
      basis_adjoint<rows>(ws, a, v, g, dr);
    }
  }
};

}  // namespace OROGEN_ISA
}  // namespace orogen::kernel
