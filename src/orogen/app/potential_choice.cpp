#include "orogen/app/potential_choice.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "orogen/base/errors.hpp"
#include "orogen/base/nearest_name.hpp"
#include "orogen/oracle/xtb.hpp"
#include "orogen/potential/learned_potential.hpp"

namespace orogen {
namespace {

const std::map<std::string, std::string> xtb_methods = {
    {"xtb:gfn2", "GFN2-xTB"}, {"xtb:gfn1", "GFN1-xTB"}, {"xtb:gfnff", "GFN-FF"}};

}  // namespace

void describe(OptionTable& table, PotentialOptions& o) {
  table
      .add("potential", o.potential, "",
           "what gives energies and forces: a model file, or xtb:gfn2, xtb:gfn1, xtb:gfnff")
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
}

bool is_learned(const PotentialOptions& o) { return o.potential.ends_with(".safetensors"); }

std::unique_ptr<Potential> make_potential(const PotentialOptions& o, int threads) {
  if (is_learned(o))
    return make_learned_potential(read_model(o.potential),
                                  {.threads = threads, .skin = o.skin, .precision = o.precision});
  if (const auto method = xtb_methods.find(o.potential); method != xtb_methods.end()) {
    XtbOptions xtb;
    xtb.method = method->second;
    xtb.charge = o.charge;
    xtb.unpaired = o.unpaired;
    xtb.accuracy = o.accuracy;
    xtb.electronic_temperature = o.electronic_temperature;
    return std::make_unique<XtbPotential>(xtb);
  }
  if (const auto model = std::filesystem::path(o.potential) / "model.safetensors"; std::filesystem::exists(model))
    throw InputError(fmt::format("potential = \"{}\": is a folder; its model is {}", o.potential, model.string()));
  std::vector<std::string> names{"MODEL.safetensors"};
  for (const auto& [name, method] : xtb_methods) names.push_back(name);
  throw InputError(fmt::format("potential = \"{}\": no such potential{}", o.potential, suggestion(o.potential, names)));
}

}  // namespace orogen
