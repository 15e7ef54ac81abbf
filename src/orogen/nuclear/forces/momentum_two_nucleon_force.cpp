// Chiral forces in momentum space, with contacts or a learned short range, as TwoNucleonForces.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/forces/force_choice.hpp"
#include "orogen/nuclear/momentum/forces/chiral.hpp"
#include "orogen/nuclear/momentum/solvers/deuteron_momentum.hpp"
#include "orogen/nuclear/momentum/solvers/scattering.hpp"
#include "orogen/nuclear/neural/forces/force_file.hpp"

namespace orogen::nuclear {
namespace {

class MomentumTwoNucleonForce final : public TwoNucleonForce {
 public:
  MomentumTwoNucleonForce(MomentumInteraction force, int mesh) : force_(std::move(force)), mesh_(mesh) {}
  const std::string& title() const override { return force_.title; }
  const Constants& constants() const override { return force_.constants; }
  std::string caution(Pair pair) const override {
    return pair == Pair::pp
               ? "phases of pp are with respect to point charges; the polarised vacuum is missing in 1S0, which "
                 "shows below 2 MeV"
               : "";
  }
  PhaseTable phases(Pair pair, int most_J, std::span<const double> T_lab) const override {
    return MomentumSolver(force_, pair, most_J, mesh(pair)).phases(T_lab);
  }
  std::optional<Deuteron> deuteron() const override { return momentum_deuteron(force_, {mesh_ ? mesh_ : 80, 700}); }
  LowEnergy low_energy(const Block& block, Pair pair) const override {
    const auto e = effective_range(MomentumSolver(force_, pair, block.J, mesh(pair)), block);
    return {e.a, e.r};
  }

 private:
  /// The Coulomb force of pp ends at a radius, which takes more momenta.
  MomentumMesh mesh(Pair pair) const { return {mesh_ ? mesh_ : pair == Pair::pp ? 80 : 60, 700}; }

  MomentumInteraction force_;
  int mesh_;
};

void require_constants(const ForceChoice& o, int order) {
  const auto names = contact_names(order);
  if (!o.lecs.empty() && o.lecs.size() != names.size())
    throw InputError(fmt::format("lecs: {} constants given; expected the {} of {} in this order: {}", o.lecs.size(),
                                 names.size(), o.force, fmt::join(names, ", ")));
}

void require_mesh(int mesh) {
  if (mesh > 0 && mesh < 24)
    throw InputError(fmt::format(
        "mesh = {}: expected 0 or at least 24 momenta; phases of 24 are good to 0.2 degrees, of 40 to 0.001", mesh));
}

}  // namespace

std::unique_ptr<TwoNucleonForce> make_chiral_force(const ForceChoice& o) {
  const int order = chiral_order(o.force);
  require_constants(o, order);
  auto force = o.lecs.empty() ? chiral_emn(order, o.cutoff) : chiral_emn(order, o.cutoff, o.lecs);
  require_mesh(o.mesh);
  return std::make_unique<MomentumTwoNucleonForce>(std::move(force), o.mesh);
}

std::unique_ptr<TwoNucleonForce> make_short_range_force(const ForceChoice& o) {
  require_mesh(o.mesh);
  return std::make_unique<MomentumTwoNucleonForce>(interaction(load_short_range_force(o.force)), o.mesh);
}

}  // namespace orogen::nuclear
