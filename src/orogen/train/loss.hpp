// The loss of one batch and its gradient: two sweeps per structure, threads and MPI ranks over structures,
// deterministic sums. [T6.4]
#pragma once
#include <span>
#include <vector>

#include "orogen/potential/model/model.hpp"
#include "orogen/train/data/samples.hpp"

namespace orogen {

/// Loss per structure of n atoms: w_E (ΔE/n)² + w_F |ΔF|²/(3n) + w_V |ΔW/n|²/9, each times the frame's own weight.
struct LossWeights {
  double energy = 1, forces = 100, virial = 1;
};

/// Sums over structures from which losses and RMSE follow; an RMSE without any label is NaN.
struct LossSums {
  double loss = 0, structures = 0;
  double energy = 0, energies = 0;    ///< Σ (ΔE/n)² [eV²], count
  double forces = 0, components = 0;  ///< Σ |ΔF|² [eV²/Å²], count
  double virial = 0, virials = 0;     ///< Σ |ΔW/n|² [eV²], count of components
  LossSums& operator+=(const LossSums& o);
  void sum_over_ranks();
  double energy_rmse() const;  ///< eV/atom
  double forces_rmse() const;  ///< eV/Å
  double virial_rmse() const;  ///< eV/atom
};

/// Evaluates losses of one network on samples, in float32.
class BatchLoss {
 public:
  BatchLoss(const Model& model, ThreadPool& pool);
  /// Sets the trained parameters (Parameterization order).
  void set(std::span<const float> trained);
  /// Sums over the batch; with `gradient` (trained order, overwritten) also ∂(loss/structures)/∂θ.
  LossSums evaluate(std::span<const Sample* const> batch, LossWeights weights, std::span<float> gradient);
  /// Sets the first guess of the species scales from data: every A_l of the samples gets rms 1. [T6.5]
  void calibrate(std::span<const Sample* const> samples, std::span<float> trained);
  /// Moves the constant per element to where it fits the energies of the samples best (least squares, minimum norm):
  /// the one
  /// parameter that is known in closed form, and the last that a stochastic minimiser brings to rest.
  void refit_shift(std::span<const Sample* const> samples, std::span<float> trained);
  /// ΦᵀΦ of the last hidden layer over all atoms of the samples: H × H.
  Eigen::MatrixXd hidden_covariance(std::span<const Sample* const> samples);

 private:
  struct Worker {
    SiteNetwork<float>::Memory memory;
    SweepResult result;
    AlignedArray<float> gradient;
    std::vector<double> tangent;
    LossSums sums;
  };
  void one(const Sample& sample, LossWeights weights, double scale, bool want_gradient, Worker& worker);
  std::vector<std::vector<const Sample*>> deal(std::span<const Sample* const> batch) const;

  Parameterization parameters_;
  SiteNetwork<float> network_;
  ThreadPool& pool_;
  std::vector<float> canonical_, canonical_gradient_;
  std::vector<float> trained_;
  std::vector<Worker> workers_;
};

}  // namespace orogen
