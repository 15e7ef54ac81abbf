// The one interface that everything that moves atoms sees.
#pragma once
#include <limits>
#include <span>
#include <vector>

#include "orogen/system/structure.hpp"

namespace orogen {

/// What a caller wants to know; energy always comes.
struct Want {
  bool forces = true;
  bool virial = true;
  bool site_energies = false;
  bool uncertainty = false;
  bool site_virials = false;
};

/// The answer for one structure of N atoms. Vectors are resized by the potential when wanted, else left empty.
struct Evaluation {
  double energy = 0;                  ///< eV
  std::vector<Vec3> forces;           ///< eV/Å, N
  Mat3 virial = Mat3::Zero();         ///< eV, −∂E/∂strain: symmetric; stress = −virial/volume
  std::vector<double> site_energies;  ///< eV, N; they add up to energy
  std::vector<Mat3> site_virials;     ///< eV, N, not symmetric; their sum's symmetric part is virial. Empty: not known
  std::vector<double> charges;        ///< e, N; empty when the potential has none
  std::vector<double>
      uncertainty;  ///< N; eV/Å: spread of the last layer, or of a committee's forces; empty when unknown
  std::vector<std::vector<Vec3>> member_forces;  ///< committee only: eV/Å, members × N
  std::vector<double> member_energies;           ///< committee only: eV
};

/// Anything that gives energies and forces: a learned model, a quantum code, a sum of terms.
class Potential {
 public:
  virtual ~Potential() = default;
  /// Evaluates a batch. Slot k is the same replica at every call, so caches (neighbour lists, SCF guesses) follow
  /// slots.
  /// Throws NumericalError when an answer cannot be given (NaN, SCF failure); never returns a NaN.
  virtual void evaluate(std::span<const Structure> structures, Want want, std::span<Evaluation> out) = 0;

  Evaluation evaluate(const Structure& structure, Want want = {}) {
    Evaluation out;
    evaluate(std::span(&structure, 1), want, std::span(&out, 1));
    return out;
  }
  /// H·v [eV/Å] for the Hessian H = ∂²E/∂r² and a direction v [Å], N vectors. Throws InputError for a direction that is
  /// not finite, and from potentials that do not have it.
  virtual std::vector<Vec3> hessian_vector(const Structure& structure, std::span<const Vec3> direction);
  /// Drops whatever earlier calls left behind (Verlet lists, SCF guesses, bonds found) so that the next answers depend
  /// on the
  /// structures alone, to the last bit. Called where a restart file is written and read: both continue with the same
  /// numbers.
  virtual void forget() {}
  /// Largest distance [Å] at which two atoms still interact; used for size checks only.
  virtual double reach() const { return std::numeric_limits<double>::infinity(); }
};

}  // namespace orogen
