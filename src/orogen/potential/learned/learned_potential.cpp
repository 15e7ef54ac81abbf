#include "orogen/potential/learned/learned_potential.hpp"

#include <fmt/format.h>

#include "orogen/base/errors.hpp"
#include "orogen/potential/learned/model_sum.hpp"

namespace orogen {
namespace {

/// From as many atoms per thread on, a structure of a batch is given to all threads.
constexpr int atoms_for_all = 64;

template <class T> class LearnedPotential : public Potential {
 public:
  LearnedPotential(const Model& model, const LearnedOptions& options)
      : terms_(model),
        options_(options),
        type_of_(model.type_of()),
        cutoff_(list_cutoff(model)),
        pool_(std::max(1, options.threads)),
        scratch_(pool_.size()) {}

  /// Drops the neighbour lists, so that a restarted run sums in the same order as an undisturbed one.
  void forget() override { slots_.clear(); }

  double reach() const override {
    if (needs_whole_structure(terms_.model())) return std::numeric_limits<double>::infinity();
    return std::max(cutoff_, terms_.model().shape.cutoff * terms_.model().shape.layers);
  }

 protected:
  void compute(std::span<const Structure> structures, Want want, std::span<Evaluation> out) override {
    each(structures, [&](std::size_t k, Scratch& scratch, ThreadPool* pool) {
      one(structures[k], want, out[k], *slots_[k], scratch, pool);
    });
  }
  void multiply_hessian(std::span<const Structure> structures, std::span<const std::vector<Vec3>> directions,
                        std::span<Evaluation> out) override {
    each(structures, [&](std::size_t k, Scratch& scratch, ThreadPool* pool) {
      multiply_one(structures[k], directions[k], out[k].hessian_product, *slots_[k], scratch, pool);
    });
  }

 private:
  /// What is kept for one replica. All other memory belongs to the threads.
  struct Slot {
    NeighborList list;
    Graph graph;
    std::vector<int> place;  ///< the structure's atom of every atom and ghost of the graph
    std::uint64_t build = ~std::uint64_t(0);
    Slot(double cutoff, double skin) : list(cutoff, skin) {}
  };
  struct Scratch {
    typename ModelSum<T>::Memory memory;
    std::vector<double> spread;  ///< a direction, for all atoms and ghosts
  };

  /// Calls work(k, scratch, pool) for every structure. As many replicas as fill the threads evenly go to one thread
  /// each, and so do small ones; of those left over, large ones are given to all threads, one after another.
  template <class Work> void each(std::span<const Structure> structures, const Work& work) {
    const std::size_t n = structures.size(), threads = std::size_t(pool_.size());
    while (slots_.size() < n) slots_.push_back(std::make_unique<Slot>(cutoff_, options_.skin));
    const auto by_all = [&](std::size_t k) {
      return n == 1 || threads == 1 ||
             (k >= n / threads * threads && structures[k].size() >= atoms_for_all * int(threads));
    };
    for (std::size_t k = 0; k < n; ++k)
      if (by_all(k)) work(k, scratch_[0], &pool_);
    if (n == 1 || threads == 1) return;
    pool_.run([&](int t) {
      for (std::size_t k = std::size_t(t); k < n; k += threads)
        if (!by_all(k)) work(k, scratch_[t], nullptr);
    });
  }

  const Graph& update(const Structure& s, Slot& slot, ThreadPool* pool) const {
    const Neighborhood& atoms = slot.list.update(s, pool);
    if (slot.build == atoms.build && !slot.graph.type.empty()) return slot.graph;
    slot.graph.set(atoms, type_of_), slot.build = atoms.build;
    slot.place.resize(atoms.total);
    for (int i = 0; i < atoms.total; ++i) slot.place[i] = atoms.order[i < atoms.local ? i : atoms.owner[i]];
    return slot.graph;
  }

  void one(const Structure& s, Want want, Evaluation& out, Slot& slot, Scratch& scratch, ThreadPool* pool) const {
    const Graph& graph = update(s, slot, pool);
    auto& members = scratch.memory.member_forces;
    const float closest = terms_.evaluate(graph, want, slot.place, s.size(), nullptr, scratch.memory, pool, out);
    check_distances(closest, s.size());
    if (want.uncertainty && terms_.committee()) {
      out.uncertainty.resize(s.size());
      committee_spread(members, out.forces, out.uncertainty);
    }
    check_finite(out);
    out.member_forces.clear();
    if (want.members && want.forces && terms_.committee()) out.member_forces.swap(members);
    if (!want.forces) out.forces.clear();
  }

  void multiply_one(const Structure& s, std::span<const Vec3> direction, std::vector<Vec3>& product, Slot& slot,
                    Scratch& scratch, ThreadPool* pool) const {
    const Graph& graph = update(s, slot, pool);
    scratch.spread.assign(4L * graph.atoms->total, 0.0);
    for (int i = 0; i < graph.atoms->total; ++i)
      for (int c = 0; c < 3; ++c) scratch.spread[4L * i + c] = direction[slot.place[i]][c];
    const Tangent tangent{.positions = scratch.spread};
    product.assign(s.size(), Vec3::Zero());
    for (int m = 0; m < terms_.members(); ++m) {
      terms_.multiply_hessian(m, graph, tangent, scratch.memory, pool);
      const double* g = scratch.memory.result.gradient_tangent.data();
      for (int i = 0; i < graph.atoms->total; ++i)
        product[slot.place[i]] += 1.0 / terms_.members() * Vec3(g[4L * i], g[4L * i + 1], g[4L * i + 2]);
    }
  }

  ModelSum<T> terms_;
  LearnedOptions options_;
  std::vector<int> type_of_;
  double cutoff_;  ///< Å, of the neighbour lists
  ThreadPool pool_;
  std::vector<Scratch> scratch_;  ///< one for each thread; the first also serves all of them together
  std::vector<std::unique_ptr<Slot>> slots_;
};

}  // namespace

double expected_memory(const Model& model, const Structure& structure, const LearnedOptions& options) {
  Vec3 low = Vec3::Constant(1e300), high = -low;
  for (const Vec3& r : structure.positions) low = low.cwiseMin(r), high = high.cwiseMax(r);
  const double volume = structure.cell.fully_periodic() ? std::abs(structure.cell.rows.determinant())
                                                        : (high - low + Vec3::Ones()).prod();
  const double listed = 4.0 / 3 * M_PI * std::pow(model.shape.cutoff + options.skin, 3) * structure.size() / volume;
  const kernel::Kernels<float>& kernels = kernel::kernels().single_precision;
  const double messages = double(kernels.message_bytes(model.shape, kernel::Sweep::forces)) * (model.shape.layers - 1) *
                          (1 + options.threads);
  constexpr double state = 580;  // positions, velocities, forces and their copies; ghosts; bins while a list is built
  return structure.size() * (state + 4 * listed + 32.0 * (1 + options.threads) + messages);
}

std::unique_ptr<Potential> make_learned_potential(const Model& model, const LearnedOptions& options) {
  if (is_double(model, options.precision)) return std::make_unique<LearnedPotential<double>>(model, options);
  return std::make_unique<LearnedPotential<float>>(model, options);
}

}  // namespace orogen
