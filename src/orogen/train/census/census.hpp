// A census of a data set: what is in it, what is missing, and what looks wrong.
#pragma once
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "orogen/system/files/extxyz.hpp"
#include "orogen/system/structure.hpp"

namespace orogen {

struct CensusOptions {
  KeysTaken keys;                            ///< what the reader took for labels; repeated in messages
  std::map<int, double> reference_energies;  ///< given by the user: atomic number → eV
  double outlier_score = 8;                  ///< robust z-score of the energy per atom from which a frame is an outlier
  std::size_t listed = 10;                   ///< outliers, large forces and duplicates that are named
};

/// Spread of one quantity; all zero when count is 0.
struct Statistic {
  long count = 0;
  double min = 0, max = 0, mean = 0, rms = 0;
};

struct LabelCoverage {
  long frames = 0;       ///< that carry the label
  double percent = 0;    ///< of all frames
  long zero_frames = 0;  ///< among them: every number is exactly zero
  bool all_zero() const { return frames > 0 && zero_frames == frames; }
};

/// The shortest distance between atoms of two elements, a ≤ b.
struct NearestPair {
  int a = 0, b = 0;
  double distance = 0;  ///< Å
  long frame = 0;       ///< index
};

/// A frame that stands out, with its value and how far out it is.
struct Outlier {
  long frame = 0;
  std::string source;
  double value = 0;  ///< eV/atom beyond the reference energies, or eV/Å
  double score = 0;  ///< robust z-score; 0 for forces
  int atom = -1;     ///< for forces
};

struct Duplicates {
  long same_structure = 0;  ///< frames that repeat an earlier one, atom by atom, to 1e-6 Å
  long other_energy = 0;    ///< among them: with another energy
  long same_energy = 0;     ///< frames of the same composition, other structure and identical energy
  std::vector<std::pair<long, long>> examples;  ///< (earlier, later) indices
};

/// Something that is probably wrong, why it is thought so, and what would put it right.
struct Suspicion {
  std::string what, reason, fix;
};

/// Energy of one atom of each element [eV], by three ways.
struct CensusReferences {
  std::map<int, double> isolated;         ///< from single atoms in the data
  std::map<int, double> fitted;           ///< least squares over compositions; minimum norm where undetermined
  std::map<int, double> given;            ///< by the user
  int rank = 0;                           ///< of the composition matrix; below the number of elements = undetermined
  std::vector<std::string> undetermined;  ///< combinations of elements that the data leave open, "C - 0.5 H"
  double residual = 0;                    ///< eV/atom, rms of the least-squares fit
};

struct Census {
  long frames = 0, atoms = 0;
  std::map<int, long> elements;  ///< atomic number → atoms
  std::map<std::string, long> config_types;
  long periodic = 0, molecules = 0;  ///< frames periodic along all directions; along none
  Statistic atoms_per_frame;
  LabelCoverage energy, forces, stress;
  Statistic energy_per_atom;           ///< eV
  Statistic energy_beyond_references;  ///< eV/atom, after the least-squares fit
  Statistic force;                     ///< |F| [eV/Å], over atoms
  Statistic pressure;                  ///< trace of the virial / 3V [eV/Å³], over frames
  Statistic stress_component;          ///< |component| [eV/Å³], over frames with volume
  Statistic net_force;                 ///< |ΣF| per frame [eV/Å]
  std::vector<NearestPair> nearest;    ///< pairs of elements that come within 4 Å
  Duplicates duplicates;
  std::vector<Outlier> energy_outliers, largest_forces;
  CensusReferences references;
  std::vector<Suspicion> suspicions;
  KeysTaken keys;
};

/// True for a frame that holds one atom without neighbours: not periodic, images at least 6 Å away, or called so by its
/// config_type. Such frames give reference energies and nothing else; one atom in a small cell is a crystal.
bool is_isolated_atom(const Frame& frame);

/// Energies of the isolated atoms [eV]; where an element has several, of the first.
std::map<int, double> isolated_energies(std::span<const Frame> frames);

/// Counts, measures and judges. Throws InputError when there are no frames.
Census take_census(std::span<const Frame> frames, const CensusOptions& options = {});

/// For people: some forty lines.
std::string text(const Census& census);
/// For programs; energies eV, lengths Å.
nlohmann::json to_json(const Census& census);

/// The labels that training is asked to fit.
struct WantedLabels {
  bool energy = true, forces = true, stress = false;
};

/// Throws InputError that lists every wanted label that no frame carries or that is zero throughout, with the key that
/// was taken and the keys that look like it.
void refuse_unusable(const Census& census, WantedLabels wanted);

}  // namespace orogen
