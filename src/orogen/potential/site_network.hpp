// The learned site energy on a neighbourhood: blocks of centres, threads, messages. [T2, T3, T4]
#pragma once
#include <memory>
#include <span>
#include <vector>

#include "orogen/base/aligned.hpp"
#include "orogen/base/threads.hpp"
#include "orogen/kernel/block.hpp"
#include "orogen/system/neighbors.hpp"

namespace orogen {

/// A neighbourhood with the model's element indices: type[i] for every atom, ghosts included.
struct Graph {
  const Neighborhood* atoms = nullptr;
  std::vector<int> type;
  int most_neighbors = 0;  ///< longest list of a centre

  /// Fills type and most_neighbors; type_of[z] is the model's index of atomic number z, −1 if unknown (throws InputError).
  void set(const Neighborhood& neighborhood, std::span<const int> type_of);
};

/// Directions of a dual sweep.
struct Tangent {
  std::span<const double> positions;  ///< total × 4 [Å]; ghosts move like their owners
  std::array<double, 9> strain{};     ///< ε̇, row-major
  double energy = 0;                  ///< tangent of the energy's adjoint
};

/// What a sweep adds up. Sums over atoms are in double; local order of the neighbourhood.
struct SweepResult {
  std::vector<double> site_energies;        ///< local [eV]
  std::vector<double> position_gradient;    ///< total × 4: ∂E/∂r [eV/Å], ghosts not folded yet
  std::vector<double> gradient_tangent;     ///< total × 4, Hessian sweeps only
  std::array<double, 9> strain_gradient{};  ///< Σ ∂E/∂d ⊗ d [eV]
  float closest = 0;                        ///< smallest squared distance [Å²]
};

/// One network's parameters, packed for this CPU, and its sweeps. T is float or double.
template <class T> class SiteNetwork {
 public:
  explicit SiteNetwork(const kernel::Shape& shape, const kernel::KernelTable& table = kernel::kernels());

  const kernel::Shape& shape() const { return shape_; }
  const kernel::Layout& layout() const { return layout_; }
  /// Takes parameters in canonical order (shape.hpp).
  void set_parameters(std::span<const T> canonical);

  /// Memory of one caller (one thread of training, or the whole of a threaded evaluation).
  struct Memory {
    struct Thread {
      AlignedArray<char> workspace, adjoints;
      std::vector<double> position_gradient;
      std::array<double, 9> strain_gradient{};
      float closest = 0;
    };
    std::vector<Thread> threads;
    AlignedArray<char> messages;
    AlignedArray<T> hidden;       ///< local × hidden, filled when asked for
    double* layer_rms = nullptr;  ///< see kernel::Block; only without threads
    int rms_layer = 0;
  };

  /// Energies and forces. `pool` may be null (one thread). `want_hidden` fills memory.hidden.
  void forces(const Graph& graph, Memory& memory, ThreadPool* pool, SweepResult& result,
              bool want_hidden = false) const;
  /// Adds the tangent of ∂E/∂θ along `tangent`, plus tangent.energy · ∂E/∂θ, to the packed gradient (layout().packed_size).
  void parameter_gradient(const Graph& graph, const Tangent& tangent, Memory& memory,
                          std::span<T> packed_gradient) const;
  /// ∂E/∂r and its tangent: Hessian times vector.
  void hessian_vector(const Graph& graph, const Tangent& tangent, Memory& memory, SweepResult& result) const;
  /// Adds a packed gradient to one in canonical order.
  void unpack_gradient(std::span<const T> packed, std::span<T> canonical) const;
  int lanes() const { return kernels_->lanes; }

 private:
  struct Plan;
  void sweep(int kind, const Graph& graph, const Tangent* tangent, Memory& memory, ThreadPool* pool,
             SweepResult* result, T* gradient, bool want_hidden) const;

  kernel::Shape shape_;
  const kernel::Kernels<T>* kernels_;
  kernel::Layout layout_;
  AlignedArray<T> packed_;
};

}  // namespace orogen
