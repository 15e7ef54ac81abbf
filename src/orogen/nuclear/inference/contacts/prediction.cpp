#include "orogen/nuclear/inference/contacts/prediction.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"

namespace orogen::nuclear {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// x + k π nearest to `near`.
double beside(double x, double near) { return near + std::remainder(x - near, std::numbers::pi); }

/// Phases of every draw, one row each, on the branch of the first.
MatrixXd phases_of(const PhaseModel& model, std::span<const double> unit, const MatrixXd& draws) {
  MatrixXd all(draws.rows(), model.size()), J(model.size(), model.constants());
  std::vector<double> constants(unit.size()), phase(model.size());
  for (long d = 0; d < draws.rows(); ++d) {
    for (std::size_t k = 0; k < unit.size(); ++k) constants[k] = draws(d, long(k)) * unit[k];
    model.phases(constants, phase, J);
    for (long i = 0; i < model.size(); ++i) all(d, i) = d ? beside(phase[i], all(0, i)) : phase[i];
  }
  return all;
}

/// Where the mean of the normal distributions N(x_d, width_d²) reaches p, by bisection.
double mixture_quantile(const VectorXd& x, const VectorXd& width, double p) {
  double low = (x - 10 * width).minCoeff(), high = (x + 10 * width).maxCoeff();
  const double tolerance = 1e-9 * (high - low);
  while (high - low > tolerance) {
    const double middle = 0.5 * (low + high);
    double below = 0;
    for (long d = 0; d < x.size(); ++d)
      below += width[d] > 0 ? 0.5 * std::erfc((x[d] - middle) / (width[d] * std::numbers::sqrt2)) : x[d] < middle;
    (below < p * double(x.size()) ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

}  // namespace

Bands predict(const PhaseModel& model, std::span<const double> unit, const MatrixXd& draws, const VectorXd& variance,
              std::uint64_t seed) {
  if (draws.rows() < 2 || draws.cols() != model.constants() || long(unit.size()) != model.constants() ||
      variance.size() != model.size())
    throw InputError(
        fmt::format("bands: {} draws of {} constants, {} units, {} variances; the model has {} constants and {} "
                    "phases, and at least two draws are needed",
                    draws.rows(), draws.cols(), unit.size(), variance.size(), model.constants(), model.size()));
  MatrixXd all = phases_of(model, unit, draws);
  const long n = model.size();
  Bands b{VectorXd(n), VectorXd(n), VectorXd(n), VectorXd(n), VectorXd(n), VectorXd(n)};
  for (long i = 0; i < n; ++i) {
    Random random(seed, std::uint64_t(i));
    const double sigma = std::sqrt(variance[i]);
    for (double& x : all.col(i)) x += sigma * random.normal();
    b.mean[i] = all.col(i).mean();
    b.sd[i] = std::sqrt((all.col(i).array() - b.mean[i]).square().sum() / double(draws.rows() - 1));
    const std::vector<double> values(all.col(i).begin(), all.col(i).end());
    b.low68[i] = quantile(values, 0.16), b.high68[i] = quantile(values, 0.84);
    b.low95[i] = quantile(values, 0.025), b.high95[i] = quantile(values, 0.975);
  }
  return b;
}

Bands predict_mixture(const PhaseModel& model, std::span<const double> unit, const MatrixXd& draws,
                      const MatrixXd& sd) {
  if (draws.rows() < 2 || draws.cols() != model.constants() || long(unit.size()) != model.constants() ||
      sd.rows() != draws.rows() || sd.cols() != model.size())
    throw InputError(
        fmt::format("bands: {} draws of {} constants, {} units, errors of {} draws at {} phases; the model has {} "
                    "constants and {} phases, and at least two draws are needed",
                    draws.rows(), draws.cols(), unit.size(), sd.rows(), sd.cols(), model.constants(), model.size()));
  const MatrixXd all = phases_of(model, unit, draws);
  const long n = model.size();
  Bands b{VectorXd(n), VectorXd(n), VectorXd(n), VectorXd(n), VectorXd(n), VectorXd(n)};
  for (long i = 0; i < n; ++i) {
    const VectorXd x = all.col(i), width = sd.col(i);
    b.mean[i] = x.mean();
    b.sd[i] = std::sqrt(width.squaredNorm() / double(x.size()) +
                        (x.array() - b.mean[i]).square().sum() / double(x.size() - 1));
    b.low68[i] = mixture_quantile(x, width, 0.16), b.high68[i] = mixture_quantile(x, width, 0.84);
    b.low95[i] = mixture_quantile(x, width, 0.025), b.high95[i] = mixture_quantile(x, width, 0.975);
  }
  return b;
}

Coverage coverage(const Bands& bands, std::span<const PhaseDatum> data) {
  if (long(data.size()) != bands.size() || data.empty())
    throw InputError(
        fmt::format("coverage: {} data, bands of {} phases; expected equal numbers, not 0", data.size(), bands.size()));
  long in68 = 0, in95 = 0;
  for (long i = 0; i < bands.size(); ++i) {
    const double x = beside(data[i].phase, bands.mean[i]);
    in68 += x >= bands.low68[i] && x <= bands.high68[i];
    in95 += x >= bands.low95[i] && x <= bands.high95[i];
  }
  const double n = double(bands.size());
  return {bands.size(), double(in68) / n, double(in95) / n};
}

}  // namespace orogen::nuclear
