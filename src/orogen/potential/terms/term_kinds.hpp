// The kinds of terms that a model file may name, and how each is made.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "orogen/potential/learned/site_coupling.hpp"
#include "orogen/potential/model/model.hpp"

namespace orogen {

/// One kind: exactly one of the two makers is set. A coupling reads the network's outputs 1 … outputs.
struct TermKind {
  std::string name, title;
  int outputs = 0;  ///< that a coupling needs besides the site energy
  std::function<std::unique_ptr<const Term>(const Model&, const TermOptions&)> term = {};
  std::function<std::unique_ptr<const SiteCoupling>(const Model&, const TermOptions&)> coupling = {};
};

/// Adds a kind, before any thread evaluates; a program or test that brings a term of its own does this at its start.
void add_term_kind(TermKind kind);
/// The kind of that name. Throws InputError that lists the known ones.
const TermKind& term_kind(const std::string& name);

/// The terms of a model, in the order of Model::terms.
std::vector<std::shared_ptr<const Term>> make_terms(const Model& model);
/// Its couplings. Throws InputError where the network has fewer outputs than one of them reads.
std::vector<std::shared_ptr<const SiteCoupling>> make_couplings(const Model& model);

/// How far neighbour lists must reach [Å]: to the network's cut-off, or to where the farthest term ends.
double list_cutoff(const Model& model);
/// True where some term or coupling reads the whole structure: every two atoms may then interact.
bool needs_whole_structure(const Model& model);

/// What one term gives on its own: site_energies, position_gradient and strain_gradient. Labels minus this are what the
/// network learns; the same code adds it back (ModelSum).
SweepResult known_term(const Term& term, const Neighborhood& atoms);

}  // namespace orogen
