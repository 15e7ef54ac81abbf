#include "orogen/app/nuclear/options/force_options.hpp"

#include <fmt/format.h>

#include "orogen/app/options/idle_options.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/nuclear/neural/forces/force_file.hpp"

namespace orogen {

using namespace nuclear;

namespace {

constexpr double fitted_up_to = 350;  // MeV

/// Options of chiral forces do nothing for others, and files of learned ones hold most of them.
void refuse_idle_options(const std::string& force, const OptionTable& given) {
  if (chiral_order(force) >= 0) return;
  if (is_learned_force(force) && is_in_momentum_space(force))
    return refuse_idle(given, {"cutoff", "lecs"}, fmt::format("with force = {}, whose file holds them", force));
  refuse_idle(given, {"cutoff", "lecs", "mesh"},
              fmt::format("with force = {}; expected a chiral force (emn-lo, emn-nlo, emn-n2lo)", force));
}

}  // namespace

void describe(OptionTable& table, ForceChoice& o) {
  table.add("force", o.force, "",
            "force between the nucleons: av18 (strong part), av18em (with its electromagnetic part), av8p, minnesota, "
            "emn-lo, emn-nlo, emn-n2lo (chiral forces of Entem, Machleidt and Nosyk), or the file of a learned one "
            "(FILE.safetensors) or of a committee (committee.json)");
  table.add("cutoff", o.cutoff, "MeV", "cut-off of a chiral force: 450, 500 or 550").range(1, 2000);
  table.add("lecs", o.lecs, "10⁴ GeV⁻²⁻ⁿ",
            "contact constants of a chiral force, in the order of docs/nuclear.md; empty takes the published ones");
  table.add("mesh", o.mesh, "", "momenta on which phases of a chiral force are solved; 0 takes enough").range(0, 400);
}

Committee chosen_force(const ForceChoice& choice, const OptionTable& given) {
  Committee all = make_committee(choice);  // first of all: refuses names that are unknown
  for (const auto& force : is_committee(choice.force) ? read_committee(choice.force) : std::vector{choice.force})
    refuse_idle_options(force, given);
  return all;
}

void require_energies(const std::string& key, std::span<const double> T_lab) {
  if (T_lab.empty()) throw InputError(fmt::format("{} = []: expected at least one energy", key));
  for (std::size_t i = 0; i < T_lab.size(); ++i) {
    if (!(T_lab[i] > 0)) throw InputError(fmt::format("{}: {} MeV; expected energies above 0", key, T_lab[i]));
    if (T_lab[i] > 1000)
      throw InputError(fmt::format(
          "{}: {:g} MeV; expected energies up to 1000 MeV, above which no force here means anything", key, T_lab[i]));
    if (i > 0 && !(T_lab[i] > T_lab[i - 1]))
      throw InputError(fmt::format("{}: {} after {} MeV; expected ascending energies", key, T_lab[i], T_lab[i - 1]));
  }
}

void require_range(double least, double most) {
  if (least > most)
    throw InputError(fmt::format("least_energy {:g} MeV lies above most_energy {:g} MeV; expected the other way round",
                                 least, most));
}

void warn_of_pions(std::span<const double> T_lab, ProgressSink& terminal) {
  if (!T_lab.empty() && T_lab.back() > fitted_up_to)
    terminal.message(Level::warning,
                     fmt::format("{:g} MeV: no force here was fitted above {:g} MeV, and from 280 MeV on pions are "
                                 "produced, which are not described",
                                 T_lab.back(), fitted_up_to));
}

}  // namespace orogen
