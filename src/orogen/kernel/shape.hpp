// The sizes of a learned model, the list of parameter matrices that follows from them, and where these lie: canonical
// (in files) and packed (padded to lanes, in kernels).
#pragma once
#include "orogen/kernel/layer/gaunt.hpp"

namespace orogen::kernel {

// Functions here are `static inline`: every instruction set must keep its own copy.

inline constexpr int max_l = 4, max_message_l = 2, max_layers = 4, max_radial = 16, max_species = 96;
inline constexpr int max_harmonics = (max_l + 1) * (max_l + 1), max_components = 2 * max_l + 1;

/// What an atom sends to its neighbours: channels[l] quantities of 2l+1 components each.
struct Messages {
  int channels[max_message_l + 1] = {16, 16, 0};  ///< multiples of 16
};

/// Sizes that fix a model's arithmetic. Plain data; the same for every instruction set.
struct Shape {
  int layers = 1;              ///< 1: strictly local; n: n − 1 rounds of messages
  int species = 1;             ///< number of elements the model knows
  int embedding = 0;           ///< channels C of the learned vectors that stand for the species; 0: one-hot
  int features = 32;           ///< K
  int radial = 8;              ///< N
  int l_max = 3;               ///< L ≤ 4
  int hidden = 64;             ///< width of the MLP's two hidden layers
  Messages messages;           ///< of every layer but the last
  double cutoff = 5;           ///< r_c [Å]
  double mean_neighbors = 40;  ///< n̄
  double energy_scale = 1;     ///< eV; the network's first output times this is the site energy
  int outputs = 1;             ///< columns of the read-out: the site energy, then e.g. a charge, in units of their own
  /// The radial functions of a pair vanish within half of contact[z1] + contact[z2] [Å] and are unchanged from there on
  /// outwards: the known repulsion alone rules inside. [T2.8]
  bool inner_switch = false;
  double contact[max_species] = {};  ///< Å, one per element
};

static inline int padded(int n, int lanes) { return (n + lanes - 1) / lanes * lanes; }
static inline int harmonics(const Shape& s) { return (s.l_max + 1) * (s.l_max + 1); }
/// Harmonics with their padding: a multiple of every lane count.
static inline int harmonic_rows(const Shape& s) { return s.l_max <= 3 ? 16 : 32; }
/// Invariant features per k: 13 for L = 3.
static inline int invariants(const Shape& s) { return 1 + 3 * (s.l_max + 1); }
/// Product paths that have weights. All 15 paths of l ≤ 3 have them for every L ≤ 3.
static constexpr int product_paths(int l_max) { return l_max <= 3 ? gaunt::product_count_3 : gaunt::product_count; }

static inline bool receives(const Shape&, int layer) { return layer > 0; }
static inline bool sends(const Shape& s, int layer) { return layer + 1 < s.layers; }
/// Channels of the messages of angular momentum l.
static inline int message_channels(const Shape& s, int l) {
  return s.layers > 1 && l <= s.l_max ? s.messages.channels[l] : 0;
}
/// True when harmonics l1 of the neighbours are coupled with messages l2 into l3.
static inline bool couples(const Shape& s, gaunt::Path p) {
  return p.l1 <= s.l_max && p.l3 <= s.l_max && message_channels(s, p.l2) > 0;
}
/// Channels of the density with angular momentum l: species or their learned vectors in the first layer; in the others
/// the scalars of the messages, then what their coupling gives, path by path.
static inline int density_channels(const Shape& s, int layer, int l) {
  if (!receives(s, layer)) return s.embedding > 0 ? s.embedding : s.species;
  int n = message_channels(s, 0);
  for (const gaunt::Path& p : gaunt::message)
    if (p.l3 == l && couples(s, p)) n += message_channels(s, p.l2);
  return n;
}
/// Values in one row of messages.
static inline int message_values(const Shape& s) {
  int n = 0;
  for (int l = 0; l <= max_message_l; ++l) n += (2 * l + 1) * message_channels(s, l);
  return n;
}

/// What a parameter matrix is for: decides its starting values and its prior.
enum class Role { mix, scale, paths, linear, hidden, last, bias, message, message_species, embedding };

/// One parameter matrix (row-major: rows × cols); lanes run along the columns.
struct Tensor {
  const char* name = "";  ///< as in model files, after "layer1."; a model has one "embedding", which has no layer
  int layer = 0;          ///< −1: of no layer
  Role role = Role::bias;
  int rows = 0, cols = 0;
  bool transposed = false;  ///< a transposed copy is packed too, for the reverse sweep
  int stream = 0;           ///< number of its random starting values; never changes
  int l = 0;                ///< of a mix
  int group = 1;            ///< packed rows come in groups of so many, each padded to lanes; 1: all rows are one group
  /// Offsets in elements: in the flat vector of canonical order, in the packed parameters, of the transposed copy (−1:
  /// none).
  long canonical = 0, packed = 0, flipped = -1;

  long size() const { return long(rows) * cols; }
};

/// Rows of the packed matrix, and the one that holds row r.
static inline int packed_rows(const Tensor& t, int lanes) {
  return t.group > 1 ? t.rows / t.group * padded(t.group, lanes) : padded(t.rows, lanes);
}
static inline long packed_row(const Tensor& t, long r, int lanes) {
  return t.group > 1 ? r / t.group * padded(t.group, lanes) + r % t.group : r;
}

/// Places of one layer's matrices in the list; −1 where the layer has none.
struct Slots {
  int mix[max_l + 1];  ///< W^l: density channels·N × K, rows n within channels; in later layers channels within n
  int scale;           ///< s: species·(L+1) × K
  int paths;           ///< w_p, then w'_p: 2·paths × K
  int linear;          ///< read-out: species·invariants × K
  int mlp_1, bias_1;   ///< invariants·K × H, species × H
  int mlp_2, bias_2;   ///< H × H, 1 × H
  int mlp_3, shift;    ///< 1 × H, species × 1
  int message_scalar, message_species;            ///< H × C_0, species × C_0; of layers that send
  int message_a[max_message_l + 1];               ///< l ≥ 1: U from A_l, K × C_l
  int message_p[max_message_l + 1];               ///< l ≥ 1: U' from P_l, K × C_l
  int output_linear, output_mlp_3, output_shift;  ///< of further outputs o = 1 …: (o−1, species, …) in the rows
};

inline constexpr int max_tensors = 24 * max_layers + 1;

/// The list of all parameter matrices in canonical order, with their places.
struct Layout {
  Tensor tensors[max_tensors];
  int count = 0;
  Slots slots[max_layers];
  int embedding = -1;  ///< slot of e: species × C
  long canonical_size = 0, packed_size = 0;

  const Tensor* begin() const { return tensors; }
  const Tensor* end() const { return tensors + count; }
};

/// Adds a matrix to the list and gives its slot; an empty one has none.
static inline int add_tensor(Layout& layout, int lanes, Tensor t) {
  if (t.rows == 0 || t.cols == 0) return -1;
  t.canonical = layout.canonical_size, t.packed = layout.packed_size;
  layout.canonical_size += t.size();
  const long packed = long(packed_rows(t, lanes)) * padded(t.cols, lanes);
  layout.packed_size += packed;
  if (t.transposed) t.flipped = layout.packed_size, layout.packed_size += packed;
  layout.tensors[layout.count] = t;
  return layout.count++;
}

/// Adds the matrices of messages that `layer` sends.
static inline void add_message_tensors(Layout& layout, const Shape& s, int lanes, int layer) {
  static constexpr const char* a_name[] = {"", "message.a", "message.a.2"};
  static constexpr const char* p_name[] = {"", "message.p", "message.p.2"};
  static constexpr int a_stream[] = {0, 15, 21}, p_stream[] = {0, 16, 22};
  const auto add = [&](const char* name, Role role, int rows, int cols, bool transposed, int stream) {
    return add_tensor(layout, lanes, {name, layer, role, rows, cols, transposed, stream});
  };
  const int C = sends(s, layer) ? message_channels(s, 0) : 0;
  Slots& slot = layout.slots[layer];
  slot.message_scalar = add("message.scalar", Role::message, s.hidden, C, true, 13);
  slot.message_species = add("message.species", Role::message_species, s.species, C, false, 14);
  for (int l = 1; l <= max_message_l; ++l) {
    const int vectors = sends(s, layer) ? message_channels(s, l) : 0;
    slot.message_a[l] = add(a_name[l], Role::message, s.features, vectors, true, a_stream[l]);
    slot.message_p[l] = add(p_name[l], Role::message, s.features, vectors, true, p_stream[l]);
  }
}

static inline void add_layer_tensors(Layout& layout, const Shape& s, int lanes, int layer) {
  static constexpr const char* mix_name[] = {"mix.0", "mix.1", "mix.2", "mix.3", "mix.4"};
  static constexpr int mix_stream[] = {0, 1, 2, 3, 20};
  const int K = s.features, H = s.hidden, F = invariants(s), more = s.outputs - 1;
  const auto add = [&](const char* name, Role role, int rows, int cols, bool transposed, int stream, int l = 0,
                       int group = 1) {
    return add_tensor(layout, lanes, {name, layer, role, rows, cols, transposed, stream, l, group});
  };
  Slots& slot = layout.slots[layer];
  for (int l = 0; l <= max_l; ++l)
    slot.mix[l] =
        l > s.l_max ? -1
                    : add(mix_name[l], Role::mix, s.radial * density_channels(s, layer, l), K, true, mix_stream[l], l);
  slot.scale = add("scale", Role::scale, s.species * (s.l_max + 1), K, false, 4);
  slot.paths = add("paths", Role::paths, 2 * product_paths(s.l_max), K, false, 5);
  slot.linear = add("linear", Role::linear, s.species * F, K, false, 6);
  slot.mlp_1 = add("mlp.1", Role::hidden, F * K, H, true, 7, 0, K);  // F is padded invariant by invariant
  slot.bias_1 = add("mlp.1.bias", Role::bias, s.species, H, false, 8);
  slot.mlp_2 = add("mlp.2", Role::hidden, H, H, true, 9);
  slot.bias_2 = add("mlp.2.bias", Role::bias, 1, H, false, 10);
  slot.mlp_3 = add("mlp.3", Role::last, 1, H, false, 11);
  slot.shift = add("shift", Role::bias, s.species, 1, false, 12);
  add_message_tensors(layout, s, lanes, layer);
  slot.output_linear = add("output.linear", Role::linear, more * s.species * F, K, false, 17);
  slot.output_mlp_3 = add("output.mlp.3", Role::last, more, H, false, 18);
  slot.output_shift = add("output.shift", Role::bias, more * s.species, 1, false, 19);
}

static inline Layout make_layout(const Shape& s, int lanes) {
  Layout layout;
  for (int layer = 0; layer < s.layers; ++layer) add_layer_tensors(layout, s, lanes, layer);
  layout.embedding = add_tensor(layout, lanes, {"embedding", -1, Role::embedding, s.species, s.embedding, false, 998});
  return layout;
}

}  // namespace orogen::kernel
