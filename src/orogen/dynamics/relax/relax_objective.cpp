#include "orogen/dynamics/relax/relax_objective.hpp"

#include <cmath>

#include "orogen/dynamics/motion/exponential.hpp"

namespace orogen {
namespace {

constexpr double largest_strain = 0.05;  // of one step

using Axes = Eigen::SelfAdjointEigenSolver<Mat3>;

/// ½ [φ(x) + φ(−x)] with φ(x) = (eˣ − 1)/x: sinh(x)/x.
double mean_of_both(double x) { return std::abs(x) < 1e-4 ? 1 + x * x / 6 : std::sinh(x) / x; }

}  // namespace

RelaxObjective::RelaxObjective(const Structure& start, Potential& potential, CellMotion motion, double pressure,
                               double max_step)
    : structure_(start),
      first_cell_(start.cell.rows),
      potential_(potential),
      motion_(motion),
      pressure_(pressure),
      scale_(std::sqrt(double(start.size()))),
      max_step_(max_step) {}

Eigen::VectorXd RelaxObjective::start() const {
  const long n = structure_.size();
  Eigen::VectorXd x = Eigen::VectorXd::Zero(3 * n + (moves_cell() ? 9 : 0));
  for (long i = 0; i < n; ++i) x.segment<3>(3 * i) = structure_.positions[i];
  return x;
}

Mat3 RelaxObjective::strain(const Eigen::VectorXd& x) const {
  if (!moves_cell()) return Mat3::Zero();
  return Eigen::Map<const Mat3>(x.data() + 3 * structure_.size()) / scale_;
}

void RelaxObjective::place(const Eigen::VectorXd& x) {
  const Mat3 stretch = moves_cell() ? exponential(strain(x)) : Mat3::Identity();
  if (moves_cell()) structure_.cell.rows = first_cell_ * stretch;  // rows; stretch is symmetric
  for (long i = 0; i < structure_.size(); ++i) structure_.positions[i] = stretch * x.segment<3>(3 * i);
}

/// With dE = −tr(W dF F⁻¹) and dF F⁻¹ = dS_ij φ(λ_i − λ_j) in the axes of S.
Mat3 RelaxObjective::strain_gradient(const Mat3& strain) const {
  const Axes axes(strain);
  const Mat3 work = evaluation_.virial - pressure_ * structure_.cell.volume() * Mat3::Identity();
  Mat3 g = -(axes.eigenvectors().transpose() * work * axes.eigenvectors());
  for (int i = 0; i < 3; ++i)
    for (int k = 0; k < 3; ++k) g(i, k) *= mean_of_both(axes.eigenvalues()[i] - axes.eigenvalues()[k]);
  g = axes.eigenvectors() * g * axes.eigenvectors().transpose();
  if (motion_ == CellMotion::isotropic) g = g.trace() / 3 * Mat3::Identity();
  return g;
}

double RelaxObjective::evaluate(const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
  place(x);
  potential_.evaluate(std::span(&structure_, 1), Want{.forces = true, .virial = moves_cell()},
                      std::span(&evaluation_, 1));
  ++evaluations_;
  const Mat3 s = strain(x), stretch = moves_cell() ? exponential(s) : Mat3::Identity();
  gradient.resize(x.size());
  for (long i = 0; i < structure_.size(); ++i) gradient.segment<3>(3 * i) = -(stretch * evaluation_.forces[i]);
  if (!moves_cell()) return evaluation_.energy;
  Eigen::Map<Mat3>(gradient.data() + 3 * structure_.size()) = strain_gradient(s) / scale_;
  return evaluation_.energy + pressure_ * structure_.cell.volume();
}

double RelaxObjective::max_force() const {
  double worst = 0;
  for (const auto& f : evaluation_.forces) worst = std::max(worst, f.norm());
  return worst;
}

double RelaxObjective::max_stress() const {
  if (!moves_cell()) return 0;
  const Mat3 deviation = evaluation_.virial / structure_.cell.volume() - pressure_ * Mat3::Identity();
  return motion_ == CellMotion::isotropic ? std::abs(deviation.trace()) / 3 : deviation.cwiseAbs().maxCoeff();
}

double RelaxObjective::shortened(const Eigen::VectorXd& step) const {
  double factor = 1;
  for (long i = 0; i < structure_.size(); ++i)
    if (const double length = step.segment<3>(3 * i).norm(); length * factor > max_step_) factor = max_step_ / length;
  if (!moves_cell()) return factor;
  const double strain = step.tail<9>().cwiseAbs().maxCoeff() / scale_;
  return strain * factor > largest_strain ? largest_strain / strain : factor;
}

}  // namespace orogen
