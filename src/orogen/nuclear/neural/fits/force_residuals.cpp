#include "orogen/nuclear/neural/fits/force_residuals.hpp"

#include <Eigen/SparseCore>
#include <algorithm>
#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"

namespace orogen::nuclear {

using Eigen::MatrixXd;
using Eigen::VectorXd;

void pull_by_jacobian(Residual& residual, std::span<const double> theta, std::span<const double> w,
                      std::span<double> gradient) {
  MatrixXd J(residual.size(), long(theta.size()));
  residual.jacobian(theta, J);
  Eigen::Map<VectorXd>(gradient.data(), long(gradient.size())) +=
      J.transpose() * Eigen::Map<const VectorXd>(w.data(), long(w.size()));
}

ScatteringResidual::ScatteringResidual(NodePhases& phases, const ScatteringLikelihood& data)
    : phases_(phases), data_(data) {
  if (phases.nodes() != data.nodes() || phases.blocks() != data.blocks())
    throw InputError("fit of a force: its phases have other energies or waves than the likelihood of the data");
}

void ScatteringResidual::value(std::span<const double> theta, std::span<double> r) {
  data_.evaluate(phases_.at(theta), r);
}

void ScatteringResidual::pull(std::span<const double> theta, std::span<const double> w, std::span<double> gradient) {
  pull_by_jacobian(*this, theta, w, gradient);
}

void ScatteringResidual::jacobian(std::span<const double> theta, Eigen::Ref<MatrixXd> J) {
  MatrixXd by_phases;
  std::vector<double> r(static_cast<std::size_t>(size()));
  data_.evaluate(phases_.at(theta), r, &by_phases);
  // A datum depends on the phases at the nodes next to it only: most elements are zero.
  const Eigen::SparseMatrix<double, Eigen::RowMajor> few = by_phases.sparseView();
  J = few * phases_.jacobian(theta);
}

TargetPhaseResidual::TargetPhaseResidual(NodePhases& phases, std::span<const TargetPhase> data) : phases_(phases) {
  const auto& blocks = phases.blocks();
  const auto& nodes = phases.nodes();
  for (const TargetPhase& d : data) {
    const auto node = std::find(nodes.begin(), nodes.end(), d.T_lab);
    const auto block = std::find(blocks.begin(), blocks.end(), d.block);
    if (node == nodes.end() || block == blocks.end()) continue;
    const auto at = std::size_t(node - nodes.begin()) * blocks.size() + std::size_t(block - blocks.begin());
    points_.push_back({at, d.part, d.value, d.error});
  }
  if (points_.empty()) throw InputError("fit of a force: none of the phases given is one of its waves at a node");
}

void TargetPhaseResidual::value(std::span<const double> theta, std::span<double> r) {
  const PhaseTable& table = phases_.at(theta);
  for (std::size_t k = 0; k < points_.size(); ++k) {
    const Point& p = points_[k];
    const BlockPhases& now = table.value[p.value];
    r[k] = ((p.part == 1 ? now.epsilon : now.delta[p.part / 2]) - p.target) / p.sigma;
  }
}

void TargetPhaseResidual::jacobian(std::span<const double> theta, Eigen::Ref<MatrixXd> J) {
  const auto& by_theta = phases_.jacobian(theta);
  for (std::size_t k = 0; k < points_.size(); ++k)
    J.row(long(k)) = by_theta.row(3 * long(points_[k].value) + points_[k].part) / points_[k].sigma;
}

void TargetPhaseResidual::pull(std::span<const double> theta, std::span<const double> w, std::span<double> gradient) {
  pull_by_jacobian(*this, theta, w, gradient);
}

ScatteringLengthResidual::ScatteringLengthResidual(NodePhases& phases, int spin, double length, double sigma)
    : phases_(phases), length_(length), sigma_(sigma) {
  const auto& blocks = phases.blocks();
  const auto at = std::find(blocks.begin(), blocks.end(), block_of({0, spin, spin}));
  if (at == blocks.end() || phases.nodes().size() < 2)
    throw InputError("scattering length: the S wave is not among the waves, or there are fewer than two energies");
  block_ = std::size_t(at - blocks.begin());
  const Constants& c = phases.constants();
  for (std::size_t e = 0; e < 2; ++e) k_[e] = relative_momentum(phases.nodes()[e], phases.pair(), c) / c.hbarc;
}

void ScatteringLengthResidual::value(std::span<const double> theta, std::span<double> r) {
  const PhaseTable& table = phases_.at(theta);
  const double a = k_[0] * k_[0], b = k_[1] * k_[1];
  const double of_a = k_[0] / std::tan(table.at(0, block_).delta[0]),
               of_b = k_[1] / std::tan(table.at(1, block_).delta[0]);
  r[0] = (-(b - a) / (of_a * b - of_b * a) - length_) / sigma_;
}

void ScatteringLengthResidual::pull(std::span<const double> theta, std::span<const double> w,
                                    std::span<double> gradient) {
  const auto& J = phases_.jacobian(theta);
  const PhaseTable& table = phases_.at(theta);
  const double x[2] = {k_[0] * k_[0], k_[1] * k_[1]},
               delta[2] = {table.at(0, block_).delta[0], table.at(1, block_).delta[0]};
  const double sum = k_[0] / std::tan(delta[0]) * x[1] - k_[1] / std::tan(delta[1]) * x[0];
  for (std::size_t e = 0; e < 2; ++e) {
    // da/d(k cot δ), then d(k cot δ)/dδ = −k/sin² δ.
    const double of_kcot = (x[1] - x[0]) / (sum * sum) * (e == 0 ? x[1] : -x[0]);
    const double factor = -w[0] / sigma_ * of_kcot * k_[e] / std::pow(std::sin(delta[e]), 2);
    const long row = 3 * long(e * table.blocks.size() + block_);
    for (std::size_t k = 0; k < gradient.size(); ++k) gradient[k] += factor * J(row, long(k));
  }
}

double DeuteronResidual::bound(std::span<const double> theta, std::span<double> gradient, double weight) const {
  const std::optional<double> energy = of_(theta, gradient, weight);
  if (!energy) throw NumericalError("fit of a force: neutron and proton are not bound; it needs more attraction");
  return *energy;
}

void DeuteronResidual::value(std::span<const double> theta, std::span<double> r) {
  r[0] = (bound(theta, {}, 1) - energy_) / sigma_;
}

void DeuteronResidual::pull(std::span<const double> theta, std::span<const double> w, std::span<double> gradient) {
  bound(theta, gradient, w[0] / sigma_);
}

}  // namespace orogen::nuclear
