#include "orogen/nuclear/local/forces/vacuum_polarisation.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace orogen::nuclear {
namespace {

constexpr double longest = 0.04;  // step of ρ

/// u'' = (L(L + 1)/ρ² + 2η/ρ − 1) u by Numerov's rule.
struct CoulombRecursion {
  int L;
  double eta, h;
  double factor(double rho) const { return 1 - h * h / 12 * (L * (L + 1) / (rho * rho) + 2 * eta / rho - 1); }
  double next(double rho, double before, double now) const {
    return ((12 - 10 * factor(rho)) * now - factor(rho - h) * before) / factor(rho + h);
  }
};

/// w of τ = −∫ w F² dρ.
double density(double rho, double q, double eta, double alpha) {
  return 4 * eta * alpha / (3 * std::numbers::pi) / rho * uehling(2 * electron_mass / q * rho);
}

/// F_L at 0, h, …, n h.
std::vector<double> regular(const CoulombRecursion& of, std::size_t n) {
  const auto [L, eta, h] = of;
  const auto start = [&, L = of.L, eta = of.eta](double rho) {
    return std::pow(rho, L + 1) * (1 + eta * rho / (L + 1) + (2 * eta * eta / (L + 1) - 1) * rho * rho / (4 * L + 6));
  };
  std::vector<double> F{0, start(h), start(2 * h)};
  for (std::size_t j = 2; j < n; ++j) F.push_back(of.next(double(j) * h, F[j - 1], F[j]));
  // The size from two points a quarter of a wave apart.
  const std::size_t back = n - std::min(n - 1, std::size_t(std::numbers::pi / 2 / h));
  const double end = free_waves(L, eta, double(n) * h).F, earlier = free_waves(L, eta, double(back) * h).F;
  const double size = std::sqrt((end * end + earlier * earlier) / (F[n] * F[n] + F[back] * F[back]));
  for (double& x : F) x *= size;
  return F;
}

}  // namespace

double uehling(double z) {
  // Between points equidistant in ln z, built once.
  constexpr int size = 600;
  constexpr double least = 1e-6, step = 0.03;
  static const std::vector<double> table = [] {
    std::vector<double> values;
    for (int k = 0; k < size; ++k) {
      double sum = 0, at = least * std::exp(step * k);
      each_vacuum_mass(std::log(80 / at) + 1, [&](double x, double weight) { sum += weight * std::exp(-at * x); });
      values.push_back(sum);
    }
    return values;
  }();
  const double x = std::log(z / least) / step;
  const auto k = std::size_t(std::clamp(x, 1.0, double(size - 3)));
  const double t = x - double(k);  // cubic through four points
  return table[k - 1] * -t * (t - 1) * (t - 2) / 6 + table[k] * (t + 1) * (t - 1) * (t - 2) / 2 -
         table[k + 1] * (t + 1) * t * (t - 2) / 2 + table[k + 2] * (t + 1) * t * (t - 1) / 6;
}

double vacuum_form_factor(double r, const Constants& c) {
  return 2 * c.alpha / (3 * std::numbers::pi) / r * uehling(2 * electron_mass / c.hbarc * r);
}

double vacuum_phase(int L, double q, double eta, double alpha) {
  const double h = longest;
  const auto n = std::size_t(std::max(3 * q / electron_mass, 60.0) / h);
  const std::vector<double> F = regular({L, eta, h}, n);
  double sum = 0;
  for (std::size_t j = 1; j <= n; ++j) sum += h * F[j] * F[j] * density(double(j) * h, q, eta, alpha);
  return -sum;
}

VacuumCorrection::VacuumCorrection(double rho, double q, double eta, double alpha)
    : density(nuclear::density(rho, q, eta, alpha)) {
  const auto w = [&](double x) { return nuclear::density(x, q, eta, alpha); };
  const auto n = std::max<std::size_t>(50, std::size_t(rho / longest));
  const CoulombRecursion inner{0, eta, rho / double(n)}, outer{0, eta, longest};
  const std::vector<double> F = regular(inner, n);
  for (std::size_t j = 1; j <= n; ++j) inside += (j < n ? 1 : 0.5) * inner.h * F[j] * F[j] * w(double(j) * inner.h);
  const double h = outer.h;
  WaveValues a = free_waves(0, eta, rho), b = free_waves(0, eta, rho + h);
  for (int j = 0; j < 1500; ++j) {  // what is left out beyond oscillates
    const double x = rho + j * h, share = (j == 0 ? 0.5 : 1) * h * w(x);
    mixed += share * a.F * a.G, difference += share * (a.G * a.G - a.F * a.F);
    const WaveValues c{outer.next(x + h, a.F, b.F), outer.next(x + h, a.G, b.G)};
    a = b, b = c;
  }
}

WaveValues VacuumCorrection::corrected(WaveValues x, double step) const {
  const double share = step * density;
  const double I = inside + share * x.F * x.F, B = mixed - share * x.F * x.G;
  const double D = difference - share * (x.G * x.G - x.F * x.F);
  return {(1 - B) * x.F - I * x.G, (1 + B) * x.G + (I - D) * x.F};
}

}  // namespace orogen::nuclear
