// Products of the mixed density and the invariant features, one vector of k at a time; forward and reverse, mirrored.
#pragma once
#include "orogen/kernel/shape.hpp"
#include "orogen/kernel/simd/lanes.hpp"

namespace orogen::kernel {
inline namespace OROGEN_ISA {

namespace detail {
template <int Begin, class F, int... I> inline void unroll_from(F f, std::integer_sequence<int, I...>) {
  (f(std::integral_constant<int, Begin + I>{}), ...);
}
template <int Begin, int End, class F> inline void unroll(F f) {
  if constexpr (End > Begin) unroll_from<Begin>(f, std::make_integer_sequence<int, End - Begin>{});
}
template <int L> inline constexpr bool within(gaunt::Path p) { return p.l1 <= L && p.l2 <= L && p.l3 <= L; }
/// 1/√(2l+1)
inline constexpr double invariant_factor[] = {1.0, 0.57735026918962573, 0.44721359549995793, 0.37796447300922720,
                                              1.0 / 3};
}  // namespace detail

// Two texts of the same sums: unrolled over the coupling table for L = 1 … 3, with A, P and Q in registers as far as
// they fit; and loops over the table for every other L, which compile in no time but run slower.

/// T[c] = Σ G A_a A_b over the entries of path p; T is indexed by c − l3².
template <int p, class S> inline void path_product(const S* A, S* T_) {
  using T = typename Scalar<S>::T;
  static constexpr gaunt::Path path = gaunt::product[p];
  detail::unroll<0, 2 * path.l3 + 1>([&](auto m) { T_[m] = S{}; });
  detail::unroll<path.begin, path.end>([&](auto e) {
    static constexpr gaunt::Entry entry = gaunt::product_entries[e];
    T_[entry.c - path.l3 * path.l3] += A[entry.a] * A[entry.b] * T(entry.g);
  });
}

/// P_LM = Σ_p w_p T_p and Q_LM = Σ_p w'_p T_p, then the 1 + 3(L+1) invariants:
/// A_00; Σ_m A_lm²/√(2l+1); Σ_m P_lm A_lm/√(2l+1); Σ_m P_lm Q_lm/√(2l+1).  [T2.5, T2.6]
/// A, P, Q: (L+1)² rows spaced by `stride`; w: the weight vectors of P's paths, then of Q's, spaced by `w_stride`; F
/// spaced by `stride`.
template <int L, class S, class V>
inline void products_forward(const S* A_, const V* w, long w_stride, S* P_, S* Q_, S* F, long stride) {
  using T = typename Scalar<S>::T;
  constexpr int n = (L + 1) * (L + 1), paths = product_paths(L);
  S A[n], P[n], Q[n];
  for (int i = 0; i < n; ++i) A[i] = A_[i * stride], P[i] = S{}, Q[i] = S{};
  detail::unroll<0, paths>([&](auto p) {
    static constexpr gaunt::Path path = gaunt::product[p];
    if constexpr (detail::within<L>(path)) {
      S product[2 * path.l3 + 1];
      path_product<p>(A, product);
      const V wp = w[p * w_stride], wq = w[(p + paths) * w_stride];
      detail::unroll<0, 2 * path.l3 + 1>([&](auto m) {
        P[path.l3 * path.l3 + m] += product[m] * wp;
        Q[path.l3 * path.l3 + m] += product[m] * wq;
      });
    }
  });
  F[0] = A[0];
  detail::unroll<0, L + 1>([&](auto l) {
    S aa{}, pa{}, pq{};
    detail::unroll<l * l, (l + 1) * (l + 1)>([&](auto i) {
      aa += A[i] * A[i];
      pa += P[i] * A[i];
      pq += P[i] * Q[i];
    });
    F[(1 + l) * stride] = aa * T(detail::invariant_factor[l]);
    F[(2 + L + l) * stride] = pa * T(detail::invariant_factor[l]);
    F[(3 + 2 * L + l) * stride] = pq * T(detail::invariant_factor[l]);
  });
  for (int i = 0; i < n; ++i) P_[i * stride] = P[i], Q_[i * stride] = Q[i];
}

/// Reverse: adds to dA the adjoint of the features dF and the extra adjoint dP given in dP_ (from messages;
/// may be null); with `parameters`, adds the path-weight gradients to dw.
template <int L, bool parameters, class S, class V>
inline void products_reverse(const S* A_, const S* P_, const S* Q_, const V* w, long w_stride, const S* dF,
                             const S* dP_, S* dA_, V* dw, long stride) {
  using T = typename Scalar<S>::T;
  constexpr int n = (L + 1) * (L + 1), paths = product_paths(L);
  S A[n], dA[n], dP[n], dQ[n];
  for (int i = 0; i < n; ++i) A[i] = A_[i * stride];
  detail::unroll<0, L + 1>([&](auto l) {
    const S daa = dF[(1 + l) * stride] * T(2 * detail::invariant_factor[l]);
    const S dpa = dF[(2 + L + l) * stride] * T(detail::invariant_factor[l]);
    const S dpq = dF[(3 + 2 * L + l) * stride] * T(detail::invariant_factor[l]);
    detail::unroll<l * l, (l + 1) * (l + 1)>([&](auto i) {
      const S P = P_[i * stride], Q = Q_[i * stride];
      dA[i] = daa * A[i] + dpa * P;
      dP[i] = dpa * A[i] + dpq * Q;
      dQ[i] = dpq * P;
    });
  });
  dA[0] += dF[0];
  if (dP_)
    for (int i = 0; i < n; ++i) dP[i] += dP_[i * stride];
  detail::unroll<0, paths>([&](auto p) {
    static constexpr gaunt::Path path = gaunt::product[p];
    if constexpr (detail::within<L>(path)) {
      const V wp = w[p * w_stride], wq = w[(p + paths) * w_stride];
      if constexpr (parameters) {
        S product[2 * path.l3 + 1];
        path_product<p>(A, product);
        V gp{}, gq{};
        detail::unroll<0, 2 * path.l3 + 1>([&](auto m) {
          gp += contracted_product(product[m], dP[path.l3 * path.l3 + m]);
          gq += contracted_product(product[m], dQ[path.l3 * path.l3 + m]);
        });
        dw[p * w_stride] += gp;
        dw[(p + paths) * w_stride] += gq;
      }
      S dT[2 * path.l3 + 1];
      detail::unroll<0, 2 * path.l3 + 1>(
          [&](auto m) { dT[m] = dP[path.l3 * path.l3 + m] * wp + dQ[path.l3 * path.l3 + m] * wq; });
      detail::unroll<path.begin, path.end>([&](auto e) {
        static constexpr gaunt::Entry entry = gaunt::product_entries[e];
        const S g = dT[entry.c - path.l3 * path.l3] * T(entry.g);
        dA[entry.a] += g * A[entry.b];
        dA[entry.b] += g * A[entry.a];
      });
    }
  });
  for (int i = 0; i < n; ++i) dA_[i * stride] += dA[i];
}

/// The same for any L, by loops over the coupling table.
template <class S, class V>
inline void products_forward(int L, const S* A_, const V* w, long w_stride, S* P_, S* Q_, S* F, long stride) {
  using T = typename Scalar<S>::T;
  const int n = (L + 1) * (L + 1), paths = product_paths(L);
  S A[max_harmonics], P[max_harmonics], Q[max_harmonics];
  for (int i = 0; i < n; ++i) A[i] = A_[i * stride], P[i] = S{}, Q[i] = S{};
  for (int p = 0; p < paths; ++p) {
    const gaunt::Path path = gaunt::product[p];
    if (path.l1 > L || path.l2 > L || path.l3 > L) continue;
    const V wp = w[p * w_stride], wq = w[(p + paths) * w_stride];
    for (int c = path.l3 * path.l3, e = path.begin; c < (path.l3 + 1) * (path.l3 + 1); ++c) {
      S product{};
      for (; e < path.end && gaunt::product_entries[e].c == c; ++e) {
        const gaunt::Entry& entry = gaunt::product_entries[e];
        product += A[entry.a] * A[entry.b] * T(entry.g);
      }
      P[c] += product * wp;
      Q[c] += product * wq;
    }
  }
  F[0] = A[0];
  for (int l = 0; l <= L; ++l) {
    S aa{}, pa{}, pq{};
    for (int i = l * l; i < (l + 1) * (l + 1); ++i) {
      aa += A[i] * A[i];
      pa += P[i] * A[i];
      pq += P[i] * Q[i];
    }
    F[(1 + l) * stride] = aa * T(detail::invariant_factor[l]);
    F[(2 + L + l) * stride] = pa * T(detail::invariant_factor[l]);
    F[(3 + 2 * L + l) * stride] = pq * T(detail::invariant_factor[l]);
  }
  for (int i = 0; i < n; ++i) P_[i * stride] = P[i], Q_[i * stride] = Q[i];
}

template <bool parameters, class S, class V>
inline void products_reverse(int L, const S* A_, const S* P_, const S* Q_, const V* w, long w_stride, const S* dF,
                             const S* dP_, S* dA_, V* dw, long stride) {
  using T = typename Scalar<S>::T;
  const int n = (L + 1) * (L + 1), paths = product_paths(L);
  S A[max_harmonics], dA[max_harmonics], dP[max_harmonics], dQ[max_harmonics];
  for (int i = 0; i < n; ++i) A[i] = A_[i * stride];
  for (int l = 0; l <= L; ++l) {
    const S daa = dF[(1 + l) * stride] * T(2 * detail::invariant_factor[l]);
    const S dpa = dF[(2 + L + l) * stride] * T(detail::invariant_factor[l]);
    const S dpq = dF[(3 + 2 * L + l) * stride] * T(detail::invariant_factor[l]);
    for (int i = l * l; i < (l + 1) * (l + 1); ++i) {
      const S P = P_[i * stride], Q = Q_[i * stride];
      dA[i] = daa * A[i] + dpa * P;
      dP[i] = dpa * A[i] + dpq * Q;
      dQ[i] = dpq * P;
    }
  }
  dA[0] += dF[0];
  if (dP_)
    for (int i = 0; i < n; ++i) dP[i] += dP_[i * stride];
  for (int p = 0; p < paths; ++p) {
    const gaunt::Path path = gaunt::product[p];
    if (path.l1 > L || path.l2 > L || path.l3 > L) continue;
    const V wp = w[p * w_stride], wq = w[(p + paths) * w_stride];
    V gp{}, gq{};
    for (int c = path.l3 * path.l3, e = path.begin; c < (path.l3 + 1) * (path.l3 + 1); ++c) {
      const S dT = dP[c] * wp + dQ[c] * wq;
      S product{};
      for (; e < path.end && gaunt::product_entries[e].c == c; ++e) {
        const gaunt::Entry& entry = gaunt::product_entries[e];
        if constexpr (parameters) product += A[entry.a] * A[entry.b] * T(entry.g);
        const S g = dT * T(entry.g);
        dA[entry.a] += g * A[entry.b];
        dA[entry.b] += g * A[entry.a];
      }
      if constexpr (parameters) gp += contracted_product(product, dP[c]), gq += contracted_product(product, dQ[c]);
    }
    if constexpr (parameters) dw[p * w_stride] += gp, dw[(p + paths) * w_stride] += gq;
  }
  for (int i = 0; i < n; ++i) dA_[i * stride] += dA[i];
}

}  // namespace OROGEN_ISA
}  // namespace orogen::kernel
