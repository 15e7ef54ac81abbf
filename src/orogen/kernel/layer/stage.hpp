// What every stage of a layer works on.
#pragma once
#include "orogen/kernel/layer/workspace.hpp"

namespace orogen::kernel {
inline namespace OROGEN_ISA {

template <class S, Sweep sweep> struct Stage {
  using V = typename Scalar<S>::V;
  using T = typename Scalar<S>::T;
  using Ws = Workspace<S, sweep>;
  static constexpr int W = Scalar<S>::W;
  static constexpr bool geometry = Ws::geometry, parameters = Ws::parameters;

  const Block<T>& k;
  const Ws& ws;
  const Rows<S>& n;
  const Slots& slot;
  const int B;

  Stage(const Block<T>& block, const Ws& workspace)
      : k(block), ws(workspace), n(workspace.n), slot(block.layout->slots[block.layer]), B(block.count) {}

  const V* weights(int slot) const { return reinterpret_cast<const V*>(k.weights + k.layout->tensors[slot].packed); }
  const V* transposed(int slot) const {
    return reinterpret_cast<const V*>(k.weights + k.layout->tensors[slot].flipped);
  }
  V* gradient(int slot) const { return reinterpret_cast<V*>(k.gradient + k.layout->tensors[slot].packed); }
  int type(int a) const { return k.type[k.begin + a]; }
  bool receives() const { return kernel::receives(*k.shape, k.layer); }
  bool sends() const { return kernel::sends(*k.shape, k.layer); }
  /// True in the first layer of a model with learned vectors e in place of one-hot species.
  bool embedded() const { return !receives() && k.shape->embedding > 0; }
  S* message(void* base, int row) const { return static_cast<S*>(base) + long(row) * n.mv; }
  const S* message(const void* base, int row) const { return static_cast<const S*>(base) + long(row) * n.mv; }
};

}  // namespace OROGEN_ISA
}  // namespace orogen::kernel
