// The sum of several potentials: a baseline and what was learned beside it.
#pragma once
#include <memory>
#include <vector>

#include "orogen/potential/potential.hpp"

namespace orogen {

/// Energies, forces, virials and Hessian products add up. Beyond that, of an answer of the sum:
/// - site energies and site virials are there where every term has them;
/// - charges are those of the first term that has any;
/// - uncertainty is √Σσ² of the terms that know theirs, taken as independent, and empty where none does;
/// - members are those of its committees: member m is the sum of their members m and of all other terms. Committees of
///   different sizes give none.
class SumPotential : public Potential {
 public:
  /// One term or more.
  explicit SumPotential(std::vector<std::unique_ptr<Potential>> terms);
  void forget() override;
  double reach() const override;

 protected:
  void compute(std::span<const Structure> structures, Want want, std::span<Evaluation> out) override;
  void multiply_hessian(std::span<const Structure> structures, std::span<const std::vector<Vec3>> directions,
                        std::span<Evaluation> out) override;

 private:
  std::vector<std::unique_ptr<Potential>> terms_;
  std::vector<std::vector<Evaluation>> answers_;  ///< of each term, one per structure
};

}  // namespace orogen
