// Elements, reference energies, sizes and scales of a model, from the data.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "orogen/base/errors.hpp"
#include "orogen/potential/terms/zbl.hpp"
#include "orogen/system/elements.hpp"
#include "orogen/train/census/census.hpp"
#include "orogen/train/data/samples.hpp"
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

/// Least-squares energies per element (minimum norm where compositions do not determine them).
Eigen::VectorXd least_squares(const std::vector<Frame>& frames, const std::vector<int>& elements,
                              const std::map<int, double>& known) {
  std::vector<const Frame*> used;
  for (const Frame& f : frames)
    if (f.labels.energy && !is_isolated_atom(f)) used.push_back(&f);
  Eigen::MatrixXd a = Eigen::MatrixXd::Zero(std::max<long>(1, long(used.size())), long(elements.size()));
  Eigen::VectorXd b = Eigen::VectorXd::Zero(a.rows());
  for (std::size_t k = 0; k < used.size(); ++k) {
    const double n = used[k]->structure.size();
    b[k] = *used[k]->labels.energy / n;
    for (int z : used[k]->structure.species) {
      a(k, std::lower_bound(elements.begin(), elements.end(), z) - elements.begin()) += 1 / n;
      if (const auto e = known.find(z); e != known.end()) b[k] -= e->second / n;
    }
  }
  // Frames of one composition leave directions open; rounding must not be taken for information.
  Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> solver;
  solver.setThreshold(1e-8);
  return solver.compute(a).solve(b);
}

/// Root mean square of the force components [eV/Å] (0 without forces).
double force_rms(const std::vector<Frame>& frames) {
  double sum = 0, count = 0;
  for (const Frame& f : frames)
    if (f.labels.forces)
      for (const Vec3& x : *f.labels.forces) sum += x.squaredNorm(), count += 3;
  return count > 0 ? std::sqrt(sum / count) : 0;
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

Model blank_model(const TrainInput& input, const TrainOptions& o, std::vector<std::string>& notes) {
  Model model;
  std::set<int> elements;
  for (const Frame& f : input.train) elements.insert(f.structure.species.begin(), f.structure.species.end());
  if (elements.empty()) throw InputError("the training set is empty");
  model.elements.assign(elements.begin(), elements.end());
  if (model.elements.size() > kernel::max_species)
    throw InputError(fmt::format("{} elements in the training set; at most {} are supported", model.elements.size(),
                                 kernel::max_species));
  model.shape = named_size(o);
  model.shape.species = int(model.elements.size());
  if (!o.zbl) model.remove_term("zbl");
  if (o.zbl && o.inner_switch) switch_inside_contact(model.shape, model.elements);
  model.precision = o.precision;
  model.shape.mean_neighbors = mean_neighbors(input.train, o.cutoff);

  if (!o.reference_energies.empty() && o.reference != "given")
    throw InputError("reference_energies are given, but reference = " + o.reference +
                     " takes no notice of them; set reference = given, or leave them out");
  std::map<int, double> known;
  std::string source = o.reference;
  if (o.reference == "given") known = parse_reference_energies(o.reference_energies);
  if (o.reference == "isolated" || o.reference == "auto") known = isolated_energies(input.train);
  const bool complete = std::all_of(elements.begin(), elements.end(), [&](int z) { return known.count(z); });
  if (!complete && (o.reference == "given" || o.reference == "isolated")) {
    std::string missing;
    for (int z : elements)
      if (!known.count(z)) missing += " " + std::string(symbol(z));
    throw InputError("reference = " + o.reference + ": no reference energy for" + missing +
                     "; give reference_energies or use reference = least_squares");
  }
  if (o.reference == "auto") source = complete ? "isolated" : "least_squares";
  if (source == "least_squares") {
    const Eigen::VectorXd e0 = least_squares(input.train, model.elements, {});
    model.reference_energies.assign(e0.data(), e0.data() + e0.size());
  } else {
    for (int z : model.elements) model.reference_energies.push_back(known.at(z));
  }
  model.lineage["reference_energies"] = source;
  notes.push_back("reference energies: " + source);
  const double rms = force_rms(input.train);
  model.shape.energy_scale = rms > 0 ? std::clamp(rms, 0.02, 50.0) : 1.0;
  return model;
}

}  // namespace orogen
