// An interaction between two nucleons is a sum of terms, known physics and at most one learned remainder; a term adds,
// it never overwrites.
// There are two forms: operators times functions of r (local), and elements between momenta.
#pragma once
#include <Eigen/Core>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "orogen/nuclear/channels.hpp"
#include "orogen/nuclear/kinematics/constants.hpp"

namespace orogen::nuclear {

/// A term of the coordinate form. Its parameters θ, if it has any, are its own state; pull is the adjoint of add.
class LocalTerm {
 public:
  virtual ~LocalTerm() = default;
  /// v[3 i + 0, 1, 2] += elements (first first, first second, second second) of the block at r[i] > 0 [fm], in MeV.
  virtual void add(const Block&, Pair, std::span<const double> r, std::span<double> v) const = 0;
  virtual std::span<const double> parameters() const { return {}; }
  virtual void set_parameters(std::span<const double>) {}
  /// gradient[k] += Σ w[3 i + c] ∂v[3 i + c]/∂θ_k.
  virtual void pull(const Block&, Pair, std::span<const double> /*r*/, std::span<const double> /*w*/,
                    std::span<double> /*gradient*/) const {}
};

/// A term of the momentum form: H ψ(p) = p²/M ψ(p) + ∫ k² dk V(p, k) ψ(k), V in MeV⁻².
class MomentumTerm {
 public:
  virtual ~MomentumTerm() = default;
  /// V(i, j) += ⟨p_i|V|p_j⟩ for n momenta [MeV]; a coupled block has 2n rows, those of L = J − 1 first. The sign of the
  /// off-diagonal blocks is that of real radial functions (ε1 > 0 at low energy).
  virtual void add(const Block&, Pair, std::span<const double> p, Eigen::MatrixXd& V) const = 0;
  /// The rectangle V(i, j) += ⟨rows_i|V|columns_j⟩, each wave's rows and columns together as in add. Unless a term
  /// knows better: pair by pair.
  virtual void add_between(const Block&, Pair, std::span<const double> rows, std::span<const double> columns,
                           Eigen::MatrixXd& V) const;
  virtual std::span<const double> parameters() const { return {}; }
  virtual void set_parameters(std::span<const double>) {}
  /// gradient[k] += Σ W(i, j) ∂V(i, j)/∂θ_k.
  virtual void pull(const Block&, Pair, std::span<const double> /*p*/, const Eigen::MatrixXd& /*W*/,
                    std::span<double> /*gradient*/) const {}
  /// The adjoint of add_between.
  virtual void pull_between(const Block&, Pair, std::span<const double> rows, std::span<const double> columns,
                            const Eigen::MatrixXd& W, std::span<double> gradient) const;
};

/// A sum of terms and the constants that belong to it. Parameters of the terms stand one after the other.
template <class Term> class Interaction {
 public:
  std::string title;
  Constants constants;

  Interaction(std::string text, const Constants& c) : title(std::move(text)), constants(c) {}
  Interaction& operator+=(std::unique_ptr<Term> term) {
    terms_.push_back(std::move(term));
    return *this;
  }
  std::size_t size() const { return terms_.size(); }
  Term& term(std::size_t k) { return *terms_[k]; }
  const Term& term(std::size_t k) const { return *terms_[k]; }

  /// `x`: radii [fm] or momenta [MeV]; `v` as the terms have it.
  template <class V> void add(const Block& b, Pair pair, std::span<const double> x, V&& v) const {
    for (const auto& t : terms_) t->add(b, pair, x, v);
  }
  /// Momentum form only: rows and columns [MeV].
  template <class V>
  void add_between(const Block& b, Pair pair, std::span<const double> rows, std::span<const double> columns,
                   V& v) const {
    for (const auto& t : terms_) t->add_between(b, pair, rows, columns, v);
  }
  std::vector<double> parameters() const {
    std::vector<double> all;
    for (const auto& t : terms_) {
      const auto own = t->parameters();
      all.insert(all.end(), own.begin(), own.end());
    }
    return all;
  }
  void set_parameters(std::span<const double> theta) {
    std::size_t at = 0;
    for (auto& t : terms_) {
      const std::size_t n = t->parameters().size();
      t->set_parameters(theta.subspan(at, n));
      at += n;
    }
  }
  template <class W>
  void pull(const Block& b, Pair pair, std::span<const double> x, const W& w, std::span<double> gradient) const {
    each(gradient, [&](const Term& t, std::span<double> own) { t.pull(b, pair, x, w, own); });
  }
  template <class W>
  void pull_between(const Block& b, Pair pair, std::span<const double> rows, std::span<const double> columns,
                    const W& w, std::span<double> gradient) const {
    each(gradient, [&](const Term& t, std::span<double> own) { t.pull_between(b, pair, rows, columns, w, own); });
  }

 private:
  /// visit(term, its part of the gradient) for the terms with parameters.
  template <class Visit> void each(std::span<double> gradient, Visit&& visit) const {
    std::size_t at = 0;
    for (const auto& t : terms_) {
      const std::size_t n = t->parameters().size();
      if (n) visit(*t, gradient.subspan(at, n));
      at += n;
    }
  }

  std::vector<std::unique_ptr<Term>> terms_;
};

using LocalInteraction = Interaction<LocalTerm>;
using MomentumInteraction = Interaction<MomentumTerm>;

}  // namespace orogen::nuclear
