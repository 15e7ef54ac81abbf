// The one interface that everything that moves atoms sees.
#pragma once
#include <limits>
#include <span>
#include <vector>

#include "orogen/system/structure.hpp"

namespace orogen {

/// What a caller wants to know; energy always comes, and nothing else is computed than what is wanted.
struct Want {
  bool forces = true;
  bool virial = true;
  bool site_energies = false;
  bool uncertainty = false;
  bool site_virials = false;
  bool members = false;  ///< energies of every member of a committee, and its forces where forces are wanted
  /// One direction v [Å] of N vectors per structure: asks for the Hessian times v. Empty: not wanted.
  std::span<const std::vector<Vec3>> tangent = {};

  /// True where energies alone, whole or by atom, are wanted.
  bool energies_alone() const { return !forces && !virial && !site_virials; }
};

/// The answer for one structure of N atoms. Vectors are resized by the potential when wanted, else left empty. A
/// potential that knows more at no cost (a quantum code its charges) may answer it unasked.
struct Evaluation {
  double energy = 0;                  ///< eV
  std::vector<Vec3> forces;           ///< eV/Å, N
  Mat3 virial = Mat3::Zero();         ///< eV, −∂E/∂strain: symmetric; stress = −virial/volume
  std::vector<double> site_energies;  ///< eV, N; they add up to energy
  std::vector<Mat3> site_virials;     ///< eV, N, not symmetric; their sum's symmetric part is virial. Empty: not known
  std::vector<double> charges;        ///< e, N; empty when the potential has none
  /// N; eV/Å: spread of the last layer, or of a committee's forces; of a sum the root of its terms' squares. Empty when
  /// unknown.
  std::vector<double> uncertainty;
  std::vector<std::vector<Vec3>> member_forces;  ///< committee only: eV/Å, members × N
  std::vector<double> member_energies;           ///< committee only: eV
  std::vector<Vec3> hessian_product;  ///< eV/Å, N: H·v for the Hessian H = ∂²E/∂r² and the wanted tangent v
};

/// Anything that gives energies and forces: a learned model, a quantum code, a sum of terms.
class Potential {
 public:
  virtual ~Potential() = default;
  /// Evaluates a batch. Slot k is the same replica at every call, so caches (neighbour lists, SCF guesses) follow
  /// slots. Throws InputError for lengths that do not fit together or a direction that is not finite, NumericalError
  /// when an answer cannot be given (NaN, SCF failure); never returns a NaN.
  void evaluate(std::span<const Structure> structures, Want want, std::span<Evaluation> out);

  Evaluation evaluate(const Structure& structure, Want want = {}) {
    Evaluation out;
    evaluate(std::span(&structure, 1), want, std::span(&out, 1));
    return out;
  }
  /// H·v [eV/Å] of one structure and a direction v [Å] of N vectors.
  std::vector<Vec3> hessian_vector(const Structure& structure, std::span<const Vec3> direction);
  /// The same of a batch, one direction per structure. Computes nothing besides, unlike Want::tangent.
  std::vector<std::vector<Vec3>> hessian_vectors(std::span<const Structure> structures,
                                                 std::span<const std::vector<Vec3>> directions);
  /// Drops whatever earlier calls left behind (Verlet lists, SCF guesses, bonds found) so that the next answers depend
  /// on the structures alone, to the last bit. Called where a restart file is written and read: both continue with the
  /// same numbers.
  virtual void forget() {}
  /// Largest distance [Å] at which two atoms still interact; used for size checks only.
  virtual double reach() const { return std::numeric_limits<double>::infinity(); }

 protected:
  /// Answers a batch whose lengths fit together; want.tangent is empty.
  virtual void compute(std::span<const Structure> structures, Want want, std::span<Evaluation> out) = 0;
  /// Fills hessian_product along one direction per structure, in the same slots. Here by central differences of the
  /// forces, in which the atom that moves most moves by 0.01 Å: two evaluations, error of second order.
  virtual void multiply_hessian(std::span<const Structure> structures, std::span<const std::vector<Vec3>> directions,
                                std::span<Evaluation> out);
};

}  // namespace orogen
