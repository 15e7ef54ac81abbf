// The learned site energy on a neighbourhood: blocks of centres, threads, messages. [T2, T3, T4]
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "orogen/base/parallel/aligned.hpp"
#include "orogen/base/parallel/threads.hpp"
#include "orogen/kernel/block.hpp"
#include "orogen/potential/learned/site_coupling.hpp"
#include "orogen/potential/terms/term.hpp"
#include "orogen/system/neighbors/neighbors.hpp"

namespace orogen {

/// A neighbourhood with the model's element indices: type[i] for every atom, ghosts included.
struct Graph {
  const Neighborhood* atoms = nullptr;
  std::vector<int> type;
  int most_neighbors = 0;  ///< longest list of a centre
  int senders = 0;         ///< centres of layers that send: the local atoms, then ghosts whose lists are given too
  int message_rows =
      0;  ///< rows that owner[] points to: the local atoms, or all where every ghost has a row of its own

  /// Fills type and most_neighbors; type_of[z] is the model's index of atomic number z, −1 if unknown (throws
  /// InputError).
  void set(const Neighborhood& neighborhood, std::span<const int> type_of);
};

/// The messages of all atoms of a domain, or their adjoints: one row per atom.
struct MessageRows {
  void* data = nullptr;
  int values = 0;      ///< per row
  int value_size = 0;  ///< bytes of one value: 4 (float) or 8 (double)
  long row_bytes() const { return long(values) * value_size; }
};
/// How a domain's neighbours take part in a model of several layers: both are called once per
/// layer that sends. Called by the evaluating thread; collective like the
/// evaluation.
struct HaloExchange {
  std::function<void(MessageRows)> forward;  ///< copies the rows of local atoms to their ghosts, wherever these are
  std::function<void(MessageRows)> reverse;  ///< adds the rows of ghosts to those of the local atoms they are images of
};

/// What a sweep for energies and forces is to do besides.
struct SweepExtras {
  bool gradients = true;               ///< false: energies alone, at the price of the forward sweep
  bool hidden = false;                 ///< fill Memory::hidden
  bool site_strains = false;           ///< fill SweepResult::site_strains
  const HaloExchange* halo = nullptr;  ///< ghosts' messages come from elsewhere
};

/// One network's parameters, packed for this CPU, and its sweeps. T is float or double. A sweep is a list of stages:
/// forward of the first layer, exchange of messages, …, forward of the last layer, couplings, reverse of the last
/// layer, exchange of the messages' adjoints, …, reverse of the first layer. Where nothing couples, a block of the last
/// layer goes forward and back at once, while its arrays are in the cache.
template <class T> class SiteNetwork {
 public:
  explicit SiteNetwork(const kernel::Shape& shape, const kernel::KernelTable& table = kernel::kernels());

  const kernel::Shape& shape() const { return shape_; }
  const kernel::Layout& layout() const { return layout_; }
  /// Takes parameters in canonical order (shape.hpp).
  void set_parameters(std::span<const T> canonical);

  /// Couplings of the outputs, which every sweep includes. They are shared, not owned.
  void couple(std::vector<std::shared_ptr<const SiteCoupling>> couplings) { couplings_ = std::move(couplings); }

  /// Memory of one caller (one thread of training, or the whole of a threaded evaluation); any graph may use it next.
  struct Memory {
    struct Thread {
      AlignedArray<char> workspace, adjoints[kernel::max_layers];  ///< adjoints of messages, by the layer that sends
      std::vector<double> position_gradient, gradient_tangent;
      std::array<double, 9> strain_gradient{};
      float closest = 0;
    };
    std::vector<Thread> threads;
    AlignedArray<char> messages[kernel::max_layers];  ///< by the layer that sends
    SiteRows outputs, adjoints;                       ///< of the last sweep; rows of the senders
    SweepResult coupled;                              ///< what couplings add to energies and gradients at fixed outputs
    AlignedArray<T> hidden;                           ///< local × hidden, filled when asked for
    double* layer_rms = nullptr;                      ///< see kernel::Block; only without threads
    int rms_layer = 0;
  };

  /// Energies and forces. `pool` may be null (one thread); few atoms wake few of its threads.
  void forces(const Graph& graph, Memory& memory, ThreadPool* pool, SweepResult& result,
              const SweepExtras& extras = {}) const;
  /// Adds the tangent of ∂E/∂θ along `tangent`, plus tangent.energy · ∂E/∂θ, to the packed gradient
  /// (layout().packed_size).
  void parameter_gradient(const Graph& graph, const Tangent& tangent, Memory& memory,
                          std::span<T> packed_gradient) const;
  /// ∂E/∂r and its tangent: Hessian times vector.
  void hessian_vector(const Graph& graph, const Tangent& tangent, Memory& memory, ThreadPool* pool,
                      SweepResult& result) const;
  /// Adds a packed gradient to one in canonical order.
  void unpack_gradient(std::span<const T> packed, std::span<T> canonical) const;
  int lanes() const { return kernels_->lanes; }
  /// Bytes of one row of messages in a sweep for forces.
  long message_bytes() const { return kernels_->message_bytes(shape_, kernel::Sweep::forces); }

 private:
  class Sweep;

  kernel::Shape shape_;
  const kernel::Kernels<T>* kernels_;
  kernel::Layout layout_;
  AlignedArray<T> packed_;
  std::vector<std::shared_ptr<const SiteCoupling>> couplings_;
};

}  // namespace orogen
