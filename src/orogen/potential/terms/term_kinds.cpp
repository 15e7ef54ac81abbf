#include "orogen/potential/terms/term_kinds.hpp"

#include <fmt/format.h>

#include "orogen/base/errors.hpp"
#include "orogen/base/options/nearest_name.hpp"
#include "orogen/potential/terms/reference_energies.hpp"
#include "orogen/potential/terms/zbl.hpp"

namespace orogen {
namespace {

std::vector<TermKind>& kinds() {
  static std::vector<TermKind> all = {
      {.name = "zbl",
       .title = "screened nuclear repulsion inside contact",
       .term = [](const Model& m, const TermOptions&) { return std::make_unique<Zbl>(m.elements); }},
      {.name = "reference_energies",
       .title = "energies of single atoms",
       .term = [](const Model& m, const TermOptions&) {
         return std::make_unique<ReferenceEnergies>(m.elements, m.reference_energies);
       }}};
  return all;
}

}  // namespace

void add_term_kind(TermKind kind) { kinds().push_back(std::move(kind)); }

const TermKind& term_kind(const std::string& name) {
  std::vector<std::string> names;
  for (const TermKind& kind : kinds()) {
    if (kind.name == name) return kind;
    names.push_back(kind.name);
  }
  throw InputError(fmt::format("term \"{}\": no such term{}", name, suggestion(name, names)));
}

std::vector<std::shared_ptr<const Term>> make_terms(const Model& model) {
  std::vector<std::shared_ptr<const Term>> terms;
  for (const TermOptions& options : model.terms)
    if (const TermKind& kind = term_kind(options.name); kind.term) terms.push_back(kind.term(model, options));
  return terms;
}

std::vector<std::shared_ptr<const SiteCoupling>> make_couplings(const Model& model) {
  std::vector<std::shared_ptr<const SiteCoupling>> couplings;
  for (const TermOptions& options : model.terms) {
    const TermKind& kind = term_kind(options.name);
    if (!kind.coupling) continue;
    if (model.shape.outputs <= kind.outputs)
      throw InputError(fmt::format("term \"{}\" reads {} outputs of the network besides the site energy, which has {}",
                                   kind.name, kind.outputs, model.shape.outputs - 1));
    couplings.push_back(kind.coupling(model, options));
  }
  return couplings;
}

double list_cutoff(const Model& model) {
  double cutoff = model.shape.cutoff;
  for (const auto& term : make_terms(model)) cutoff = std::max(cutoff, term->reach().distance);
  for (const auto& coupling : make_couplings(model)) cutoff = std::max(cutoff, coupling->reach().distance);
  return cutoff;
}

bool needs_whole_structure(const Model& model) {
  for (const auto& term : make_terms(model))
    if (term->reach().kind == Reach::structure) return true;
  return !make_couplings(model).empty();
}

SweepResult known_term(const Term& term, const Neighborhood& atoms) {
  SweepResult known;
  known.site_energies.assign(atoms.local, 0.0);
  known.position_gradient.assign(4L * atoms.total, 0.0);
  add_term(term, atoms, known);
  return known;
}

}  // namespace orogen
