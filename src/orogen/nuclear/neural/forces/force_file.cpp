#include "orogen/nuclear/neural/forces/force_file.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/safetensors.hpp"

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

NeuralForce neural_force(const json& j) {
  NeuralForce f;
  f.title = j.at("title");
  f.constants = constants(j.at("constants"));
  const json &pion = j.at("terms").at(0), &net = j.at("terms").at(1);
  f.pion_coupling = pion.at("coupling"), f.pion_cutoff = pion.at("cutoff");
  f.network = {net.at("width"), net.at("range"), net.at("charge_dependence"), net.at("seed")};
  f.fit = j.at("fit").get<std::map<std::string, std::string>>();
  return f;
}

json of(const NeuralMomentumOptions& o) {
  json names = json::array();
  for (int f = 0; f < short_range_functions(o.order); ++f) names.push_back(name(ShortRange(f)));
  return {{"kind", "neural short range"},
          {"order", o.order},
          {"width", o.width},
          {"breakdown", o.breakdown},
          {"natural", o.natural},
          {"cutoff", o.regulator.cutoff},
          {"power", o.regulator.power},
          {"points", o.points},
          {"seed", o.seed},
          {"functions", names}};
}

ShortRangeForce short_range_force(const json& j) {
  const json &pions = j.at("terms").at(0), &charge = j.at("terms").at(1), &net = j.at("terms").at(2);
  ShortRangeForce f{j.at("title"), pions.at("order"), pions.at("cutoff"), charge.at("pp"), charge.at("nn"), {}, {}, {}};
  f.network = {net.at("order"),
               net.at("width"),
               net.at("breakdown"),
               net.at("natural"),
               Regulator{net.at("cutoff"), net.at("power")},
               net.at("points"),
               net.at("seed")};
  f.fit = j.at("fit").get<std::map<std::string, std::string>>();
  return f;
}

/// What the files of both forms hold.
struct Contents {
  json description;
  std::vector<double> theta;
};

/// Adds the version.
void write(const std::filesystem::path& path, json description, const std::vector<double>& theta) {
  description["version"] = version;
  SafetensorsFile file;
  file.metadata[key] = description.dump();
  file.tensors["theta"] = Tensor::from(theta);
  file.seal();
  file.write(path);
}

/// Of `form` (empty: any).
Contents read(const std::filesystem::path& path, const std::string& form) {
  const SafetensorsFile file = SafetensorsFile::read(path);
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end())
    throw InputError(fmt::format("{}: holds no nuclear force (no '{}' in its header)", path.string(), key));
  try {
    file.require_undamaged();
  } catch (const InputError& e) {
    throw InputError(path.string() + ": " + e.what());
  }
  Contents all;
  all.description = json::parse(found->second);
  if (all.description.at("version") != version)
    throw InputError(fmt::format("{}: version {} of the format; expected {}", path.string(),
                                 all.description.at("version").dump(), version));
  const std::string there = all.description.value("form", "local");
  if (!form.empty() && there != form)
    throw InputError(fmt::format("{}: a force of form {}; expected one of form {}", path.string(), there, form));
  all.theta = file.at("theta").as<double>();
  for (double x : all.theta)
    if (!std::isfinite(x)) throw InputError(path.string() + ": a parameter is not a finite number");
  return all;
}

/// A description with missing or wrong entries is an InputError that names the file.
template <class Make> auto described(const std::filesystem::path& path, Make make) {
  try {
    return make();
  } catch (const json::exception& e) {
    throw InputError(path.string() + ": the description of the force cannot be read: " + e.what());
  }
}

/// The force of a file by `from`, which turns its description into one.
template <class From> auto load(const std::filesystem::path& path, const std::string& form, From from) {
  return described(path, [&] {
    Contents all = read(path, form);
    auto force = from(all.description);
    force.theta = std::move(all.theta);
    interaction(force);  // refuses parameters that do not fit
    return force;
  });
}

}  // namespace

void save(const NeuralForce& f, const std::filesystem::path& path) {
  const int count = f.network.charge_dependence ? radial_functions : charge_independent_functions;
  const json pion = {{"kind", "pion exchange"}, {"coupling", f.pion_coupling}, {"cutoff", f.pion_cutoff}};
  const json net = {{"kind", "neural"},         {"width", f.network.width},
                    {"range", f.network.range}, {"charge_dependence", f.network.charge_dependence},
                    {"seed", f.network.seed},   {"functions", functions(count)}};
  write(path,
        {{"title", f.title},
         {"units", "MeV, fm"},
         {"constants", of(f.constants)},
         {"terms", json::array({pion, net})},
         {"fit", f.fit}},
        f.theta);
}

void save(const ShortRangeForce& f, const std::filesystem::path& path) {
  const json pions = {{"kind", "chiral pions"}, {"family", "emn"}, {"order", f.order}, {"cutoff", f.cutoff}};
  const json charge = {{"kind", "charge dependence of 1S0"}, {"pp", f.pp}, {"nn", f.nn}};
  write(path,
        {{"form", "momentum"},
         {"title", f.title},
         {"units", "MeV"},
         {"terms", json::array({pions, charge, of(f.network)})},
         {"fit", f.fit}},
        f.theta);
}

NeuralForce load_neural_force(const std::filesystem::path& path) { return load(path, "local", neural_force); }

ShortRangeForce load_short_range_force(const std::filesystem::path& path) {
  return load(path, "momentum", short_range_force);
}

bool is_in_momentum_space(const std::filesystem::path& path) {
  return described(path, [&] { return read(path, "").description.value("form", "local") == "momentum"; });
}

}  // namespace orogen::nuclear
