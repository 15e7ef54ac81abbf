// A model as a Potential: the sum of its known terms and the learned one, for one member or a committee.
#pragma once
#include <memory>
#include <string>

#include "orogen/potential/model/model.hpp"
#include "orogen/potential/potential.hpp"

namespace orogen {

struct LearnedOptions {
  int threads = 1;
  double skin = 0.5;      ///< Å, of the neighbour list
  std::string precision;  ///< "float32", "float64", "" = the model's own
};

/// Evaluates `model`. Batches of small structures are shared among the threads; a large structure uses all of them.
/// Uncertainty: of a committee the standard deviation of the force vector per atom [eV/Å]; of one member the last-layer
/// σ_i times the model's scale; empty where the model has neither. Throws InputError for an element that the model does
/// not know, NumericalError for coincident atoms or an answer that is not finite.
std::unique_ptr<Potential> make_learned_potential(const Model& model, const LearnedOptions& options = {});

/// Memory [bytes] that molecular dynamics of a structure takes, from the sizes of lists and buffers; writing trajectory
/// and restart files comes on top (4·10⁶ Cu: 3.0 GiB expected, 2.9 at the first step, 4.1 at the end).
double expected_memory(const Model& model, const Structure& structure, const LearnedOptions& options = {});

}  // namespace orogen
