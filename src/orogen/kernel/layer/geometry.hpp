// Stage 1 of every layer: distances, radial basis and harmonics of one centre's neighbours; and its adjoint.
#pragma once
#include "orogen/kernel/layer/radial.hpp"
#include "orogen/kernel/layer/workspace.hpp"

namespace orogen::kernel {
inline namespace OROGEN_ISA {

/// Fills the runs of equal kinds and gives their number.
static inline int find_runs(const int* kind, int count, Run* runs) {
  int found = 0;
  for (int c = 0; c < count; ++c)
    if (c == 0 || kind[c] != kind[c - 1]) runs[found++] = {kind[c], c, count};
  for (int r = 0; r + 1 < found; ++r) runs[r].end = runs[r + 1].begin;
  return found;
}

/// True when the nearest neighbour of a centre, whatever its species, may lie where the inner switch is not one.
template <class S, Sweep sweep>
inline bool switch_acts(const Shape& shape, int type, const Workspace<S, sweep>& ws, int a, double closest) {
  double widest = 0;
  for (int r = 0; r < ws.runs[a]; ++r) {
    const double contact = shape.contact[ws.runs_of(a)[r].type];
    widest = contact > widest ? contact : widest;
  }
  widest += shape.contact[type];
  return closest < widest * widest;
}
/// 1/r_out of every neighbour of one centre.
template <class S, Sweep sweep>
inline void switch_distances(const Shape& shape, int type, const Workspace<S, sweep>& ws, int a) {
  using T = typename Scalar<S>::T;
  for (int c = 0; c < ws.count[a]; ++c) ws.outer_inverse[c] = T(1 / (shape.contact[type] + shape.contact[ws.kind[c]]));
  for (int c = ws.count[a]; c < ws.nu; ++c) ws.outer_inverse[c] = T(2 / shape.cutoff);
}

/// Collects the neighbours within the cut-off into lanes (padded with neighbours at the cut-off, which count nothing),
/// and the runs of one species among them. True when one of them may lie where the inner switch acts.
template <class S, Sweep sweep>
inline bool collect_neighbors(const Block<typename Scalar<S>::T>& k, const Workspace<S, sweep>& ws, int a) {
  using T = typename Scalar<S>::T;
  constexpr int W = Scalar<S>::W;
  const int i = k.begin + a;
  const double* pi = k.positions + 4L * i;
  const double x = pi[0], y = pi[1], z = pi[2], rc2 = k.shape->cutoff * k.shape->cutoff;
  int* index = ws.index_of(a);
  T* dx = lanes_of(ws.d_of(a));
  T* dy = lanes_of(ws.d_of(a) + ws.nu_v);
  T* dz = lanes_of(ws.d_of(a) + 2 * ws.nu_v);
  double closest = 1e30;
  int c = 0;
  for (std::int64_t e = k.first[i]; e < k.first[i + 1]; ++e) {
    const int j = k.neighbor[e];
    const double* pj = k.positions + 4L * j;
    const double ex = pj[0] - x, ey = pj[1] - y, ez = pj[2] - z, r2 = ex * ex + ey * ey + ez * ez;
    const long o = element_offset<S>(c);
    dx[o] = T(ex), dy[o] = T(ey), dz[o] = T(ez);
    if constexpr (Scalar<S>::dual) {
      const double* h = k.strain_tangent;
      const double* ti = k.tangents + 4L * i;
      const double* tj = k.tangents + 4L * j;
      dx[o + W] = T(tj[0] - ti[0] + h[0] * ex + h[1] * ey + h[2] * ez);
      dy[o + W] = T(tj[1] - ti[1] + h[3] * ex + h[4] * ey + h[5] * ez);
      dz[o + W] = T(tj[2] - ti[2] + h[6] * ex + h[7] * ey + h[8] * ez);
    }
    index[c] = j;
    ws.kind[c] = k.type[j];
    const bool near = r2 < rc2;
    closest = r2 < closest ? r2 : closest;
    c += near;
  }
  ws.count[a] = c;
  ws.runs[a] = find_runs(ws.kind, c, ws.runs_of(a));
  if (k.closest && closest < *k.closest) *k.closest = float(closest);
  for (int p = c; p < padded(c, W); ++p) {
    const long o = element_offset<S>(p);
    dx[o] = T(k.shape->cutoff), dy[o] = 0, dz[o] = 0, index[p] = i;
    if constexpr (Scalar<S>::dual) dx[o + W] = 0, dy[o + W] = 0, dz[o + W] = 0;
  }
  return k.shape->inner_switch && switch_acts(*k.shape, k.type[i], ws, a, closest);
}

/// Radial basis and harmonics for all lanes of one centre; Yt holds the harmonics with (lm) in lanes. `rows`: harmonics
/// with their padding, 16 or 32.
template <int rows, class S, Sweep sweep>
inline void basis_of(const Block<typename Scalar<S>::T>& k, const Workspace<S, sweep>& ws, int a, bool switched) {
  using T = typename Scalar<S>::T;
  using V = typename Scalar<S>::V;
  constexpr int W = Scalar<S>::W;
  constexpr bool slope = Workspace<S, sweep>::geometry;
  const long nu_v = ws.nu_v;
  const S* d = ws.d_of(a);
  S* u = ws.u_of(a);
  S* r_inverse = ws.r_inverse + a * nu_v;
  const T cutoff = T(k.shape->cutoff), prefactor = T(1.0 / __builtin_sqrt(k.shape->mean_neighbors));
  const int used = padded(ws.count[a], W) / W;
  for (int v = 0; v < used; ++v) {
    const S x = d[v], y = d[v + nu_v], z = d[v + 2 * nu_v];
    const S r = square_root(x * x + y * y + z * z + constant<S>(T(1e-12)));
    const S ri = reciprocal(r);
    r_inverse[v] = ri;
    u[v] = x * ri, u[v + nu_v] = y * ri, u[v + 2 * nu_v] = z * ri;
    S* b = ws.b_of(a) + v;
    S* b_slope = slope ? ws.b_slope_of(a) + v : nullptr;
    radial_basis<slope>(ws.n.N, r, ri, cutoff, prefactor, b, b_slope, nu_v);
    if (switched) inner_switch<slope>(ws.n.N, r, reinterpret_cast<const V*>(ws.outer_inverse)[v], b, b_slope, nu_v);
    S* Y = ws.Y_of(a) + v;
    harmonics(u[v], u[v + nu_v], u[v + 2 * nu_v], Y, nu_v);
    if constexpr (rows > 16) harmonics_4(u[v], u[v + nu_v], u[v + 2 * nu_v], Y, nu_v);
    transpose(Y, nu_v, rows, W, ws.Yt_of(a) + long(v) * W * ws.n.Yv, ws.n.Yv);
  }
}

template <class S, Sweep sweep>
inline void basis(const Block<typename Scalar<S>::T>& k, const Workspace<S, sweep>& ws, int a) {
  const bool switched = collect_neighbors(k, ws, a);
  if (switched) switch_distances(*k.shape, k.type[k.begin + a], ws, a);
  if (ws.n.lm == 16)
    basis_of<16>(k, ws, a, switched);
  else
    basis_of<32>(k, ws, a, switched);
}

/// Adjoint of the basis for vector v of a centre's neighbours: from g[lm] = ∂E/∂Y_lm and dr = ∂E/∂r (radial part) to
/// ∂E/∂d.
/// `rows`: harmonics with their padding, 16 or 32.
template <int rows, class S, Sweep sweep>
inline void basis_adjoint(const Workspace<S, sweep>& ws, int a, int v, const S* g, S dr) {
  const long nu_v = ws.nu_v;
  const S* u = ws.u_of(a);
  const S x = u[v], y = u[v + nu_v], z = u[v + 2 * nu_v], ri = ws.r_inverse[a * nu_v + v];
  S gx, gy, gz;
  harmonics_adjoint(x, y, z, g, gx, gy, gz);
  if constexpr (rows > 16) harmonics_4_adjoint(x, y, z, g, gx, gy, gz);
  const S along = dr - (gx * x + gy * y + gz * z) * ri;
  ws.dd[v] = gx * ri + x * along;
  ws.dd[v + nu_v] = gy * ri + y * along;
  ws.dd[v + 2 * nu_v] = gz * ri + z * along;
}

/// Adds ∂E/∂d of one centre's neighbours to the position gradient (both partners) and to the strain gradient.
template <class S, Sweep sweep>
inline void scatter(const Block<typename Scalar<S>::T>& k, const Workspace<S, sweep>& ws, int a) {
  using V = typename Scalar<S>::V;
  using T = typename Scalar<S>::T;
  constexpr int W = Scalar<S>::W;
  const long nu_v = ws.nu_v;
  const int used = padded(ws.count[a], W) / W, nu = ws.count[a];
  const int* index = ws.index_of(a);
  for (int part = 0; part < (Scalar<S>::dual ? 2 : 1); ++part) {
    double* gradient = part ? k.gradient_tangent : k.position_gradient;
    if (!gradient) continue;
    const T* gx = lanes_of(ws.dd) + part * W;
    const T* gy = lanes_of(ws.dd + nu_v) + part * W;
    const T* gz = lanes_of(ws.dd + 2 * nu_v) + part * W;
    double sx = 0, sy = 0, sz = 0;
    for (int c = 0; c < nu; ++c) {
      const long o = element_offset<S>(c);
      double* gj = gradient + 4L * index[c];
      gj[0] += double(gx[o]), gj[1] += double(gy[o]), gj[2] += double(gz[o]);
      sx += double(gx[o]), sy += double(gy[o]), sz += double(gz[o]);
    }
    double* gi = gradient + 4L * (k.begin + a);
    gi[0] -= sx, gi[1] -= sy, gi[2] -= sz;
  }
  if (k.strain_gradient) {
    const S* d = ws.d_of(a);
    V sum[9]{};
    for (int v = 0; v < used; ++v)
      for (int p = 0; p < 3; ++p)
        for (int q = 0; q < 3; ++q) sum[3 * p + q] += value(ws.dd[v + p * nu_v]) * value(d[v + q * nu_v]);
    double* site = k.site_strains ? k.site_strains + 9L * (k.begin + a) : nullptr;
    for (int e = 0; e < 9; ++e) {
      const double share = double(sum_lanes(sum[e]));
      k.strain_gradient[e] += share;
      if (site) site[e] += share;
    }
  }
}

}  // namespace OROGEN_ISA
}  // namespace orogen::kernel
