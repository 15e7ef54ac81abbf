// A term of the whole structure that reads what the network says of every atom: charge equilibration, Ewald sums.
#pragma once
#include <vector>

#include "orogen/potential/terms/term.hpp"

namespace orogen {

/// One row per atom, column by column: the site energy ε [eV], then what a model declares besides (a charge, an
/// electronegativity), in units of their own. Tangents are filled in dual sweeps.
struct SiteRows {
  int rows = 0, columns = 1;
  std::vector<double> values, tangents;

  void clear(int new_rows, int new_columns, bool dual) {
    rows = new_rows, columns = new_columns;
    values.assign(long(rows) * columns, 0.0);
    tangents.assign(dual ? values.size() : 0, 0.0);
  }
};

/// Outputs of the network, summed over its layers. S is double or Dual.
template <class S> class SiteOutputs {
 public:
  explicit SiteOutputs(const SiteRows& rows) : rows_(rows) {}
  S operator()(int column, int atom) const {
    const long i = long(column) * rows_.rows + atom;
    if constexpr (std::is_same_v<S, Dual>)
      return {rows_.values[i], rows_.tangents[i]};
    else
      return rows_.values[i];
  }

 private:
  const SiteRows& rows_;
};

/// ∂E/∂output of the same rows: 1 for ε of owned atoms, 0 for ghosts; a coupling adds those of its own.
template <class S> class SiteAdjoints {
 public:
  /// `energy_tangent`: that of the energy's adjoint, whose value is 1.
  SiteAdjoints(SiteRows& rows, double energy_tangent) : rows_(rows), energy_tangent_(energy_tangent) {}
  /// Adds ∂E/∂output.
  void add(int column, int atom, S slope) {
    const long i = long(column) * rows_.rows + atom;
    if constexpr (std::is_same_v<S, Dual>)
      rows_.values[i] += slope.v, rows_.tangents[i] += slope.t + slope.v * energy_tangent_;
    else
      rows_.values[i] += slope;
  }

 private:
  SiteRows& rows_;
  double energy_tangent_;
};

/// Stands between the forward and the reverse sweep, where the whole structure's outputs are known. It adds its energy
/// and its gradient at fixed outputs to `sums`, and its slope along the outputs to `adjoints`; the reverse sweep then
/// carries these to positions and parameters. With Dual the same text gives tangents: a linear system is solved again,
/// with the factorisation of the plain one, for the tangent of its solution. Const and free of state: threads share it.
class SiteCoupling {
 public:
  virtual ~SiteCoupling() = default;
  /// The whole structure; `distance` [Å] is how far its sums over neighbours go, so that the lists hold them.
  virtual Reach reach() const { return {Reach::structure, 0}; }
  virtual void couple(const TermAtoms<double>&, const SiteOutputs<double>&, SiteAdjoints<double>&,
                      TermSums<double>&) const = 0;
  virtual void couple(const TermAtoms<Dual>&, const SiteOutputs<Dual>&, SiteAdjoints<Dual>&, TermSums<Dual>&) const = 0;
};

/// Base of a coupling that writes `template <class S> void couple_as(atoms, outputs, adjoints, sums) const` once.
template <class Derived> class SiteCouplingOf : public SiteCoupling {
 public:
  void couple(const TermAtoms<double>& atoms, const SiteOutputs<double>& outputs, SiteAdjoints<double>& adjoints,
              TermSums<double>& sums) const override {
    self().couple_as(atoms, outputs, adjoints, sums);
  }
  void couple(const TermAtoms<Dual>& atoms, const SiteOutputs<Dual>& outputs, SiteAdjoints<Dual>& adjoints,
              TermSums<Dual>& sums) const override {
    self().couple_as(atoms, outputs, adjoints, sums);
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

}  // namespace orogen
