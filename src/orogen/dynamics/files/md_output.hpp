// What a run writes while it goes: rows of the thermo log and frames of the trajectory.
#pragma once
#include <string>

#include "orogen/dynamics/motion/md_state.hpp"

namespace orogen {

/// One row of the thermo log.
struct ThermoRow {
  long step = 0;
  double time = 0;                                   ///< fs
  double temperature = 0;                            ///< K
  double potential = 0, kinetic = 0, conserved = 0;  ///< eV
  double max_force = 0;                              ///< eV/Å
  bool crystal = false;                              ///< the next three have a meaning
  double pressure = 0;                               ///< GPa
  double volume = 0;                                 ///< Å³
  double density = 0;                                ///< g/cm³
  bool uncertain = false;                            ///< the last one has a meaning
  double max_uncertainty = 0;                        ///< the potential's unit, of the worst atom
};

/// The row of a state. `uncertain`: with the uncertainty of the worst atom, not a number where the potential reports
/// none.
ThermoRow thermo_row(const MdState& state, double time_fs, double temperature, double max_force, bool uncertain,
                     AtomLoops& loops);
std::string thermo_header(bool crystal, bool uncertain);
void append_row(std::string& text, const ThermoRow& row);

/// What a frame carries beside species, positions and cell.
struct FrameContent {
  bool labels = true;  ///< the energy, and the virial of a crystal where it was computed
  bool forces = true, velocities = false;
};
/// Fills a frame (reused, so that writing a frame allocates little): eV, eV/Å, Å/fs; positions are not wrapped.
void fill_frame(Frame& frame, const MdState& state, double time_fs, double temperature, FrameContent content);

}  // namespace orogen
