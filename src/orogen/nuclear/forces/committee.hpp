// Forces that differ by chance and answer together: their mean, and their spread as its uncertainty.
#pragma once
#include <filesystem>
#include <span>

#include "orogen/nuclear/forces/force_choice.hpp"
#include "orogen/nuclear/observables/data/phase_file.hpp"

namespace orogen::nuclear {

struct MeanSpread {
  double mean = 0, spread = 0;  ///< standard deviation of one member; 0 for one
};
MeanSpread mean_and_spread(std::span<const double>);

/// One force or several, of one form or of both. All answers of one force have no spread.
class Committee {
 public:
  explicit Committee(std::vector<std::unique_ptr<TwoNucleonForce>> members);
  std::size_t size() const { return members_.size(); }
  const TwoNucleonForce& operator[](std::size_t k) const { return *members_[k]; }
  const std::string& title() const { return title_; }
  const Constants& constants() const { return members_[0]->constants(); }
  /// As of TwoNucleonForce.
  std::string caution(Pair pair) const { return members_[0]->caution(pair); }
  bool has_moments() const { return members_[0]->has_moments(); }
  /// One table per member.
  std::vector<PhaseTable> phases(Pair, int most_J, std::span<const double> T_lab) const;

 private:
  std::vector<std::unique_ptr<TwoNucleonForce>> members_;
  std::string title_;
};

/// Tables with equal energies and blocks: the mean of every phase, the spread as its error (none for one table).
PhaseFile mean_phases(const std::vector<PhaseTable>&);

/// A file that lists the members of a committee?
bool is_committee(const std::string& force);
/// Lists force files, by names relative to its folder. Written atomically. Throws InputError.
void write_committee(const std::filesystem::path&, const std::vector<std::string>& files);
/// The files with their folder. Throws InputError for a file of another kind or version, or without members.
std::vector<std::string> read_committee(const std::filesystem::path&);
/// A force by name, from its file, or the members that a file lists; as make_force.
Committee make_committee(const ForceChoice&);

}  // namespace orogen::nuclear
