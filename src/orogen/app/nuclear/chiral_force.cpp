// Chiral forces in momentum space as the verbs see them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orogen/app/nuclear/force_choice.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/nuclear/momentum/chiral.hpp"
#include "orogen/nuclear/momentum/deuteron_momentum.hpp"
#include "orogen/nuclear/momentum/scattering.hpp"

namespace orogen {
namespace {

using namespace nuclear;

class ChiralForce final : public TwoNucleonForce {
 public:
  ChiralForce(MomentumInteraction force, int mesh)
      : force_(std::move(force)), mesh_{mesh ? mesh : 60, 700}, deuteron_mesh_{mesh ? mesh : 80, 700} {}
  const std::string& title() const override { return force_.title; }
  const Constants& constants() const override { return force_.constants; }
  std::string caution(Pair pair) const override {
    return pair == Pair::pp
               ? "chiral forces are solved without the Coulomb force: not comparable with pp phases of analyses"
               : "";
  }
  PhaseTable phases(Pair pair, int most_J, std::span<const double> T_lab) const override {
    return MomentumSolver(force_, pair, most_J, mesh_).phases(T_lab);
  }
  Deuteron deuteron() const override { return momentum_deuteron(force_, deuteron_mesh_); }
  LowEnergy low_energy(const Block& block) const override {
    const auto e = effective_range(MomentumSolver(force_, Pair::np, block.J, mesh_), block);
    return {e.a, e.r};
  }

 private:
  MomentumInteraction force_;
  MomentumMesh mesh_, deuteron_mesh_;
};

void require_constants(const ForceOptions& o, int order) {
  const auto names = contact_names(order);
  if (!o.lecs.empty() && o.lecs.size() != names.size())
    throw InputError(fmt::format("lecs: {} constants given; expected the {} of {} in this order: {}", o.lecs.size(),
                                 names.size(), o.force, fmt::join(names, ", ")));
}

}  // namespace

std::unique_ptr<TwoNucleonForce> make_chiral_force(const ForceOptions& o) {
  const int order = chiral_order(o.force);
  require_constants(o, order);
  auto force = o.lecs.empty() ? chiral_emn(order, o.cutoff) : chiral_emn(order, o.cutoff, o.lecs);
  if (o.mesh > 0 && o.mesh < 24)
    throw InputError(fmt::format(
        "mesh = {}: expected 0 or at least 24 momenta; phases of 24 are good to 0.2 degrees, of 40 to 0.001", o.mesh));
  return std::make_unique<ChiralForce>(std::move(force), o.mesh);
}

}  // namespace orogen
