#include "orogen/potential/learned/site_network.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "orogen/base/errors.hpp"
#include "orogen/system/elements.hpp"

namespace orogen {

void Graph::set(const Neighborhood& neighborhood, std::span<const int> type_of) {
  atoms = &neighborhood;
  type.resize(neighborhood.total);
  for (int i = 0; i < neighborhood.total; ++i) {
    const int z = neighborhood.species[i];
    type[i] = z < int(type_of.size()) ? type_of[z] : -1;
    if (type[i] < 0)
      throw InputError("element " + std::string(symbol(z)) + " (atomic number " + std::to_string(z) +
                       ") occurs in the structure but not in the model: train on data that holds this element");
  }
  senders = message_rows = neighborhood.local;
  std::int64_t most = 0;
  for (int i = 0; i < neighborhood.local; ++i) most = std::max(most, neighborhood.first[i + 1] - neighborhood.first[i]);
  most_neighbors = int(most);
}

template <class T>
SiteNetwork<T>::SiteNetwork(const kernel::Shape& shape, const kernel::KernelTable& table)
    : shape_(shape), kernels_(&kernel::kernels_of<T>(table)), layout_(kernel::make_layout(shape, kernels_->lanes)) {
  packed_.resize_zero(layout_.packed_size);
}

template <class T> void SiteNetwork<T>::set_parameters(std::span<const T> canonical) {
  OROGEN_ASSERT(long(canonical.size()) == layout_.canonical_size);
  kernels_->pack(layout_, canonical.data(), packed_.data());
}

template <class T> void SiteNetwork<T>::unpack_gradient(std::span<const T> packed, std::span<T> canonical) const {
  OROGEN_ASSERT(long(packed.size()) >= layout_.packed_size && long(canonical.size()) == layout_.canonical_size);
  kernels_->unpack_gradient(layout_, packed.data(), canonical.data());
}

namespace {

using Kind = kernel::Sweep;

/// Centres per block: the block's arrays and the layer's weights stay in the second-level cache.
int block_size(Kind kind, int layer) { return layer > 0 ? 4 : kind == Kind::forces ? 16 : 8; }

/// A thread that is woken for fewer atoms than a block of the first layer costs more than it gains.
constexpr int atoms_per_thread = 16;

/// A small structure keeps every block's forward sweep in memory; a large one computes it again in the reverse sweep.
constexpr long keep_limit = 6L << 20;

}  // namespace

/// One sweep under way.
template <class T> class SiteNetwork<T>::Sweep {
 public:
  Sweep(const SiteNetwork& net, Kind kind, const Graph& graph, Memory& memory)
      : net_(net), kind_(kind), graph_(graph), atoms_(*graph.atoms), memory_(memory), layers_(net.shape_.layers) {}

  const Tangent* tangent = nullptr;  ///< dual sweeps
  ThreadPool* pool = nullptr;
  SweepResult* result = nullptr;  ///< null: parameter gradients alone
  T* gradient = nullptr;          ///< parameter sweeps
  SweepExtras extras;

  void run() {
    plan();
    prepare();
    const int last = layers_ - 1;
    for (int layer = 0; layer < last; ++layer) forward(layer), exchange_messages(layer);
    if (fused()) {
      forward_and_reverse(last);
    } else {
      forward(last);
      couple();
      if (extras.gradients) reverse(last);
    }
    for (int layer = last - 1; layer >= 0 && extras.gradients; --layer)
      sum_adjoints(layer), exchange_adjoints(layer), reverse(layer);
    if (result) collect();
  }

 private:
  using Thread = typename Memory::Thread;
  using Block = kernel::Block<T>;

  bool dual() const { return kind_ != Kind::forces; }
  bool geometry() const { return kind_ != Kind::parameter_gradient && extras.gradients; }
  bool coupled() const { return !net_.couplings_.empty(); }
  /// A block of the last layer goes forward and back at once.
  bool fused() const { return extras.gradients && !coupled(); }

  // ---- preparation: how the sweep is divided into blocks and threads, and its memory
  struct LayerPlan {
    int size, blocks, local_blocks;  ///< centres per block; blocks; of them with local atoms, before those with ghosts
    long bytes, begin;               ///< of a block's workspace; where the layer's blocks begin if all are kept
  };
  void plan() {
    const int most = pool ? pool->size() : 1;
    threads_ = std::clamp(graph_.senders / atoms_per_thread, 1, most);
    row_bytes_ = layers_ > 1 ? net_.kernels_->message_bytes(net_.shape_, kind_) : 0;
    long kept = 0, largest = 0;
    for (int layer = 0; layer < layers_; ++layer) {
      LayerPlan& p = plan_[layer];
      p.size = block_size(kind_, layer);
      const auto divided = [&](int atoms) { return (atoms + p.size - 1) / p.size; };
      p.local_blocks = divided(atoms_.local);
      p.blocks = p.local_blocks + (layer + 1 < layers_ ? divided(graph_.senders - atoms_.local) : 0);
      p.bytes = net_.kernels_->workspace(net_.shape_, layer, kind_, p.size, graph_.most_neighbors);
      p.begin = kept;
      kept += p.bytes * (fused() && layer == layers_ - 1 ? 1 : p.blocks);
      largest = std::max(largest, p.bytes);
    }
    keep_ = extras.gradients && threads_ == 1 && kept < keep_limit && !(fused() && layers_ == 1);
    workspace_bytes_ = keep_ ? kept : largest;
  }
  void prepare() {
    const int columns = net_.shape_.outputs;
    if (int(memory_.threads.size()) < threads_) memory_.threads.resize(threads_);
    for (int layer = 0; layer + 1 < layers_; ++layer) memory_.messages[layer].resize(row_bytes_ * graph_.message_rows);
    if (extras.hidden) memory_.hidden.resize(long(atoms_.local) * net_.shape_.hidden);
    if (records_outputs()) memory_.outputs.clear(graph_.senders, columns, dual());
    memory_.adjoints.clear(graph_.senders, columns, dual());
    std::fill_n(memory_.adjoints.values.begin(), atoms_.local, 1.0);  // energies of ghosts belong to another domain
    if (dual()) std::fill_n(memory_.adjoints.tangents.begin(), atoms_.local, tangent->energy);
    if (result) result->site_strains.assign(extras.site_strains && geometry() ? 9L * graph_.senders : 0, 0.0);
  }
  void start(Thread& mine) const {
    mine.workspace.resize(workspace_bytes_);
    mine.closest = 1e30f;
    mine.strain_gradient.fill(0);
    if (geometry()) mine.position_gradient.assign(4L * atoms_.total, 0.0);
    if (kind_ == Kind::hessian_vector) mine.gradient_tangent.assign(4L * atoms_.total, 0.0);
    for (int layer = 0; layer + 1 < layers_ && extras.gradients; ++layer)
      mine.adjoints[layer].resize_zero(row_bytes_ * graph_.message_rows);
  }

  // ---- blocks
  template <class Work> void on_threads(const Work& work) {
    if (threads_ == 1) return work(0);
    const auto with_work = [&](int t) {
      if (t < threads_) work(t);
    };
    pool->run(std::ref(with_work));  // fits into a std::function; a copy of the lambda would be allocated
  }
  template <class Work> void each_block(int layer, const Work& work) {
    const bool first = !std::exchange(started_, true);
    const LayerPlan& p = plan_[layer];
    on_threads([&](int t) {
      Thread& mine = memory_.threads[t];
      if (first) start(mine);
      const Range part = share(p.blocks, t, threads_);
      for (long b = part.begin; b < part.end; ++b) {
        const bool own = keep_ && !(fused() && layer == layers_ - 1);
        char* ws = mine.workspace.data() + (keep_ ? p.begin : 0) + (own ? b * p.bytes : 0);
        Block k = block_of(mine, layer, int(b));
        work(k, ws);
      }
    });
  }
  /// Sets the centres of block b: local atoms and ghosts never share one.
  void place(Block& k, int b) const {
    const LayerPlan& p = plan_[k.layer];
    const bool ghosts = b >= p.local_blocks;
    const int first = ghosts ? atoms_.local : 0, end = ghosts ? graph_.senders : atoms_.local;
    k.begin = first + (ghosts ? b - p.local_blocks : b) * p.size;
    k.count = std::min(p.size, end - k.begin);
  }
  Block block_of(Thread& mine, int layer, int b) const {
    Block k{};
    k.shape = &net_.shape_, k.layout = &net_.layout_, k.weights = net_.packed_.data(), k.gradient = gradient;
    k.layer = layer;
    place(k, b);
    k.positions = atoms_.positions.data(), k.type = graph_.type.data(), k.owner = atoms_.owner.data();
    k.first = atoms_.first.data(), k.neighbor = atoms_.neighbor.data(), k.most_neighbors = graph_.most_neighbors;
    if (tangent) k.tangents = tangent->positions.data(), k.strain_tangent = tangent->strain.data();
    k.output_rows = graph_.senders;
    k.output_adjoints = memory_.adjoints.values.data();
    k.output_adjoint_tangents = memory_.adjoints.tangents.data();
    k.closest = &mine.closest;
    if (geometry())
      k.position_gradient = mine.position_gradient.data(), k.strain_gradient = mine.strain_gradient.data();
    if (kind_ == Kind::hessian_vector) k.gradient_tangent = mine.gradient_tangent.data();
    if (extras.site_strains && geometry()) k.site_strains = result->site_strains.data();
    set_messages(k, mine);
    return k;
  }
  /// The reverse sweep of a layer that received messages adds to each thread's own adjoints; their sum, in those of
  /// thread 0, is read by the layer that sent them. Messages and adjoints are numbered by the layer that sends.
  void set_messages(Block& k, Thread& mine) const {
    if (kernel::receives(net_.shape_, k.layer)) {
      k.received = memory_.messages[k.layer - 1].data();
      k.received_adjoints = mine.adjoints[k.layer - 1].data();
    }
    if (kernel::sends(net_.shape_, k.layer)) {
      k.sent = memory_.messages[k.layer].data();
      k.sent_adjoints = memory_.threads[0].adjoints[k.layer].data();
    }
  }

  // ---- stages
  bool records_outputs() const { return result || coupled(); }
  /// The first pass over a layer's blocks records outputs; a repeated forward sweep must not count them twice.
  void record(Block& k) const {
    if (k.begin >= atoms_.local) return;
    if (records_outputs()) k.outputs = memory_.outputs.values.data();
    if (coupled() && dual()) k.output_tangents = memory_.outputs.tangents.data();
    if (extras.hidden && k.layer == layers_ - 1) k.hidden = memory_.hidden.data();
    if (memory_.layer_rms && k.layer == memory_.rms_layer) k.layer_rms = memory_.layer_rms;
  }
  void forward(int layer) {
    each_block(layer, [&](Block& k, char* ws) { record(k), net_.kernels_->forward[int(kind_)](k, ws); });
  }
  void forward_and_reverse(int layer) {
    each_block(layer, [&](Block& k, char* ws) {
      record(k), net_.kernels_->forward[int(kind_)](k, ws), net_.kernels_->reverse[int(kind_)](k, ws);
    });
  }
  void reverse(int layer) {
    each_block(layer, [&](Block& k, char* ws) {
      if (!keep_) net_.kernels_->forward[int(kind_)](k, ws);
      net_.kernels_->reverse[int(kind_)](k, ws);
    });
  }
  MessageRows rows_of(AlignedArray<char>& messages) const {
    return {messages.data(), int(row_bytes_ / long(sizeof(T))), int(sizeof(T))};
  }
  void exchange_messages(int layer) {
    if (extras.halo) extras.halo->forward(rows_of(memory_.messages[layer]));
  }
  void exchange_adjoints(int layer) {
    if (extras.halo) extras.halo->reverse(rows_of(memory_.threads[0].adjoints[layer]));
  }
  /// Sums the threads' adjoints, each thread a share of the rows.
  void sum_adjoints(int layer) {
    if (threads_ == 1) return;
    on_threads([&](int t) {
      const Range part = share(row_bytes_ / long(sizeof(T)) * graph_.message_rows, t, threads_);
      T* to = reinterpret_cast<T*>(memory_.threads[0].adjoints[layer].data());
      for (int other = 1; other < threads_; ++other) {
        const T* from = reinterpret_cast<const T*>(memory_.threads[other].adjoints[layer].data());
        for (long e = part.begin; e < part.end; ++e) to[e] += from[e];
      }
    });
  }
  void couple() {
    if (!coupled()) return;
    SweepResult& sums = memory_.coupled;
    sums.site_energies.assign(atoms_.local, 0.0);
    sums.position_gradient.assign(geometry() && !dual() ? 4L * atoms_.total : 0, 0.0);
    sums.gradient_tangent.assign(dual() ? 4L * atoms_.total : 0, 0.0);
    sums.strain_gradient.fill(0);
    sums.site_strains.assign(extras.site_strains && geometry() ? 9L * graph_.senders : 0, 0.0);
    if (dual())
      couple_as(TermAtoms<Dual>(atoms_, *tangent), tangent->energy);
    else
      couple_as(TermAtoms<double>(atoms_), 0);
  }
  template <class S> void couple_as(const TermAtoms<S>& atoms, double energy_tangent) {
    const SiteOutputs<S> outputs(memory_.outputs);
    SiteAdjoints<S> adjoints(memory_.adjoints, energy_tangent);
    TermSums<S> sums(memory_.coupled);
    for (const auto& coupling : net_.couplings_) coupling->couple(atoms, outputs, adjoints, sums);
  }

  // ---- the answer
  void collect() {
    result->closest = 1e30f;
    for (int t = 0; t < threads_; ++t) result->closest = std::min(result->closest, memory_.threads[t].closest);
    const auto& energies = memory_.outputs.values;
    result->site_energies.assign(energies.begin(), energies.begin() + atoms_.local);
    result->strain_gradient.fill(0);
    if (geometry())
      for (int t = 0; t < threads_; ++t)
        for (int e = 0; e < 9; ++e) result->strain_gradient[e] += memory_.threads[t].strain_gradient[e];
    sum_threads(&Thread::position_gradient, geometry(), result->position_gradient);
    sum_threads(&Thread::gradient_tangent, kind_ == Kind::hessian_vector, result->gradient_tangent);
    if (coupled()) collect_couplings();
  }
  void sum_threads(std::vector<double> Thread::*field, bool wanted, std::vector<double>& to) {
    to.resize(wanted ? 4L * atoms_.total : 0);
    if (!wanted) return;
    on_threads([&](int t) {
      const Range part = share(4L * atoms_.total, t, threads_);
      for (long e = part.begin; e < part.end; ++e) {
        double sum = 0;
        for (int other = 0; other < threads_; ++other) sum += (memory_.threads[other].*field)[e];
        to[e] = sum;
      }
    });
  }
  void collect_couplings() {
    const auto add = [](const auto& from, auto& to) {
      for (std::size_t e = 0; e < std::min(from.size(), to.size()); ++e) to[e] += from[e];
    };
    add(memory_.coupled.site_energies, result->site_energies);
    add(memory_.coupled.position_gradient, result->position_gradient);
    add(memory_.coupled.gradient_tangent, result->gradient_tangent);
    add(memory_.coupled.strain_gradient, result->strain_gradient);
    add(memory_.coupled.site_strains, result->site_strains);
  }

  const SiteNetwork& net_;
  const Kind kind_;
  const Graph& graph_;
  const Neighborhood& atoms_;
  Memory& memory_;
  const int layers_;
  LayerPlan plan_[kernel::max_layers];
  int threads_ = 1;
  long row_bytes_ = 0;  ///< of messages
  long workspace_bytes_ = 0;
  bool keep_ = false;     ///< the forward sweeps of all blocks stay in memory until the reverse sweep
  bool started_ = false;  ///< the threads' memory is ready
};

template <class T>
void SiteNetwork<T>::forces(const Graph& graph, Memory& memory, ThreadPool* pool, SweepResult& result,
                            const SweepExtras& extras) const {
  Sweep sweep(*this, Kind::forces, graph, memory);
  sweep.pool = pool, sweep.result = &result, sweep.extras = extras;
  sweep.run();
}
template <class T>
void SiteNetwork<T>::parameter_gradient(const Graph& graph, const Tangent& tangent, Memory& memory,
                                        std::span<T> packed_gradient) const {
  OROGEN_ASSERT(long(packed_gradient.size()) >= layout_.packed_size);
  OROGEN_ASSERT(tangent.positions.empty() || long(tangent.positions.size()) == 4L * graph.atoms->total);
  Sweep sweep(*this, Kind::parameter_gradient, graph, memory);
  sweep.tangent = &tangent, sweep.gradient = packed_gradient.data();
  sweep.run();
}
template <class T>
void SiteNetwork<T>::hessian_vector(const Graph& graph, const Tangent& tangent, Memory& memory, ThreadPool* pool,
                                    SweepResult& result) const {
  Sweep sweep(*this, Kind::hessian_vector, graph, memory);
  sweep.tangent = &tangent, sweep.pool = pool, sweep.result = &result;
  sweep.run();
}

template class SiteNetwork<float>;
template class SiteNetwork<double>;

}  // namespace orogen
