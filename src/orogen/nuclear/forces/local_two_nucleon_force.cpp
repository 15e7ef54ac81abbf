// Forces in coordinate space as TwoNucleonForces.
#include <fmt/format.h>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/forces/force_choice.hpp"
#include "orogen/nuclear/local/deuteron.hpp"
#include "orogen/nuclear/local/forces/argonne.hpp"
#include "orogen/nuclear/local/forces/minnesota.hpp"
#include "orogen/nuclear/local/scattering.hpp"
#include "orogen/nuclear/neural/forces/force_file.hpp"
#include "orogen/nuclear/phases/effective_range.hpp"

namespace orogen::nuclear {
namespace {

class LocalTwoNucleonForce final : public TwoNucleonForce {
 public:
  LocalTwoNucleonForce(LocalInteraction force, bool charge_dependent, bool has_moments = false)
      : force_(std::move(force)), charge_dependent_(charge_dependent), has_moments_(has_moments) {}
  const std::string& title() const override { return force_.title; }
  const Constants& constants() const override { return force_.constants; }
  bool has_moments() const override { return has_moments_; }
  std::string caution(Pair pair) const override {
    if (pair == Pair::np || charge_dependent_) return "";
    return fmt::format("{}: does not depend on charge, so that 1S0 of {} is that of np with another charge",
                       force_.title, nuclear::name(pair));
  }
  PhaseTable phases(Pair pair, int most_J, std::span<const double> T_lab) const override {
    if (pair == Pair::pp && constants().alpha == 0)
      throw InputError(force_.title + ": its protons have no charge (alpha = 0); expected the constants of nature");
    return LocalSolver(force_, pair, most_J).phases(T_lab);
  }
  std::optional<Deuteron> deuteron() const override { return nuclear::deuteron(force_); }
  /// Of pp without polarised vacuum and exchange of two photons, with which [T14.13] is no expansion.
  LowEnergy low_energy(const Block& block, Pair pair) const override {
    const LocalSolver solver(force_, pair, block.J, {}, false);
    const auto K = [&](double T) { return solver.solve(block, T); };
    const auto e = effective_range(block, K, pair, constants());
    return {e.a, e.r};
  }

 private:
  LocalInteraction force_;
  bool charge_dependent_, has_moments_;
};

std::unique_ptr<LocalTwoNucleonForce> named(const std::string& name) {
  if (is_learned_force(name)) {
    const NeuralForce learned = load_neural_force(name);
    return std::make_unique<LocalTwoNucleonForce>(nuclear::interaction(learned), learned.network.charge_dependence);
  }
  if (name == "av8p") return std::make_unique<LocalTwoNucleonForce>(argonne_v8p(), false);
  if (name == "minnesota") return std::make_unique<LocalTwoNucleonForce>(minnesota(), false);
  return std::make_unique<LocalTwoNucleonForce>(argonne_v18(name == "av18em"), true, name == "av18em");
}

}  // namespace

std::unique_ptr<TwoNucleonForce> make_local_force(const ForceChoice& o) { return named(o.force); }

}  // namespace orogen::nuclear
