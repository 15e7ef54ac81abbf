#include "orogen/dynamics/files/md_output.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <iterator>
#include <limits>

#include "orogen/base/units.hpp"

namespace orogen {
namespace {

double max_uncertainty(const MdState& s, AtomLoops& loops) {
  const auto& all = s.evaluation.uncertainty;
  if (long(all.size()) != s.size()) return std::numeric_limits<double>::quiet_NaN();
  return loops.largest([&](long i) { return all[i]; }).value;
}

double total_mass(const MdState& s) {
  double sum = 0;
  for (const double m : s.mass) sum += m;
  return sum;
}

}  // namespace

ThermoRow thermo_row(const MdState& s, double time_fs, double temperature, double max_force, bool uncertain,
                     AtomLoops& loops) {
  ThermoRow r;
  r.step = s.step;
  r.time = time_fs;
  r.temperature = temperature;
  r.potential = s.evaluation.energy;
  r.kinetic = kinetic_energy(s, loops);
  r.conserved = r.potential + r.kinetic - s.heat;
  r.max_force = max_force;
  r.uncertain = uncertain;
  if (uncertain) r.max_uncertainty = max_uncertainty(s, loops);
  r.crystal = s.structure.cell.fully_periodic();
  if (!r.crystal) return r;
  r.volume = s.structure.cell.volume();
  r.pressure = (2 * s.kinetic_at_thermostat + s.evaluation.virial.trace()) / (3 * r.volume) / units::gpa;
  r.density = total_mass(s) / r.volume * units::amu_per_cubic_angstrom;
  return r;
}

std::string thermo_header(bool crystal, bool uncertain) {
  return std::string("step,time[fs],temperature[K],potential[eV],kinetic[eV],total[eV],conserved[eV],max_force[eV/Å]") +
         (crystal ? ",pressure[GPa],volume[Å³],density[g/cm³]" : "") + (uncertain ? ",max_uncertainty[eV/Å]\n" : "\n");
}

void append_row(std::string& text, const ThermoRow& r) {
  const auto out = std::back_inserter(text);
  fmt::format_to(out, FMT_COMPILE("{},{:.10g},{:.4f},{:.8f},{:.8f},{:.8f},{:.8f},{:.6f}"), r.step, r.time,
                 r.temperature, r.potential, r.kinetic, r.potential + r.kinetic, r.conserved, r.max_force);
  if (r.crystal) fmt::format_to(out, FMT_COMPILE(",{:.6f},{:.6f},{:.6f}"), r.pressure, r.volume, r.density);
  if (r.uncertain) fmt::format_to(out, FMT_COMPILE(",{:.6g}"), r.max_uncertainty);
  text += '\n';
}

void fill_frame(Frame& frame, const MdState& s, double time_fs, double temperature, FrameContent content) {
  frame.structure = s.structure;
  frame.labels = {};
  if (content.labels) frame.labels.energy = s.evaluation.energy;
  if (content.labels && !s.evaluation.virial.isZero(0) && s.structure.cell.fully_periodic())
    frame.labels.virial = s.evaluation.virial;
  if (content.labels && content.forces) frame.labels.forces = s.evaluation.forces;
  frame.velocities.clear();
  if (content.velocities)
    for (const auto& v : s.velocities) frame.velocities.push_back(v * units::fs);
  frame.info = {{"step", fmt::format("{}", s.step)},
                {"time_fs", fmt::format("{:.10g}", time_fs)},
                {"temperature_K", fmt::format("{:.6g}", temperature)}};
}

}  // namespace orogen
