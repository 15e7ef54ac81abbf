#include "orogen/potential/learned/site_network.hpp"

#include <algorithm>
#include <functional>
#include <string>

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
  if (long(canonical.size()) != layout_.canonical_size)
    throw std::logic_error("SiteNetwork: wrong number of parameters");
  kernels_->pack(shape_, layout_, canonical.data(), packed_.data());
}

template <class T> void SiteNetwork<T>::unpack_gradient(std::span<const T> packed, std::span<T> canonical) const {
  kernels_->unpack_gradient(shape_, layout_, packed.data(), canonical.data());
}

namespace {
enum Kind { forces_kind = 0, parameter_kind = 1, hessian_kind = 2 };

/// Centres per block: the block's arrays and the layer's weights stay in the second-level cache.
int block_size(int kind, int layer) { return kind == forces_kind ? (layer == 0 ? 16 : 4) : (layer == 0 ? 8 : 4); }

/// A small structure keeps every block's forward sweep in memory; a large one computes it again in the reverse sweep.
constexpr long keep_limit = 6L << 20;
}  // namespace

/// How one sweep is divided: blocks per layer, workspaces, threads.
template <class T> struct SiteNetwork<T>::Plan {
  int kind, threads, layers, size[2], blocks[2];
  int local_blocks[2];  ///< of them hold local atoms; the others, ghosts that only send messages
  long bytes[2];
  bool keep;

  Plan(const SiteNetwork& net, int kind_, const Graph& g, int threads_)
      : kind(kind_), threads(threads_), layers(net.shape_.layers) {
    long total = 0;
    for (int layer = 0; layer < layers; ++layer) {
      size[layer] = block_size(kind, layer);
      auto divided = [&](int atoms) { return (atoms + size[layer] - 1) / size[layer]; };
      local_blocks[layer] = divided(g.atoms->local);
      blocks[layer] = local_blocks[layer] + (layer + 1 < layers ? divided(g.senders - g.atoms->local) : 0);
      bytes[layer] = net.kernels_->workspace(net.shape_, layer, kind, size[layer], g.most_neighbors);
    }
    total = blocks[0] * bytes[0] + (layers > 1 ? bytes[1] : 0);
    keep = layers > 1 && threads == 1 && total < keep_limit;
  }
  /// Sets the centres of block b: local atoms and ghosts never share one.
  void place(kernel::Block<T>& k, const Graph& g, int b) const {
    const bool ghosts = b >= local_blocks[k.layer];
    const int first = ghosts ? g.atoms->local : 0, end = ghosts ? g.senders : g.atoms->local;
    k.begin = first + (ghosts ? b - local_blocks[k.layer] : b) * size[k.layer];
    k.count = std::min(size[k.layer], end - k.begin);
  }
  long workspace_bytes() const {
    if (keep) return blocks[0] * bytes[0] + bytes[1];
    return layers > 1 ? std::max(bytes[0], bytes[1]) : bytes[0];
  }
};

template <class T>
void SiteNetwork<T>::sweep(int kind, const Graph& graph, const Tangent* tangent, Memory& memory, ThreadPool* pool,
                           SweepResult* result, T* gradient, const SweepExtras& extras) const {
  const Neighborhood& atoms = *graph.atoms;
  const int threads = pool ? pool->size() : 1;
  const Plan plan(*this, kind, graph, threads);
  const bool geometry = kind != parameter_kind;
  const long row_bytes = shape_.layers > 1 ? kernels_->message_bytes(shape_, kind) : 0;
  if (int(memory.threads.size()) < threads) memory.threads.resize(threads);
  if (row_bytes) memory.messages.resize(row_bytes * graph.message_rows);
  if (extras.hidden) memory.hidden.resize(long(atoms.local) * shape_.hidden);
  if (result) result->site_energies.assign(long(graph.senders) * shape_.outputs, 0.0);
  memory.adjoints.assign(long(graph.senders) * shape_.outputs, 0.0);
  std::fill_n(memory.adjoints.begin(), atoms.local, 1.0);  // energies of ghosts belong to another domain
  if (tangent) {
    memory.adjoint_tangents.assign(memory.adjoints.size(), 0.0);
    std::fill_n(memory.adjoint_tangents.begin(), atoms.local, tangent->energy);
  }
  if (result) result->site_strains.assign(extras.site_strains ? 9L * graph.senders : 0, 0.0);
  if (result && kind == hessian_kind) result->gradient_tangent.assign(4L * atoms.total, 0.0);

  auto block_of = [&](typename Memory::Thread& mine, int layer, int b) {
    kernel::Block<T> k{};
    k.shape = &shape_, k.layout = &layout_, k.weights = packed_.data(), k.gradient = gradient, k.layer = layer;
    plan.place(k, graph, b);
    k.positions = atoms.positions.data(), k.type = graph.type.data(), k.owner = atoms.owner.data();
    k.first = atoms.first.data(), k.neighbor = atoms.neighbor.data(), k.most_neighbors = graph.most_neighbors;
    if (tangent) k.tangents = tangent->positions.data(), k.strain_tangent = tangent->strain.data();
    k.output_rows = graph.senders;
    k.output_adjoints = memory.adjoints.data(), k.output_adjoint_tangents = memory.adjoint_tangents.data();
    k.messages = memory.messages.data(), k.message_adjoints = mine.adjoints.data();
    k.closest = &mine.closest;
    if (geometry) k.position_gradient = mine.position_gradient.data(), k.strain_gradient = mine.strain_gradient.data();
    if (kind == hessian_kind) k.gradient_tangent = result->gradient_tangent.data();
    if (extras.site_strains) k.site_strains = result->site_strains.data();
    return k;
  };
  // The first pass over a layer's blocks records energies; a repeated forward sweep must not count them twice.
  auto record = [&](kernel::Block<T>& k) {
    if (k.begin >= atoms.local) return;
    if (result) k.outputs = result->site_energies.data();
    if (extras.hidden && k.layer == shape_.layers - 1) k.hidden = memory.hidden.data();
    if (memory.layer_rms && k.layer == memory.rms_layer) k.layer_rms = memory.layer_rms;
  };
  auto on_threads = [&](auto&& work) {
    if (pool)
      pool->run(std::ref(work));  // fits into a std::function; a copy of the lambda would be allocated
    else
      work(0);
  };
  auto forward = kernels_->forward[kind];
  auto reverse = kernels_->reverse[kind];

  on_threads([&](int t) {
    auto& mine = memory.threads[t];
    mine.workspace.resize(plan.workspace_bytes());
    mine.closest = 1e30f;
    mine.strain_gradient.fill(0);
    if (geometry) mine.position_gradient.assign(4L * atoms.total, 0.0);
    if (row_bytes) mine.adjoints.resize_zero(row_bytes * graph.message_rows);
    const Range part = share(plan.blocks[0], t, threads);
    for (long b = part.begin; b < part.end; ++b) {
      kernel::Block<T> k = block_of(mine, 0, int(b));
      record(k);
      char* ws = mine.workspace.data() + (plan.keep ? b * plan.bytes[0] : 0);
      forward(k, ws);
      if (plan.layers == 1) reverse(k, ws);
    }
  });
  if (plan.layers > 1) {
    const MessageRows rows{memory.messages.data(), int(row_bytes / long(sizeof(T))), int(sizeof(T))};
    if (extras.halo) extras.halo->forward(rows);
    on_threads([&](int t) {
      auto& mine = memory.threads[t];
      const Range part = share(plan.blocks[1], t, threads);
      char* ws = mine.workspace.data() + (plan.keep ? plan.blocks[0] * plan.bytes[0] : 0);
      for (long b = part.begin; b < part.end; ++b) {
        kernel::Block<T> k = block_of(mine, 1, int(b));
        record(k);
        forward(k, ws);
        reverse(k, ws);
      }
    });
    if (threads > 1)
      on_threads([&](int t) {  // sum the threads' adjoints, each thread a share of the rows
        const long n = row_bytes / long(sizeof(T)) * graph.message_rows;
        const Range part = share(n, t, threads);
        T* to = reinterpret_cast<T*>(memory.threads[0].adjoints.data());
        for (int other = 1; other < threads; ++other) {
          const T* from = reinterpret_cast<const T*>(memory.threads[other].adjoints.data());
          for (long e = part.begin; e < part.end; ++e) to[e] += from[e];
        }
      });
    if (extras.halo) extras.halo->reverse({memory.threads[0].adjoints.data(), rows.values, rows.value_size});
    on_threads([&](int t) {
      auto& mine = memory.threads[t];
      const Range part = share(plan.blocks[0], t, threads);
      for (long b = part.begin; b < part.end; ++b) {
        kernel::Block<T> k = block_of(mine, 0, int(b));
        k.message_adjoints = memory.threads[0].adjoints.data();
        char* ws = mine.workspace.data() + (plan.keep ? b * plan.bytes[0] : 0);
        if (!plan.keep) forward(k, ws);
        reverse(k, ws);
      }
    });
  }
  if (!result) return;
  result->site_energies.resize(atoms.local);
  result->closest = 1e30f;
  for (int t = 0; t < threads; ++t) result->closest = std::min(result->closest, memory.threads[t].closest);
  if (!geometry) return;
  result->strain_gradient.fill(0);
  for (int t = 0; t < threads; ++t)
    for (int e = 0; e < 9; ++e) result->strain_gradient[e] += memory.threads[t].strain_gradient[e];
  result->position_gradient.resize(4L * atoms.total);
  on_threads([&](int t) {
    const Range part = share(4L * atoms.total, t, threads);
    for (long e = part.begin; e < part.end; ++e) {
      double sum = 0;
      for (int other = 0; other < threads; ++other) sum += memory.threads[other].position_gradient[e];
      result->position_gradient[e] = sum;
    }
  });
}

template <class T>
void SiteNetwork<T>::forces(const Graph& graph, Memory& memory, ThreadPool* pool, SweepResult& result,
                            const SweepExtras& extras) const {
  sweep(forces_kind, graph, nullptr, memory, pool, &result, nullptr, extras);
}
template <class T>
void SiteNetwork<T>::parameter_gradient(const Graph& graph, const Tangent& tangent, Memory& memory,
                                        std::span<T> packed_gradient) const {
  sweep(parameter_kind, graph, &tangent, memory, nullptr, nullptr, packed_gradient.data(), {});
}
template <class T>
void SiteNetwork<T>::hessian_vector(const Graph& graph, const Tangent& tangent, Memory& memory,
                                    SweepResult& result) const {
  sweep(hessian_kind, graph, &tangent, memory, nullptr, &result, nullptr, {});
}

template class SiteNetwork<float>;
template class SiteNetwork<double>;

}  // namespace orogen
