// What a model takes over from its training set: elements, reference energies, scales; gathered in one pass.
#pragma once
#include <map>
#include <set>
#include <vector>

#include "orogen/system/files/frame_source.hpp"
#include "orogen/train/census/reference_fit.hpp"

namespace orogen {

struct DataStatistics {
  std::set<int> elements;          ///< atomic numbers
  std::map<int, double> isolated;  ///< energies of isolated atoms [eV]; where an element has several, of the first
  ReferenceFit compositions;       ///< of the other frames that have energies
  bool only_isolated_atoms = true;
  double force_rms = 0;       ///< of force components [eV/Å]; 0 without forces
  double mean_neighbors = 1;  ///< per atom within the cut-off, over about 200 of the frames
  std::vector<int> element_list() const { return {elements.begin(), elements.end()}; }  ///< ascending
};

DataStatistics gather_statistics(FrameSource& frames, double cutoff);

}  // namespace orogen
