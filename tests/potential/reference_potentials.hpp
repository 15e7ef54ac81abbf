// Potentials whose answers are known, for the tests of everything that moves atoms. Brute force, no neighbour lists.
#pragma once
#include <cmath>
#include <functional>

#include "orogen/base/errors.hpp"
#include "orogen/potential/potential.hpp"

namespace orogen::reference {

/// One structure at a time; derived classes fill energy, forces and virial.
class OneByOne : public Potential {
 public:
  long evaluations = 0;

 protected:
  void compute(std::span<const Structure> structures, Want want, std::span<Evaluation> out) override {
    for (std::size_t k = 0; k < structures.size(); ++k) {
      out[k].energy = 0;
      out[k].forces.assign(structures[k].size(), Vec3::Zero());
      out[k].virial.setZero();
      answer(structures[k], want, out[k]);
      ++evaluations;
    }
  }
  virtual void answer(const Structure& structure, Want want, Evaluation& out) = 0;
};

/// 4ε[(σ/r)¹² − (σ/r)⁶] f(r) with f = 1 − 10x³ + 15x⁴ − 6x⁵ between `inner` and `cutoff` (x from 0 to 1): twice
/// continuously differentiable. Any cell; images as far as the cut-off asks.
class LennardJones : public OneByOne {
 public:
  double epsilon = 0.0103, sigma = 3.4, inner = 6.0, cutoff = 7.5;  // argon: eV, Å
  LennardJones() = default;
  LennardJones(double epsilon, double sigma, double inner, double cutoff)
      : epsilon(epsilon), sigma(sigma), inner(inner), cutoff(cutoff) {}
  double reach() const override { return cutoff; }

 protected:
  void answer(const Structure& s, Want, Evaluation& out) override {
    wrap(s);
    const std::array<int, 3> images = image_counts(s.cell);
    for (int a = -images[0]; a <= images[0]; ++a)
      for (int b = -images[1]; b <= images[1]; ++b)
        for (int c = -images[2]; c <= images[2]; ++c)
          add_image(s, s.cell.rows.transpose() * Vec3(a, b, c), a == 0 && b == 0 && c == 0, out);
  }

 private:
  std::vector<Vec3> inside_;  // positions, wrapped along the periodic directions

  void wrap(const Structure& s) {
    inside_ = s.positions;
    if (!s.cell.any_periodic()) return;
    const Mat3 to_cartesian = s.cell.rows.transpose(), to_fractional = to_cartesian.inverse();
    for (auto& r : inside_) {
      Vec3 f = to_fractional * r;
      for (int k = 0; k < 3; ++k)
        if (s.cell.periodic[k]) f[k] -= std::floor(f[k]);
      r = to_cartesian * f;
    }
  }
  std::array<int, 3> image_counts(const Cell& cell) const {
    std::array<int, 3> n{0, 0, 0};
    for (int k = 0; k < 3; ++k)
      if (cell.periodic[k]) {
        const Vec3 normal =
            cell.rows.row((k + 1) % 3).transpose().cross(cell.rows.row((k + 2) % 3).transpose()).normalized();
        n[k] = 1 + int(cutoff / std::abs(normal.dot(cell.rows.row(k).transpose())));
      }
    return n;
  }
  void add_image(const Structure& s, const Vec3& shift, bool home, Evaluation& out) const {
    for (int i = 0; i < s.size(); ++i)
      for (int j = i + int(home); j < s.size(); ++j) {
        const Vec3 d = inside_[j] + shift - inside_[i];
        // Every image is visited: of two atoms once per shift, of an atom with itself twice.
        if (const double r2 = d.squaredNorm(); r2 < cutoff * cutoff) add_pair(i, j, i == j ? 0.5 : 1, d, r2, out);
      }
  }
  void add_pair(int i, int j, double weight, const Vec3& d, double r2, Evaluation& out) const {
    const double r = std::sqrt(r2), s2 = sigma * sigma / r2, s6 = s2 * s2 * s2;
    double u = 4 * epsilon * (s6 * s6 - s6), du = 4 * epsilon * (-12 * s6 * s6 + 6 * s6) / r;
    if (r > inner) {
      const double x = (r - inner) / (cutoff - inner), f = 1 - x * x * x * (10 - x * (15 - 6 * x));
      du = du * f - u * 30 * x * x * (1 - x) * (1 - x) / (cutoff - inner);
      u *= f;
    }
    out.energy += weight * u;
    const Vec3 force = weight * du / r * d;
    out.forces[i] += force;
    out.forces[j] -= force;
    out.virial -= force * d.transpose();
  }
};

/// ½ Σ k_i (r_i − r0_i)²: independent oscillators. Periodic systems: no virial.
class Einstein : public OneByOne {
 public:
  std::vector<Vec3> sites;
  double stiffness = 1;  // eV/Å²
  Einstein(std::vector<Vec3> sites, double stiffness) : sites(std::move(sites)), stiffness(stiffness) {}

 protected:
  void answer(const Structure& s, Want, Evaluation& out) override {
    for (int i = 0; i < s.size(); ++i) {
      const Vec3 d = s.positions[i] - sites[i];
      out.energy += 0.5 * stiffness * d.squaredNorm();
      out.forces[i] = -stiffness * d;
      out.virial += s.positions[i] * out.forces[i].transpose();
    }
  }
};

/// No interaction.
class IdealGas : public OneByOne {
 protected:
  void answer(const Structure&, Want, Evaluation&) override {}
};

/// Two-body springs between all pairs of an isolated molecule at their first distances: rotates and vibrates freely.
class Springs : public OneByOne {
 public:
  Structure rest;
  double stiffness;
  Springs(Structure rest, double stiffness) : rest(std::move(rest)), stiffness(stiffness) {}

 protected:
  void answer(const Structure& s, Want, Evaluation& out) override {
    for (int i = 0; i < s.size(); ++i)
      for (int j = 0; j < i; ++j) {
        const Vec3 d = s.positions[j] - s.positions[i];
        const double r = d.norm(), stretch = r - (rest.positions[j] - rest.positions[i]).norm();
        out.energy += 0.5 * stiffness * stretch * stretch;
        const Vec3 force = stiffness * stretch / r * d;
        out.forces[i] += force;
        out.forces[j] -= force;
        out.virial -= stiffness * stretch / r * d * d.transpose();
      }
  }
};

/// Another potential whose answers a test spoils.
class Spoiled : public OneByOne {
 public:
  using Spoil = std::function<void(const Structure&, long evaluation, Evaluation&)>;
  Spoiled(Potential& inner, Spoil spoil) : inner_(inner), spoil_(std::move(spoil)) {}
  void forget() override { inner_.forget(); }

 protected:
  void answer(const Structure& s, Want want, Evaluation& out) override {
    out = Evaluation{};
    inner_.evaluate(std::span(&s, 1), want, std::span(&out, 1));
    spoil_(s, evaluations, out);
  }

 private:
  Potential& inner_;
  Spoil spoil_;
};

/// A potential whose last bits depend on what it has seen since forget(), as a Verlet list's order of summation does.
class Remembering : public Spoiled {
 public:
  explicit Remembering(Potential& inner)
      : Spoiled(inner, [this](const Structure&, long, Evaluation& e) {
          for (auto& f : e.forces) f *= 1 + 1e-15 * double(++seen_ % 7);
        }) {}
  void forget() override { seen_ = 0; }

 private:
  long seen_ = 0;
};

/// n × n × n cubic cells of four argon atoms with lattice constant a [Å].
inline Structure face_centred_cubic(int n, double a, int species = 18) {
  Structure s;
  const Vec3 basis[4] = {{0, 0, 0}, {0, 0.5, 0.5}, {0.5, 0, 0.5}, {0.5, 0.5, 0}};
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j)
      for (int k = 0; k < n; ++k)
        for (const auto& b : basis) {
          s.species.push_back(species);
          s.positions.push_back(a * (Vec3(i, j, k) + b));
        }
  s.cell.rows = n * a * Mat3::Identity();
  s.cell.periodic = {true, true, true};
  return s;
}

}  // namespace orogen::reference
