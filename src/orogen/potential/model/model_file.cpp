// Model files: JSON header + tensors in the safetensors layout.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/safetensors.hpp"
#include "orogen/potential/model/model.hpp"
#include "orogen/system/elements.hpp"

namespace orogen {
using nlohmann::json;

namespace {

std::string member_prefix(std::size_t m) { return "member" + std::to_string(m) + "/"; }

json terms_of(const Model& model) {
  json terms = json::array();
  for (const TermOptions& term : model.terms) terms.push_back({{"name", term.name}, {"numbers", term.numbers}});
  return terms;
}

/// Of every element, in their order; null where pairs see each other down to contact.
json inner_radii(const kernel::Shape& s) {
  if (!s.inner_switch) return nullptr;
  return std::vector<double>(s.contact, s.contact + s.species);
}

json header(const Model& model) {
  const kernel::Shape& s = model.shape;
  json species = json::array();
  for (std::size_t i = 0; i < model.elements.size(); ++i)
    species.push_back({{"element", std::string(symbol(model.elements[i]))},
                       {"Z", model.elements[i]},
                       {"reference_energy_eV", model.reference_energies[i]}});
  return {{"version", model_file_version},
          {"units", {{"energy", "eV"}, {"length", "angstrom"}, {"virial", "eV, W = -dE/dstrain"}}},
          {"species", species},
          {"terms", terms_of(model)},
          {"learned",
           {{"layers", s.layers},
            {"features", s.features},
            {"radial", s.radial},
            {"l_max", s.l_max},
            {"hidden", s.hidden},
            {"message_scalars", s.messages.channels[0]},
            {"message_vectors", s.messages.channels[1]},
            {"message_tensors", s.messages.channels[2]},
            {"cutoff_angstrom", s.cutoff},
            {"mean_neighbors", s.mean_neighbors},
            {"energy_scale_eV", s.energy_scale},
            {"outputs", s.outputs},
            {"embedding", s.embedding},
            {"inner_switch_radius_angstrom", inner_radii(s)}}},
          {"members", model.members.size()},
          {"precision", model.precision},
          {"uncertainty", {{"last_layer", !model.uncertainty.empty()}, {"scale", model.uncertainty_scale}}},
          {"lineage", model.lineage}};
}

bool positive(double x) { return std::isfinite(x) && x > 0; }
bool multiple_of_16(int n, int least) { return n >= least && n <= 4096 && n % 16 == 0; }
bool sound(const kernel::Messages& messages) {
  return multiple_of_16(messages.channels[0], 16) && multiple_of_16(messages.channels[1], 0) &&
         multiple_of_16(messages.channels[2], 0);
}

/// Types are indices into the list of elements, which the network's species follow: it must be sorted and without gaps.
void require_sound_elements(const Model& model) {
  for (std::size_t i = 0; i < model.elements.size(); ++i) {
    if (model.elements[i] < 1 || model.elements[i] > element_count)
      throw InputError(fmt::format("species {}: Z = {}, expected 1 … {}", i, model.elements[i], element_count));
    if (i > 0 && model.elements[i] <= model.elements[i - 1])
      throw InputError(fmt::format("species {}: Z = {} after Z = {}; expected ascending atomic numbers", i,
                                   model.elements[i], model.elements[i - 1]));
    if (!std::isfinite(model.reference_energies[i]))
      throw InputError(fmt::format("species {}: the reference energy is not a finite number", i));
  }
}

void require_finite(const std::string& name, const auto& values) {
  for (const auto x : values)
    if (!std::isfinite(x)) throw InputError("tensor " + name + " holds a number that is not finite");
}

/// The H × H matrix of one member's uncertainty.
std::vector<double> uncertainty_from(const SafetensorsFile& file, const std::string& name, int hidden) {
  const Tensor& tensor = file.at(name);
  if (tensor.shape != std::vector<std::int64_t>{hidden, hidden})
    throw InputError(fmt::format("tensor {} has another shape than {} × {}", name, hidden, hidden));
  auto values = tensor.as<double>();
  require_finite(name, values);
  return values;
}

/// Models of before the switch have no such key.
void read_inner_switch(const json& learned, kernel::Shape& s) {
  const auto radii = learned.find("inner_switch_radius_angstrom");
  if (radii == learned.end() || radii->is_null()) return;
  if (radii->size() != std::size_t(s.species))
    throw InputError(
        fmt::format("{} radii of the inner switch, expected one for each of {} elements", radii->size(), s.species));
  s.inner_switch = true;
  for (int i = 0; i < s.species; ++i) {
    s.contact[i] = radii->at(i);
    if (!positive(s.contact[i]))
      throw InputError(
          fmt::format("inner switch: radius {} Å of element {}, expected a positive length", s.contact[i], i));
  }
}

kernel::Shape shape_from(const json& learned, int species) {
  kernel::Shape s;
  s.species = species;
  s.layers = learned.at("layers"), s.features = learned.at("features"), s.radial = learned.at("radial"),
  s.l_max = learned.at("l_max");
  s.hidden = learned.at("hidden"), s.embedding = learned.at("embedding");
  s.messages = {{learned.at("message_scalars"), learned.at("message_vectors"), learned.value("message_tensors", 0)}};
  s.cutoff = learned.at("cutoff_angstrom"), s.mean_neighbors = learned.at("mean_neighbors"),
  s.energy_scale = learned.at("energy_scale_eV"), s.outputs = learned.value("outputs", 1);
  const bool in_range = s.layers >= 1 && s.layers <= kernel::max_layers && s.features >= 1 && s.features <= 1024 &&
                        s.radial >= 1 && s.radial <= kernel::max_radial && s.l_max >= 0 && s.l_max <= kernel::max_l &&
                        s.hidden >= 1 && s.hidden <= 4096 && sound(s.messages) && positive(s.cutoff) &&
                        positive(s.mean_neighbors) && positive(s.energy_scale) && s.outputs >= 1 && s.outputs <= 64 &&
                        species >= 1 && species <= kernel::max_species;
  if (!in_range) throw InputError("sizes of the learned term are out of range");
  if (s.embedding < 0 || s.embedding > 1024)
    throw InputError(fmt::format("embedding = {}, expected 0 … 1024 channels", s.embedding));
  read_inner_switch(learned, s);
  return s;
}

/// Version 1 had the two terms of its time, and said only whether there is ZBL.
std::vector<TermOptions> terms_from(const json& h) {
  if (h.at("version") > 1) {
    std::vector<TermOptions> terms;
    for (const json& term : h.at("terms")) terms.push_back({term.at("name"), term.at("numbers")});
    return terms;
  }
  if (h.at("terms").at("zbl")) return {{"zbl"}, {"reference_energies"}};
  return {{"reference_energies"}};
}

Model from_header(const json& h) {
  Model model;
  for (const json& s : h.at("species")) {
    model.elements.push_back(s.at("Z"));
    model.reference_energies.push_back(s.at("reference_energy_eV"));
  }
  require_sound_elements(model);
  const json& learned = h.at("version") > 1 ? h.at("learned") : h.at("terms").at("learned");
  model.shape = shape_from(learned, int(model.elements.size()));
  model.terms = terms_from(h);
  model.precision = h.at("precision");
  model.uncertainty_scale = h.at("uncertainty").at("scale");
  if (!std::isfinite(model.uncertainty_scale) || model.uncertainty_scale < 0)
    throw InputError(fmt::format("uncertainty scale = {}, expected at least 0", model.uncertainty_scale));
  model.lineage = h.at("lineage").get<std::map<std::string, std::string>>();
  return model;
}

}  // namespace

std::vector<int> Model::type_of() const {
  std::vector<int> type(element_count + 1, -1);
  for (std::size_t i = 0; i < elements.size(); ++i) type[elements[i]] = int(i);
  return type;
}

bool Model::has_term(std::string_view name) const {
  return std::any_of(terms.begin(), terms.end(), [&](const TermOptions& term) { return term.name == name; });
}
void Model::remove_term(std::string_view name) {
  std::erase_if(terms, [&](const TermOptions& term) { return term.name == name; });
}

std::string model_header_json(const Model& model) { return header(model).dump(2); }

void write_model(const std::filesystem::path& path, const Model& model) {
  SafetensorsFile file;
  const Parameterization parameters = model.parameterization();
  for (std::size_t m = 0; m < model.members.size(); ++m) {
    for (const auto& block : parameters.blocks()) {
      if (block.rows == 0) continue;
      const std::span<const float> values(model.members[m].data() + block.offset, std::size_t(block.rows * block.cols));
      file.tensors[member_prefix(m) + block.name] = Tensor::from(values, {block.rows, block.cols});
    }
    if (m < model.uncertainty.size())
      file.tensors[member_prefix(m) + "uncertainty"] =
          Tensor::from(model.uncertainty[m], {model.shape.hidden, model.shape.hidden});
  }
  file.metadata["format"] = "orogen model";
  file.metadata["orogen"] = header(model).dump();
  file.seal();
  file.write(path);
}

Model read_model(const std::filesystem::path& path) {
  const SafetensorsFile file = SafetensorsFile::read(path);
  const auto found = file.metadata.find("orogen");
  if (found == file.metadata.end())
    throw InputError(path.string() +
                     ": not an orogen model (no metadata key \"orogen\"); expected a file that `orogen train` wrote");
  try {
    file.require_undamaged();
    const json h = json::parse(found->second);
    if (h.at("version").get<int>() > model_file_version)
      throw InputError(fmt::format("model file version {} is newer than this program's {}: update orogen",
                                   h.at("version").get<int>(), model_file_version));
    Model model = from_header(h);
    const Parameterization parameters = model.parameterization();
    for (std::size_t m = 0; m < h.at("members").get<std::size_t>(); ++m) {
      std::vector<float> trained(parameters.size());
      for (const auto& block : parameters.blocks()) {
        if (block.rows == 0) continue;
        const Tensor& tensor = file.at(member_prefix(m) + block.name);
        if (tensor.shape != std::vector<std::int64_t>{block.rows, block.cols})
          throw InputError(fmt::format("tensor {}{} has another shape than {} × {}", member_prefix(m), block.name,
                                       block.rows, block.cols));
        const auto values = tensor.as<float>();
        require_finite(member_prefix(m) + block.name, values);
        std::copy(values.begin(), values.end(), trained.begin() + block.offset);
      }
      model.members.push_back(std::move(trained));
      if (h.at("uncertainty").at("last_layer").get<bool>())
        model.uncertainty.push_back(uncertainty_from(file, member_prefix(m) + "uncertainty", model.shape.hidden));
    }
    if (model.members.empty()) throw InputError("no committee member inside");
    return model;
  } catch (const json::exception& e) {
    throw InputError(path.string() + ": damaged model header: " + e.what());
  } catch (const InputError& e) {
    throw InputError(path.string() + ": " + e.what());
  }
}

std::string describe_model(const Model& model) {
  const kernel::Shape& s = model.shape;
  std::string out;
  out += fmt::format("learned potential, {} layer{}{}, {} parameters, {} member{}\n", s.layers, s.layers > 1 ? "s" : "",
                     s.layers > 1 ? " (messages)" : " (strictly local)", model.parameters(), model.members.size(),
                     model.members.size() > 1 ? "s" : "");
  out += fmt::format("  cut-off          {} Å per layer, reach {} Å\n", s.cutoff, s.cutoff * s.layers);
  out +=
      fmt::format("  features K       {}   radial N {}   L {}   hidden {}\n", s.features, s.radial, s.l_max, s.hidden);
  if (s.layers > 1)
    out += fmt::format("  messages         {} scalars, {} vectors, {} tensors (l = 2)\n", message_channels(s, 0),
                       message_channels(s, 1), message_channels(s, 2));
  out += fmt::format("  species          {}\n",
                     s.embedding ? fmt::format("learned embedding of {} channels", s.embedding) : "one-hot");
  out += fmt::format("  mean neighbours  {:.2f}   energy scale {:.6g} eV   default precision {}\n", s.mean_neighbors,
                     s.energy_scale, model.precision);
  out += fmt::format("  inner switch     {}\n", s.inner_switch ? "the learned term fades inside contact" : "none");
  out += "  terms            learned";
  for (const TermOptions& term : model.terms) out += " + " + term.name;
  out += "\n  reference energies\n";
  for (std::size_t i = 0; i < model.elements.size(); ++i)
    out += fmt::format("    {:<3} {:.8f} eV\n", symbol(model.elements[i]), model.reference_energies[i]);
  for (const auto& [key, text] : model.lineage) out += fmt::format("  {:<24} {}\n", key, text);
  return out;
}

}  // namespace orogen
