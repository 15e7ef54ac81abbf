// How well learned forces and others describe scattering data, fitted ones and those that are kept apart.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "orogen/nuclear/forces/committee.hpp"
#include "orogen/nuclear/neural/forms/fit_form.hpp"
#include "orogen/nuclear/observables/comparison.hpp"

namespace orogen::nuclear {

/// A force as its phases at fit_energies(), with what its likelihood takes of the photons.
struct JudgedForce {
  std::string name;
  PhaseTable phases;
  LikelihoodOptions options;
};
/// Argonne v18 and what stands beside forces of the form; then the learned one as `learned_force`, of whose members
/// mean phases are taken.
std::vector<JudgedForce> forces_beside(const FitForm&, Pair);
JudgedForce learned_force(const FitForm&, const Committee& learned, Pair);

/// χ² of a force on some data, by the energies [MeV] that divide the tables of fits.
Comparison judge(const JudgedForce&, const std::string& title, const ScatteringData&);

/// Sums of data and χ².
struct Chi2Sum {
  long data = 0;
  double chi2 = 0;
  void add(const Chi2Summary& s) { data += s.data, chi2 += s.chi2; }
  double per_datum() const { return chi2 / double(data); }
};

/// Energy [MeV] and D state [%] of the deuteron of every member; nothing where one of them is not bound.
struct DeuteronSpread {
  MeanSpread energy, d_state;
};
std::optional<DeuteronSpread> deuteron_of(const Committee&);

}  // namespace orogen::nuclear
