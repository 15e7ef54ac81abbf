#include "orogen/potential/learned_potential.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "orogen/base/errors.hpp"
#include "orogen/potential/site_network.hpp"
#include "orogen/potential/zbl.hpp"
#include "orogen/system/elements.hpp"

namespace orogen {
namespace {

template <class T> class LearnedPotential : public Potential {
 public:
  LearnedPotential(const Model& model, const LearnedOptions& options)
      : model_(model),
        options_(options),
        type_of_(model.type_of()),
        zbl_(model.elements),
        pool_(std::max(1, options.threads)) {
    const int H = model.shape.hidden;
    if (!model.uncertainty.empty())
      factor_ = Eigen::Map<const Eigen::Matrix<double, -1, -1, Eigen::RowMajor>>(model.uncertainty[0].data(), H, H)
                    .template cast<T>();
    const Parameterization parameters = model.parameterization();
    std::vector<float> network(parameters.network_size());
    for (const auto& member : model.members) {
      parameters.expand(member.data(), network.data());
      networks_.emplace_back(model.shape).set_parameters(std::vector<T>(network.begin(), network.end()));
    }
  }

  using Potential::evaluate;
  void evaluate(std::span<const Structure> structures, Want want, std::span<Evaluation> out) override {
    while (slots_.size() < structures.size())
      slots_.push_back(std::make_unique<Slot>(model_.shape.cutoff, options_.skin));
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
    Slot slot(model_.shape.cutoff, options_.skin);
    slot.graph.set(slot.list.update(s), type_of_);
    const Neighborhood& atoms = *slot.graph.atoms;
    std::vector<double> spread(4L * atoms.total, 0.0);
    for (int i = 0; i < atoms.total; ++i)
      for (int c = 0; c < 3; ++c) spread[4L * i + c] = direction[atoms.order[atoms.owner[i]]][c];
    Tangent tangent;
    tangent.positions = spread;
    std::vector<Vec3> product(s.size(), Vec3::Zero());
    for (const auto& network : networks_) {
      network.hessian_vector(slot.graph, tangent, slot.memory, slot.result);
      if (model_.zbl) zbl_.add_tangent(atoms, spread, slot.result);
      fold(atoms, slot.result.gradient_tangent, 1.0 / networks_.size(), product);
    }
    return product;
  }

  /// Drops the neighbour lists, so that a restarted run sums in the same order as an undisturbed one.
  void forget() override { slots_.clear(); }

  double reach() const override { return model_.shape.cutoff * model_.shape.layers; }

 private:
  /// What is kept for one replica.
  struct Slot {
    NeighborList list;
    Graph graph;
    typename SiteNetwork<T>::Memory memory;
    SweepResult result;
    std::uint64_t build = ~std::uint64_t(0);
    Eigen::Matrix<T, -1, -1> spread;  ///< L⁻¹ φ of some atoms
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
    const std::size_t members = networks_.size();
    const bool committee = members > 1, last_layer = want.uncertainty && !committee && !model_.uncertainty.empty();
    const double share = 1.0 / double(members);
    out.energy = 0, out.virial.setZero(), out.charges.clear(), out.member_energies.clear();
    out.forces.assign(s.size(), Vec3::Zero());
    out.site_energies.assign(want.site_energies ? s.size() : 0, 0.0);
    out.uncertainty.assign(want.uncertainty ? s.size() : 0, 0.0);
    out.member_forces.resize(committee ? members : 0);
    for (auto& forces : out.member_forces) forces.assign(s.size(), Vec3::Zero());
    for (std::size_t m = 0; m < members; ++m) {
      networks_[m].forces(slot.graph, slot.memory, pool, slot.result, last_layer);
      check_distances(s, slot);
      if (model_.zbl && slot.result.closest < zbl_.reach() * zbl_.reach()) zbl_.add(atoms, slot.result);
      double energy = 0;
      for (int i = 0; i < atoms.local; ++i) {
        const double e = slot.result.site_energies[i] + model_.reference_energies[slot.graph.type[i]];
        energy += e;
        if (want.site_energies) out.site_energies[atoms.order[i]] += share * e;
      }
      out.energy += share * energy;
      for (int p = 0; p < 3; ++p)
        for (int q = 0; q < 3; ++q)
          out.virial(p, q) -=
              share * 0.5 * (slot.result.strain_gradient[3 * p + q] + slot.result.strain_gradient[3 * q + p]);
      if (committee) {
        fold(atoms, slot.result.position_gradient, -1.0, out.member_forces[m]);
        out.member_energies.push_back(energy);
        for (int i = 0; i < s.size(); ++i) out.forces[i] += share * out.member_forces[m][i];
      } else {
        fold(atoms, slot.result.position_gradient, -1.0, out.forces);
      }
    }
    if (committee && want.uncertainty) committee_spread(out);
    if (last_layer) last_layer_spread(slot, out);
    check_finite(out);
  }

  void check_distances(const Structure& s, const Slot& slot) const {
    if (slot.result.closest > 1e-4) return;
    throw NumericalError(
        fmt::format("two atoms of the structure ({} atoms) are {:.2g} Å apart: coincident atoms have no energy",
                    s.size(), std::sqrt(double(slot.result.closest))));
  }
  static void check_finite(const Evaluation& out) {
    for (std::size_t i = 0; i < out.forces.size(); ++i)
      if (!out.forces[i].allFinite())
        throw NumericalError(fmt::format(
            "the force on atom {} (counted from 0) is not finite: the structure lies far outside the training data",
            i));
    if (!std::isfinite(out.energy))
      throw NumericalError("the energy is not finite: the structure lies far outside the training data");
  }
  void committee_spread(Evaluation& out) const {
    const double n = double(out.member_forces.size());
    for (std::size_t i = 0; i < out.forces.size(); ++i) {
      double sum = 0;
      for (const auto& f : out.member_forces) sum += (f[i] - out.forces[i]).squaredNorm();
      out.uncertainty[i] = std::sqrt(sum / (n - 1));
    }
  }
  /// σ_i = |L⁻¹ φ_i| · scale.
  void last_layer_spread(Slot& slot, Evaluation& out) const {
    const int H = model_.shape.hidden;
    const Neighborhood& atoms = *slot.graph.atoms;
    slot.spread.resize(H, 64);
    for (int begin = 0; begin < atoms.local; begin += 64) {
      const int count = std::min(64, atoms.local - begin);
      const Eigen::Map<const Eigen::Matrix<T, -1, -1>> phi(slot.memory.hidden.data() + long(begin) * H, H, count);
      auto x = slot.spread.leftCols(count);
      x.noalias() = factor_ * phi;
      for (int i = 0; i < count; ++i)
        out.uncertainty[atoms.order[begin + i]] = model_.uncertainty_scale * double(x.col(i).norm());
    }
  }

  Model model_;
  LearnedOptions options_;
  Eigen::Matrix<T, -1, -1> factor_;  ///< L⁻¹ of the last layer's uncertainty
  std::vector<int> type_of_;
  Zbl zbl_;
  ThreadPool pool_;
  std::vector<SiteNetwork<T>> networks_;
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
  const std::string precision = options.precision.empty() ? model.precision : options.precision;
  if (precision == "float32") return std::make_unique<LearnedPotential<float>>(model, options);
  if (precision == "float64") return std::make_unique<LearnedPotential<double>>(model, options);
  throw InputError("precision = \"" + precision + "\": expected \"float32\" or \"float64\"");
}

}  // namespace orogen
