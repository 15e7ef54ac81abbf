// Forces in coordinate space as the verbs see them.
#include "orogen/app/nuclear/force_choice.hpp"
#include "orogen/nuclear/effective_range.hpp"
#include "orogen/nuclear/local/argonne.hpp"
#include "orogen/nuclear/local/deuteron.hpp"
#include "orogen/nuclear/local/minnesota.hpp"
#include "orogen/nuclear/local/scattering.hpp"
#include "orogen/nuclear/neural/force_file.hpp"

namespace orogen {
namespace {

using namespace nuclear;

class LocalForce final : public TwoNucleonForce {
 public:
  explicit LocalForce(LocalInteraction force) : force_(std::move(force)) {}
  const std::string& title() const override { return force_.title; }
  const Constants& constants() const override { return force_.constants; }
  PhaseTable phases(Pair pair, int most_J, std::span<const double> T_lab) const override {
    return LocalSolver(force_, pair, most_J).phases(T_lab);
  }
  Deuteron deuteron() const override { return nuclear::deuteron(force_); }
  LowEnergy low_energy(const Block& block) const override {
    const LocalSolver solver(force_, Pair::np, block.J);
    const auto K = [&](double T) { return solver.solve(block, T); };
    const auto e = effective_range(block, K, Pair::np, constants());
    return {e.a, e.r};
  }

 private:
  LocalInteraction force_;
};

LocalInteraction interaction(const std::string& name) {
  if (is_learned_force(name)) return nuclear::interaction(load_neural_force(name));
  if (name == "av8p") return argonne_v8p();
  if (name == "minnesota") return minnesota();
  return argonne_v18(name == "av18em");
}

}  // namespace

std::unique_ptr<TwoNucleonForce> make_local_force(const ForceOptions& o) {
  return std::make_unique<LocalForce>(interaction(o.force));
}

}  // namespace orogen
