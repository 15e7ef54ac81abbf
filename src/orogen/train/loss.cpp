#include "orogen/train/loss.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "orogen/base/parallel/ranks.hpp"
#include "orogen/potential/terms/term_kinds.hpp"

namespace orogen {

LossSums& LossSums::operator+=(const LossSums& o) {
  loss += o.loss, structures += o.structures;
  energy += o.energy, energies += o.energies;
  forces += o.forces, components += o.components;
  virial += o.virial, virials += o.virials;
  return *this;
}
void LossSums::sum_over_ranks() {
  std::array<double, 8> all{loss, structures, energy, energies, forces, components, virial, virials};
  Ranks::world().sum(std::span<double>(all));
  loss = all[0], structures = all[1], energy = all[2], energies = all[3];
  forces = all[4], components = all[5], virial = all[6], virials = all[7];
}
// 0/0 where there was no label: an error that was not measured is not a small one.
double LossSums::energy_rmse() const { return std::sqrt(energy / energies); }
double LossSums::forces_rmse() const { return std::sqrt(forces / components); }
double LossSums::virial_rmse() const { return std::sqrt(virial / virials); }

BatchLoss::BatchLoss(const Model& model, ThreadPool& pool)
    : parameters_(model.shape),
      network_(model.shape),
      pool_(pool),
      canonical_(parameters_.network_size()),
      canonical_gradient_(parameters_.network_size()),
      workers_(pool.size()) {
  network_.couple(make_couplings(model));
}

void BatchLoss::set(std::span<const float> trained) {
  trained_.assign(trained.begin(), trained.end());
  parameters_.expand(trained.data(), canonical_.data());
  network_.set_parameters(canonical_);
}

void BatchLoss::one(const Sample& s, LossWeights w, double scale, bool want_gradient, Worker& worker) {
  const double n = s.size();
  network_.forces(s.graph, worker.memory, nullptr, worker.result);
  SweepResult& r = worker.result;
  LossSums& sums = worker.sums;
  sums.structures += 1;
  Tangent tangent;
  worker.tangent.assign(4L * s.atoms.total, 0.0);
  if (s.has_energy) {
    const double e = std::accumulate(r.site_energies.begin(), r.site_energies.end(), 0.0);
    const double error = (e - s.energy) / n;
    sums.energy += error * error, sums.energies += 1;
    sums.loss += w.energy * s.energy_weight * error * error;
    tangent.energy = scale * w.energy * s.energy_weight * 2 * error / n;
  }
  if (s.has_forces) {
    for (int g = s.atoms.local; g < s.atoms.total; ++g)
      for (int c = 0; c < 3; ++c) r.position_gradient[4L * s.atoms.owner[g] + c] += r.position_gradient[4L * g + c];
    double sum = 0;
    for (int i = 0; i < s.atoms.local; ++i)
      for (int c = 0; c < 3; ++c) {
        const double error = -r.position_gradient[4L * i + c] - s.forces[3L * i + c];
        sum += error * error;
        worker.tangent[4L * i + c] = -scale * w.forces * s.forces_weight * 2 * error / (3 * n);
      }
    sums.forces += sum, sums.components += 3 * n;
    sums.loss += w.forces * s.forces_weight * sum / (3 * n);
    for (int g = s.atoms.local; g < s.atoms.total; ++g)
      for (int c = 0; c < 3; ++c) worker.tangent[4L * g + c] = worker.tangent[4L * s.atoms.owner[g] + c];
  }
  if (s.has_virial) {
    double sum = 0;
    for (int p = 0; p < 3; ++p)
      for (int q = 0; q < 3; ++q) {
        const double virial = -0.5 * (r.strain_gradient[3 * p + q] + r.strain_gradient[3 * q + p]);
        const double error = (virial - s.virial(p, q)) / n;
        sum += error * error;
        tangent.strain[3 * p + q] = -scale * w.virial * s.virial_weight * 2 * error / (9 * n);
      }
    sums.virial += sum, sums.virials += 9;
    sums.loss += w.virial * s.virial_weight * sum / 9;
  }
  if (!want_gradient) return;
  tangent.positions = worker.tangent;
  network_.parameter_gradient(s.graph, tangent, worker.memory,
                              std::span(worker.gradient.data(), worker.gradient.size()));
}

/// Deals the batch to the threads, largest structure first to the thread with least work: a fixed rule, so that sums
/// repeat.
std::vector<std::vector<const Sample*>> BatchLoss::deal(std::span<const Sample* const> batch) const {
  std::vector<std::vector<const Sample*>> hands(std::size_t(pool_.size()) * Ranks::world().size());
  std::vector<long> load(hands.size(), 0);
  std::vector<const Sample*> sorted(batch.begin(), batch.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Sample* a, const Sample* b) { return a->size() > b->size(); });
  for (const Sample* s : sorted) {
    const auto t = std::min_element(load.begin(), load.end()) - load.begin();
    hands[t].push_back(s);
    load[t] += s->size() + 2;
  }
  return hands;
}

LossSums BatchLoss::evaluate(std::span<const Sample* const> batch, LossWeights weights, std::span<float> gradient) {
  const bool want_gradient = !gradient.empty();
  const auto hands = deal(batch);
  const double scale = 1.0 / double(batch.size());
  pool_.run([&](int t) {
    Worker& worker = workers_[t];
    worker.sums = {};
    if (want_gradient) worker.gradient.resize_zero(network_.layout().packed_size);
    for (const Sample* s : hands[Ranks::world().rank() * pool_.size() + t])
      one(*s, weights, scale, want_gradient, worker);
  });
  LossSums sums;
  for (const Worker& worker : workers_) sums += worker.sums;
  sums.sum_over_ranks();
  if (!want_gradient) return sums;
  float* total = workers_[0].gradient.data();
  for (std::size_t t = 1; t < workers_.size(); ++t)
    for (long i = 0; i < network_.layout().packed_size; ++i) total[i] += workers_[t].gradient[i];
  std::fill(canonical_gradient_.begin(), canonical_gradient_.end(), 0.0f);
  network_.unpack_gradient(std::span<const float>(total, network_.layout().packed_size), canonical_gradient_);
  Ranks::world().sum(canonical_gradient_);
  std::fill(gradient.begin(), gradient.end(), 0.0f);
  parameters_.pull(trained_.data(), canonical_gradient_.data(), gradient.data());
  return sums;
}

void BatchLoss::calibrate(std::span<const Sample* const> samples, std::span<float> trained) {
  const kernel::Shape& shape = network_.shape();
  for (int layer = 0; layer < shape.layers; ++layer) {
    set(trained);
    std::vector<double> rms(2 * (shape.l_max + 1), 0.0);
    Worker& worker = workers_[0];
    worker.memory.layer_rms = rms.data(), worker.memory.rms_layer = layer;
    for (const Sample* s : samples) network_.forces(s->graph, worker.memory, nullptr, worker.result);
    worker.memory.layer_rms = nullptr;
    for (const auto& block : parameters_.blocks()) {
      if (block.name != "layer" + std::to_string(layer + 1) + ".scale") continue;
      for (long row = 0; row < block.rows; ++row) {
        const int l = int(row % (shape.l_max + 1));
        // Not more than 10 times the isotropic part's: what a perfect crystal forbids must not become noise.
        const double floor = 0.01 * rms[0] / std::max(1.0, rms[1]);
        const double square = std::max(rms[2 * l] / std::max(1.0, rms[2 * l + 1]), floor);
        for (long k = 0; k < block.cols; ++k)
          trained[block.offset + row * block.cols + k] = float(square > 0 ? 1 / std::sqrt(square) : 1);
      }
    }
  }
  set(trained);
}

void BatchLoss::refit_shift(std::span<const Sample* const> samples, std::span<float> trained) {
  set(trained);
  const kernel::Shape& shape = network_.shape();
  Eigen::MatrixXd a = Eigen::MatrixXd::Zero(shape.species, shape.species);
  Eigen::VectorXd b = Eigen::VectorXd::Zero(shape.species);
  Worker& worker = workers_[0];
  for (const Sample* s : samples) {
    if (!s->has_energy) continue;
    network_.forces(s->graph, worker.memory, nullptr, worker.result);
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
      for (int z = 0; z < shape.species; ++z) trained[block.offset + z] += float(shift[z] / shape.energy_scale);
  set(trained);
}

Eigen::MatrixXd BatchLoss::hidden_covariance(std::span<const Sample* const> samples) {
  const int H = network_.shape().hidden;
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(H, H);
  Worker& worker = workers_[0];
  for (const Sample* s : samples) {
    network_.forces(s->graph, worker.memory, nullptr, worker.result, {.hidden = true});
    const Eigen::Map<const Eigen::MatrixXf> phi(worker.memory.hidden.data(), H, s->size());
    const Eigen::MatrixXd d = phi.cast<double>();
    sum += d * d.transpose();
  }
  return sum;
}

}  // namespace orogen
