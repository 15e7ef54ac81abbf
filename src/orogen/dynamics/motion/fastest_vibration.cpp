#include "orogen/dynamics/motion/fastest_vibration.hpp"

#include <algorithm>
#include <cmath>

#include "orogen/base/random.hpp"
#include "orogen/base/units.hpp"

namespace orogen {
namespace {

constexpr double displacement = 0.01;  // Å, of the atom that moves most

using Field = std::vector<Vec3>;

double dot(const Field& a, const Field& b, AtomLoops& loops) {
  return loops.sum<1>([&](long i, auto& sum) { sum[0] += a[i].dot(b[i]); })[0];
}

Field random_field(long atoms) {
  Random random(1, stream(Draw::probe, 0));
  Field field(atoms);
  for (auto& v : field)
    for (int k = 0; k < 3; ++k) v[k] = random.normal();
  return field;
}

/// The mass-weighted Hessian at one structure, applied by central differences.
class MassWeightedHessian {
 public:
  MassWeightedHessian(const MdState& state, Potential& potential, AtomLoops& loops)
      : state_(state), potential_(potential), loops_(loops), moved_(state.structure) {}

  void apply(const Field& direction, Field& out) {
    const auto largest = loops_.largest([&](long i) { return direction[i].squaredNorm() / state_.mass[i]; });
    const double h = displacement / std::sqrt(largest.value);
    evaluate(direction, h);
    loops_.each([&](long i) { out[i] = -answer_.forces[i]; });
    evaluate(direction, -h);
    loops_.each([&](long i) { out[i] = (out[i] + answer_.forces[i]) / (2 * h * std::sqrt(state_.mass[i])); });
  }

 private:
  void evaluate(const Field& direction, double h) {
    loops_.each([&](long i) {
      moved_.positions[i] = state_.structure.positions[i] + h / std::sqrt(state_.mass[i]) * direction[i];
    });
    potential_.evaluate(std::span(&moved_, 1), Want{.forces = true, .virial = false}, std::span(&answer_, 1));
  }
  const MdState& state_;
  Potential& potential_;
  AtomLoops& loops_;
  Structure moved_;
  Evaluation answer_;
};

/// Largest eigenvalue of the tridiagonal matrix with `diagonal` and `beside`.
double largest_eigenvalue(const std::vector<double>& diagonal, const std::vector<double>& beside) {
  const Eigen::Index n = Eigen::Index(diagonal.size());
  Eigen::MatrixXd t = Eigen::MatrixXd::Zero(n, n);
  for (Eigen::Index i = 0; i < n; ++i) t(i, i) = diagonal[i];
  for (Eigen::Index i = 0; i + 1 < n; ++i) t(i, i + 1) = t(i + 1, i) = beside[i];
  return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(t, Eigen::EigenvaluesOnly).eigenvalues().maxCoeff();
}

}  // namespace

double fastest_period(const MdState& state, Potential& potential, AtomLoops& loops, int evaluations) {
  const long n = state.size();
  MassWeightedHessian hessian(state, potential, loops);
  Field now = random_field(n), before(n, Vec3::Zero()), next(n);
  std::vector<double> diagonal, beside;
  double norm = std::sqrt(dot(now, now, loops));
  for (int k = 0; k < std::max(1, evaluations / 2); ++k) {
    loops.each([&](long i) { now[i] /= norm; });
    hessian.apply(now, next);
    diagonal.push_back(dot(now, next, loops));
    const double back = k > 0 ? beside.back() : 0;
    loops.each([&](long i) { next[i] -= diagonal.back() * now[i] + back * before[i]; });
    norm = std::sqrt(dot(next, next, loops));
    beside.push_back(norm);
    if (norm <= 1e-8 * std::abs(diagonal[0])) break;  // also where nothing is felt: both are 0
    std::swap(before, now);
    std::swap(now, next);
  }
  const double square = largest_eigenvalue(diagonal, beside);
  return square > 0 ? 2 * M_PI / std::sqrt(square) / units::fs : 0;
}

}  // namespace orogen
