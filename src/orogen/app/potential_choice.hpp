// Which potential a verb uses: a learned model or a quantum code.
#pragma once
#include <memory>
#include <string>

#include "orogen/base/options.hpp"
#include "orogen/potential/potential.hpp"

namespace orogen {

/// What the user says about the potential.
struct PotentialOptions {
  std::string potential;                ///< model file, or "xtb:gfn2", "xtb:gfn1", "xtb:gfnff"
  std::string precision;                ///< of a model: "float32", "float64", "" = the model's own
  double charge = 0;                    ///< e, total (xtb)
  int unpaired = 0;                     ///< unpaired electrons (xtb)
  double accuracy = 0.1;                ///< factor on xtb's thresholds
  double electronic_temperature = 300;  ///< K (xtb)
};

/// Describes the keys potential (required) and xtb.*.
void describe(OptionTable& table, PotentialOptions& options);

/// Makes the potential. Throws InputError for a name that means none.
std::unique_ptr<Potential> make_potential(const PotentialOptions& options, int threads);

}  // namespace orogen
