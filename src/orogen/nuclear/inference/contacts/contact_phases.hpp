// Phases of a chiral force as functions of its contact constants: the exact emulator, asked for a list of phases.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "orogen/nuclear/inference/contacts/lec_posterior.hpp"
#include "orogen/nuclear/momentum/forces/chiral.hpp"
#include "orogen/nuclear/momentum/solvers/contact_emulator.hpp"
#include "orogen/nuclear/phases/phases.hpp"

namespace orogen::nuclear {

/// One number of a table of phases.
struct PhasePoint {
  Block block;
  int part = 0;  ///< 0 δ1, 1 ε, 2 δ2
  double T_lab = 0;
};
/// "1S0", "E1", "3D1", … at T_lab [MeV]. Throws InputError for other names.
PhasePoint phase_point(std::string_view name, double T_lab);

/// 3S1 in (−20°, 160°], the branch of one bound state; a half turn of its δ1 changes the sign of ε. Other blocks stay.
/// [T13.4]
void take_bound_branch(const Block&, BlockPhases&, PhaseDerivative&);

/// Natural units (4π/(fπ² Λbⁿ)) of contact constants by name, in the units of contact_names (10⁴ GeV⁻²⁻ⁿ).
std::vector<double> natural_units(std::span<const std::string> names, double breakdown_scale);

class ContactPhases : public PhaseModel {
 public:
  /// `values`: all constants of the form (contact_names); those named in `free` are the arguments of phases(), in that
  /// order.
  /// 3S1 is taken in (−20°, 160°]: one bound state, T_lab ≥ 1 MeV.
  /// Throws InputError for names that are not there.
  ContactPhases(const ChiralForm&, Pair, std::vector<PhasePoint> points, std::vector<double> values,
                std::span<const std::string> free, MomentumMesh mesh = {});
  long constants() const override { return long(free_.size()); }
  long size() const override { return points_; }
  void phases(std::span<const double> constants, std::span<double> phase,
              Eigen::Ref<Eigen::MatrixXd> jacobian) const override;

 private:
  /// A block at one energy, by the emulator's numbers, and what is asked of it.
  struct Shell {
    std::size_t block, energy;
    std::vector<std::pair<int, long>> parts;  // part of the block's phases, index in the answer
  };
  ContactEmulator emulator_;
  std::vector<Shell> shells_;
  std::vector<double> values_;
  std::vector<std::size_t> free_;
  long points_ = 0;
};

}  // namespace orogen::nuclear
