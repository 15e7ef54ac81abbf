// Frames prepared for training: neighbours found once, known terms taken off the labels.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "orogen/potential/learned/site_network.hpp"
#include "orogen/potential/model/model.hpp"

namespace orogen {

/// One frame as training sees it. Labels are those of the learned term: known terms are subtracted.
struct Sample {
  Neighborhood atoms;
  Graph graph;
  bool has_energy = false, has_forces = false, has_virial = false;
  double energy = 0;           ///< eV
  std::vector<double> forces;  ///< eV/Å, local × 3, order of the neighbourhood
  Mat3 virial = Mat3::Zero();  ///< eV
  double energy_weight = 1, forces_weight = 1, virial_weight = 1;
  int size() const { return atoms.local; }
};

/// Which labels to use.
struct LabelChoice {
  bool energy = true, forces = true, virial = true;
};

/// Prepares frames for a model whose elements, reference energies, ZBL and cut-off are set. Throws InputError for an
/// element
/// that the model does not have.
std::vector<Sample> prepare_samples(std::span<const Frame> frames, const Model& model, LabelChoice labels,
                                    ThreadPool& pool);

/// Mean number of neighbours within `cutoff` over all atoms of the frames.
double mean_neighbors(std::span<const Frame> frames, double cutoff);

}  // namespace orogen
