// Any program that reads a structure and writes energy and forces, as a Potential.
#pragma once
#include <memory>
#include <string>

#include "orogen/base/progress.hpp"
#include "orogen/oracle/foreign_code.hpp"

namespace orogen {

struct CommandOptions {
  std::string command;    ///< "run.sh {in} {out}"; see command_words.hpp
  double timeout = 3600;  ///< s for one structure
  int attempts = 2;       ///< for one structure, where trying again may help
  int parallel = 1;       ///< programs at a time
  std::string scratch;    ///< folder for the folders of the runs; "" = the system's temporary folder
};

/// Why a run of the program gave no answer.
enum class CommandFailure {
  not_started,    ///< the system refused to start it
  exit_code,      ///< it ended with another exit code than 0, or by a signal
  timed_out,      ///< it and all that it started were ended
  no_output,      ///< it ended well, but {out} is not there or empty
  unreadable,     ///< {out} is no extended XYZ file with one frame
  not_finite,     ///< a number in {out} is NaN or infinite
  missing_label,  ///< energy, forces, or the stress of a periodic structure
  other_atoms,    ///< another number of atoms, other species or moved atoms (a program that turns its input)
  unconverged     ///< {out} says converged=F
};
const char* text(CommandFailure failure);
/// True where the same run may do better the next time: not_started, exit_code, timed_out, no_output, unreadable.
bool may_pass(CommandFailure failure);

/// Runs the command once for each structure, in an empty folder of its own, where {in} and {out} lie, too.
///
/// {in} holds one frame of extended XYZ: Lattice [Å] and pbc, species, positions [Å]. {out} must hold the same atoms at
/// the same places in the same order (periodic images are the same place), energy [eV], forces [eV/Å] and, for a
/// periodic structure when asked for, stress [eV/Å³, +∂E/∂ε/V] or virial [eV], under any name that orogen's reader
/// knows. The virial of a molecule is Σ r⊗F. A run that fails keeps its folder, with everything that the program
/// printed in output.log; the reason is given with folder and the last 20 lines. Throws InputError for a command that
/// cannot be started, NumericalError for a structure without answer.
class CommandPotential : public ForeignCode {
 public:
  /// `progress` may be null; it hears of attempts that failed, and may ask for a stop.
  explicit CommandPotential(const CommandOptions& options, ProgressSink* progress = nullptr);
  ~CommandPotential() override;

  using ForeignCode::evaluate;
  void evaluate_each(std::span<const Structure> structures, Want want, const Deliver& deliver) override;

 private:
  struct Session;
  CommandOptions options_;
  std::vector<std::string> words_;
  ProgressSink* progress_;
};

}  // namespace orogen
