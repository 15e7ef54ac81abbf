// One time step in two halves, with the evaluation of the potential between them.
#pragma once
#include <memory>

#include "orogen/dynamics/motion/barostat.hpp"
#include "orogen/dynamics/motion/thermostat.hpp"

namespace orogen {

enum class Ensemble { nve, langevin, csvr, npt };

/// v ← v + (dt/2) F/m and r ← r + (dt/2) v; thermostat; barostat; r ← r + (dt/2) v | F(r) | v ← v + (dt/2) F/m.
class MdStep {
 public:
  Ensemble ensemble = Ensemble::nve;
  double dt = 0;  ///< internal units of time
  Freedom freedom;
  std::unique_ptr<Thermostat> thermostat;  ///< none in nve
  Barostat barostat{};

  /// Up to the new positions; kt [eV] of this step. The state's step must already be the new one.
  void move(MdState& state, double kt, AtomLoops& loops);
  /// From the forces at the new positions.
  void finish(MdState& state, AtomLoops& loops) const;
  /// The largest strain of the last step; 0 without a barostat.
  double strain() const { return strain_.cwiseAbs().maxCoeff(); }

 private:
  void heat(MdState& state, double kt, AtomLoops& loops) const;
  void rescale_cell(MdState& state, double kt, AtomLoops& loops);
  Mat3 strain_ = Mat3::Zero(), virial_before_ = Mat3::Zero();
};

}  // namespace orogen
