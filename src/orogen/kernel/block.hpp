// Plain-data interface between the kernels and their callers: one block of centres, one layer.
#pragma once
#include <cstdint>

#include "orogen/kernel/shape.hpp"

namespace orogen::kernel {

/// What a sweep computes besides the energy: ∂E/∂r; the tangent of ∂E/∂θ; ∂E/∂r and its tangent. The last two work on
/// dual numbers.
enum class Sweep { forces, parameter_gradient, hessian_vector };
inline constexpr int sweep_kinds = 3;

/// What a sweep works on. T is float or double; all memory is owned by the caller; pointers that do not apply are null.
/// Atoms are numbered as in a Neighborhood: `local` centres first, ghosts after, owner[] maps both to centres.
template <class T> struct Block {
  const Shape* shape;
  const Layout* layout;          ///< of this instruction set's lane count
  const T* weights;              ///< packed parameters
  T* gradient;                   ///< packed, accumulated; used by the parameter sweep
  int layer;                     ///< 0 … layers − 1
  int begin, count;              ///< centres of this block
  const double* positions;       ///< total × 4
  const double* tangents;        ///< total × 4, direction of the dual sweep
  const double* strain_tangent;  ///< 9, row-major: tangent of the strain, ṙ = ε̇ r
  const int* type;               ///< total; index of the element in the model
  const int* owner;              ///< total
  const std::int64_t* first;     ///< list of neighbours, see Neighborhood
  const int* neighbor;           ///< sorted by type within a list
  const void* received;          ///< rows of message_bytes that this layer reads: sent by the layer before
  void* received_adjoints;       ///< the same shape; accumulated by this layer's reverse
  void* sent;                    ///< rows that this layer writes for the next
  const void* sent_adjoints;     ///< the same shape; read by this layer's reverse
  long output_rows;  ///< rows of each column of the four arrays that follow: [column × output_rows + centre]
  double* outputs;   ///< accumulated by the read-out of every layer: site energy [eV], then what else is declared
  double* output_tangents;                ///< the same of their tangents (dual sweeps; null: not wanted)
  const double* output_adjoints;          ///< ∂E/∂output: of the site energy 1 for owned centres, 0 for others
  const double* output_adjoint_tangents;  ///< their tangents (dual sweeps)
  double* position_gradient;              ///< total × 4; accumulated ∂E/∂r, eV/Å
  double* gradient_tangent;               ///< total × 4; accumulated tangent of ∂E/∂r (dual sweeps)
  double* strain_gradient;                ///< 9; accumulated Σ r ⊗ ∂E/∂r, eV
  double* site_strains;  ///< centres × 9; accumulated, the share of each centre in strain_gradient (null: not wanted)
  T* hidden;             ///< local × hidden; the last hidden layer of the last layer (for the uncertainty)
  int most_neighbors;    ///< the longest list of any centre of the block
  float* closest;        ///< smallest squared distance seen [Å²]; lowered
  double* layer_rms;  ///< (L+1) × 2: Σ A² and count per l before scaling; accumulated when not null (initialisation)
};

/// Entry points of one instruction set for one precision.
template <class T> struct Kernels {
  int lanes;
  /// Bytes of workspace that a block of `count` centres with at most `most_neighbors` neighbours needs.
  long (*workspace)(const Shape&, int layer, Sweep, int count, int most_neighbors);
  long (*message_bytes)(const Shape&, Sweep);
  void (*pack)(const Layout&, const T* canonical, T* packed);
  void (*unpack_gradient)(const Layout&, const T* packed, T* canonical);  ///< adds
  /// Forward sweep of a layer, one function per kind of sweep; fills the workspace that the reverse sweep then needs.
  void (*forward[sweep_kinds])(const Block<T>&, void* workspace);
  void (*reverse[sweep_kinds])(const Block<T>&, void* workspace);
};

struct KernelTable {
  const char* name;  ///< "v4", "v3", "v2", "plain"
  const Kernels<float>& single_precision;
  const Kernels<double>& double_precision;
};

/// The table chosen at start: the best that this CPU runs, or the one that OROGEN_ISA names (throws InputError when it
/// cannot).
const KernelTable& kernels();
/// A table by name; null when it was not built or this CPU cannot run it.
const KernelTable* kernels_named(const char* name);

template <class T> const Kernels<T>& kernels_of(const KernelTable& table) {
  if constexpr (sizeof(T) == 4)
    return table.single_precision;
  else
    return table.double_precision;
}

}  // namespace orogen::kernel
