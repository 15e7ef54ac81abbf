// Compiled once per instruction set (OROGEN_ISA names it): the table of entry points. Includes nothing that emits
// shared code.
#include "orogen/kernel/layer/layer.hpp"

namespace orogen::kernel {
inline namespace OROGEN_ISA {

namespace {

template <class T, Sweep sweep> using ScalarOf = std::conditional_t<sweep == forces_sweep, Native<T>, Dual<Native<T>>>;

template <class T> long workspace_bytes(const Shape& s, int layer, Sweep kind, int count, int most) {
  switch (kind) {
    case forces_sweep:
      return Workspace<ScalarOf<T, forces_sweep>, forces_sweep>(s, layer, count, most, nullptr).bytes;
    case parameter_sweep:
      return Workspace<ScalarOf<T, parameter_sweep>, parameter_sweep>(s, layer, count, most, nullptr).bytes;
    default:
      return Workspace<ScalarOf<T, hessian_sweep>, hessian_sweep>(s, layer, count, most, nullptr).bytes;
  }
}
template <class T> long message_bytes_of(const Shape& s, Sweep kind) {
  return long(s.message_scalars + 3 * s.message_vectors) * long(sizeof(T)) * (kind == forces_sweep ? 1 : 2);
}

template <class T, class F> void for_each_element(const Shape& s, const Layout& layout, F f) {
  constexpr int W = native_lanes<T>;
  for (int layer = 0; layer < s.layers; ++layer)
    for (int kind = 0; kind < tensor_kinds; ++kind) {
      const TensorShape t = tensor_shape(s, layer, kind);
      const int rows_padded = t.inner ? t.rows / (t.inner ? t.inner : 1) * padded(t.inner, W) : padded(t.rows, W);
      for (long r = 0; r < t.rows; ++r)
        for (long c = 0; c < t.cols; ++c) {
          const long pr = packed_row(t, r, W);
          const long flipped = t.transposed ? layout.transposed[layer][kind] + c * rows_padded + pr : -1;
          f(layout.canonical[layer][kind] + r * t.cols + c, layout.packed[layer][kind] + pr * padded(t.cols, W) + c,
            flipped);
        }
    }
}
template <class T> void pack_parameters(const Shape& s, const Layout& layout, const T* canonical, T* packed) {
  for (long i = 0; i < layout.packed_size; ++i) packed[i] = 0;
  for_each_element<T>(s, layout, [&](long from, long to, long flipped) {
    packed[to] = canonical[from];
    if (flipped >= 0) packed[flipped] = canonical[from];
  });
}
template <class T> void unpack_gradient_of(const Shape& s, const Layout& layout, const T* packed, T* canonical) {
  for_each_element<T>(s, layout, [&](long to, long from, long) { canonical[to] += packed[from]; });
}

template <class T, Sweep sweep> void forward_sweep(const Block<T>& block, void* memory) {
  Layer<ScalarOf<T, sweep>, sweep>(block, memory).forward();
}
template <class T, Sweep sweep> void reverse_sweep(const Block<T>& block, void* memory) {
  Layer<ScalarOf<T, sweep>, sweep>(block, memory).reverse();
}

template <class T> constexpr Kernels<T> make_kernels() {
  return {native_lanes<T>,
          workspace_bytes<T>,
          message_bytes_of<T>,
          pack_parameters<T>,
          unpack_gradient_of<T>,
          {forward_sweep<T, forces_sweep>, forward_sweep<T, parameter_sweep>, forward_sweep<T, hessian_sweep>},
          {reverse_sweep<T, forces_sweep>, reverse_sweep<T, parameter_sweep>, reverse_sweep<T, hessian_sweep>}};
}

#define OROGEN_TEXT_(x) #x
#define OROGEN_TEXT(x) OROGEN_TEXT_(x)

}  // namespace

extern const KernelTable table;
constexpr KernelTable table{OROGEN_TEXT(OROGEN_ISA), make_kernels<float>(), make_kernels<double>()};

}  // namespace OROGEN_ISA
}  // namespace orogen::kernel
