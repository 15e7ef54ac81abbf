#include "orogen/fit/sampling/nuts.hpp"

#include <cmath>
#include <limits>

#include "orogen/base/errors.hpp"

namespace orogen {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double most_energy_error = 1000;

/// A point of phase space.
struct Point {
  Place place;
  VectorXd momentum;
  double energy() const { return 0.5 * momentum.squaredNorm() - place.log_density; }
};

/// A piece of trajectory: `end` is where it goes on, `begin` where it came from.
struct Piece {
  Point begin, end;
  VectorXd momentum;      // sum over the points
  Place chosen;           // drawn from the points with weights e^{H0 − H}
  double log_weight = 0;  // log of the sum of the weights
  bool whole = true;      // neither divergent nor turned back inside
};

VectorXd normal_vector(long n, Random& random) {
  VectorXd p(n);
  for (long k = 0; k < n; ++k) p[k] = random.normal();
  return p;
}

double log_sum(double a, double b) {
  const double top = std::max(a, b);
  return std::isfinite(top) ? top + std::log(std::exp(a - top) + std::exp(b - top)) : top;
}

/// True where a trajectory with these momenta at its ends comes nearer to itself again. [T17.3]
bool turns(const VectorXd& first, const VectorXd& last, const VectorXd& sum) {
  return first.dot(sum) <= 0 || last.dot(sum) <= 0;
}

/// `second` follows `first` in the direction of travel. The extra tests across the seam catch turns that the ends alone
/// miss.
bool turns(const Piece& first, const Piece& second) {
  return turns(first.begin.momentum, second.end.momentum, first.momentum + second.momentum) ||
         turns(first.begin.momentum, second.begin.momentum, first.momentum + second.begin.momentum) ||
         turns(first.end.momentum, second.end.momentum, first.end.momentum + second.momentum);
}

class Trajectory {
 public:
  Trajectory(const LogDensity& density, const MatrixXd& factor, double step, double energy, Random& random)
      : density_(density), factor_(factor), step_(step), energy_(energy), random_(random) {}

  /// 2^depth further points after `from`; `sign` is the direction of time.
  Piece build(int depth, const Point& from, double sign) {
    if (depth == 0) return leaf(from, sign);
    Piece first = build(depth - 1, from, sign);
    if (!first.whole) return first;
    Piece second = build(depth - 1, first.end, sign);
    if (second.whole) join(first, second, log_sum(first.log_weight, second.log_weight));
    first.whole = first.whole && second.whole;
    return first;
  }

  /// Appends `next`, whose chosen point replaces the present one with probability e^{next − against}.
  void join(Piece& piece, Piece& next, double against) {
    if (std::log(random_.uniform()) < next.log_weight - against) piece.chosen = std::move(next.chosen);
    piece.whole = !turns(piece, next);
    piece.log_weight = log_sum(piece.log_weight, next.log_weight);
    piece.momentum += next.momentum;
    piece.end = std::move(next.end);
  }

  Point leapfrog(const Point& from, double step) {
    VectorXd p = from.momentum + 0.5 * step * (factor_.transpose() * from.place.gradient);
    Place place = place_at(density_, from.place.theta + step * (factor_ * p));
    p += 0.5 * step * (factor_.transpose() * place.gradient);
    ++transition.gradients;
    return {std::move(place), std::move(p)};
  }

  Transition transition;

 private:
  Piece leaf(const Point& from, double sign) {
    Piece piece;
    piece.end = leapfrog(from, sign * step_);
    piece.begin = piece.end;
    piece.chosen = piece.end.place;
    piece.momentum = piece.end.momentum;
    const double gain = energy_ - piece.end.energy();  // −∞ where p = 0
    piece.log_weight = gain;
    piece.whole = gain > -most_energy_error;
    transition.divergent = transition.divergent || !piece.whole;
    transition.acceptance += std::isfinite(gain) ? std::min(1.0, std::exp(gain)) : 0;
    return piece;
  }

  const LogDensity& density_;
  const MatrixXd& factor_;
  double step_, energy_;
  Random& random_;
};

}  // namespace

Place place_at(const LogDensity& density, VectorXd theta) {
  Place place{std::move(theta), VectorXd::Zero(density.size()), 0};
  const std::size_t n = std::size_t(density.size());
  try {
    if (place.theta.allFinite())
      place.log_density = density.value({place.theta.data(), n}, {place.gradient.data(), n});
    else
      place.log_density = NAN;
  } catch (const NumericalError&) {
    place.log_density = NAN;
  }
  if (!std::isfinite(place.log_density) || !place.gradient.allFinite()) {
    place.log_density = -std::numeric_limits<double>::infinity();
    place.gradient.setZero();
  }
  return place;
}

Transition nuts(const LogDensity& density, const MatrixXd& factor, double step, int most_depth, Random& random,
                Place& at) {
  Piece whole;
  whole.begin = {at, normal_vector(density.size(), random)};
  whole.end = whole.begin;
  whole.momentum = whole.begin.momentum;
  whole.chosen = at;
  Trajectory trajectory(density, factor, step, whole.begin.energy(), random);
  double sign = 1;
  int depth = 0;
  for (; depth < most_depth && whole.whole; ++depth) {
    const double next_sign = random.uniform() < 0.5 ? 1 : -1;
    if (next_sign != sign) std::swap(whole.begin, whole.end);
    sign = next_sign;
    Piece next = trajectory.build(depth, whole.end, sign);
    if (!next.whole) break;
    trajectory.join(whole, next, whole.log_weight);
  }
  at = std::move(whole.chosen);
  trajectory.transition.acceptance /= double(trajectory.transition.gradients);
  trajectory.transition.deepest = depth == most_depth && whole.whole;
  return trajectory.transition;
}

double reasonable_step(const LogDensity& density, const MatrixXd& factor, Random& random, const Place& at) {
  const Point from{at, normal_vector(density.size(), random)};
  double step = 1;
  int direction = 0;
  for (int tries = 0; tries < 100; ++tries) {
    const double gain = from.energy() - Trajectory(density, factor, step, 0, random).leapfrog(from, step).energy();
    const int wanted = gain > std::log(0.8) ? 1 : -1;
    if (direction && wanted != direction) break;
    direction = wanted;
    step *= direction > 0 ? 2 : 0.5;
  }
  return step;
}

}  // namespace orogen
