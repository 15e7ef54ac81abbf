#include "orogen/system/lattice.hpp"

#include <fmt/format.h>

#include "orogen/base/errors.hpp"

namespace orogen {
namespace {

constexpr double shortest = 0.1;   // Å: no lattice has a vector this short
constexpr double flattest = 0.01;  // Å: nor planes this close, in any basis that anyone has written down

/// A unit vector normal to every row that `set` marks.
Vec3 normal_to(const Mat3& rows, const std::array<bool, 3>& set) {
  Mat3 span = Mat3::Zero();
  for (int d = 0; d < 3; ++d)
    if (set[d]) span.row(d) = rows.row(d).normalized();
  const Eigen::SelfAdjointEigenSolver<Mat3> solver(span.transpose() * span);
  return solver.eigenvectors().col(0);
}

std::string text(const Mat3& rows) {
  std::string out;
  for (int d = 0; d < 3; ++d)
    out += fmt::format("{}({:g}, {:g}, {:g})", d ? " " : "", rows(d, 0), rows(d, 1), rows(d, 2));
  return out;
}

void require_volume(const Cell& cell, const Lattice& lattice) {
  for (int d = 0; d < 3; ++d)
    if (cell.periodic[d] && !(lattice.height[d] >= flattest))
      throw InputError(fmt::format(
          "cell {} Å is flat: its planes along the periodic vector {} are {:.2g} Å apart, expected at least "
          "{} Å; check the lattice vectors and their units",
          text(cell.rows), "abc"[d], lattice.height[d], flattest));
}

}  // namespace

Lattice complete_lattice(const Cell& cell) {
  if (!cell.rows.allFinite()) throw NumericalError("the cell is not finite: " + text(cell.rows));
  Lattice out;
  out.periodic = cell.periodic;
  auto set = cell.periodic;
  for (int d = 0; d < 3; ++d) {
    out.rows.row(d) = cell.rows.row(d);
    if (cell.periodic[d] && cell.rows.row(d).norm() < shortest)
      throw InputError(
          fmt::format("cell {} Å has no length along the periodic vector {}; give the vector or switch its "
                      "periodicity off (pbc)",
                      text(cell.rows), "abc"[d]));
  }
  for (int d = 0; d < 3; ++d)
    if (!set[d]) {
      out.rows.row(d) = normal_to(out.rows, set);
      set[d] = true;
    }
  const double determinant = out.rows.determinant();
  if (determinant == 0) require_volume(cell, out);  // heights are still zero here
  out.dual = out.rows.inverse();
  for (int d = 0; d < 3; ++d) out.height[d] = 1 / out.dual.col(d).norm();
  require_volume(cell, out);
  return out;
}

Mat3 deformation(const Lattice& from, const Lattice& to) {
  Mat3 f = Mat3::Identity();
  for (int d = 0; d < 3; ++d)
    if (from.periodic[d]) f += (to.rows.row(d) - from.rows.row(d)).transpose() * from.dual.col(d).transpose();
  return f;
}

}  // namespace orogen
