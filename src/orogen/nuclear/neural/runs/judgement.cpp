#include "orogen/nuclear/neural/runs/judgement.hpp"

#include "orogen/nuclear/local/forces/argonne.hpp"
#include "orogen/nuclear/local/scattering.hpp"

namespace orogen::nuclear {
namespace {

LikelihoodOptions options(const FitForm& form, const Constants& constants, bool argonne) {
  LikelihoodOptions out;
  out.constants = constants;
  out.photons = photons(form.options().neutron_moment, argonne);
  return out;
}

}  // namespace

std::vector<JudgedForce> forces_beside(const FitForm& form, Pair pair) {
  const std::vector<double> T = fit_energies();
  const LocalInteraction v18 = argonne_v18(true);
  std::vector<JudgedForce> all;
  all.push_back(
      {"Argonne v18", LocalSolver(v18, pair, form.options().most_J).phases(T), options(form, v18.constants, true)});
  for (auto& [name, phases] : form.beside(pair, T))
    all.push_back({name, std::move(phases), options(form, form.constants(), false)});
  return all;
}

JudgedForce learned_force(const FitForm& form, const Committee& learned, Pair pair) {
  return {"learned force", mean_phases(learned.phases(pair, form.options().most_J, fit_energies())).phases,
          options(form, form.constants(), false)};
}

Comparison judge(const JudgedForce& force, const std::string& title, const ScatteringData& data) {
  return compare(title, force.phases, data, {0, 35, 125, 200, 350}, force.options);
}

std::optional<DeuteronSpread> deuteron_of(const Committee& force) {
  std::vector<double> energy, d_state;
  for (std::size_t m = 0; m < force.size(); ++m) {
    const std::optional<Deuteron> d = force[m].deuteron();
    if (!d) return {};
    energy.push_back(d->energy), d_state.push_back(100 * d->d_state);
  }
  return DeuteronSpread{mean_and_spread(energy), mean_and_spread(d_state)};
}

}  // namespace orogen::nuclear
