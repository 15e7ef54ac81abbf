// The sizes of a learned model and where its parameters lie, canonical (in files) and packed (padded to lanes, in
// kernels).
#pragma once

namespace orogen::kernel {

inline constexpr int max_l = 3, max_harmonics = 16, max_layers = 2, max_radial = 16, max_species = 96;

/// Sizes that fix a model's arithmetic. Plain data; the same for every instruction set.
struct Shape {
  int layers = 1;              ///< 1: strictly local; 2: one round of messages
  int species = 1;             ///< number of elements the model knows
  int features = 32;           ///< K
  int radial = 8;              ///< N
  int l_max = 3;               ///< L ≤ 3
  int hidden = 64;             ///< width of the MLP's two hidden layers
  int message_scalars = 16;    ///< C_s, multiple of 16
  int message_vectors = 16;    ///< C_v, multiple of 16
  double cutoff = 5;           ///< r_c [Å]
  double mean_neighbors = 40;  ///< n̄
  double energy_scale = 1;     ///< eV; the network's first output times this is the site energy
  int outputs = 1;             ///< columns of the read-out: the site energy, then e.g. a charge, in units of their own
};

/// The parameter matrices of one layer (row-major: rows × cols); lanes run along the columns.
enum TensorKind {
  mix_0,
  mix_1,
  mix_2,
  mix_3,   ///< W^l: channels·N × K  (layer 2: scalars, then coupled vectors path by path)
  scale,   ///< s: species·(L+1) × K
  paths,   ///< w_p, then w'_p: 2·15 × K
  linear,  ///< read-out: species·features × K
  mlp_1,
  bias_1,  ///< features·K × H, species × H
  mlp_2,
  bias_2,  ///< H × H, 1 × H
  mlp_3,
  shift,  ///< 1 × H, species × 1
  message_scalar,
  message_species,  ///< H × C_s, species × C_s (layer 1 of 2)
  message_a,
  message_p,  ///< U: K × C_v from A, U': K × C_v from P (layer 1 of 2)
  output_linear,
  output_mlp_3,
  output_shift,  ///< read-out of further outputs o = 1 …: [o−1, species, features] × K, [o−1] × H, [o−1, species] × 1
  tensor_kinds
};

struct TensorShape {
  int rows = 0, cols = 0;
  int inner = 0;            ///< rows come in groups of `inner`, each padded to lanes in the packed form (0: no groups)
  bool transposed = false;  ///< a transposed copy is packed too, for the reverse sweep
};

static inline int invariants(const Shape& s) {
  return 1 + 3 * (s.l_max + 1);
}  ///< invariant features per k: 13 for L = 3
static inline int harmonics(const Shape& s) { return (s.l_max + 1) * (s.l_max + 1); }
static inline int padded(int n, int lanes) { return (n + lanes - 1) / lanes * lanes; }

/// Paths (l → l') of vector messages that end at l': 0 ← 1; 1 ← 0, 2; 2 ← 1; 3 ← 2 (only those within L).
static inline int message_paths(const Shape& s, int l_out) {
  if (s.layers < 2 || s.l_max < 1) return 0;
  switch (l_out) {
    case 0:
      return 1;
    case 1:
      return s.l_max >= 2 ? 2 : 1;
    default:
      return 1;
  }
}

static inline TensorShape tensor_shape(const Shape& s, int layer, int kind) {
  const int K = s.features, H = s.hidden, sends = s.layers == 2 && layer == 0;
  switch (kind) {
    case mix_0:
    case mix_1:
    case mix_2:
    case mix_3: {
      const int l = kind - mix_0;
      if (l > s.l_max) return {};
      if (layer == 0) return {s.species * s.radial, K, 0, true};
      return {s.radial * (s.message_scalars + message_paths(s, l) * s.message_vectors), K, 0, true};
    }
    case scale:
      return {s.species * (s.l_max + 1), K, 0, false};
    case paths:
      return {30, K, 0, false};
    case linear:
      return {s.species * invariants(s), K, 0, false};
    case mlp_1:
      return {invariants(s) * K, H, K, true};
    case bias_1:
      return {s.species, H, 0, false};
    case mlp_2:
      return {H, H, 0, true};
    case bias_2:
      return {1, H, 0, false};
    case mlp_3:
      return {1, H, 0, false};
    case shift:
      return {s.species, 1, 0, false};
    case message_scalar:
      return sends ? TensorShape{H, s.message_scalars, 0, true} : TensorShape{};
    case message_species:
      return sends ? TensorShape{s.species, s.message_scalars, 0, false} : TensorShape{};
    case message_a:
      return sends && s.l_max >= 1 ? TensorShape{K, s.message_vectors, 0, true} : TensorShape{};
    case message_p:
      return sends && s.l_max >= 1 ? TensorShape{K, s.message_vectors, 0, true} : TensorShape{};
    case output_linear:
      return {(s.outputs - 1) * s.species * invariants(s), K, 0, false};
    case output_mlp_3:
      return {s.outputs - 1, H, 0, false};
    case output_shift:
      return {(s.outputs - 1) * s.species, 1, 0, false};
    default:
      return {};
  }
}

static inline const char* tensor_name(int kind) {
  static constexpr const char* names[] = {
      "mix.0",           "mix.1",      "mix.2",     "mix.3",         "scale",        "paths",       "linear",
      "mlp.1",           "mlp.1.bias", "mlp.2",     "mlp.2.bias",    "mlp.3",        "shift",       "message.scalar",
      "message.species", "message.a",  "message.p", "output.linear", "output.mlp.3", "output.shift"};
  return names[kind];
}

/// Offsets in elements: canonical in the flat parameter vector, packed (and packed transposed, −1 if none) in kernel
/// memory.
struct Layout {
  long canonical[max_layers][tensor_kinds];
  long packed[max_layers][tensor_kinds];
  long transposed[max_layers][tensor_kinds];
  long canonical_size, packed_size;
};

static inline Layout make_layout(const Shape& s, int lanes) {
  Layout layout{};
  long c = 0, p = 0;
  for (int layer = 0; layer < s.layers; ++layer)
    for (int kind = 0; kind < tensor_kinds; ++kind) {
      const TensorShape t = tensor_shape(s, layer, kind);
      const int rows_padded = t.inner ? t.rows / t.inner * padded(t.inner, lanes) : padded(t.rows, lanes);
      layout.canonical[layer][kind] = c;
      layout.packed[layer][kind] = p;
      c += long(t.rows) * t.cols;
      if (t.rows) p += long(rows_padded) * padded(t.cols, lanes);
      layout.transposed[layer][kind] = -1;
      if (t.transposed) {
        layout.transposed[layer][kind] = p;
        p += long(padded(t.cols, lanes)) * rows_padded;
      }
    }
  layout.canonical_size = c;
  layout.packed_size = p;
  return layout;
}

/// Row of the packed matrix that holds canonical row r.
static inline long packed_row(const TensorShape& t, long r, int lanes) {
  return t.inner ? r / t.inner * padded(t.inner, lanes) + r % t.inner : r;
}

}  // namespace orogen::kernel
