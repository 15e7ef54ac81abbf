#include "orogen/potential/check_derivatives.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "orogen/base/random.hpp"

namespace orogen {
namespace {

/// f'(0) from f(±h) and f(±h/2); error of order h⁴.
double richardson(const std::function<double(double)>& f, double h) {
  const double coarse = (f(h) - f(-h)) / (2 * h), fine = (f(h / 2) - f(-h / 2)) / h;
  return (4 * fine - coarse) / 3;
}

/// An image of the structure and how its answer must look, given that of the original.
struct Image {
  std::string name;
  Structure structure;
  std::vector<int> source;       ///< atom i of the image is atom source[i] of the original
  Mat3 turn = Mat3::Identity();  ///< forces and virial turn with it
  double copies = 1;             ///< extensive numbers times this
};

Image image_of(std::string name, const Structure& s) {
  Image image{std::move(name), s, std::vector<int>(s.size())};
  std::iota(image.source.begin(), image.source.end(), 0);
  return image;
}

Image transformed(std::string name, const Structure& s, const Mat3& turn, const Vec3& shift) {
  Image image = image_of(std::move(name), s);
  image.turn = turn;
  for (auto& r : image.structure.positions) r = turn * r + shift;
  image.structure.cell.rows = s.cell.rows * turn.transpose();
  return image;
}

Mat3 random_rotation(Random& random) {
  const double a = random.normal(), b = random.normal(), c = random.normal(), d = random.normal();
  return Eigen::Quaterniond(a, b, c, d).normalized().toRotationMatrix();
}

Mat3 random_reflection(Random& random) {
  const Vec3 normal = random_rotation(random).col(0);
  return Mat3::Identity() - 2 * normal * normal.transpose();
}

Image permuted(const Structure& s, Random& random) {
  Image image = image_of("permutation of atoms", s);
  for (int i = s.size() - 1; i > 0; --i) std::swap(image.source[i], image.source[random.below(std::uint64_t(i) + 1)]);
  for (int i = 0; i < s.size(); ++i) {
    image.structure.species[i] = s.species[image.source[i]];
    image.structure.positions[i] = s.positions[image.source[i]];
  }
  return image;
}

/// Every atom moved by lattice vectors of its own.
Image rewrapped(const Structure& s, Random& random) {
  Image image = image_of("atoms moved by lattice vectors", s);
  for (auto& r : image.structure.positions)
    for (int k = 0; k < 3; ++k)
      if (s.cell.periodic[k]) r += (double(random.below(5)) - 2) * s.cell.rows.row(k).transpose();
  return image;
}

Image doubled(const Structure& s, int direction) {
  Image image = image_of(fmt::format("cell doubled along {}", "abc"[direction]), s);
  image.copies = 2;
  image.structure.cell.rows.row(direction) *= 2;
  for (int i = 0; i < s.size(); ++i) {
    image.structure.species.push_back(s.species[i]);
    image.structure.positions.push_back(s.positions[i] + s.cell.rows.row(direction).transpose());
    image.source.push_back(i);
  }
  return image;
}

std::vector<Image> images(const Structure& s, const DerivativeOptions& o) {
  Random random(o.seed);
  const auto shift = Vec3(0.1234, -2.345, 0.777);
  std::vector<Image> all;
  all.push_back(transformed("translation", s, Mat3::Identity(), shift));
  all.push_back(transformed("rotation", s, random_rotation(random), Vec3::Zero()));
  all.push_back(transformed("reflection", s, random_reflection(random), Vec3::Zero()));
  all.push_back(permuted(s, random));
  if (s.cell.any_periodic()) all.push_back(rewrapped(s, random));
  for (int k = 0; k < 3; ++k)
    if (o.supercells && s.cell.periodic[k]) all.push_back(doubled(s, k));
  return all;
}

class Check {
 public:
  Check(Potential& potential, const Structure& structure, const DerivativeOptions& options)
      : potential_(potential),
        structure_(structure),
        options_(options),
        answer_(potential.evaluate(structure, Want{})) {}

  DerivativeReport run() {
    if (options_.differences) forces(), virial();
    symmetric_virial();
    for (const auto& image : images(structure_, options_)) compare(image);
    return std::move(report_);
  }

 private:
  void note(std::string promise, double worst, double tolerance, const char* unit, int atom = -1) {
    report_.deviations.push_back({std::move(promise), worst, tolerance, unit, atom});
  }
  double energy(const Structure& s) { return potential_.evaluate(s, Want{.forces = false, .virial = false}).energy; }

  std::vector<int> chosen_atoms() const {
    std::vector<int> atoms(structure_.size());
    std::iota(atoms.begin(), atoms.end(), 0);
    if (options_.atoms <= 0 || options_.atoms >= structure_.size()) return atoms;
    Random random(options_.seed, 1);
    for (int i = 0; i < options_.atoms; ++i) std::swap(atoms[i], atoms[i + random.below(atoms.size() - i)]);
    atoms.resize(options_.atoms);
    return atoms;
  }

  void forces() {
    double worst = 0;
    int atom = -1;
    for (int i : chosen_atoms())
      for (int k = 0; k < 3; ++k) {
        const double slope = richardson([&](double x) { return moved(i, k, x); }, options_.displacement);
        if (const double miss = std::abs(slope + answer_.forces[i][k]); exceeds(miss, worst)) worst = miss, atom = i;
      }
    note("forces = -dE/dr", worst, options_.force_tolerance, "eV/Å", atom);
  }
  double moved(int atom, int direction, double by) {
    Structure s = structure_;
    s.positions[atom][direction] += by;
    return energy(s);
  }

  void virial() {
    double worst = 0;
    for (int a = 0; a < 3; ++a)
      for (int b = 0; b <= a; ++b) {
        const double slope = richardson([&](double x) { return strained(a, b, x); }, options_.strain);
        if (const double miss = std::abs(slope + answer_.virial(a, b)); exceeds(miss, worst)) worst = miss;
      }
    note("virial = -dE/dstrain", worst / structure_.size(), options_.virial_tolerance, "eV/atom");
  }
  double strained(int a, int b, double by) {
    Mat3 f = Mat3::Identity();
    f(a, b) += 0.5 * by;
    f(b, a) += 0.5 * by;
    return energy(transformed("", structure_, f, Vec3::Zero()).structure);
  }

  void symmetric_virial() {
    note("virial is symmetric", (answer_.virial - answer_.virial.transpose()).cwiseAbs().maxCoeff() / structure_.size(),
         options_.virial_tolerance, "eV/atom");
  }

  void compare(const Image& image) {
    const Evaluation e = potential_.evaluate(image.structure, Want{});
    const double atoms = image.structure.size();
    note(image.name + ": energy", std::abs(e.energy - image.copies * answer_.energy) / atoms, options_.energy_tolerance,
         "eV/atom");
    double worst = 0;
    int atom = -1;
    for (int i = 0; i < image.structure.size(); ++i)
      if (const double miss = (e.forces[i] - image.turn * answer_.forces[image.source[i]]).norm(); exceeds(miss, worst))
        worst = miss, atom = image.source[i];
    note(image.name + ": forces", worst, options_.force_tolerance, "eV/Å", atom);
    const Mat3 expected = image.copies * image.turn * answer_.virial * image.turn.transpose();
    note(image.name + ": virial", (e.virial - expected).cwiseAbs().maxCoeff() / atoms, options_.virial_tolerance,
         "eV/atom");
  }

  /// A NaN exceeds everything and nothing exceeds it.
  static bool exceeds(double a, double b) { return !std::isnan(b) && !(a <= b); }

  Potential& potential_;
  const Structure& structure_;
  const DerivativeOptions& options_;
  Evaluation answer_;
  DerivativeReport report_;
};

}  // namespace

bool DerivativeReport::passed() const {
  return std::all_of(deviations.begin(), deviations.end(), [](const Deviation& d) { return d.kept(); });
}

std::string DerivativeReport::text() const {
  std::string text;
  for (const auto& d : deviations)
    text += fmt::format("{:4} {:38} worst {:.2e} {}{} (tolerance {:.0e})\n", d.kept() ? "ok" : "FAIL", d.promise,
                        d.worst, d.unit, d.atom >= 0 ? fmt::format(" at atom {}", d.atom) : "", d.tolerance);
  return text;
}

const Deviation* DerivativeReport::find(const std::string& promise) const {
  for (const auto& d : deviations)
    if (d.promise == promise) return &d;
  return nullptr;
}

DerivativeReport check_derivatives(Potential& potential, const Structure& structure, const DerivativeOptions& options) {
  return Check(potential, structure, options).run();
}

}  // namespace orogen
