// Pairs of frames that are a small step apart, and the work that forces and stress do on the way.
#include <cmath>
#include <tuple>

#include "orogen/system/lattice.hpp"
#include "orogen/train/census/census_parts.hpp"

namespace orogen::census {
namespace {

constexpr double largest_rms = 0.4, largest_move = 1.0;  // Å: beyond, the trapezoid rule no longer gives the work
constexpr double largest_strain = 0.12;
constexpr std::size_t most_steps = 3000, all_pairs_below = 40;

bool is_small(const std::vector<Vec3>& moves) {
  double squares = 0, largest = 0;
  for (const auto& d : moves) squares += d.squaredNorm(), largest = std::max(largest, d.norm());
  return std::sqrt(squares / double(moves.size())) < largest_rms && largest < largest_move;
}

void remove_mean(std::vector<Vec3>& moves) {
  Vec3 mean = Vec3::Zero();
  for (const auto& d : moves) mean += d / double(moves.size());
  for (auto& d : moves) d -= mean;
}

/// The rotation that lays b upon a (Kabsch, Acta Cryst. A 32, 922 (1976)), about their centroids.
Mat3 alignment(const std::vector<Vec3>& a, const std::vector<Vec3>& b, const Vec3& centre_a, const Vec3& centre_b) {
  Mat3 product = Mat3::Zero();
  for (std::size_t i = 0; i < a.size(); ++i) product += (b[i] - centre_b) * (a[i] - centre_a).transpose();
  const Eigen::JacobiSVD<Mat3> svd(product, Eigen::ComputeFullU | Eigen::ComputeFullV);
  Mat3 sign = Mat3::Identity();
  sign(2, 2) = (svd.matrixV() * svd.matrixU().transpose()).determinant() < 0 ? -1 : 1;
  return svd.matrixV() * sign * svd.matrixU().transpose();
}

Vec3 centroid(const std::vector<Vec3>& x) {
  Vec3 out = Vec3::Zero();
  for (const auto& p : x) out += p / double(x.size());
  return out;
}

void add_work(const Frame& a, const Frame& b, const Mat3& rotation, const std::vector<Vec3>& moves, Step& step) {
  if (!a.labels.forces || !b.labels.forces) return;
  for (std::size_t i = 0; i < moves.size(); ++i) {
    const Vec3 before = (*a.labels.forces)[i], after = rotation * (*b.labels.forces)[i];
    step.force_work -= 0.5 * (before + after).dot(moves[i]);
    step.curvature += 0.5 * std::abs((after - before).dot(moves[i]));
  }
}

bool molecule_step(const Frame& a, const Frame& b, Step& step) {
  const auto &p = a.structure.positions, &q = b.structure.positions;
  const Vec3 centre_a = centroid(p), centre_b = centroid(q);
  const Mat3 rotation = alignment(p, q, centre_a, centre_b);
  std::vector<Vec3> moves(p.size());
  for (std::size_t i = 0; i < p.size(); ++i) moves[i] = rotation * (q[i] - centre_b) - (p[i] - centre_a);
  if (!is_small(moves)) return false;
  add_work(a, b, rotation, moves, step);
  return true;
}

bool periodic_step(const Frame& a, const Frame& b, bool with_virial, Step& step) {
  const auto from = complete_lattice(a.structure.cell), to = complete_lattice(b.structure.cell);
  const Mat3 f = deformation(from, to), gradient = f - Mat3::Identity();
  if (gradient.norm() > (with_virial ? largest_strain : 1e-6))
    return false;  // without virial nobody knows the cell's work
  std::vector<Vec3> moves(a.structure.positions.size());
  for (std::size_t i = 0; i < moves.size(); ++i) {
    const Vec3 d = b.structure.positions[i] - f * a.structure.positions[i];
    Vec3 s = to.fractional(d);
    for (int k = 0; k < 3; ++k) s[k] = to.periodic[k] ? std::round(s[k]) : 0;
    moves[i] = d - to.rows.transpose() * s;
  }
  remove_mean(moves);
  if (!is_small(moves)) return false;
  add_work(a, b, Mat3::Identity(), moves, step);
  if (with_virial) {
    const Mat3 logarithm = gradient - 0.5 * gradient * gradient;  // ln F to second order: strains add up along the way
    step.strain_work = -0.5 * ((*a.labels.virial + *b.labels.virial).transpose() * logarithm).trace();
  }
  return true;
}

}  // namespace

std::vector<Step> nearby_steps(std::span<const Frame> frames, bool with_virial) {
  std::map<std::tuple<std::vector<int>, std::array<bool, 3>>, std::vector<long>> groups;
  for (std::size_t k = 0; k < frames.size(); ++k) {
    const auto& f = frames[k];
    if (f.labels.energy && f.structure.size() > 0 &&
        (with_virial ? f.labels.virial.has_value() : f.labels.forces.has_value()))
      groups[{f.structure.species, f.structure.cell.periodic}].push_back(long(k));
  }
  std::vector<Step> out;
  for (const auto& [key, members] : groups)
    for (std::size_t i = 0; i < members.size(); ++i)
      for (std::size_t j = i + 1; j < members.size() && (j <= i + 2 || members.size() < all_pairs_below); ++j) {
        const Frame &a = frames[members[i]], &b = frames[members[j]];
        Step step;
        step.energy = *b.labels.energy - *a.labels.energy;
        step.volume = a.structure.cell.volume();
        const bool small = a.structure.cell.any_periodic() ? periodic_step(a, b, with_virial, step)
                                                           : !with_virial && molecule_step(a, b, step);
        if (small && out.size() < most_steps) out.push_back(step);
      }
  return out;
}

}  // namespace orogen::census
