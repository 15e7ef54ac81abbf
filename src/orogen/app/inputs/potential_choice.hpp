// Which potential a verb uses: a learned model or a quantum code.
#pragma once
#include <memory>
#include <string>

#include "orogen/base/options/options.hpp"
#include "orogen/base/progress.hpp"
#include "orogen/potential/potential.hpp"
#include "orogen/system/structure.hpp"

namespace orogen {

/// What the user says about the potential.
struct PotentialOptions {
  std::string potential;                    ///< a model file, "xtb:gfn2", "xtb:gfn1", "xtb:gfnff", "ipi" or "command"
  std::string precision;                    ///< of a learned potential: "float32", "float64", "" = the model's own
  double skin = 0.5;                        ///< Å, of a learned potential's neighbour list
  int charge = 0;                           ///< e, total (xtb)
  int unpaired = 0;                         ///< unpaired electrons (xtb)
  double accuracy = 0.1;                    ///< factor on xtb's thresholds
  double electronic_temperature = 300;      ///< K (xtb)
  std::string command;                      ///< "run.sh {in} {out}" (command)
  std::string address = "127.0.0.1:31415";  ///< where i-PI clients find us (ipi)
  double wait = 120;                        ///< s without any client (ipi)
  double timeout = 3600;                    ///< s for one answer (ipi, command)
  int attempts = 2;                         ///< for one structure (ipi, command)
  int parallel = 1;                         ///< programs at a time (command)
  std::string scratch;                      ///< folder for the programs' folders (command)
};

/// Describes the keys potential (required), precision, skin, xtb.*, command, ipi.* and oracle.*.
void describe(OptionTable& table, PotentialOptions& options);

/// True for a learned potential, which uses several threads itself; a quantum code wants several processes.
bool is_learned(const PotentialOptions& options);

/// True for a code in processes of its own: it takes whole batches (it is a ForeignCode).
bool is_foreign(const PotentialOptions& options);

/// Makes the potential; one in other processes reports to `progress`. `start`, where given, is the structure from which
/// the atoms will move: a force field with bonds takes them from it and keeps them, wherever a run goes on. Throws
/// InputError for a name that means none and for a model file that cannot be read.
std::unique_ptr<Potential> make_potential(const PotentialOptions& options, int threads, ProgressSink& progress,
                                          const Structure* start = nullptr);

}  // namespace orogen
