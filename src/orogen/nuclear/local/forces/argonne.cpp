#include "orogen/nuclear/local/forces/argonne.hpp"

#include <cmath>

#include "orogen/nuclear/local/forces/electromagnetic.hpp"
#include "orogen/nuclear/local/forces/pion_exchange.hpp"

namespace orogen::nuclear {
namespace {

constexpr Constants constants = argonne_constants;
constexpr double coupling = 0.075, cutoff = 2.1;      // f², c [fm⁻²]
constexpr double core_radius = 0.5, core_edge = 0.2;  // of the Woods–Saxon function [fm]

// Strengths of T(μr)², W (1 + βr), W μr, W (μr)² [MeV] (Table II of the paper).
struct Strengths {
  double two_pion = 0, flat = 0, linear = 0, square = 0;
};
struct ChannelStrengths {
  Strengths c, t, ls, l2, ls2;
};
constexpr ChannelStrengths triplet_one{{-7.62701, 0, 0, 1847.8059},  // c.flat depends on the pair
                                       {1.07985, 0, -190.0949, -811.2040},
                                       {-0.62697, -570.5571, 0, 819.1222},
                                       {0.06709, 342.0669, 0, -615.2339},
                                       {0.74129, 9.3418, 0, -376.4384}};
constexpr ChannelStrengths triplet_zero{{-8.62770, 2605.2682, 0, 441.9733},
                                        {1.485601, 0, -1126.8359, 370.1324},
                                        {0.10180, 86.0658, 0, -356.5175},
                                        {-0.13201, 253.4350, 0, -1.0076},
                                        {0.07357, -217.5791, 0, 18.3935}};
constexpr ChannelStrengths singlet_one{{}, {}, {}, {0.12472, 16.7780, 0, 0}, {}};  // c depends on the pair
constexpr ChannelStrengths singlet_zero{{-2.09971, 1204.4301, 0, 0}, {}, {}, {-0.31452, 217.4559, 0, 0}, {}};

ChannelStrengths strengths(int spin, int isospin, Pair p) {
  if (isospin == 0) return spin ? triplet_zero : singlet_zero;
  ChannelStrengths s = spin ? triplet_one : singlet_one;
  if (spin)
    s.c.flat = p == Pair::pp ? 1815.4920 : p == Pair::np ? 1813.5315 : 1811.5710;
  else if (p == Pair::np)
    s.c = {-10.66788, 3126.5542, 0, 0};
  else
    s.c = {-11.27028, p == Pair::pp ? 3346.6874 : 3342.7664, 0, 0};
  return s;
}

// The radial functions that the strengths multiply, and W itself.
struct Shapes {
  double two_pion, flat, linear, square, wood;
  double of(const Strengths& s) const {
    return s.two_pion * two_pion + s.flat * flat + s.linear * linear + s.square * square;
  }
};

const double wood_at_0 = 1 / (1 + std::exp(-core_radius / core_edge));

Shapes shapes(double r) {
  const double x = (constants.neutral_pion + 2 * constants.charged_pion) / 3 / constants.hbarc * r;
  const double T = tensor_yukawa(x, -std::expm1(-cutoff * r * r));
  const double W = 1 / (1 + std::exp((r - core_radius) / core_edge));
  const double beta = std::exp(-core_radius / core_edge) * wood_at_0 / core_edge;  // W (1 + βr) is flat at the origin
  return {T * T, W * (1 + beta * r), W * x, W * x * x, W};
}

// What takes the slope at the origin out of the spin part of pion exchange.
double slope(Pair p, int isospin, double r, double wood) {
  const double ratio = constants.neutral_pion / constants.charged_pion;
  const double charged = coupling * cutoff * constants.hbarc / 3 * r * wood / wood_at_0;
  return charge_combination(p, isospin, ratio * ratio * charged, charged);
}

void add_functions(const Block& b, const OperatorFunctions& f, double* v) {  // [T14.2]
  const Elements s12 = tensor(b), so = spin_orbit(b), l2 = orbital_squared(b), so2 = spin_orbit_squared(b);
  for (int c = 0; c < 3; ++c)
    v[c] += f.t * s12.value[c] + f.ls * so.value[c] + f.l2 * l2.value[c] + f.ls2 * so2.value[c];
  v[0] += f.c;
  if (b.coupled()) v[2] += f.c;
}

class ArgonneV18 final : public LocalTerm {
 public:
  void add(const Block& b, Pair p, std::span<const double> r, std::span<double> v) const override {
    for (std::size_t i = 0; i < r.size(); ++i)
      add_functions(b, argonne_v18_functions(b.S, b.isospin(), p, r[i]), &v[3 * i]);
  }
};

class ArgonneV8p final : public LocalTerm {
 public:
  void add(const Block& b, Pair, std::span<const double> r, std::span<double> v) const override {
    for (std::size_t i = 0; i < r.size(); ++i)
      add_functions(b, argonne_v8p_functions(b.S, b.isospin(), r[i]), &v[3 * i]);
  }
};

}  // namespace

OperatorFunctions argonne_v18_functions(int spin, int isospin, Pair p, double r) {
  static const PionExchange pion(constants, coupling, cutoff);
  const ChannelStrengths s = strengths(spin, isospin, p);
  const Shapes f = shapes(r);
  const PionFunctions ope = pion.at(p, isospin, r);
  OperatorFunctions v{f.of(s.c), f.of(s.t), f.of(s.ls), f.of(s.l2), f.of(s.ls2)};
  v.c += sigma_sigma(spin) * (ope.spin - slope(p, isospin, r, f.wood));
  if (spin) v.t += ope.tensor;
  return v;
}

OperatorFunctions argonne_v8p_functions(int spin, int isospin, double r) {  // [T14.3]
  OperatorFunctions v;
  for (Pair p : {Pair::np, Pair::pp, Pair::nn}) {
    const OperatorFunctions one = argonne_v18_functions(spin, isospin, isospin ? p : Pair::np, r);
    v.c += one.c / 3, v.t += one.t / 3, v.ls += one.ls / 3, v.l2 += one.l2 / 3, v.ls2 += one.ls2 / 3;
  }
  if (spin == 0 && isospin == 0) v.c += 2 * v.l2;
  if (spin == 1 && isospin == 1) v.c += 2 * v.l2 + 4.0 / 3 * v.ls2, v.t -= 5.0 / 12 * v.ls2, v.ls -= 0.5 * v.ls2;
  if (spin == 1 && isospin == 0) v.ls -= 2 * v.l2 + 3 * v.ls2;
  v.l2 = v.ls2 = 0;
  return v;
}

LocalInteraction argonne_v18(bool with_electromagnetic) {
  LocalInteraction sum(with_electromagnetic ? "Argonne v18" : "Argonne v18, strong part", constants);
  sum += std::make_unique<ArgonneV18>();
  if (with_electromagnetic) sum += std::make_unique<Electromagnetic>(constants);
  return sum;
}

LocalInteraction argonne_v8p() {
  LocalInteraction sum("Argonne v8'", constants);
  sum += std::make_unique<ArgonneV8p>();
  return sum;
}

}  // namespace orogen::nuclear
