#include "orogen/dynamics/motion/md_state.hpp"

#include <fmt/format.h>

#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/base/units.hpp"
#include "orogen/system/masses.hpp"

namespace orogen {
namespace {

struct Whole {
  double mass = 0;
  Vec3 centre = Vec3::Zero(), velocity = Vec3::Zero();
};

Whole whole(const MdState& s, AtomLoops& loops) {
  const auto t = loops.sum<7>([&](long i, auto& sums) {
    const double m = s.mass[i];
    sums[0] += m;
    for (int k = 0; k < 3; ++k) {
      sums[1 + k] += m * s.structure.positions[i][k];
      sums[4 + k] += m * s.velocities[i][k];
    }
  });
  return {t[0], Vec3(t[1], t[2], t[3]) / t[0], Vec3(t[4], t[5], t[6]) / t[0]};
}

/// Second moments Σ m r rᵀ about the centre.
Mat3 moments(const MdState& s, const Vec3& centre, AtomLoops& loops) {
  const auto t = loops.sum<6>([&](long i, auto& sums) {
    const Vec3 r = s.structure.positions[i] - centre;
    const double m = s.mass[i];
    sums[0] += m * r[0] * r[0], sums[1] += m * r[1] * r[1], sums[2] += m * r[2] * r[2];
    sums[3] += m * r[0] * r[1], sums[4] += m * r[0] * r[2], sums[5] += m * r[1] * r[2];
  });
  Mat3 result;
  result << t[0], t[3], t[4], t[3], t[1], t[5], t[4], t[5], t[2];
  return result;
}

Vec3 angular_momentum(const MdState& s, const Whole& w, AtomLoops& loops) {
  const auto t = loops.sum<3>([&](long i, auto& sums) {
    const Vec3 l = s.mass[i] * (s.structure.positions[i] - w.centre).cross(s.velocities[i] - w.velocity);
    for (int k = 0; k < 3; ++k) sums[k] += l[k];
  });
  return {t[0], t[1], t[2]};
}

constexpr double linear_tolerance = 1e-6;  // of the largest moment of inertia

/// ω with I ω = L; the axis of a linear molecule carries no rotation.
Vec3 angular_velocity(const Mat3& second_moments, const Vec3& momentum) {
  const Mat3 inertia = second_moments.trace() * Mat3::Identity() - second_moments;
  const Eigen::SelfAdjointEigenSolver<Mat3> axes(inertia);
  Vec3 omega = Vec3::Zero();
  for (int k = 0; k < 3; ++k)
    if (axes.eigenvalues()[k] > linear_tolerance * axes.eigenvalues()[2])
      omega += axes.eigenvectors().col(k) * (axes.eigenvectors().col(k).dot(momentum) / axes.eigenvalues()[k]);
  return omega;
}

}  // namespace

void add_atoms(MdState& s, const Structure& more, std::span<const Vec3> velocities) {
  const std::size_t n = more.species.size();
  if (more.positions.size() != n || velocities.size() != n)
    throw InputError(fmt::format("{} new atoms come with {} positions and {} velocities; give one of each per atom", n,
                                 more.positions.size(), velocities.size()));
  const auto mass = atomic_masses(more);
  if (!s.structure.masses.empty() || !more.masses.empty()) {
    s.structure.masses = s.mass;
    s.structure.masses.insert(s.structure.masses.end(), mass.begin(), mass.end());
  }
  s.mass.insert(s.mass.end(), mass.begin(), mass.end());
  s.velocities.insert(s.velocities.end(), velocities.begin(), velocities.end());
  s.structure.species.insert(s.structure.species.end(), more.species.begin(), more.species.end());
  s.structure.positions.insert(s.structure.positions.end(), more.positions.begin(), more.positions.end());
}

void remove_atoms(MdState& s, std::span<const int> which) {
  std::vector<bool> goes(std::size_t(s.size()), false);
  for (const int i : which) {
    if (i < 0 || i >= s.size())
      throw InputError(fmt::format("atom {} cannot be taken out: there are atoms 0 to {}", i, s.size() - 1));
    if (goes[std::size_t(i)]) throw InputError(fmt::format("atom {} is named twice among those to be taken out", i));
    goes[std::size_t(i)] = true;
  }
  if (long(which.size()) >= s.size()) throw InputError("no atom would be left in the run");
  const auto keep = [&](auto& values) {
    std::size_t k = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
      if (!goes[i]) values[k++] = values[i];
    values.resize(k);
  };
  keep(s.structure.species), keep(s.structure.positions), keep(s.velocities), keep(s.mass);
  if (!s.structure.masses.empty()) keep(s.structure.masses);
}

double kinetic_energy(const MdState& s, AtomLoops& loops) {
  return 0.5 * loops.sum<1>([&](long i, auto& sums) { sums[0] += s.mass[i] * s.velocities[i].squaredNorm(); })[0];
}

Mat3 kinetic_tensor(const MdState& s, AtomLoops& loops) {
  const auto t = loops.sum<6>([&](long i, auto& sums) {
    const Vec3& v = s.velocities[i];
    const double m = s.mass[i];
    sums[0] += m * v[0] * v[0], sums[1] += m * v[1] * v[1], sums[2] += m * v[2] * v[2];
    sums[3] += m * v[0] * v[1], sums[4] += m * v[0] * v[2], sums[5] += m * v[1] * v[2];
  });
  Mat3 result;
  result << t[0], t[3], t[4], t[3], t[1], t[5], t[4], t[5], t[2];
  return result;
}

void remove_motion(MdState& s, Removal removal, AtomLoops& loops) {
  if (!removal.translation && !removal.rotation) return;
  const Whole w = whole(s, loops);
  const Vec3 velocity = removal.translation ? w.velocity : Vec3::Zero();
  const Vec3 omega =
      removal.rotation ? angular_velocity(moments(s, w.centre, loops), angular_momentum(s, w, loops)) : Vec3::Zero();
  loops.each([&](long i) { s.velocities[i] -= velocity + omega.cross(s.structure.positions[i] - w.centre); });
}

int degrees_of_freedom(const MdState& s, Removal removal) {
  int freedom = int(3 * s.size());
  if (removal.translation) freedom -= 3;
  if (!removal.rotation) return freedom;
  AtomLoops loops(s.size(), 1);
  const Mat3 m = moments(s, whole(s, loops).centre, loops);
  const Vec3 inertia = Eigen::SelfAdjointEigenSolver<Mat3>(m.trace() * Mat3::Identity() - m).eigenvalues();
  for (int k = 0; k < 3; ++k) freedom -= inertia[k] > linear_tolerance * inertia[2];
  return freedom;
}

void draw_velocities(MdState& s, double temperature, std::uint64_t seed, Removal removal, AtomLoops& loops) {
  const double kt = units::boltzmann * temperature;
  loops.each([&](long i) {
    Random random(seed, stream(Draw::velocities, 0), 3 * std::uint64_t(i));
    const double width = std::sqrt(kt / s.mass[i]);
    for (int k = 0; k < 3; ++k) s.velocities[i][k] = width * random.normal();
  });
  remove_motion(s, removal, loops);
  const double kinetic = kinetic_energy(s, loops);
  if (kinetic <= 0) return;
  const double factor = std::sqrt(0.5 * degrees_of_freedom(s, removal) * kt / kinetic);
  loops.each([&](long i) { s.velocities[i] *= factor; });
}

}  // namespace orogen
