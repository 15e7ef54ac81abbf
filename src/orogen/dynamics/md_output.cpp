#include "orogen/dynamics/md_output.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <iterator>

#include "orogen/base/units.hpp"
#include "orogen/system/elements.hpp"

namespace orogen {
namespace {

void append_vector(std::string& text, const Vec3& v) {
  fmt::format_to(std::back_inserter(text), FMT_COMPILE(" {:16.8f} {:16.8f} {:16.8f}"), v[0], v[1], v[2]);
}

void append_comment(std::string& text, const MdState& s, double time_fs, double temperature, FrameColumns columns) {
  const auto out = std::back_inserter(text);
  if (s.structure.cell.any_periodic()) {
    const Mat3& h = s.structure.cell.rows;
    fmt::format_to(out, "Lattice=\"{:.10g} {:.10g} {:.10g} {:.10g} {:.10g} {:.10g} {:.10g} {:.10g} {:.10g}\" ", h(0, 0),
                   h(0, 1), h(0, 2), h(1, 0), h(1, 1), h(1, 2), h(2, 0), h(2, 1), h(2, 2));
  }
  const auto& periodic = s.structure.cell.periodic;
  const auto flag = [&](int k) { return periodic[k] ? 'T' : 'F'; };
  fmt::format_to(out,
                 "Properties=species:S:1:pos:R:3{}{} energy={:.10f} step={} time_fs={:.10g} temperature_K={:.6g} "
                 "pbc=\"{} {} {}\"\n",
                 columns.forces ? ":forces:R:3" : "", columns.velocities ? ":velocities_A_per_fs:R:3" : "",
                 s.evaluation.energy, s.step, time_fs, temperature, flag(0), flag(1), flag(2));
}

}  // namespace

std::string thermo_header(bool crystal) {
  return std::string("step,time[fs],temperature[K],potential[eV],kinetic[eV],total[eV],conserved[eV],max_force[eV/Å]") +
         (crystal ? ",pressure[GPa],volume[Å³],density[g/cm³]\n" : "\n");
}

void append_row(std::string& text, const ThermoRow& r) {
  const auto out = std::back_inserter(text);
  fmt::format_to(out, FMT_COMPILE("{},{:.10g},{:.4f},{:.8f},{:.8f},{:.8f},{:.8f},{:.6f}"), r.step, r.time,
                 r.temperature, r.potential, r.kinetic, r.potential + r.kinetic, r.conserved, r.max_force);
  if (r.crystal) fmt::format_to(out, FMT_COMPILE(",{:.6f},{:.6f},{:.6f}"), r.pressure, r.volume, r.density);
  text += '\n';
}

void append_frame(std::string& text, const MdState& s, double time_fs, double temperature, FrameColumns columns) {
  columns.forces = columns.forces && s.evaluation.forces.size() == s.structure.positions.size();
  fmt::format_to(std::back_inserter(text), "{}\n", s.size());
  append_comment(text, s, time_fs, temperature, columns);
  for (long i = 0; i < s.size(); ++i) {
    const auto name = symbol(s.structure.species[i]);
    text.append(name).append(2 - name.size(), ' ');
    append_vector(text, s.structure.positions[i]);
    if (columns.forces) append_vector(text, s.evaluation.forces[i]);
    if (columns.velocities) append_vector(text, s.velocities[i] * units::fs);
    text += '\n';
  }
}

}  // namespace orogen
