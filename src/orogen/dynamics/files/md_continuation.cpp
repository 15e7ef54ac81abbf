#include "orogen/dynamics/files/md_continuation.hpp"

#include "orogen/dynamics/run/md_setup.hpp"

namespace orogen {
namespace {

std::string named(const std::string& potential) { return potential.empty() ? "not recorded" : potential; }

}  // namespace

void MdContinuation::take(const MdOrigin& origin, long step) {
  clock_ = origin.clock, segments_ = origin.segments, last_step_ = step;
  if (!segments_.empty() && !potential_.empty() && segments_.back().second != potential_)
    segments_.emplace_back(step, potential_);
}

void MdContinuation::replaced(long step, const std::string& potential) {
  if (segments_.empty()) segments_.emplace_back(0, named(potential_));
  segments_.emplace_back(step, named(potential));
  potential_ = potential;
}

void MdContinuation::found_replaced(long step) {
  if (segments_.empty() && !potential_.empty()) segments_ = {{0, named("")}, {step, potential_}};
}

void MdContinuation::set_mark(const MdState& s, const MdFiles& files, std::vector<double> thermostat) {
  if (!wanted()) return;
  if (!mark_) mark_.emplace();
  mark_->positions = s.structure.positions, mark_->velocities = s.velocities;
  mark_->cell = s.structure.cell.rows;
  mark_->step = s.step, mark_->heat = s.heat, mark_->energy = s.evaluation.energy;
  mark_->trajectory_bytes = files.trajectory_bytes(), mark_->thermo_bytes = files.thermo_bytes();
  mark_->thermostat = std::move(thermostat);
}

void MdContinuation::write(const MdState& s, const MdFiles& files, std::vector<double> thermostat) {
  write_restart(options_.restart, s,
                {.seed = options_.seed,
                 .ensemble = options_.ensemble,
                 .timestep = options_.timestep,
                 .start = start_,
                 .trajectory_bytes = files.trajectory_bytes(),
                 .thermo_bytes = thermo_bytes_.value_or(files.thermo_bytes()),
                 .clock = clock_,
                 .physics = physics(options_),
                 .segments = segments_,
                 .thermostat = std::move(thermostat)},
                mark_);
  last_step_ = s.step;
}

}  // namespace orogen
