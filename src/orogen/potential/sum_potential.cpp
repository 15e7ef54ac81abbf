#include "orogen/potential/sum_potential.hpp"

#include <algorithm>
#include <cmath>

#include "orogen/base/errors.hpp"

namespace orogen {
namespace {

using Answers = std::vector<const Evaluation*>;

template <class V> void add(const std::vector<V>& from, std::vector<V>& to) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
}

/// The sum of a field over all terms; empty where one of them lacks it.
template <class V> void sum_of_all(const Answers& terms, std::vector<V> Evaluation::*field, Evaluation& out) {
  std::vector<V>& to = out.*field;
  to = terms[0]->*field;
  for (std::size_t t = 1; t < terms.size(); ++t)
    if ((terms[t]->*field).size() == to.size())
      add(terms[t]->*field, to);
    else
      return to.clear();
}

void add_uncertainties(const Answers& terms, std::vector<double>& out) {
  out.clear();
  for (const Evaluation* e : terms) {
    if (out.empty()) out.assign(e->uncertainty.size(), 0.0);
    for (std::size_t i = 0; i < e->uncertainty.size(); ++i) out[i] += e->uncertainty[i] * e->uncertainty[i];
  }
  for (double& u : out) u = std::sqrt(u);
}

/// Number of members that all committees among the terms have; 0 where there is none or they differ.
std::size_t common_members(const Answers& terms) {
  std::size_t common = 0;
  for (const Evaluation* e : terms) {
    const std::size_t members = e->member_energies.size();
    if (members > 0 && common > 0 && members != common) return 0;
    common = std::max(common, members);
  }
  return common;
}

void sum_members(const Answers& terms, Evaluation& out) {
  out.member_energies.assign(common_members(terms), 0.0);
  out.member_forces.assign(out.forces.empty() ? 0 : out.member_energies.size(),
                           std::vector<Vec3>(out.forces.size(), Vec3::Zero()));
  for (const Evaluation* e : terms) {
    const bool committee = !e->member_energies.empty();
    for (std::size_t m = 0; m < out.member_energies.size(); ++m)
      out.member_energies[m] += committee ? e->member_energies[m] : e->energy;
    for (std::size_t m = 0; m < out.member_forces.size(); ++m)
      add(committee ? e->member_forces[m] : e->forces, out.member_forces[m]);
  }
}

void sum(const Answers& terms, Evaluation& out) {
  out.energy = 0, out.virial.setZero(), out.charges.clear();
  for (const Evaluation* e : terms) {
    out.energy += e->energy, out.virial += e->virial;
    if (out.charges.empty()) out.charges = e->charges;
  }
  sum_of_all(terms, &Evaluation::forces, out);
  sum_of_all(terms, &Evaluation::site_energies, out);
  sum_of_all(terms, &Evaluation::site_virials, out);
  add_uncertainties(terms, out.uncertainty);
  sum_members(terms, out);
}

}  // namespace

SumPotential::SumPotential(std::vector<std::unique_ptr<Potential>> terms)
    : terms_(std::move(terms)), answers_(terms_.size()) {
  OROGEN_ASSERT(!terms_.empty());
}

void SumPotential::forget() {
  for (const auto& term : terms_) term->forget();
}

double SumPotential::reach() const {
  double reach = 0;
  for (const auto& term : terms_) reach = std::max(reach, term->reach());
  return reach;
}

void SumPotential::compute(std::span<const Structure> structures, Want want, std::span<Evaluation> out) {
  for (std::size_t t = 0; t < terms_.size(); ++t) {
    answers_[t].resize(structures.size());
    terms_[t]->evaluate(structures, want, answers_[t]);
  }
  Answers terms(terms_.size());
  for (std::size_t k = 0; k < structures.size(); ++k) {
    for (std::size_t t = 0; t < terms_.size(); ++t) terms[t] = &answers_[t][k];
    sum(terms, out[k]);
  }
}

void SumPotential::multiply_hessian(std::span<const Structure> structures,
                                    std::span<const std::vector<Vec3>> directions, std::span<Evaluation> out) {
  for (std::size_t t = 0; t < terms_.size(); ++t) {
    const auto products = terms_[t]->hessian_vectors(structures, directions);
    for (std::size_t k = 0; k < structures.size(); ++k)
      if (t == 0)
        out[k].hessian_product = products[k];
      else
        add(products[k], out[k].hessian_product);
  }
}

}  // namespace orogen
