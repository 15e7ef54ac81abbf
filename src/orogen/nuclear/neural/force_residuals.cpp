#include "orogen/nuclear/neural/force_residuals.hpp"

#include <Eigen/SparseCore>
#include <algorithm>
#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/local/deuteron.hpp"

namespace orogen::nuclear {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

}  // namespace

ScatteringResidual::ScatteringResidual(ForcePhases& phases, const ScatteringLikelihood& data)
    : phases_(phases), data_(data) {
  if (phases.nodes() != data.nodes() || phases.solver().blocks() != data.blocks())
    throw InputError("fit of a force: its phases have other energies or waves than the likelihood of the data");
}

void ScatteringResidual::value(std::span<const double> theta, std::span<double> r) {
  data_.evaluate(phases_.at(theta), r);
}

void ScatteringResidual::pull(std::span<const double> theta, std::span<const double> w, std::span<double> gradient) {
  MatrixXd J(size(), long(theta.size()));
  jacobian(theta, J);
  Eigen::Map<VectorXd>(gradient.data(), long(gradient.size())) +=
      J.transpose() * Eigen::Map<const VectorXd>(w.data(), long(w.size()));
}

void ScatteringResidual::jacobian(std::span<const double> theta, Eigen::Ref<MatrixXd> J) {
  MatrixXd by_phases;
  std::vector<double> r(static_cast<std::size_t>(size()));
  data_.evaluate(phases_.at(theta), r, &by_phases);
  // A datum hangs on the nodes next to it only.
  const Eigen::SparseMatrix<double, Eigen::RowMajor> few = by_phases.sparseView();
  J = few * phases_.jacobian(theta);
}

PhaseResidual::PhaseResidual(ForcePhases& phases, const PhaseFile& file, double floor_degrees, double relative)
    : phases_(phases) {
  const auto& blocks = phases.solver().blocks();
  const PhaseTable& table = file.phases;
  for (std::size_t node = 0; node < phases.nodes().size(); ++node) {
    const auto at = std::find(table.T_lab.begin(), table.T_lab.end(), phases.nodes()[node]);
    if (at == table.T_lab.end()) continue;
    const auto e = std::size_t(at - table.T_lab.begin());
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      const int of = table.find(blocks[b]);
      if (of < 0) continue;
      const BlockPhases& p = table.at(e, std::size_t(of));
      const double target[3] = {p.delta[0], p.epsilon, p.delta[1]};
      for (int c = 0; c < (blocks[b].coupled() ? 3 : 1); ++c)
        if (file.present[file.index(e, std::size_t(of), c)])
          points_.push_back(
              {node * blocks.size() + b, c, target[c], std::hypot(floor_degrees * degree, relative * target[c])});
    }
  }
  if (points_.empty()) throw InputError("fit of a force: no energy of the table of phases is a node");
}

double PhaseResidual::difference(const Point& p, const PhaseTable& table) const {
  const BlockPhases& now = table.value[p.value];
  return p.part == 1 ? now.epsilon - p.target : now.delta[p.part / 2] - p.target;
}

void PhaseResidual::value(std::span<const double> theta, std::span<double> r) {
  const PhaseTable& table = phases_.at(theta);
  for (std::size_t k = 0; k < points_.size(); ++k) r[k] = difference(points_[k], table) / points_[k].sigma;
}

void PhaseResidual::jacobian(std::span<const double> theta, Eigen::Ref<MatrixXd> J) {
  const auto& by_theta = phases_.jacobian(theta);
  for (std::size_t k = 0; k < points_.size(); ++k)
    J.row(long(k)) = by_theta.row(3 * long(points_[k].value) + points_[k].part) / points_[k].sigma;
}

void PhaseResidual::pull(std::span<const double> theta, std::span<const double> w, std::span<double> gradient) {
  MatrixXd J(size(), long(theta.size()));
  jacobian(theta, J);
  Eigen::Map<VectorXd>(gradient.data(), long(gradient.size())) +=
      J.transpose() * Eigen::Map<const VectorXd>(w.data(), long(w.size()));
}

void DeuteronResidual::value(std::span<const double> theta, std::span<double> r) {
  phases_.at(theta);  // sets the parameters
  r[0] = (deuteron(phases_.force()).energy - energy_) / sigma_;
}

void DeuteronResidual::pull(std::span<const double> theta, std::span<const double> w, std::span<double> gradient) {
  phases_.at(theta);
  std::vector<double> dE(theta.size(), 0.0);
  energy_gradient(phases_.force(), deuteron(phases_.force()), dE);
  for (std::size_t k = 0; k < dE.size(); ++k) gradient[k] += w[0] / sigma_ * dE[k];
}

}  // namespace orogen::nuclear
