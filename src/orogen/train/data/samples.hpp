// Frames prepared for training: neighbours found once, known terms taken off the labels.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "orogen/potential/learned/site_network.hpp"
#include "orogen/potential/model/model.hpp"
#include "orogen/potential/terms/term_kinds.hpp"

namespace orogen {

/// One frame as training sees it. Labels are those of the learned term: known terms are subtracted. A sample stays
/// where it was made, because `graph` refers to `atoms`.
struct Sample {
  Sample() = default;
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;

  Neighborhood atoms;
  Graph graph;
  bool has_energy = false, has_forces = false, has_virial = false;
  double energy = 0;           ///< eV
  std::vector<double> forces;  ///< eV/Å, local × 3, order of the neighbourhood
  Mat3 virial = Mat3::Zero();  ///< eV
  double energy_weight = 1, forces_weight = 1, virial_weight = 1;
  int size() const { return atoms.local; }
  double bytes() const;  ///< of memory
};

/// Which labels to use.
struct LabelChoice {
  bool energy = true, forces = true, virial = true;
};

/// Makes samples for a model whose elements, reference energies, terms and cut-off are set. Several threads may use
/// one.
class SamplePreparation {
 public:
  SamplePreparation(const Model& model, LabelChoice labels);
  /// Throws InputError for an element that the model does not have.
  std::shared_ptr<const Sample> operator()(const Frame& frame) const;

 private:
  double cutoff_;
  std::vector<int> type_of_;
  std::vector<std::shared_ptr<const Term>> terms_;
  LabelChoice use_;
};

}  // namespace orogen
