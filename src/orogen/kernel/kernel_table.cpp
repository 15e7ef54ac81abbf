// Compiled once per instruction set (OROGEN_ISA names it) and precision (OROGEN_REAL): the table of entry points.
// Includes nothing that emits shared code.
#include "orogen/kernel/layer/layer.hpp"

namespace orogen::kernel {
inline namespace OROGEN_ISA {

namespace {

using Real = OROGEN_REAL;

template <Sweep sweep> using ScalarOf = std::conditional_t<sweep == Sweep::forces, Native<Real>, Dual<Native<Real>>>;
template <Sweep sweep> using WorkspaceOf = Workspace<ScalarOf<sweep>, sweep>;

long workspace_bytes(const Shape& s, int layer, Sweep sweep, int count, int most) {
  switch (sweep) {
    case Sweep::forces:
      return WorkspaceOf<Sweep::forces>(s, layer, count, most, nullptr).bytes;
    case Sweep::parameter_gradient:
      return WorkspaceOf<Sweep::parameter_gradient>(s, layer, count, most, nullptr).bytes;
    default:
      return WorkspaceOf<Sweep::hessian_vector>(s, layer, count, most, nullptr).bytes;
  }
}
long bytes_of_messages(const Shape& s, Sweep sweep) {
  return long(message_values(s)) * long(sizeof(Real)) * (sweep == Sweep::forces ? 1 : 2);
}

template <class F> void for_each_element(const Layout& layout, F f) {
  constexpr int W = native_lanes<Real>;
  for (const Tensor& t : layout)
    for (long r = 0; r < t.rows; ++r) {
      const long row = packed_row(t, r, W);
      for (long c = 0; c < t.cols; ++c)
        f(t.canonical + r * t.cols + c, t.packed + row * padded(t.cols, W) + c,
          t.transposed ? t.flipped + c * packed_rows(t, W) + row : -1);
    }
}
void pack_parameters(const Layout& layout, const Real* canonical, Real* packed) {
  for (long i = 0; i < layout.packed_size; ++i) packed[i] = 0;
  for_each_element(layout, [&](long from, long to, long flipped) {
    packed[to] = canonical[from];
    if (flipped >= 0) packed[flipped] = canonical[from];
  });
}
void add_unpacked(const Layout& layout, const Real* packed, Real* canonical) {
  for_each_element(layout, [&](long to, long from, long) { canonical[to] += packed[from]; });
}

template <Sweep sweep> void forward_sweep(const Block<Real>& block, void* memory) {
  const WorkspaceOf<sweep> ws(*block.shape, block.layer, block.count, block.most_neighbors, memory);
  Layer<ScalarOf<sweep>, sweep>(block, ws).forward();
}
template <Sweep sweep> void reverse_sweep(const Block<Real>& block, void* memory) {
  const WorkspaceOf<sweep> ws(*block.shape, block.layer, block.count, block.most_neighbors, memory);
  Layer<ScalarOf<sweep>, sweep>(block, ws).reverse();
}

}  // namespace

extern const Kernels<Real> OROGEN_KERNELS;
constexpr Kernels<Real> OROGEN_KERNELS{
    native_lanes<Real>,
    workspace_bytes,
    bytes_of_messages,
    pack_parameters,
    add_unpacked,
    {forward_sweep<Sweep::forces>, forward_sweep<Sweep::parameter_gradient>, forward_sweep<Sweep::hessian_vector>},
    {reverse_sweep<Sweep::forces>, reverse_sweep<Sweep::parameter_gradient>, reverse_sweep<Sweep::hessian_vector>}};

}  // namespace OROGEN_ISA
}  // namespace orogen::kernel
