// The options of all verbs that take a force between two nucleons, and checks that several of them share.
#pragma once
#include <span>
#include <string>

#include "orogen/base/options/options.hpp"
#include "orogen/base/progress.hpp"
#include "orogen/nuclear/forces/committee.hpp"

namespace orogen {

/// Describes the keys force, cutoff, lecs and mesh.
void describe(OptionTable& table, nuclear::ForceChoice& choice);

/// The force or committee chosen. Throws InputError as nuclear::make_committee, and for options in `given` that the
/// force does not have.
nuclear::Committee chosen_force(const nuclear::ForceChoice&, const OptionTable& given);

/// Throws InputError, naming `key`, unless the energies are positive and ascending.
void require_energies(const std::string& key, std::span<const double> T_lab);
/// Throws InputError where the keys least_energy and most_energy leave nothing between them.
void require_range(double least, double most);
/// Ascending energies [MeV] above those that forces were fitted to.
void warn_of_pions(std::span<const double> T_lab, ProgressSink&);

}  // namespace orogen
