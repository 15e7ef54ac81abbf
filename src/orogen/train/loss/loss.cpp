#include "orogen/train/loss/loss.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "orogen/potential/terms/term_kinds.hpp"

#include "orogen/base/errors.hpp"

namespace orogen {

LossSums& LossSums::operator+=(const LossSums& o) {
  loss += o.loss, structures += o.structures;
  energy += o.energy, energies += o.energies;
  forces += o.forces, components += o.components;
  virial += o.virial, virials += o.virials;
  return *this;
}
void LossSums::sum_over(const Ranks& ranks) {
  std::array<double, 8> all{loss, structures, energy, energies, forces, components, virial, virials};
  ranks.sum(std::span<double>(all));
  loss = all[0], structures = all[1], energy = all[2], energies = all[3];
  forces = all[4], components = all[5], virial = all[6], virials = all[7];
}
// 0/0 where there was no label: an error that was not measured is not a small one.
double LossSums::energy_rmse() const { return std::sqrt(energy / energies); }
double LossSums::forces_rmse() const { return std::sqrt(forces / components); }
double LossSums::virial_rmse() const { return std::sqrt(virial / virials); }

void add_prior_gradient(const GaussianPrior& prior, std::span<const float> theta, std::span<float> gradient) {
  const auto& mean = prior.mean();
  const auto& precision = prior.precision();
  OROGEN_ASSERT(theta.size() == mean.size() && gradient.size() == mean.size());
  for (std::size_t k = 0; k < mean.size(); ++k) gradient[k] += float(precision[k] * (theta[k] - mean[k]));
}

namespace {

/// Adds the rows of ghosts to those of the atoms that they are images of.
void fold(const Neighborhood& atoms, std::vector<double>& gradient) {
  for (int g = atoms.local; g < atoms.total; ++g)
    for (int c = 0; c < 3; ++c) gradient[4L * atoms.owner[g] + c] += gradient[4L * g + c];
}

/// Each of these adds one kind of label to the sums and writes the derivative of scale · loss by what was predicted
/// into the direction along which the second sweep takes the tangent of ∂E/∂θ. [T4.2]
void add_energy(const Sample& s, const SweepResult& r, double weight, double scale, LossSums& sums, Tangent& seed) {
  const double n = s.size();
  const double e = std::accumulate(r.site_energies.begin(), r.site_energies.end(), 0.0);
  const double error = (e - s.energy) / n;
  sums.energy += error * error, sums.energies += 1;
  sums.loss += weight * s.energy_weight * error * error;
  seed.energy = scale * weight * s.energy_weight * 2 * error / n;
}

/// The force is −∂E/∂r: the tangent of an atom's position is minus the derivative by its force. Ghosts move like their
/// owners. `positions`: total × 4.
void add_forces(const Sample& s, SweepResult& r, double weight, double scale, LossSums& sums,
                std::vector<double>& positions) {
  const double n = s.size();
  fold(s.atoms, r.position_gradient);
  double sum = 0;
  for (int i = 0; i < s.atoms.local; ++i)
    for (int c = 0; c < 3; ++c) {
      const double error = -r.position_gradient[4L * i + c] - s.forces[3L * i + c];
      sum += error * error;
      positions[4L * i + c] = -scale * weight * s.forces_weight * 2 * error / (3 * n);
    }
  sums.forces += sum, sums.components += 3 * n;
  sums.loss += weight * s.forces_weight * sum / (3 * n);
  for (int g = s.atoms.local; g < s.atoms.total; ++g)
    for (int c = 0; c < 3; ++c) positions[4L * g + c] = positions[4L * s.atoms.owner[g] + c];
}

/// The virial is −∂E/∂ε, and so the same holds for the strain.
void add_virial(const Sample& s, const SweepResult& r, double weight, double scale, LossSums& sums, Tangent& seed) {
  const double n = s.size();
  double sum = 0;
  for (int p = 0; p < 3; ++p)
    for (int q = 0; q < 3; ++q) {
      const double virial = -0.5 * (r.strain_gradient[3 * p + q] + r.strain_gradient[3 * q + p]);
      const double error = (virial - s.virial(p, q)) / n;
      sum += error * error;
      seed.strain[3 * p + q] = -scale * weight * s.virial_weight * 2 * error / (9 * n);
    }
  sums.virial += sum, sums.virials += 9;
  sums.loss += weight * s.virial_weight * sum / 9;
}

}  // namespace

template <class T>
BatchLoss<T>::BatchLoss(const Model& model, ThreadPool& pool, const Ranks& ranks)
    : parameters_(model.shape),
      network_(model.shape),
      pool_(pool),
      ranks_(ranks),
      canonical_(parameters_.network_size()),
      canonical_gradient_(parameters_.network_size()),
      workers_(pool.size()) {
  network_.couple(make_couplings(model));
}

template <class T> void BatchLoss<T>::set(std::span<const T> trained) {
  trained_.assign(trained.begin(), trained.end());
  parameters_.expand(trained.data(), canonical_.data());
  network_.set_parameters(canonical_);
}

template <class T>
void BatchLoss<T>::one(const Sample& s, LossWeights w, double scale, bool want_gradient, Worker& worker) {
  network_.forces(s.graph, worker.memory, nullptr, worker.result);
  worker.sums.structures += 1;
  worker.seed.assign(4L * s.atoms.total, 0.0);
  Tangent seed;
  seed.positions = worker.seed;
  if (s.has_energy) add_energy(s, worker.result, w.energy, scale, worker.sums, seed);
  if (s.has_forces) add_forces(s, worker.result, w.forces, scale, worker.sums, worker.seed);
  if (s.has_virial) add_virial(s, worker.result, w.virial, scale, worker.sums, seed);
  if (want_gradient)
    network_.parameter_gradient(s.graph, seed, worker.memory,
                                std::span(worker.gradient.data(), worker.gradient.size()));
}

/// Divides the batch among the threads of all ranks, the largest structure first to the thread with the least work: a
/// fixed rule, so that sums repeat.
template <class T>
std::vector<std::vector<long>> BatchLoss<T>::shares(const SampleStream& samples, std::span<const long> batch) const {
  std::vector<std::vector<long>> shares(std::size_t(pool_.size()) * ranks_.size());
  std::vector<long> load(shares.size(), 0);
  std::vector<long> sorted(batch.begin(), batch.end());
  std::stable_sort(sorted.begin(), sorted.end(), [&](long a, long b) { return samples.atoms(a) > samples.atoms(b); });
  for (const long k : sorted) {
    const auto t = std::min_element(load.begin(), load.end()) - load.begin();
    shares[t].push_back(k);
    load[t] += samples.atoms(k) + 2;
  }
  return shares;
}

template <class T>
LossSums BatchLoss<T>::evaluate(SampleStream& samples, std::span<const long> batch, LossWeights weights,
                                std::span<T> gradient) {
  const bool want_gradient = !gradient.empty();
  OROGEN_ASSERT(!want_gradient || gradient.size() == trained_.size());
  const auto of_thread = shares(samples, batch);
  const double scale = 1.0 / double(batch.size());
  pool_.run([&](int t) {
    Worker& worker = workers_[t];
    worker.sums = {};
    if (want_gradient) worker.gradient.resize_zero(network_.layout().packed_size);
    for (const long k : of_thread[ranks_.rank() * pool_.size() + t])
      one(*samples.sample(k), weights, scale, want_gradient, worker);
  });
  LossSums sums;
  for (const Worker& worker : workers_) sums += worker.sums;
  sums.sum_over(ranks_);
  if (want_gradient) collect_gradient(gradient);
  return sums;
}

/// Sums the workers' gradients in their order and pulls the sum back to the trained parameters.
template <class T> void BatchLoss<T>::collect_gradient(std::span<T> gradient) {
  T* total = workers_[0].gradient.data();
  for (std::size_t t = 1; t < workers_.size(); ++t)
    for (long i = 0; i < network_.layout().packed_size; ++i) total[i] += workers_[t].gradient[i];
  std::fill(canonical_gradient_.begin(), canonical_gradient_.end(), T(0));
  network_.unpack_gradient(std::span<const T>(total, network_.layout().packed_size), canonical_gradient_);
  ranks_.sum(std::span<T>(canonical_gradient_));
  std::fill(gradient.begin(), gradient.end(), T(0));
  parameters_.pull(trained_.data(), canonical_gradient_.data(), gradient.data());
}

template <class T>
void BatchLoss<T>::calibrate(SampleStream& samples, std::span<const long> some, std::span<T> trained) {
  const kernel::Shape& shape = network_.shape();
  for (int layer = 0; layer < shape.layers; ++layer) {
    set(trained);
    std::vector<double> square_sums(2 * (shape.l_max + 1), 0.0);
    Worker& worker = workers_[0];
    worker.memory.layer_rms = square_sums.data(), worker.memory.rms_layer = layer;
    for (const long k : some)
      network_.forces(samples.sample(k)->graph, worker.memory, nullptr, worker.result, {.gradients = false});
    worker.memory.layer_rms = nullptr;
    set_scales(layer, square_sums, trained);
  }
  set(trained);
}

/// square_sums: per l the sum of squares of A_l and the number of its values.
template <class T>
void BatchLoss<T>::set_scales(int layer, const std::vector<double>& square_sums, std::span<T> trained) const {
  const int degrees = network_.shape().l_max + 1;
  for (const auto& block : parameters_.blocks()) {
    if (block.name != "layer" + std::to_string(layer + 1) + ".scale") continue;
    for (long row = 0; row < block.rows; ++row) {
      const int l = int(row % degrees);
      // Not more than 10 times the isotropic part's: what a perfect crystal forbids must not become noise.
      const double floor = 0.01 * square_sums[0] / std::max(1.0, square_sums[1]);
      const double square = std::max(square_sums[2 * l] / std::max(1.0, square_sums[2 * l + 1]), floor);
      for (long k = 0; k < block.cols; ++k)
        trained[block.offset + row * block.cols + k] = T(square > 0 ? 1 / std::sqrt(square) : 1);
    }
  }
}

template <class T>
void BatchLoss<T>::refit_shift(SampleStream& samples, std::span<const long> all, std::span<T> trained) {
  set(trained);
  const kernel::Shape& shape = network_.shape();
  Eigen::MatrixXd a = Eigen::MatrixXd::Zero(shape.species, shape.species);
  Eigen::VectorXd b = Eigen::VectorXd::Zero(shape.species);
  Worker& worker = workers_[0];
  for (const long k : all) {
    const auto s = samples.sample(k);
    if (!s->has_energy) continue;
    network_.forces(s->graph, worker.memory, nullptr, worker.result, {.gradients = false});
    const double e = std::accumulate(worker.result.site_energies.begin(), worker.result.site_energies.end(), 0.0);
    Eigen::VectorXd share = Eigen::VectorXd::Zero(shape.species);
    for (int i = 0; i < s->size(); ++i) share[s->graph.type[i]] += 1.0 / s->size();
    const double weight = s->energy_weight;
    a += weight * share * share.transpose();
    b += weight * share * (s->energy - e) / s->size();
  }
  Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> solver;
  solver.setThreshold(1e-8);  // compositions may leave directions open
  const Eigen::VectorXd shift = solver.compute(a).solve(b);
  const std::string name = "layer" + std::to_string(shape.layers) + ".shift";
  for (const auto& block : parameters_.blocks())
    if (block.name == name)
      for (int z = 0; z < shape.species; ++z) trained[block.offset + z] += T(shift[z] / shape.energy_scale);
  set(trained);
}

template <class T> Eigen::MatrixXd BatchLoss<T>::hidden_covariance(SampleStream& samples, std::span<const long> some) {
  const int H = network_.shape().hidden;
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(H, H);
  Worker& worker = workers_[0];
  for (const long k : some) {
    const auto s = samples.sample(k);
    network_.forces(s->graph, worker.memory, nullptr, worker.result, {.gradients = false, .hidden = true});
    const Eigen::Map<const Eigen::Matrix<T, -1, -1>> phi(worker.memory.hidden.data(), H, s->size());
    const Eigen::MatrixXd d = phi.template cast<double>();
    sum += d * d.transpose();
  }
  return sum;
}

template class BatchLoss<float>;
template class BatchLoss<double>;

}  // namespace orogen
