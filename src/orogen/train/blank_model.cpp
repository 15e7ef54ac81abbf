// Elements, reference energies, sizes and scales of a model, from the data.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/potential/terms/zbl.hpp"
#include "orogen/system/elements.hpp"
#include "orogen/train/data/statistics.hpp"
#include "orogen/train/trainer.hpp"

namespace orogen {
namespace {

kernel::Shape named_size(const TrainOptions& o) {
  kernel::Shape s;
  s.layers = o.size == "accurate" ? 2 : 1;
  s.features = o.size == "fast" ? 16 : 32;
  s.hidden = o.size == "fast" ? 32 : 64;
  if (o.layers) s.layers = o.layers;
  if (o.features) s.features = o.features;
  if (o.radial) s.radial = o.radial;
  if (o.l_max >= 0) s.l_max = o.l_max;
  if (o.hidden) s.hidden = o.hidden;
  if (o.message_scalars) s.messages.channels[0] = o.message_scalars;
  if (o.message_vectors) s.messages.channels[1] = o.message_vectors;
  s.messages.channels[2] = o.message_tensors;
  for (int l = 0; l <= kernel::max_message_l; ++l)
    if (s.messages.channels[l] % 16)
      throw InputError(fmt::format("message_{} = {}: expected a multiple of 16",
                                   std::array{"scalars", "vectors", "tensors"}[l], s.messages.channels[l]));
  s.embedding = o.embedding;
  s.cutoff = o.cutoff;
  return s;
}

/// The learned term fades where the known repulsion begins.
void switch_inside_contact(kernel::Shape& shape, const std::vector<int>& elements) {
  shape.inner_switch = true;
  for (std::size_t i = 0; i < elements.size(); ++i) shape.contact[i] = 0.5 * Zbl::contact(elements[i], elements[i]);
}

struct References {
  std::string source;
  std::vector<double> energies;  // eV, one per element
};

/// Throws InputError for elements that the source leaves without an energy.
void require_complete(const std::map<int, double>& known, const std::vector<int>& elements, const std::string& source) {
  std::string missing;
  for (int z : elements)
    if (!known.count(z)) missing += " " + std::string(symbol(z));
  if (!missing.empty())
    throw InputError("reference = " + source + ": no reference energy for" + missing +
                     "; give reference_energies or use reference = least_squares");
}

References references_of(const DataStatistics& data, const TrainOptions& o) {
  if (!o.reference_energies.empty() && o.reference != "given")
    throw InputError("reference_energies are given, but reference = " + o.reference +
                     " takes no notice of them; set reference = given, or leave them out");
  const std::vector<int> elements = data.element_list();
  const auto known = o.reference == "given" ? parse_reference_energies(o.reference_energies) : data.isolated;
  if (o.reference == "given" || o.reference == "isolated") require_complete(known, elements, o.reference);
  const bool complete = std::all_of(elements.begin(), elements.end(), [&](int z) { return known.count(z); });
  References found{o.reference != "auto" ? o.reference : complete ? "isolated" : "least_squares", {}};
  if (found.source == "least_squares") {
    const Eigen::VectorXd e0 = data.compositions.solve(elements).energies;
    found.energies.assign(e0.data(), e0.data() + e0.size());
  } else {
    for (int z : elements) found.energies.push_back(known.at(z));
  }
  return found;
}

}  // namespace

std::map<int, double> parse_reference_energies(const std::vector<std::string>& entries) {
  std::map<int, double> e0;
  for (const std::string& entry : entries) {
    const auto colon = entry.find(':');
    const auto z = atomic_number(entry.substr(0, colon));
    char* end = nullptr;
    const double e = colon == std::string::npos ? NAN : std::strtod(entry.c_str() + colon + 1, &end);
    if (!z || !std::isfinite(e))
      throw InputError("reference_energies: \"" + entry + "\" is not like \"H:-13.587\" (element:energy in eV)");
    e0[*z] = e;
  }
  return e0;
}

Model blank_model(FrameSource& train, const TrainOptions& o, std::vector<std::string>& notes) {
  const DataStatistics data = gather_statistics(train, o.cutoff);
  if (data.elements.empty()) throw InputError("the training set is empty");
  Model model;
  model.elements = data.element_list();
  if (model.elements.size() > kernel::max_species)
    throw InputError(fmt::format("{} elements in the training set; at most {} are supported", model.elements.size(),
                                 kernel::max_species));
  model.shape = named_size(o);
  model.shape.species = int(model.elements.size());
  if (!o.zbl) model.remove_term("zbl");
  if (o.zbl && o.inner_switch) switch_inside_contact(model.shape, model.elements);
  model.precision = o.precision;
  model.shape.mean_neighbors = data.mean_neighbors;
  const double rms = data.force_rms;
  model.shape.energy_scale = rms > 0 ? std::clamp(rms, 0.02, 50.0) : 1.0;
  References references = references_of(data, o);
  model.reference_energies = std::move(references.energies);
  model.lineage["reference_energies"] = references.source;
  notes.push_back("reference energies: " + references.source);
  if (data.only_isolated_atoms) throw InputError("the training set holds isolated atoms only: nothing to learn");
  return model;
}

}  // namespace orogen
