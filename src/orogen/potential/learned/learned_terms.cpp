#include "orogen/potential/learned/learned_terms.hpp"

#include <fmt/format.h>

#include <cmath>

#include "orogen/base/errors.hpp"

namespace orogen {

template <class T> LearnedTerms<T>::LearnedTerms(const Model& model) : model_(model), zbl_(model.elements) {
  const int H = model.shape.hidden;
  if (!model.uncertainty.empty())
    factor_ = Eigen::Map<const Eigen::Matrix<double, -1, -1, Eigen::RowMajor>>(model.uncertainty[0].data(), H, H)
                  .template cast<T>();
  const Parameterization parameters = model.parameterization();
  std::vector<float> network(parameters.network_size());
  for (const auto& member : model.members) {
    parameters.expand(member.data(), network.data());
    networks_.emplace_back(model.shape).set_parameters(std::vector<T>(network.begin(), network.end()));
  }
}

template <class T>
void LearnedTerms<T>::sweep(int member, const Graph& graph, Memory& memory, ThreadPool* pool,
                            const SweepExtras& extras) const {
  SweepResult& result = memory.result;
  networks_[member].forces(graph, memory.network, pool, result, extras);
  if (model_.zbl && result.closest < zbl_.reach() * zbl_.reach()) zbl_.add(*graph.atoms, result);
  for (int i = 0; i < graph.atoms->local; ++i) result.site_energies[i] += model_.reference_energies[graph.type[i]];
}

template <class T> void LearnedTerms<T>::last_layer_spread(int local, Memory& memory, std::span<double> sigma) const {
  const int H = model_.shape.hidden;
  memory.spread.resize(H, 64);
  for (int begin = 0; begin < local; begin += 64) {
    const int count = std::min(64, local - begin);
    const Eigen::Map<const Eigen::Matrix<T, -1, -1>> phi(memory.network.hidden.data() + long(begin) * H, H, count);
    auto x = memory.spread.leftCols(count);
    x.noalias() = factor_ * phi;
    for (int i = 0; i < count; ++i) sigma[begin + i] = model_.uncertainty_scale * double(x.col(i).norm());
  }
}

template class LearnedTerms<float>;
template class LearnedTerms<double>;

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
  if (!std::isfinite(out.energy))
    throw NumericalError("the energy is not finite: the structure lies far outside the training data");
}

}  // namespace orogen
