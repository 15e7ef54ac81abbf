// Which force between two nucleons is meant by a name or a file, with the solvers of its form.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "orogen/nuclear/forces/two_nucleon_force.hpp"

namespace orogen::nuclear {

struct ForceChoice {
  std::string force = "av18";  ///< one of force_names(), or a file
  double cutoff = 500;         ///< MeV, of the chiral forces
  std::vector<double> lecs;    ///< contact constants of a chiral force instead of the published ones
  int mesh = 0;                ///< momenta of a chiral force's mesh; 0: enough for 1e-4°
};

/// "av18", "emn-n2lo", …
const std::vector<std::string>& force_names();
/// A file of one learned force?
bool is_learned_force(const std::string& force);
/// 0, 2 or 3 of "emn-lo", "emn-nlo", "emn-n2lo"; −1 for other names.
int chiral_order(const std::string& force);

/// Throws InputError for an unknown name (with the nearest), a cut-off that was not published, a wrong number of
/// constants, a mesh that is too coarse, and a file that holds no force.
std::unique_ptr<TwoNucleonForce> make_force(const ForceChoice&);
/// The forms: functions of r, chiral forces between momenta, and those with a learned short range, from a file.
std::unique_ptr<TwoNucleonForce> make_local_force(const ForceChoice&);
std::unique_ptr<TwoNucleonForce> make_chiral_force(const ForceChoice&);
std::unique_ptr<TwoNucleonForce> make_short_range_force(const ForceChoice&);

}  // namespace orogen::nuclear
