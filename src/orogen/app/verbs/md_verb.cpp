#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "orogen/app/inputs/potential_choice.hpp"
#include "orogen/app/inputs/structure_choice.hpp"
#include "orogen/app/options/idle_options.hpp"
#include "orogen/app/verbs/verb_list.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/files/sha256.hpp"
#include "orogen/dynamics/relax/relax.hpp"
#include "orogen/dynamics/run/md_run.hpp"
#include "orogen/potential/learned/learned_potential.hpp"
#include "orogen/system/files/extxyz.hpp"
#include "orogen/train/selftest/selftest.hpp"

namespace orogen {
namespace {
namespace fs = std::filesystem;

/// Names without a folder lie in `out`; an empty name stays empty.
std::string inside(const std::string& out, const std::string& name) {
  return name.empty() || fs::path(name).has_parent_path() ? name : (fs::path(out) / name).string();
}

/// A model proves itself in brief before it moves atoms.
void prove(const PotentialChoice& potential, const Frame& start, const Context& context) {
  if (potential.models().size() != 1 || !potential.learned() || start.structure.size() > 500) return;
  FrameList frames({start});
  for (const SelftestResult& test : brief_selftest(*potential.models()[0], frames, context.threads))
    if (!test.passed)
      context.terminal.message(Level::warning, fmt::format("self-test: {} is {:.3g} {}, limit {:.3g}", test.name,
                                                           test.value, test.unit, test.limit));
}

/// What a large run will need, said before anything large is made.
void tell_memory(const PotentialChoice& potential, const Structure& start, const Context& context) {
  if (potential.models().empty() || start.size() < 20000) return;
  double needed = 0;
  for (const auto& model : potential.models())
    needed += expected_memory(*model, start, {context.threads, potential.options().skin, ""});
  const double there = double(sysconf(_SC_PHYS_PAGES)) * double(sysconf(_SC_PAGESIZE));
  constexpr double gibibyte = 1024.0 * 1024 * 1024;
  context.terminal.message(needed > there ? Level::warning : Level::note,
                           fmt::format("{} atoms need about {:.2f} GiB of memory; this machine has {:.1f} GiB",
                                       start.size(), needed / gibibyte, there / gibibyte));
}

class MdVerb : public Verb {
 public:
  MdVerb() {
    options_.trajectory = "trajectory.xyz";
    options_.thermo = "thermo.csv";
    options_.restart = "restart.bin";
  }
  std::string name() const override { return "md"; }
  std::string summary() const override { return "molecular dynamics: NVE, NVT, NPT, with guards, restarts and logs"; }
  std::string example() const override {
    return "orogen md start.xyz potential=run/model.safetensors ensemble=nve time=10";
  }
  std::vector<std::string> file_keys() const override { return {"structure"}; }

  void describe(OptionTable& table) override {
    orogen::describe(table, structure_);
    table.add("out", out_, "", "folder for trajectory, thermo log, restart file and input.toml");
    orogen::describe(table, potential_);
    orogen::describe(table, options_);
  }

  Outcome run(const Context& context) override {
    const Frame start = read_structure(structure_);
    warn_of_idle_md_options(context.options, context.terminal);
    const PotentialChoice choice(potential_);
    tell_memory(choice, start.structure, context);
    const auto potential = choice.make(context.threads, context.terminal, &start.structure);
    MdOptions options = options_;
    for (std::string* name : {&options.trajectory, &options.thermo, &options.restart, &options.failed_frame})
      *name = inside(out_, *name);
    if (options.threads == 0) options.threads = context.threads;
    prove(choice, start, context);
    MdStart how;
    how.velocities = start.velocities, how.ready = [&] { context.save_input(out_); };
    how.potential = choice.identity();
    const MdResult r = run_md(start.structure, *potential, options, context.terminal, std::move(how));
    const double us = r.step > 0 ? r.seconds / double(r.step) / start.structure.size() * 1e6 : 0;
    const bool periodic = start.structure.cell.fully_periodic();
    std::string lines =
        fmt::format("{} steps, {:.1f} s, mean temperature {:.2f} K, drift of the conserved quantity {:.3g} meV/atom/ps",
                    r.step, r.seconds, r.mean_temperature, r.drift);
    if (periodic)
      lines += fmt::format(", mean pressure {:.4g} GPa, mean volume {:.6g} Å³", r.mean_pressure, r.mean_volume);
    context.terminal.result(lines, {{"steps", r.step},
                                    {"seconds", r.seconds},
                                    {"completed", r.completed},
                                    {"atoms", start.structure.size()},
                                    {"us_per_atom_step", us},
                                    {"mean_temperature_K", r.mean_temperature},
                                    {"drift_meV_per_atom_ps", r.drift},
                                    {"mean_pressure_GPa", r.mean_pressure},
                                    {"mean_volume_A3", r.mean_volume},
                                    {"trajectory", options.trajectory},
                                    {"thermo", options.thermo},
                                    {"restart", options.restart}});
    return r.completed ? Outcome::done : Outcome::interrupted;
  }

 private:
  StructureOptions structure_;
  PotentialOptions potential_;
  MdOptions options_;
  std::string out_ = "md";
};

class RelaxVerb : public Verb {
 public:
  RelaxVerb() { options_.trajectory = "relax.xyz"; }
  std::string name() const override { return "relax"; }
  std::string summary() const override { return "relax atoms, and the cell on request, to the nearest minimum"; }
  std::string example() const override { return "orogen relax start.xyz potential=run/model.safetensors cell=full"; }
  std::vector<std::string> file_keys() const override { return {"structure"}; }

  void describe(OptionTable& table) override {
    orogen::describe(table, structure_);
    table.add("out", out_, "", "folder for relaxed.xyz, the steps and input.toml");
    orogen::describe(table, potential_);
    orogen::describe(table, options_);
  }

  Outcome run(const Context& context) override {
    Frame frame = read_structure(structure_);
    const PotentialChoice choice(potential_);
    const auto potential = choice.make(context.threads, context.terminal, &frame.structure);
    context.save_input(out_);
    RelaxOptions options = options_;
    options.trajectory = inside(out_, options.trajectory);
    prove(choice, frame, context);
    const RelaxResult r = relax(frame.structure, *potential, options, context.terminal);
    frame.structure = r.structure;
    frame.labels = {r.evaluation.energy, r.evaluation.forces, r.evaluation.virial};
    if (!frame.structure.cell.any_periodic()) frame.labels.virial.reset();
    frame.velocities.clear();
    const std::string relaxed = (fs::path(out_) / "relaxed.xyz").string();
    ExtxyzWriter writer(relaxed);
    writer.write(frame);
    writer.close();
    context.terminal.result(
        fmt::format("{} after {} evaluations: energy {:.8f} eV, max |F| {:.3g} eV/Å, stress deviation {:.3g} GPa: {}",
                    r.converged ? "converged" : "NOT converged", r.evaluations, r.evaluation.energy, r.max_force,
                    r.max_stress, relaxed),
        {{"converged", r.converged},
         {"evaluations", r.evaluations},
         {"energy_eV", r.evaluation.energy},
         {"max_force_eV_per_A", r.max_force},
         {"max_stress_GPa", r.max_stress},
         {"structure", relaxed}});
    if (context.terminal.stop_requested()) return Outcome::interrupted;
    if (!r.converged) throw NumericalError("the relaxation did not converge; raise steps, or look at " + relaxed);
    return Outcome::done;
  }

 private:
  StructureOptions structure_;
  PotentialOptions potential_;
  RelaxOptions options_;
  std::string out_ = "relax";
};

}  // namespace

std::unique_ptr<Verb> md_verb() { return std::make_unique<MdVerb>(); }
std::unique_ptr<Verb> relax_verb() { return std::make_unique<RelaxVerb>(); }

}  // namespace orogen
