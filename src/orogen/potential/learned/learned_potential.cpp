#include "orogen/potential/learned/learned_potential.hpp"

#include <fmt/format.h>

#include "orogen/base/errors.hpp"
#include "orogen/potential/learned/learned_terms.hpp"

namespace orogen {
namespace {

template <class T> class LearnedPotential : public Potential {
 public:
  LearnedPotential(const Model& model, const LearnedOptions& options)
      : terms_(model), options_(options), type_of_(model.type_of()), pool_(std::max(1, options.threads)) {}

  using Potential::evaluate;
  void evaluate(std::span<const Structure> structures, Want want, std::span<Evaluation> out) override {
    while (slots_.size() < structures.size())
      slots_.push_back(std::make_unique<Slot>(terms_.model().shape.cutoff, options_.skin));
    if (structures.size() == 1 || pool_.size() == 1) {
      for (std::size_t k = 0; k < structures.size(); ++k) one(structures[k], want, out[k], *slots_[k], &pool_);
      return;
    }
    pool_.run([&](int t) {
      for (std::size_t k = std::size_t(t); k < structures.size(); k += std::size_t(pool_.size()))
        one(structures[k], want, out[k], *slots_[k], nullptr);
    });
  }

  std::vector<Vec3> hessian_vector(const Structure& s, std::span<const Vec3> direction) override {
    for (std::size_t i = 0; i < direction.size(); ++i)
      if (!direction[i].allFinite())
        throw InputError(fmt::format("the direction of atom {} (counted from 0) is not finite", i));
    Slot slot(terms_.model().shape.cutoff, options_.skin);
    slot.graph.set(slot.list.update(s), type_of_);
    const Neighborhood& atoms = *slot.graph.atoms;
    std::vector<double> spread(4L * atoms.total, 0.0);
    for (int i = 0; i < atoms.total; ++i)
      for (int c = 0; c < 3; ++c) spread[4L * i + c] = direction[atoms.order[atoms.owner[i]]][c];
    Tangent tangent;
    tangent.positions = spread;
    std::vector<Vec3> product(s.size(), Vec3::Zero());
    SweepResult& result = slot.memory.result;
    for (int m = 0; m < terms_.members(); ++m) {
      terms_.network(m).hessian_vector(slot.graph, tangent, slot.memory.network, result);
      if (terms_.model().zbl) terms_.zbl().add_tangent(atoms, spread, result);
      fold(atoms, result.gradient_tangent, 1.0 / terms_.members(), product);
    }
    for (std::size_t i = 0; i < product.size(); ++i)
      if (!product[i].allFinite())
        throw NumericalError(fmt::format("the Hessian times the vector is not finite at atom {} (counted from 0)", i));
    return product;
  }

  /// Drops the neighbour lists, so that a restarted run sums in the same order as an undisturbed one.
  void forget() override { slots_.clear(); }

  double reach() const override { return terms_.model().shape.cutoff * terms_.model().shape.layers; }

 private:
  /// What is kept for one replica.
  struct Slot {
    NeighborList list;
    Graph graph;
    typename LearnedTerms<T>::Memory memory;
    std::uint64_t build = ~std::uint64_t(0);
    std::vector<double> sigma;
    Slot(double cutoff, double skin) : list(cutoff, skin) {}
  };

  static void fold(const Neighborhood& atoms, const std::vector<double>& gradient, double factor,
                   std::vector<Vec3>& out) {
    for (int i = 0; i < atoms.total; ++i) {
      const double* g = gradient.data() + 4L * i;
      out[atoms.order[i < atoms.local ? i : atoms.owner[i]]] += factor * Vec3(g[0], g[1], g[2]);
    }
  }

  void one(const Structure& s, Want want, Evaluation& out, Slot& slot, ThreadPool* pool) {
    const Neighborhood& atoms = slot.list.update(s, pool);
    if (slot.build != atoms.build || slot.graph.type.empty()) slot.graph.set(atoms, type_of_), slot.build = atoms.build;
    const int members = terms_.members();
    const bool committee = terms_.committee(), last_layer = want.uncertainty && terms_.last_layer();
    const double share = 1.0 / double(members);
    const SweepResult& result = slot.memory.result;
    clear(out, s.size(), want, committee || last_layer);
    out.member_forces.resize(committee ? members : 0);  // memory of an earlier step is used again
    for (auto& forces : out.member_forces) forces.assign(s.size(), Vec3::Zero());
    for (int m = 0; m < members; ++m) {
      terms_.sweep(m, slot.graph, slot.memory, pool, {.hidden = last_layer, .site_strains = want.site_virials});
      check_distances(result.closest, s.size());
      double energy = 0;
      for (int i = 0; i < atoms.local; ++i) {
        energy += result.site_energies[i];
        if (want.site_energies) out.site_energies[atoms.order[i]] += share * result.site_energies[i];
        if (want.site_virials) out.site_virials[atoms.order[i]] += share * site_virial(&result.site_strains[9L * i]);
      }
      out.energy += share * energy;
      out.virial += share * symmetric_virial(result.strain_gradient);
      if (committee) {
        fold(atoms, result.position_gradient, -1.0, out.member_forces[m]);
        out.member_energies.push_back(energy);
        for (int i = 0; i < s.size(); ++i) out.forces[i] += share * out.member_forces[m][i];
      } else {
        fold(atoms, result.position_gradient, -1.0, out.forces);
      }
    }
    if (committee && want.uncertainty) committee_spread(out.member_forces, out.forces, out.uncertainty);
    if (last_layer) spread(slot, out);
    check_finite(out);
  }

  static void clear(Evaluation& out, int atoms, Want want, bool uncertainty_known) {
    out.energy = 0, out.virial.setZero(), out.charges.clear(), out.member_energies.clear();
    out.forces.assign(atoms, Vec3::Zero());
    out.site_energies.assign(want.site_energies ? atoms : 0, 0.0);
    out.site_virials.assign(want.site_virials ? atoms : 0, Mat3::Zero());
    out.uncertainty.assign(want.uncertainty && uncertainty_known ? atoms : 0, 0.0);
  }
  void spread(Slot& slot, Evaluation& out) const {
    const Neighborhood& atoms = *slot.graph.atoms;
    slot.sigma.resize(atoms.local);
    terms_.last_layer_spread(atoms.local, slot.memory, slot.sigma);
    for (int i = 0; i < atoms.local; ++i) out.uncertainty[atoms.order[i]] = slot.sigma[i];
  }

  LearnedTerms<T> terms_;
  LearnedOptions options_;
  std::vector<int> type_of_;
  ThreadPool pool_;
  std::vector<std::unique_ptr<Slot>> slots_;
};

}  // namespace

double expected_memory(const Model& model, const Structure& structure, const LearnedOptions& options) {
  Vec3 low = Vec3::Constant(1e300), high = -low;
  for (const Vec3& r : structure.positions) low = low.cwiseMin(r), high = high.cwiseMax(r);
  const double volume = structure.cell.fully_periodic() ? std::abs(structure.cell.rows.determinant())
                                                        : (high - low + Vec3::Ones()).prod();
  const double listed = 4.0 / 3 * M_PI * std::pow(model.shape.cutoff + options.skin, 3) * structure.size() / volume;
  const double messages = model.shape.layers > 1
                              ? double(kernel::kernels().single.message_bytes(model.shape, 0)) * (1 + options.threads)
                              : 0;
  constexpr double state = 580;  // positions, velocities, forces and their copies; ghosts; bins while a list is built
  return structure.size() * (state + 4 * listed + 32.0 * (1 + options.threads) + messages);
}

std::unique_ptr<Potential> make_learned_potential(const Model& model, const LearnedOptions& options) {
  if (is_double(model, options.precision)) return std::make_unique<LearnedPotential<double>>(model, options);
  return std::make_unique<LearnedPotential<float>>(model, options);
}

}  // namespace orogen
