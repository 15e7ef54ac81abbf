// The C interface: structures in, energies and their derivatives out.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "orogen/link/c_handle.hpp"
#include "orogen/system/elements.hpp"

namespace orogen {
namespace {

/// "structure 3: …" in a batch, else the text alone.
InputError bad(std::int64_t k, std::int64_t count, const std::string& text) {
  return InputError(count > 1 ? fmt::format("structure {} of the batch: {}", k, text) : text);
}

void check(const orogen_structure& in, std::int64_t k, std::int64_t count) {
  if (in.atoms < 1 || in.atoms > 2'000'000'000)
    throw bad(k, count, fmt::format("{} atoms: expected 1 or more", in.atoms));
  if (!in.species || !in.positions) throw bad(k, count, "species or positions is NULL");
  for (std::int64_t i = 0; i < in.atoms; ++i)
    if (in.species[i] < 1 || in.species[i] > element_count)
      throw bad(k, count,
                fmt::format("atom {} has atomic number {}: expected 1 … {}", i, in.species[i], element_count));
  for (int flag : in.periodic)
    if (flag != 0 && flag != 1) throw bad(k, count, fmt::format("periodic holds {}: expected 0 or 1", flag));
}

Structure structure(const orogen_structure& in) {
  Structure s;
  s.species.assign(in.species, in.species + in.atoms);
  s.positions.resize(std::size_t(in.atoms));
  std::copy_n(in.positions, 3 * in.atoms, s.positions[0].data());
  for (int d = 0; d < 3; ++d) {
    s.cell.periodic[d] = in.periodic[d];
    if (in.periodic[d])
      for (int c = 0; c < 3; ++c) s.cell.rows(d, c) = in.cell[3 * d + c];
  }
  return s;
}

/// Refuses what this model or structure cannot give.
void check(const orogen_potential& p, const orogen_structure& in, const orogen_result& out, std::int64_t k,
           std::int64_t count) {
  if (out.stress && !(in.periodic[0] && in.periodic[1] && in.periodic[2]))
    throw bad(k, count, "stress is wanted, but the structure has no volume: it is not periodic along a, b and c");
  if (out.uncertainty && !orogen_has_uncertainty(&p))
    throw bad(k, count, "uncertainty is wanted, but this model of one member has no measured spread of its last layer");
  if ((out.member_energies || out.member_forces) && orogen_members(&p) == 1)
    throw bad(k, count, "answers of members are wanted, but this model is no committee");
}

Want wanted(const orogen_result* results, std::int64_t count) {
  Want want{false, false, false, false};
  for (const orogen_result* r = results; r != results + count; ++r) {
    want.forces |= r->forces || r->member_forces;
    want.virial |= r->virial || r->stress;
    want.site_energies |= r->site_energies != nullptr;
    want.uncertainty |= r->uncertainty != nullptr;
    want.members |= r->member_energies || r->member_forces;
  }
  return want;
}

void copy_vectors(const std::vector<Vec3>& from, double* to) { std::copy_n(from[0].data(), 3 * from.size(), to); }

void copy_symmetric(const Mat3& from, double factor, double* to) {
  for (int k = 0; k < 9; ++k) to[k] = factor * from(k / 3, k % 3);
}

/// Fills the arrays of `out`.
void answer(const Structure& s, const Evaluation& e, const orogen_result& out) {
  if (out.forces) copy_vectors(e.forces, out.forces);
  if (out.virial) copy_symmetric(e.virial, 1, out.virial);
  if (out.stress) copy_symmetric(e.virial, -1 / s.cell.volume(), out.stress);
  if (out.site_energies) std::copy(e.site_energies.begin(), e.site_energies.end(), out.site_energies);
  if (out.uncertainty) std::copy(e.uncertainty.begin(), e.uncertainty.end(), out.uncertainty);
  if (out.member_energies) std::copy(e.member_energies.begin(), e.member_energies.end(), out.member_energies);
  if (out.member_forces)
    for (std::size_t m = 0; m < e.member_forces.size(); ++m)
      copy_vectors(e.member_forces[m], out.member_forces + 3 * m * e.member_forces[m].size());
}

void evaluate(orogen_potential& p, std::int64_t count, const orogen_structure* in, orogen_result* out) {
  const Sized given(in, count, "structure");
  const Sized results(out, count, "result");
  std::vector<Structure> structures;
  std::vector<orogen_result> requests;
  for (std::int64_t k = 0; k < count; ++k) {
    const orogen_structure s = given.read(k);
    requests.push_back(results.read(k));
    check(s, k, count);
    check(p, s, requests.back(), k, count);
    structures.push_back(structure(s));
  }
  std::vector<Evaluation> answers(structures.size());
  {
    const std::lock_guard turn(p.turn);
    p.potential->evaluate(structures, wanted(requests.data(), count), answers);
  }
  for (std::size_t k = 0; k < structures.size(); ++k) {
    results.at(std::int64_t(k))->energy = answers[k].energy;
    answer(structures[k], answers[k], requests[k]);
  }
}

void hessian_vector(orogen_potential& p, const orogen_structure* given, const double* direction, double* product) {
  const orogen_structure in = Sized(given, 1, "structure").read();
  check(in, 0, 1);
  std::vector<Vec3> v(std::size_t(in.atoms));
  std::copy_n(direction, 3 * in.atoms, v[0].data());
  const Structure s = structure(in);
  const std::lock_guard turn(p.turn);
  copy_vectors(p.potential->hessian_vector(s, v), product);
}

}  // namespace
}  // namespace orogen

int orogen_evaluate(orogen_potential* potential, const orogen_structure* structure, orogen_result* result) {
  return orogen_evaluate_batch(potential, 1, structure, result);
}

int orogen_evaluate_batch(orogen_potential* potential, int64_t count, const orogen_structure* structures,
                          orogen_result* results) {
  return orogen::guarded_call([&] {
    orogen::require(potential, "potential");
    if (count < 0) throw orogen::InputError(fmt::format("count = {}: expected 0 or more", count));
    if (count == 0) return;
    orogen::evaluate(*potential, count, structures, results);
  });
}

int orogen_hessian_vector(orogen_potential* potential, const orogen_structure* structure, const double* direction,
                          double* product) {
  return orogen::guarded_call([&] {
    orogen::require(potential, "potential");
    orogen::require(direction, "direction");
    orogen::require(product, "product");
    orogen::hessian_vector(*potential, structure, direction, product);
  });
}

int orogen_forget(orogen_potential* potential) {
  return orogen::guarded_call([&] {
    orogen::require(potential, "potential");
    const std::lock_guard turn(potential->turn);
    potential->potential->forget();
  });
}
