#include "orogen/potential/learned/model_sum.hpp"

#include <fmt/format.h>

#include <cmath>

#include "orogen/base/errors.hpp"

namespace orogen {

template <class T>
ModelSum<T>::ModelSum(const Model& model)
    : model_(model), terms_(make_terms(model)), couplings_(make_couplings(model)) {
  const int H = model.shape.hidden;
  if (!model.uncertainty.empty())
    factor_ = Eigen::Map<const Eigen::Matrix<double, -1, -1, Eigen::RowMajor>>(model.uncertainty[0].data(), H, H)
                  .template cast<T>();
  const Parameterization parameters = model.parameterization();
  std::vector<float> network(parameters.network_size());
  for (const auto& member : model.members) {
    parameters.expand(member.data(), network.data());
    networks_.emplace_back(model.shape).set_parameters(std::vector<T>(network.begin(), network.end()));
    networks_.back().couple(couplings_);
  }
}

template <class T>
float ModelSum<T>::evaluate(const Graph& graph, Want want, std::span<const int> place, int rows,
                            const HaloExchange* halo, Memory& memory, ThreadPool* pool, Evaluation& out) const {
  const bool by_layer = want.uncertainty && last_layer(), forces = want.forces || (want.uncertainty && committee());
  const SweepExtras extras{.gradients = forces || !want.energies_alone(),
                           .hidden = by_layer,
                           .site_strains = want.site_virials,
                           .halo = halo};
  clear(out, want, graph.atoms->local, rows);
  if (forces) out.forces.assign(rows, Vec3::Zero());
  if (forces && committee()) memory.member_forces.resize(members());
  float closest = 1e30f;
  for (int m = 0; m < members(); ++m) {
    sweep(m, graph, memory, pool, extras);
    closest = std::min(closest, memory.result.closest);
    add_energies(memory.result, want, place, out);
    if (forces) add_forces(m, memory, place, out);
  }
  if (by_layer) last_layer_spread(memory, place, out.uncertainty);
  return closest;
}

template <class T> void ModelSum<T>::clear(Evaluation& out, Want want, int local, int rows) const {
  out.energy = 0, out.virial.setZero(), out.charges.clear(), out.member_energies.clear();
  out.forces.clear();
  out.site_energies.assign(want.site_energies ? local : 0, 0.0);
  out.site_virials.assign(want.site_virials ? rows : 0, Mat3::Zero());
  out.uncertainty.assign(want.uncertainty && last_layer() ? local : 0, 0.0);
}

template <class T>
void ModelSum<T>::sweep(int member, const Graph& graph, Memory& memory, ThreadPool* pool,
                        const SweepExtras& extras) const {
  networks_[member].forces(graph, memory.network, pool, memory.result, extras);
  for (const auto& term : terms_) add_term(*term, *graph.atoms, memory.result);
}

template <class T>
void ModelSum<T>::add_energies(const SweepResult& result, Want want, std::span<const int> place,
                               Evaluation& out) const {
  const double share = 1.0 / double(members());
  double energy = 0;
  for (std::size_t i = 0; i < result.site_energies.size(); ++i) {
    energy += result.site_energies[i];
    if (want.site_energies) out.site_energies[place[i]] += share * result.site_energies[i];
  }
  out.energy += share * energy;
  if (want.members && committee()) out.member_energies.push_back(energy);
  if (want.virial) out.virial += share * symmetric_virial(result.strain_gradient);
  for (std::size_t k = 0; 9 * k < result.site_strains.size(); ++k)
    out.site_virials[place[k]] += share * site_virial(&result.site_strains[9 * k]);
}

template <class T>
void ModelSum<T>::add_forces(int member, Memory& memory, std::span<const int> place, Evaluation& out) const {
  std::vector<Vec3>& forces = committee() ? memory.member_forces[member] : out.forces;
  if (committee()) forces.assign(out.forces.size(), Vec3::Zero());
  for (std::size_t i = 0; i < place.size(); ++i) {
    const double* g = memory.result.position_gradient.data() + 4 * i;
    forces[place[i]] += -1.0 * Vec3(g[0], g[1], g[2]);
  }
  if (!committee()) return;
  const double share = 1.0 / double(members());
  for (std::size_t i = 0; i < forces.size(); ++i) out.forces[i] += share * forces[i];
}

template <class T>
void ModelSum<T>::multiply_hessian(int member, const Graph& graph, const Tangent& tangent, Memory& memory,
                                   ThreadPool* pool) const {
  networks_[member].hessian_vector(graph, tangent, memory.network, pool, memory.result);
  for (const auto& term : terms_) add_term_tangent(*term, *graph.atoms, tangent, memory.result);
}

template <class T> void ModelSum<T>::require_local_terms() const {
  for (const TermOptions& options : model_.terms) {
    const TermKind& kind = term_kind(options.name);
    if (kind.coupling || kind.term(model_, options)->reach().kind == Reach::structure)
      throw InputError(
          fmt::format("term \"{}\" needs the whole structure, which an engine that brings its own atoms does not have",
                      options.name));
  }
}

template <class T>
void ModelSum<T>::last_layer_spread(Memory& memory, std::span<const int> place, std::vector<double>& sigma) const {
  const int H = model_.shape.hidden, local = int(sigma.size());
  memory.spread.resize(H, 64);
  for (int begin = 0; begin < local; begin += 64) {
    const int count = std::min(64, local - begin);
    const Eigen::Map<const Eigen::Matrix<T, -1, -1>> phi(memory.network.hidden.data() + long(begin) * H, H, count);
    auto x = memory.spread.leftCols(count);
    x.noalias() = factor_ * phi;
    for (int i = 0; i < count; ++i) sigma[place[begin + i]] = model_.uncertainty_scale * double(x.col(i).norm());
  }
}

template class ModelSum<float>;
template class ModelSum<double>;

bool is_double(const Model& model, const std::string& wanted) {
  const std::string& precision = wanted.empty() ? model.precision : wanted;
  if (precision == "float64") return true;
  if (precision == "float32") return false;
  throw InputError("precision = \"" + precision + "\": expected \"float32\" or \"float64\"");
}

Mat3 symmetric_virial(const std::array<double, 9>& strain_gradient) {
  const Eigen::Map<const Mat3> g(strain_gradient.data());
  return -0.5 * (g + g.transpose());
}

Mat3 site_virial(const double* site_strain) {
  return -Eigen::Map<const Mat3>(site_strain);  // column-major map of row-major [p][q] = ∂E/∂d_p d_q: its transpose
}

void committee_spread(const std::vector<std::vector<Vec3>>& member_forces, std::span<const Vec3> mean,
                      std::span<double> spread) {
  const double n = double(member_forces.size());
  for (std::size_t i = 0; i < spread.size(); ++i) {
    double sum = 0;
    for (const auto& f : member_forces) sum += (f[i] - mean[i]).squaredNorm();
    spread[i] = std::sqrt(sum / (n - 1));
  }
}

void check_distances(float closest, int atoms) {
  if (closest > 1e-4f) return;
  throw NumericalError(
      fmt::format("two atoms of the structure ({} atoms) are {:.2g} Å apart: coincident atoms have no energy", atoms,
                  std::sqrt(double(closest))));
}

void check_finite(const Evaluation& out) {
  for (std::size_t i = 0; i < out.forces.size(); ++i)
    if (!out.forces[i].allFinite())
      throw NumericalError(fmt::format(
          "the force on atom {} (counted from 0) is not finite: the structure lies far outside the training data", i));
  if (!std::isfinite(out.energy) || !out.virial.allFinite())
    throw NumericalError("the energy is not finite: the structure lies far outside the training data");
}

}  // namespace orogen
