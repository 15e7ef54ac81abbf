// One layer of the learned site energy for one block of centres: the stages forward, then the same stages mirrored.
// Symbols and stages follow docs/theory.md §2; the adjoint of x is dx.
#pragma once
#include "orogen/kernel/layer/density.hpp"
#include "orogen/kernel/layer/message_density.hpp"
#include "orogen/kernel/layer/products.hpp"
#include "orogen/kernel/mlp.hpp"

namespace orogen::kernel {
inline namespace OROGEN_ISA {

template <class S, Sweep sweep> class Layer : Stage<S, sweep> {
  using Base = Stage<S, sweep>;
  using Base::B, Base::n, Base::W, Base::k, Base::ws, Base::slot, Base::geometry, Base::parameters;
  using Base::weights, Base::transposed, Base::gradient, Base::type, Base::message, Base::receives, Base::sends;
  using typename Base::T;
  using typename Base::V;

  const Shape& shape;
  const Density<S, sweep> density;
  const MessageDensity<S, sweep> message_density;

  /// The adjoint of output o of centre a, from which the reverse sweep starts.
  S seed(int o, int a) const {
    const T scale = T(o == 0 ? shape.energy_scale : 1);
    const long i = o * k.output_rows + k.begin + a;
    if constexpr (Scalar<S>::dual)
      return {splat<V>(scale * T(k.output_adjoints[i])), splat<V>(scale * T(k.output_adjoint_tangents[i]))};
    else
      return splat<V>(scale * T(k.output_adjoints[i]));
  }

 public:
  Layer(const Block<T>& block, const Workspace<S, sweep>& workspace)
      : Base(block, workspace), shape(*block.shape), density(*this), message_density(*this) {}

  void forward() const {
    for (int a = 0; a < B; ++a) {
      basis(k, ws, a);
      if (receives())
        message_density.forward(a);
      else
        density.forward(a);
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
    if (receives()) {
      for (int a = 0; a < B; ++a) message_density.reverse(a);
    } else if (needs_density_adjoint()) {
      for (int a = 0; a < B; ++a) density.reverse(a);
    }
  }

 private:
  // ---- mix: A_k,lm = s_(z,l,k) Σ W^l_k,cn X_cn,lm, k in lanes -----------------------------------------------------
  template <class F> void with_mix_input(int l, F&& use) const {
    const T* rows[most_block * max_components];
    for (int a = 0; a < B; ++a)
      for (int m = 0; m < 2 * l + 1; ++m)
        rows[a * (2 * l + 1) + m] = receives() ? lanes_of(ws.X_of(a) + n.x_first[l] + long(m) * n.mix_v[l])
                                               : lanes_of(ws.X_of(a)) + element_offset<S>(l * l + m);
    if (receives())
      use(rows, Contiguous{});
    else if (this->n.lm == 16)
      use(rows, FixedStride<16>{});
    else
      use(rows, Strided{this->n.lm});
  }
  void mix() const {
    for (int l = 0; l <= n.L; ++l) {
      S* out[most_block * max_components];
      for (int a = 0; a < B; ++a)
        for (int m = 0; m < 2 * l + 1; ++m) out[a * (2 * l + 1) + m] = ws.row(ws.A_raw, a, l * l + m);
      with_mix_input(l, [&](const T* const* rows, auto at) {
        matrix_product<S, V>(B * (2 * l + 1), n.mix_rows[l], n.Kv, rows, at, UniformRows<V>{weights(slot.mix[l]), n.Kv},
                             out, false);
      });
    }
    if (k.layer_rms) accumulate_rms();
    for (int a = 0; a < B; ++a)
      for (int l = 0; l <= n.L; ++l) {
        const V* s = weights(slot.scale) + (long(type(a)) * (n.L + 1) + l) * n.Kv;
        for (int i = l * l; i < (l + 1) * (l + 1); ++i)
          for (int v = 0; v < n.Kv; ++v) ws.row(ws.A, a, i)[v] = ws.row(ws.A_raw, a, i)[v] * s[v];
      }
  }
  void accumulate_rms() const {
    for (int a = 0; a < B; ++a)
      for (int l = 0; l <= n.L; ++l) {
        V sum{};
        for (int i = l * l; i < (l + 1) * (l + 1); ++i)
          for (int v = 0; v < n.Kv; ++v) sum += value(ws.row(ws.A_raw, a, i)[v]) * value(ws.row(ws.A_raw, a, i)[v]);
        k.layer_rms[2 * l] += double(sum_lanes(sum));
        k.layer_rms[2 * l + 1] += double(n.K) * (2 * l + 1);
      }
  }
  /// Positions, the messages' senders or the learned vectors of species wait for the adjoint of the density.
  bool needs_density_adjoint() const { return geometry || receives() || this->embedded(); }
  void mix_reverse() const {
    for (int a = 0; a < B; ++a)
      for (int l = 0; l <= n.L; ++l) {
        const long row = (long(type(a)) * (n.L + 1) + l) * n.Kv;
        const V* s = weights(slot.scale) + row;
        for (int v = 0; v < n.Kv; ++v) {
          V ds{};
          for (int i = l * l; i < (l + 1) * (l + 1); ++i) {
            S& dA = ws.row(ws.dA, a, i)[v];
            if constexpr (parameters) ds += contracted_product(ws.row(ws.A_raw, a, i)[v], dA);
            dA = dA * s[v];
          }
          if constexpr (parameters) gradient(slot.scale)[row + v] += ds;
        }
      }
    for (int l = 0; l <= n.L; ++l) {
      const int M = B * (2 * l + 1);
      const T* in[most_block * max_components];
      const S* adjoint[most_block * max_components];
      S* out[most_block * max_components];
      for (int a = 0; a < B; ++a)
        for (int m = 0; m < 2 * l + 1; ++m) {
          const int i = a * (2 * l + 1) + m;
          adjoint[i] = ws.row(ws.dA, a, l * l + m);
          in[i] = lanes_of(adjoint[i]);
          out[i] = ws.dX_of(a) + (receives() ? n.x_first[l] + long(m) * n.mix_v[l] : long(l * l + m) * n.cnv);
        }
      if constexpr (parameters)
        with_mix_input(l, [&](const T* const* rows, auto at) {
          weight_gradient<S>(n.mix_rows[l], M, n.Kv, rows, at, ListedRows<S>{adjoint}, gradient(slot.mix[l]), n.Kv);
        });
      if (needs_density_adjoint())
        matrix_product<S, V>(M, n.K, n.mix_v[l], in, Contiguous{}, UniformRows<V>{transposed(slot.mix[l]), n.mix_v[l]},
                             out, false);
    }
    if (!receives() && needs_density_adjoint())
      for (int a = 0; a < B; ++a)
        for (long e = long(n.n_lm) * n.cnv; e < ws.stride_X_adjoint; ++e) ws.dX_of(a)[e] = S{};
  }

  // ---- products and invariants ------------------------------------------------------------------------------------
  static constexpr int any = -1;  ///< the L whose products are not unrolled

  template <int L> void products_of() const {
    const V* w = weights(slot.paths);
    for (int a = 0; a < B; ++a)
      for (int v = 0; v < n.Kv; ++v) {
        const S* A = ws.row(ws.A, a, 0) + v;
        S *P = ws.row(ws.P, a, 0) + v, *Q = ws.row(ws.Q, a, 0) + v, *F = ws.F + long(a) * n.nf * n.Kv + v;
        if constexpr (L == any)
          products_forward(n.L, A, w + v, n.Kv, P, Q, F, n.Kv);
        else
          products_forward<L>(A, w + v, n.Kv, P, Q, F, n.Kv);
      }
  }
  void products() const {
    switch (n.L) {
      case 1:
        return products_of<1>();
      case 2:
        return products_of<2>();
      case 3:
        return products_of<3>();
      default:
        return products_of<any>();
    }
  }
  template <int L> void products_reverse_of(bool extra) const {
    const V* w = weights(slot.paths);
    V* dw = parameters ? gradient(slot.paths) : nullptr;
    for (int a = 0; a < B; ++a)
      for (int v = 0; v < n.Kv; ++v) {
        const S *A = ws.row(ws.A, a, 0) + v, *P = ws.row(ws.P, a, 0) + v, *Q = ws.row(ws.Q, a, 0) + v;
        const S *dF = ws.dF + long(a) * n.nf * n.Kv + v, *dP = extra ? ws.row(ws.dP, a, 0) + v : nullptr;
        S* dA = ws.row(ws.dA, a, 0) + v;
        if constexpr (L == any)
          products_reverse<parameters>(n.L, A, P, Q, w + v, n.Kv, dF, dP, dA, parameters ? dw + v : nullptr, n.Kv);
        else
          products_reverse<L, parameters>(A, P, Q, w + v, n.Kv, dF, dP, dA, parameters ? dw + v : nullptr, n.Kv);
      }
  }
  void products_reverse_stage() const {
    const long size = long(n.lm) * B * n.Kv;
    for (long e = 0; e < size; ++e) ws.dA[e] = S{};
    const bool extra = sends() && n.L >= 1;
    if (extra) {
      for (long e = 0; e < size; ++e) ws.dP[e] = S{};
      for (int l = 1; l <= max_message_l; ++l)
        if (n.message[l] > 0) vector_messages_reverse(l);
    }
    switch (n.L) {
      case 1:
        return products_reverse_of<1>(extra);
      case 2:
        return products_reverse_of<2>(extra);
      case 3:
        return products_reverse_of<3>(extra);
      default:
        return products_reverse_of<any>(extra);
    }
  }

  // ---- read-out: output o = w_lin·F + w·a2 + shift, a2 the MLP's last hidden layer; o = 0 is the site energy
  Mlp<S> network() const {
    return {n.nf * n.Kv,           n.H, n.Hv, weights(slot.mlp_1), weights(slot.mlp_2), transposed(slot.mlp_1),
            transposed(slot.mlp_2)};
  }
  typename Mlp<S>::State network_state() const { return {ws.z1, ws.a1, ws.g1, ws.z2, ws.a2, ws.g2}; }
  /// Where the read-out's parameters of output o lie in their tensors: those of further outputs have tensors of their
  /// own.
  struct ReadOut {
    int linear, last, shift;               ///< slots of tensors
    long linear_row, last_row, shift_row;  ///< offsets in vectors
  };
  ReadOut read_out(int o, int a) const {
    const long row = type(a) + (o > 0 ? long(o - 1) * n.species : 0);
    if (o == 0) return {slot.linear, slot.mlp_3, slot.shift, row * n.nf * n.Kv, 0, row};
    return {slot.output_linear, slot.output_mlp_3, slot.output_shift, row * n.nf * n.Kv, long(o - 1) * n.Hv, row};
  }
  void mlp() const {
    const T* in[most_block];
    for (int a = 0; a < B; ++a) in[a] = lanes_of(ws.F + long(a) * n.nf * n.Kv);
    network().forward(
        B, in, [&](int a) { return weights(slot.bias_1) + long(type(a)) * n.Hv; }, weights(slot.bias_2),
        network_state());
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
      out[a] = ws.z2 + long(a) * n.Hv;
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
        B, in, network_state(), gradient(slot.mlp_1), gradient(slot.mlp_2),
        [&](int a) { return gradient(slot.bias_1) + long(type(a)) * n.Hv; }, gradient(slot.bias_2));
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

  // ---- messages: scalars from the last hidden layer and the species, those of l ≥ 1 from A_lm and P_lm  [T3.1]
  static constexpr int most_components = (2 * max_message_l + 1) * most_block;

  void send_messages() const {
    const T* hidden[most_block];
    S* scalars[most_block];
    for (int a = 0; a < B; ++a) {
      S* row = message(k.sent, k.begin + a);
      hidden[a] = lanes_of(ws.a2 + long(a) * n.Hv), scalars[a] = row;
      const V* species = weights(slot.message_species) + long(type(a)) * n.message_v[0];
      for (int v = 0; v < n.message_v[0]; ++v) row[v] = Mlp<S>::lift(species[v]);
    }
    matrix_product<S, V>(B, n.H, n.message_v[0], hidden, Contiguous{},
                         UniformRows<V>{weights(slot.message_scalar), n.message_v[0]}, scalars, true);
    for (int l = 1; l <= max_message_l; ++l)
      if (n.message[l] > 0) send_vectors(l);
  }
  void send_vectors(int l) const {
    const T *A[most_components], *P[most_components];
    S* out[most_components];
    const int M = 2 * l + 1, Cv = n.message_v[l];
    for (int a = 0; a < B; ++a)
      for (int m = 0; m < M; ++m) {
        const int i = M * a + m;
        A[i] = lanes_of(ws.row(ws.A, a, l * l + m)), P[i] = lanes_of(ws.row(ws.P, a, l * l + m));
        out[i] = message(k.sent, k.begin + a) + n.message_at[l] + m * Cv;
      }
    matrix_product<S, V>(M * B, n.K, Cv, A, Contiguous{}, UniformRows<V>{weights(slot.message_a[l]), Cv}, out, false);
    matrix_product<S, V>(M * B, n.K, Cv, P, Contiguous{}, UniformRows<V>{weights(slot.message_p[l]), Cv}, out, true);
  }
  void scalar_messages_reverse(S* const* d_hidden) const {
    const T *in[most_block], *hidden[most_block];
    const S* adjoint[most_block];
    const int C = n.message_v[0];
    for (int a = 0; a < B; ++a) {
      adjoint[a] = message(k.sent_adjoints, k.begin + a);
      in[a] = lanes_of(adjoint[a]), hidden[a] = lanes_of(ws.a2 + long(a) * n.Hv);
      if constexpr (parameters)
        for (int v = 0; v < C; ++v) gradient(slot.message_species)[long(type(a)) * C + v] += contracted(adjoint[a][v]);
    }
    matrix_product<S, V>(B, n.message[0], n.Hv, in, Contiguous{}, UniformRows<V>{transposed(slot.message_scalar), n.Hv},
                         d_hidden, true);
    if constexpr (parameters)
      weight_gradient<S>(n.H, B, C, hidden, Contiguous{}, ListedRows<S>{adjoint}, gradient(slot.message_scalar), C);
  }
  void vector_messages_reverse(int l) const {
    const T *in[most_components], *A[most_components], *P[most_components];
    const S* adjoint[most_components];
    S *dA[most_components], *dP[most_components];
    const int M = 2 * l + 1, C = n.message[l], Cv = n.message_v[l];
    for (int a = 0; a < B; ++a)
      for (int m = 0; m < M; ++m) {
        const int i = M * a + m;
        adjoint[i] = message(k.sent_adjoints, k.begin + a) + n.message_at[l] + m * Cv;
        in[i] = lanes_of(adjoint[i]);
        A[i] = lanes_of(ws.row(ws.A, a, l * l + m)), P[i] = lanes_of(ws.row(ws.P, a, l * l + m));
        dA[i] = ws.row(ws.dA, a, l * l + m), dP[i] = ws.row(ws.dP, a, l * l + m);
      }
    const UniformRows<V> from_a{transposed(slot.message_a[l]), n.Kv}, from_p{transposed(slot.message_p[l]), n.Kv};
    matrix_product<S, V>(M * B, C, n.Kv, in, Contiguous{}, from_a, dA, true);
    matrix_product<S, V>(M * B, C, n.Kv, in, Contiguous{}, from_p, dP, true);
    if constexpr (parameters) {
      const ListedRows<S> d{adjoint};
      weight_gradient<S>(n.K, M * B, Cv, A, Contiguous{}, d, gradient(slot.message_a[l]), Cv);
      weight_gradient<S>(n.K, M * B, Cv, P, Contiguous{}, d, gradient(slot.message_p[l]), Cv);
    }
  }
};

}  // namespace OROGEN_ISA
}  // namespace orogen::kernel
