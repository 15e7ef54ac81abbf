// Which potential a verb uses: a learned model or a quantum code.
#pragma once
#include <memory>
#include <string>

#include "orogen/base/options.hpp"
#include "orogen/potential/potential.hpp"

namespace orogen {

/// What the user says about the potential.
struct PotentialOptions {
  std::string potential;                ///< a model file, or "xtb:gfn2", "xtb:gfn1", "xtb:gfnff"
  std::string precision;                ///< of a learned potential: "float32", "float64", "" = the model's own
  double skin = 0.5;                    ///< Å, of a learned potential's neighbour list
  double charge = 0;                    ///< e, total (xtb)
  int unpaired = 0;                     ///< unpaired electrons (xtb)
  double accuracy = 0.1;                ///< factor on xtb's thresholds
  double electronic_temperature = 300;  ///< K (xtb)
};

/// Describes the keys potential (required), precision, skin and xtb.*.
void describe(OptionTable& table, PotentialOptions& options);

/// True for a learned potential, which uses several threads itself; a quantum code wants several processes.
bool is_learned(const PotentialOptions& options);

/// Makes the potential. Throws InputError for a name that means none and for a model file that cannot be read.
std::unique_ptr<Potential> make_potential(const PotentialOptions& options, int threads);

}  // namespace orogen
