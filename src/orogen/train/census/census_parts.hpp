// The parts that take_census is made of.
#pragma once
#include "orogen/train/census/census.hpp"

namespace orogen::census {

/// Median of the values (of none: 0). Takes a copy, for it must sort.
double median(std::vector<double> values);

/// The three sets of reference energies. `beyond[k]` becomes E/N − Σ fitted [eV/atom] of frame k, NaN without an energy
/// and for isolated atoms.
CensusReferences reference_energies(std::span<const Frame> frames, const std::map<int, double>& given,
                                    std::vector<double>& beyond);

Duplicates find_duplicates(std::span<const Frame> frames, std::size_t listed);

/// The closest contact of every frame: min over pairs of distance / sum of covalent radii; infinite when no two atoms
/// are within 4 Å. Fills `nearest`.
std::vector<double> closest_contacts(std::span<const Frame> frames, std::vector<NearestPair>& nearest);

/// How energies, forces and virials of two nearby frames belong together: for a small step, ΔE = force_work +
/// strain_work.
struct Step {
  double energy = 0;       ///< ΔE as given
  double force_work = 0;   ///< −½(F_a + F_b)·Δr, beyond the change of the cell
  double strain_work = 0;  ///< −½(W_a + W_b):ε
  double curvature = 0;    ///< ½ Σ|(F_b − F_a)·Δr|: how far the work is from first order, a measure of its error
  double volume = 0;       ///< of the first frame
};
std::vector<Step> nearby_steps(std::span<const Frame> frames, bool with_virial);

/// Suspicions about energies against forces, energies against stress.
void judge_consistency(std::span<const Frame> frames, std::vector<Suspicion>& out);
/// Suspicions about energies against the sum of atomic energies, lengths against covalent radii, sizes of forces, net
/// forces.
void judge_magnitudes(std::span<const Frame> frames, const std::vector<double>& contacts, std::vector<Suspicion>& out);

}  // namespace orogen::census
