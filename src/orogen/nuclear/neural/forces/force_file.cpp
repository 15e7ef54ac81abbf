#include "orogen/nuclear/neural/forces/force_file.hpp"

#include <cmath>

#include "orogen/base/files/safetensors.hpp"
#include "orogen/nuclear/local/forces/pion_exchange.hpp"

namespace orogen::nuclear {
namespace {

using nlohmann::json;
constexpr const char* key = "orogen_nuclear_force";
constexpr int version = 1;

json of(const Constants& c) {
  return {{"hbarc", c.hbarc},
          {"proton", c.proton},
          {"neutron", c.neutron},
          {"neutral_pion", c.neutral_pion},
          {"charged_pion", c.charged_pion},
          {"alpha", c.alpha},
          {"proton_moment", c.proton_moment},
          {"neutron_moment", c.neutron_moment}};
}

Constants constants(const json& j) {
  return {j.at("hbarc"),        j.at("proton"), j.at("neutron"),       j.at("neutral_pion"),
          j.at("charged_pion"), j.at("alpha"),  j.at("proton_moment"), j.at("neutron_moment")};
}

json functions(int count) {
  json names = json::array();
  for (int p = 0; p < count; ++p) names.push_back(name(Radial(p)));
  return names;
}

NeuralForce from(const json& j) {
  NeuralForce f;
  f.title = j.at("title");
  f.constants = constants(j.at("constants"));
  const json &pion = j.at("terms").at(0), &net = j.at("terms").at(1);
  f.pion_coupling = pion.at("coupling"), f.pion_cutoff = pion.at("cutoff");
  f.network = {net.at("width"), net.at("range"), net.at("charge_dependence"), net.at("seed")};
  f.fit = j.at("fit").get<std::map<std::string, std::string>>();
  return f;
}

}  // namespace

LocalInteraction interaction(const NeuralForce& force) {
  LocalInteraction sum(force.title, force.constants);
  sum += std::make_unique<PionExchange>(force.constants, force.pion_coupling, force.pion_cutoff);
  auto learned = std::make_unique<NeuralLocalTerm>(force.network, force.constants);
  if (!force.theta.empty()) learned->set_parameters(force.theta);
  sum += std::move(learned);
  return sum;
}

const NeuralLocalTerm& learned_term(const LocalInteraction& sum) {
  const auto* term = sum.size() ? dynamic_cast<const NeuralLocalTerm*>(&sum.term(sum.size() - 1)) : nullptr;
  if (!term) throw InputError("force '" + sum.title + "': its last term is not a learned one");
  return *term;
}

void save(const NeuralForce& f, const std::filesystem::path& path) {
  const int count = f.network.charge_dependence ? radial_functions : charge_independent_functions;
  const json pion = {{"kind", "pion exchange"}, {"coupling", f.pion_coupling}, {"cutoff", f.pion_cutoff}};
  const json net = {{"kind", "neural"},         {"width", f.network.width},
                    {"range", f.network.range}, {"charge_dependence", f.network.charge_dependence},
                    {"seed", f.network.seed},   {"functions", functions(count)}};
  write_force_file(path,
                   {{"title", f.title},
                    {"units", "MeV, fm"},
                    {"constants", of(f.constants)},
                    {"terms", json::array({pion, net})},
                    {"fit", f.fit}},
                   f.theta);
}

NeuralForce load_neural_force(const std::filesystem::path& path) {
  ForceFile file = read_force_file(path, "local");
  NeuralForce force = described(path, [&] { return from(file.description); });
  force.theta = std::move(file.theta);
  interaction(force);  // refuses parameters that do not fit
  return force;
}

void write_force_file(const std::filesystem::path& path, json description, const std::vector<double>& theta) {
  description["version"] = version;
  SafetensorsFile file;
  file.metadata[key] = description.dump();
  file.tensors["theta"] = Tensor::from(theta);
  file.seal();
  file.write(path);
}

ForceFile read_force_file(const std::filesystem::path& path, const std::string& form) {
  const SafetensorsFile file = SafetensorsFile::read(path);
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end())
    throw InputError(path.string() + ": holds no nuclear force (no '" + key + "' in its header)");
  try {
    file.require_undamaged();
  } catch (const InputError& e) {
    throw InputError(path.string() + ": " + e.what());
  }
  ForceFile force;
  const std::string there = described(path, [&] {
    force.description = json::parse(found->second);
    if (force.description.at("version") != version)
      throw InputError(path.string() + ": version " + force.description.at("version").dump() +
                       " of the format; expected " + std::to_string(version));
    return force.description.value("form", "local");
  });
  if (!form.empty() && there != form)
    throw InputError(path.string() + ": a force of form " + there + "; expected one of form " + form);
  force.theta = file.at("theta").as<double>();
  for (double x : force.theta)
    if (!std::isfinite(x)) throw InputError(path.string() + ": a parameter is not a finite number");
  return force;
}

}  // namespace orogen::nuclear
