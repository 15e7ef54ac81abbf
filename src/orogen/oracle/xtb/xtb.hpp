// xtb (libxtb) as a Potential: GFN2-xTB, GFN1-xTB and GFN-FF in process.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "orogen/potential/potential.hpp"

namespace orogen {

/// How xtb is asked. Sources: GFN2-xTB doi:10.1021/acs.jctc.8b01176, GFN1-xTB doi:10.1021/acs.jctc.7b00118,
/// GFN-FF doi:10.1002/anie.202004239.
struct XtbOptions {
  std::string method = "GFN2-xTB";  ///< "GFN2-xTB", "GFN1-xTB" or "GFN-FF"
  int charge = 0;                   ///< e, total
  int unpaired = 0;                 ///< number of unpaired electrons
  double accuracy = 0.1;            ///< factor on xtb's SCF and integral thresholds, 1e-4 … 1000; smaller is tighter
  double electronic_temperature = 300;  ///< K, of the Fermi smearing
  int max_iterations = 250;             ///< of the SCF
  /// GFN-FF only: the structure whose bonds make the force field. Without it each slot takes the first structure that
  /// it sees (again after forget()), so give it where bonds stretch far. Its atoms must be those of every structure.
  std::optional<Structure> topology = {};
};

/// Energies [eV], forces [eV/Å], virial [eV] and atomic charges [e] of libxtb.
///
/// GFN1 and GFN2 start each self-consistent field from scratch: an answer depends on the geometry alone, to the last
/// bit. xtb runs on one thread (more are many times slower on shared cores) and one call at a time in a process; label
/// in several processes to use several cores. Its output is muted. Periodic cells must be periodic in all three
/// directions; xtb 6.5.1 fails for many of them, which is reported, not hidden. The virial of a molecule is Σ r⊗F; of a
/// crystal it is what xtb gives. Throws InputError for a bad option or an periodic structure and NumericalError,
/// naming method, formula and xtb's own message, when no answer was found.
class XtbPotential : public Potential {
 public:
  explicit XtbPotential(XtbOptions options = {});
  ~XtbPotential() override;

  void forget() override;

  const XtbOptions& options() const { return options_; }

 protected:
  void compute(std::span<const Structure> structures, Want want, std::span<Evaluation> out) override;

 private:
  struct Session;
  XtbOptions options_;
  std::unique_ptr<Session> session_;
};

}  // namespace orogen
