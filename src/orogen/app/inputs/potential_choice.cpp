#include "orogen/app/inputs/potential_choice.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "orogen/base/errors.hpp"
#include "orogen/base/options/nearest_name.hpp"
#include "orogen/oracle/command/command_potential.hpp"
#include "orogen/oracle/ipi/ipi_server.hpp"
#include "orogen/oracle/xtb/xtb.hpp"
#include "orogen/potential/learned/learned_potential.hpp"

namespace orogen {
namespace {

const std::map<std::string, std::string> xtb_methods = {
    {"xtb:gfn2", "GFN2-xTB"}, {"xtb:gfn1", "GFN1-xTB"}, {"xtb:gfnff", "GFN-FF"}};

XtbOptions xtb_options(const PotentialOptions& o, const std::string& method, const Structure* start) {
  XtbOptions xtb;
  xtb.method = method;
  xtb.charge = o.charge;
  xtb.unpaired = o.unpaired;
  xtb.accuracy = o.accuracy;
  xtb.electronic_temperature = o.electronic_temperature;
  if (start && method == "GFN-FF") xtb.topology = *start;
  return xtb;
}

CommandOptions command_options(const PotentialOptions& o) {
  if (o.command.empty())
    throw InputError("potential = \"command\": say which; for example command = \"run.sh {in} {out}\"");
  return {o.command, o.timeout, o.attempts, o.parallel, o.scratch};
}

}  // namespace

void describe(OptionTable& table, PotentialOptions& o) {
  table
      .add("potential", o.potential, "",
           "what gives energies and forces: a model file, xtb:gfn2, xtb:gfn1, xtb:gfnff, ipi (clients of the i-PI "
           "protocol) or command (a program of yours)")
      .must();
  table.add("precision", o.precision, "", "arithmetic of a learned potential; empty takes the one it was trained for")
      .one_of({"float32", "float64"});
  table.add("skin", o.skin, "Å", "a learned potential's neighbour list reaches this far beyond its cut-off")
      .range(0, 5);
  table.add("xtb.charge", o.charge, "e", "total charge of the system").range(-100, 100);
  table.add("xtb.unpaired", o.unpaired, "", "number of unpaired electrons").range(0, 100);
  table.add("xtb.accuracy", o.accuracy, "", "factor on the thresholds of the self-consistent field; smaller is tighter")
      .range(1e-4, 1000);
  table.add("xtb.electronic_temperature", o.electronic_temperature, "K", "temperature of the Fermi smearing")
      .range(0, 1e5);
  table.add("command", o.command, "",
            "program for potential = command: {in} and {out} stand for extended XYZ files to read and to write");
  table.add("ipi.address", o.address, "",
            "where potential = ipi awaits its clients: HOST:PORT, or unix:NAME for the file /tmp/ipi_NAME");
  table.add("ipi.wait", o.wait, "s", "time without any client after which potential = ipi gives up").range(0, 1e7);
  table.add("oracle.timeout", o.timeout, "s", "longest time for one answer of a client or a command").range(0.01, 1e7);
  table.add("oracle.attempts", o.attempts, "", "clients or runs of the command that are tried for one structure")
      .range(1, 100);
  table.add("oracle.parallel", o.parallel, "", "runs of the command at a time").range(1, 4096);
  table.add("oracle.scratch", o.scratch, "",
            "folder for the command's folders, which failed runs leave behind; empty = the system's temporary folder");
}

bool is_learned(const PotentialOptions& o) { return o.potential.ends_with(".safetensors"); }

bool is_foreign(const PotentialOptions& o) { return o.potential == "ipi" || o.potential == "command"; }

std::unique_ptr<Potential> make_potential(const PotentialOptions& o, int threads, ProgressSink& progress,
                                          const Structure* start) {
  if (is_learned(o))
    return make_learned_potential(read_model(o.potential),
                                  {.threads = threads, .skin = o.skin, .precision = o.precision});
  if (const auto method = xtb_methods.find(o.potential); method != xtb_methods.end())
    return std::make_unique<XtbPotential>(xtb_options(o, method->second, start));
  if (o.potential == "command") return std::make_unique<CommandPotential>(command_options(o), &progress);
  if (o.potential == "ipi")
    return std::make_unique<IpiServer>(
        IpiServerOptions{parse_socket_address(o.address, "ipi.address"), o.wait, o.timeout, o.attempts}, &progress);
  if (const auto model = std::filesystem::path(o.potential) / "model.safetensors"; std::filesystem::exists(model))
    throw InputError(fmt::format("potential = \"{}\": is a folder; its model is {}", o.potential, model.string()));
  std::vector<std::string> names{"MODEL.safetensors", "ipi", "command"};
  for (const auto& [name, method] : xtb_methods) names.push_back(name);
  throw InputError(fmt::format("potential = \"{}\": no such potential{}", o.potential, suggestion(o.potential, names)));
}

}  // namespace orogen
