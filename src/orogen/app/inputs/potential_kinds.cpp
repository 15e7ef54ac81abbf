#include "orogen/app/inputs/potential_kinds.hpp"

#include <filesystem>

#include "orogen/base/errors.hpp"
#include "orogen/oracle/command/command_potential.hpp"
#include "orogen/oracle/ipi/ipi_server.hpp"
#include "orogen/oracle/xtb/xtb.hpp"
#include "orogen/potential/learned/learned_potential.hpp"

namespace orogen {
namespace {

std::unique_ptr<Potential> make_model(const PotentialMaking& m) {
  return make_learned_potential(*m.model,
                                {.threads = m.threads, .skin = m.options.skin, .precision = m.options.precision});
}

std::unique_ptr<Potential> make_xtb(const std::string& method, const PotentialMaking& m) {
  XtbOptions xtb;
  xtb.method = method;
  xtb.charge = m.options.charge;
  xtb.unpaired = m.options.unpaired;
  xtb.accuracy = m.options.accuracy;
  xtb.electronic_temperature = m.options.electronic_temperature;
  if (m.start && method == "GFN-FF") xtb.topology = *m.start;
  return std::make_unique<XtbPotential>(xtb);
}
auto xtb(const std::string& method) {
  return [method](const PotentialMaking& m) { return make_xtb(method, m); };
}

std::unique_ptr<Potential> make_ipi(const PotentialMaking& m) {
  const PotentialOptions& o = m.options;
  return std::make_unique<IpiServer>(
      IpiServerOptions{parse_socket_address(o.address, "ipi.address"), o.wait, o.timeout, o.attempts}, &m.progress);
}

std::unique_ptr<Potential> make_command(const PotentialMaking& m) {
  const PotentialOptions& o = m.options;
  if (o.command.empty())
    throw InputError("potential = \"command\": say which; for example command = \"run.sh {in} {out}\"");
  return std::make_unique<CommandPotential>(CommandOptions{o.command, o.timeout, o.attempts, o.parallel, o.scratch},
                                            &m.progress);
}

const std::vector<std::string> self_consistent = {"xtb.charge", "xtb.unpaired", "xtb.accuracy",
                                                  "xtb.electronic_temperature"};

}  // namespace

const std::vector<PotentialKind>& potential_kinds() {
  static const std::vector<PotentialKind> kinds = {
      {"model", "a model file", {"precision", "skin"}, {}, make_model},
      {"xtb:gfn2", "xtb:gfn2", self_consistent, {}, xtb("GFN2-xTB")},
      {"xtb:gfn1", "xtb:gfn1", self_consistent, {}, xtb("GFN1-xTB")},
      {"xtb:gfnff", "xtb:gfnff", {"xtb.charge"}, {}, xtb("GFN-FF")},
      {"ipi",
       "ipi (clients of the i-PI protocol)",
       {"ipi.address", "ipi.wait", "oracle.timeout", "oracle.attempts"},
       {},
       make_ipi,
       true},
      {"command",
       "command (a program of yours)",
       {"command", "oracle.timeout", "oracle.attempts", "oracle.parallel", "oracle.scratch"},
       {"command"},
       make_command,
       true}};
  return kinds;
}

const PotentialKind* potential_kind(const std::string& name) {
  for (const PotentialKind& kind : potential_kinds())
    if (kind.learned() ? name.ends_with(".safetensors") : kind.name == name) return &kind;
  return nullptr;
}

std::vector<std::string> potential_terms(const std::string& potential) {
  std::vector<std::string> terms{""};
  if (std::filesystem::exists(potential)) return {potential};
  for (const char c : potential)
    if (c == '+')
      terms.emplace_back();
    else
      terms.back() += c;
  return terms;
}

}  // namespace orogen
