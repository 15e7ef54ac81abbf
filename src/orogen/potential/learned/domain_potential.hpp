// A model evaluated on the caller's own atoms, ghosts and neighbour lists: the core of every front that brings a
// domain.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "orogen/potential/learned/site_network.hpp"
#include "orogen/potential/model/model.hpp"
#include "orogen/potential/potential.hpp"

namespace orogen {

struct DomainOptions {
  int threads = 1;
  std::string precision;  ///< arithmetic: "float32", "float64", "" = the model's own
};

/// The neighbours of one centre: indices into the caller's atoms (local, then ghosts). Full (i–j and j–i), without the
/// centre itself; every atom within the cut-off must be there, others may be (a skin) and count nothing; any order. The
/// span is read before the next call.
using ListOfCentre = std::function<std::span<const int>(int centre)>;

/// Lists given as compressed rows, for callers that have them so: list of centre i = neighbor[first[i]] …
/// neighbor[first[i + 1] − 1]. The arrays must outlive the function.
ListOfCentre compressed_lists(std::span<const std::int64_t> first, std::span<const int> neighbor);

/// Evaluates a model on a domain: `local` atoms that belong to it, then ghosts (periodic images, or atoms of other
/// domains).
///
///     auto domain = make_domain_potential(read_model("model.safetensors"));
///     domain->set_list(local, types, lists);               // whenever atoms or lists changed
///     domain->evaluate(positions, want, answer);           // as often as positions alone moved
///
/// The answer is an Evaluation in the caller's order. It speaks of the site energies of the local atoms and of nothing
/// else:
/// - energy, site_energies, uncertainty: the local atoms' (local entries); energy and virial add up over domains;
/// - forces: −∂E/∂r of ALL atoms (total entries); the caller adds those of ghosts to the atoms that they are images of;
/// - site_virials: total entries; those of ghosts are zero unless the ghosts have lists, and are folded like forces;
/// - a committee: member_forces are not folded either, and `uncertainty` stays empty (as it does where the model knows
///   none): fold each member's forces and their mean, then call committee_spread() (model_sum.hpp).
/// Displacements are formed in double before they are rounded to float: atoms may lie far from the origin.
///
/// A model of two layers needs the messages of ghosts. Either
/// (A) evaluate(…, &halo): row i of the messages belongs to atom i, `forward` fills the ghosts' rows, `reverse` adds
///     the ghosts' rows to the local ones. Each is called once per member and per layer that sends messages, also
///     when local = 0; `reverse` is not called where energies alone are wanted. All ranks must want the same; or
/// (B) `ghosts_with_lists` names ghosts whose lists are given too: all that occur in the list of a local atom; then
///     ghosts reach out to 2 r_c.
class DomainPotential {
 public:
  virtual ~DomainPotential() = default;

  /// types: per atom its index in Model::elements (total entries). Throws InputError for a type or index out of range,
  /// and where ghosts lack lists in way (B).
  virtual void set_list(int local, std::span<const int> types, const ListOfCentre& list,
                        std::span<const int> ghosts_with_lists = {}) = 0;
  /// positions [Å]: 3 × total. Throws NumericalError for coincident atoms and an answer that is not finite, only after
  /// all exchanges of this call are over.
  virtual void evaluate(std::span<const double> positions, Want want, Evaluation& out,
                        const HaloExchange* halo = nullptr) = 0;

  virtual const Model& model() const = 0;
  virtual double cutoff() const = 0;  ///< Å: lists reach at least this far; r_c, or to where the farthest term ends
  bool needs_messages() const { return model().shape.layers > 1; }
  /// Bytes of one row of messages; 0 for one layer.
  virtual long message_bytes() const = 0;
};

std::unique_ptr<DomainPotential> make_domain_potential(const Model& model, const DomainOptions& options = {});

}  // namespace orogen
