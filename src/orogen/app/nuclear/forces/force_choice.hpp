// Which force between two nucleons a verb uses, with the solvers of its form.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "orogen/base/options/options.hpp"
#include "orogen/base/progress.hpp"
#include "orogen/nuclear/kinematics/constants.hpp"
#include "orogen/nuclear/phases/deuteron.hpp"
#include "orogen/nuclear/phases/phases.hpp"

namespace orogen {

/// What the user says about the force.
struct ForceOptions {
  std::string force = "av18";  ///< one of force_names(), or a file
  double cutoff = 500;         ///< MeV, of the chiral forces
  std::vector<double> lecs;    ///< contact constants of a chiral force instead of the published ones
  int mesh = 0;                ///< momenta of a chiral force's mesh; 0: enough for 1e-4°
};

/// Describes the keys force, cutoff, lecs and mesh.
void describe(OptionTable& table, ForceOptions& options);
/// "av18", "emn-n2lo", …
const std::vector<std::string>& force_names();
/// A file that `orogen nuclear fit` wrote?
bool is_learned_force(const std::string& force);
/// 0, 2 or 3 of "emn-lo", "emn-nlo", "emn-n2lo"; −1 for other names.
int chiral_order(const std::string& force);

/// Scattering length and effective range of a wave [fm].
struct LowEnergy {
  double a, r;
};

/// A force that answers questions, whatever its form.
class TwoNucleonForce {
 public:
  virtual ~TwoNucleonForce() = default;
  virtual const std::string& title() const = 0;
  virtual const nuclear::Constants& constants() const = 0;
  /// What a user should know about phases of a pair; empty: nothing.
  virtual std::string caution(nuclear::Pair) const { return ""; }
  /// Do phases of np hold the force of the magnetic moments?
  virtual bool has_moments() const { return false; }
  /// Continuous phases of all blocks with J ≤ most_J at ascending energies [MeV].
  virtual nuclear::PhaseTable phases(nuclear::Pair, int most_J, std::span<const double> T_lab) const = 0;
  /// Throws NumericalError where neutron and proton are not bound.
  virtual nuclear::Deuteron deuteron() const = 0;
  /// Of the first wave of a block; of pp beside the Coulomb force, which leaves S waves only. Throws NumericalError
  /// where there is none.
  virtual LowEnergy low_energy(const nuclear::Block&, nuclear::Pair) const = 0;
};

/// Throws InputError for an unknown name (with the nearest), a cut-off that was not published, options in `given` that
/// the force does not have.
std::unique_ptr<TwoNucleonForce> make_force(const ForceOptions&, const OptionTable& given);
/// The two forms.
std::unique_ptr<TwoNucleonForce> make_local_force(const ForceOptions&);
std::unique_ptr<TwoNucleonForce> make_chiral_force(const ForceOptions&);
/// A chiral force with a learned short range, from a file.
std::unique_ptr<TwoNucleonForce> make_short_range_force(const ForceOptions&);

/// Throws InputError, naming `key`, unless the energies are positive and ascending.
void require_energies(const std::string& key, std::span<const double> T_lab);
/// Throws InputError where the keys least_energy and most_energy leave nothing between them.
void require_range(double least, double most);
/// Ascending energies [MeV] above those that forces were fitted to.
void warn_of_pions(std::span<const double> T_lab, ProgressSink&);

}  // namespace orogen
