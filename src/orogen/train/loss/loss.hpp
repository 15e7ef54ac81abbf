// The loss of one batch and its gradient: two sweeps per structure, threads and MPI ranks over structures,
// deterministic sums. [T6.4]
//
// How this differs from the Residuals of fit/objective.hpp, which are summed whole and minimised to rest:
// - The residuals are the same in kind, √w_E ΔE/n, √(w_F/3n) ΔF and √(w_V/9) ΔW/n, but too many to hold their Jacobian,
//   so that a structure gives its share of the sum and of the gradient directly.
// - The loss is the mean over structures of Σ r², without the factor ½; a step sees one batch of them, an unbiased
//   estimate. A GaussianPrior with precision p beside this mean is therefore one with precision p · N/2 beside ½ Σ r²
//   of all N structures.
// - The minimiser (Adam on clipped gradients, a falling rate, an average of the parameters, other weights in the final
//   phase, the average with the lowest validation loss) ends near a minimum and not at it.
#pragma once
#include <span>
#include <vector>

#include "orogen/base/parallel/ranks.hpp"
#include "orogen/fit/objective.hpp"
#include "orogen/potential/model/model.hpp"
#include "orogen/train/data/sample_stream.hpp"

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
  void sum_over(const Ranks& ranks);
  double energy_rmse() const;  ///< eV/atom
  double forces_rmse() const;  ///< eV/Å
  double virial_rmse() const;  ///< eV/atom
};

/// Adds ∂(½ Σ r²)/∂θ of the prior to the gradient of a step: what its pull() makes of its value(), in float.
void add_prior_gradient(const GaussianPrior& prior, std::span<const float> theta, std::span<float> gradient);

/// Evaluates losses of one network on samples. T is float in training; double is there to check derivatives with.
template <class T> class BatchLoss {
 public:
  BatchLoss(const Model& model, ThreadPool& pool, const Ranks& ranks = Ranks::alone());
  /// Sets the trained parameters (Parameterization order).
  void set(std::span<const T> trained);
  /// Sums over the batch; with `gradient` (trained order, overwritten) also ∂(loss/structures)/∂θ.
  LossSums evaluate(SampleStream& samples, std::span<const long> batch, LossWeights weights, std::span<T> gradient);
  /// Sets the first guess of the species scales from data: every A_l of the samples gets rms 1. [T6.5]
  void calibrate(SampleStream& samples, std::span<const long> some, std::span<T> trained);
  /// Moves the constant per element to where it fits the energies of the samples best (least squares, minimum norm):
  /// the one parameter that is known in closed form, and the last that a stochastic minimiser brings to rest.
  void refit_shift(SampleStream& samples, std::span<const long> all, std::span<T> trained);
  /// ΦᵀΦ of the last hidden layer over all atoms of the samples: H × H.
  Eigen::MatrixXd hidden_covariance(SampleStream& samples, std::span<const long> some);

 private:
  struct Worker {
    typename SiteNetwork<T>::Memory memory;
    SweepResult result;
    AlignedArray<T> gradient;
    std::vector<double> seed;  // tangents of the positions
    LossSums sums;
  };
  void one(const Sample& sample, LossWeights weights, double scale, bool want_gradient, Worker& worker);
  std::vector<std::vector<long>> shares(const SampleStream& samples, std::span<const long> batch) const;
  void collect_gradient(std::span<T> gradient);
  void set_scales(int layer, const std::vector<double>& square_sums, std::span<T> trained) const;

  Parameterization parameters_;
  SiteNetwork<T> network_;
  ThreadPool& pool_;
  const Ranks& ranks_;
  std::vector<T> canonical_, canonical_gradient_;
  std::vector<T> trained_;
  std::vector<Worker> workers_;
};

}  // namespace orogen
