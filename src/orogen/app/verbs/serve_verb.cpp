#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "orogen/app/inputs/potential_choice.hpp"
#include "orogen/app/inputs/structure_choice.hpp"
#include "orogen/app/verbs/verb_list.hpp"
#include "orogen/oracle/ipi/ipi_client.hpp"

namespace orogen {
namespace {

/// An element that the model does not know is better found before a server waits for forces.
void require_known_elements(Potential& model, const Structure& structure) {
  for (const int z : std::set<int>(structure.species.begin(), structure.species.end()))
    model.evaluate(Structure{{z}, {Vec3::Zero()}, {}});
}

class ServeVerb : public Verb {
 public:
  std::string name() const override { return "serve"; }
  std::string summary() const override {
    return "give energies and forces to a server of the i-PI protocol: i-PI, ASE's SocketIOCalculator";
  }
  std::string example() const override { return "orogen serve run/model.safetensors start.xyz address=unix:water"; }
  std::vector<std::string> file_keys() const override { return {"potential", "structure"}; }

  void describe(OptionTable& table) override {
    orogen::describe(table, potential_);
    orogen::describe(table, structure_);
    table
        .add("address", address_, "",
             "where the server listens: HOST:PORT, or unix:NAME for the file /tmp/ipi_NAME, or unix:/path")
        .must();
    table.add("wait", options_.wait, "s", "longest time until a server is there, at the start and when it was lost")
        .range(0, 1e7);
    table.add("idle", options_.idle, "s", "longest time between two messages of the server").range(0.01, 1e7);
    table.add("message", options_.message, "s", "longest time for the rest of a message that has begun")
        .range(0.01, 1e5);
    table
        .add("reconnects", options_.reconnects, "",
             "connections that are made anew when the server is lost or closes one without EXIT")
        .range(0, 1e6);
    table.add("uncertainty", options_.uncertainty, "",
              "send per-atom uncertainties, as JSON in the extra text, where the potential has them");
  }

  Outcome run(const Context& context) override {
    const Frame start = read_structure(structure_);
    options_.address = parse_socket_address(address_, "address");
    const auto potential = make_potential(potential_, context.threads, context.terminal, &start.structure);
    if (is_learned(potential_)) require_known_elements(*potential, start.structure);
    const IpiService done = serve_ipi(*potential, start.structure, options_, context.terminal);
    const double ms = done.structures > 0 ? 1e3 * done.computing / double(done.structures) : 0;
    const char* how = done.end == IpiService::End::exit     ? "the server sent EXIT"
                      : done.end == IpiService::End::closed ? "the server closed the connection"
                                                            : "stopped";
    context.terminal.result(
        fmt::format("{}: {} structures in {:.1f} s, {:.3g} ms each in the potential, {} connection(s)", how,
                    done.structures, done.seconds, ms, done.connections),
        {{"structures", done.structures},
         {"connections", done.connections},
         {"seconds", done.seconds},
         {"ms_per_structure", ms},
         {"end", how}});
    return done.end == IpiService::End::stopped ? Outcome::interrupted : Outcome::done;
  }

 private:
  PotentialOptions potential_;
  StructureOptions structure_;
  IpiClientOptions options_;
  std::string address_;
};

}  // namespace

std::unique_ptr<Verb> serve_verb() { return std::make_unique<ServeVerb>(); }

}  // namespace orogen
