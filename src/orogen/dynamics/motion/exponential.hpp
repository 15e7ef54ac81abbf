// The exponential of a symmetric matrix: from a logarithmic strain to the deformation.
#pragma once
#include <Eigen/Eigenvalues>

#include "orogen/system/structure.hpp"

namespace orogen {

inline Mat3 exponential(const Mat3& symmetric) {
  const Eigen::SelfAdjointEigenSolver<Mat3> axes(symmetric);
  return axes.eigenvectors() * axes.eigenvalues().array().exp().matrix().asDiagonal() * axes.eigenvectors().transpose();
}

}  // namespace orogen
