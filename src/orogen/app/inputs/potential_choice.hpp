// Which potential a verb uses: a learned model, a quantum code, or a sum of such.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orogen/base/options/options.hpp"
#include "orogen/base/progress.hpp"
#include "orogen/potential/potential.hpp"
#include "orogen/system/structure.hpp"

namespace orogen {

/// What the user says about the potential.
struct PotentialOptions {
  std::string potential;                ///< of potential_kinds(): a model file, "xtb:gfn2", …; a sum: joined by "+"
  std::string precision;                ///< of a learned potential: "float32", "float64", "" = the model's own
  double skin = 0.5;                    ///< Å, of a learned potential's neighbour list
  int charge = 0;                       ///< e, total (xtb)
  int unpaired = 0;                     ///< unpaired electrons (xtb)
  double accuracy = 0.1;                ///< factor on xtb's thresholds
  double electronic_temperature = 300;  ///< K (xtb)
  std::string command;                  ///< "run.sh {in} {out}" (command)
  std::string address = "127.0.0.1:31415";  ///< where i-PI clients find us (ipi)
  double wait = 120;                        ///< s without any client (ipi)
  double timeout = 3600;                    ///< s for one answer (ipi, command)
  int attempts = 2;                         ///< for one structure (ipi, command)
  int parallel = 1;                         ///< programs at a time (command)
  std::string scratch;                      ///< folder for the programs' folders (command)
};

/// Describes the keys potential (required), precision, skin, xtb.*, command, ipi.* and oracle.*.
void describe(OptionTable& table, PotentialOptions& options);

/// True for one learned potential.
bool is_learned(const PotentialOptions& options);

struct PotentialKind;
struct Model;

/// What the options say, looked up: every model file is read once, here, and a name that means nothing is refused.
class PotentialChoice {
 public:
  /// Throws InputError for a name that means none and for a model file that cannot be read.
  explicit PotentialChoice(PotentialOptions options);
  const PotentialOptions& options() const { return options_; }
  /// Of the learned terms.
  std::vector<std::shared_ptr<const Model>> models() const;
  /// True where every term is learned, and so uses several threads itself; a quantum code wants several processes.
  bool learned() const { return models().size() == terms_.size(); }
  /// True for codes that run in this process on one thread: several processes share the work. A learned potential uses
  /// several threads itself, and a code in a process of its own cannot be copied by a fork.
  bool may_fork() const;
  /// See make_potential().
  std::unique_ptr<Potential> make(int threads, ProgressSink& progress, const Structure* start = nullptr) const;
  /// One thing that answers depend on: an option by its key, or the digest of model files. Records of earlier versions
  /// that lack the key count as `fallback`.
  struct Input {
    std::string key;
    OptionValue value;
    std::optional<OptionValue> fallback = {};
  };
  std::vector<Input> record() const;
  /// What it is, for a restart file: names, of models with the digest of the file.
  std::string identity() const;

 private:
  struct Term {
    const PotentialKind* kind;
    std::string name;
    std::shared_ptr<const Model> model;
  };
  PotentialOptions options_;
  std::vector<Term> terms_;
};

/// Makes the potential; one in other processes reports to `progress`. `start`, where given, is the structure from which
/// the atoms will move: a force field with bonds takes them from it and keeps them, wherever a run goes on. Throws
/// InputError for a name that means none and for a model file that cannot be read.
std::unique_ptr<Potential> make_potential(const PotentialOptions& options, int threads, ProgressSink& progress,
                                          const Structure* start = nullptr);

}  // namespace orogen
