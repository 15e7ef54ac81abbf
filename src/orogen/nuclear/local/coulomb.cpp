#include "orogen/nuclear/local/coulomb.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <complex>

#include "orogen/base/errors.hpp"

namespace orogen::nuclear {
namespace {

using Complex = std::complex<double>;

struct Slope {
  double value, derivative;
};

// arg Γ(1 + iη), by Stirling's series at 21 + iη.
double coulomb_phase(double eta) {
  const Complex z(21, eta), s = 1.0 / (z * z);
  const Complex lnGamma =
      (z - 0.5) * std::log(z) - z + (1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s / 1680.0))) / z;
  double phase = lnGamma.imag();
  for (int k = 1; k <= 20; ++k) phase -= std::atan2(eta, k);
  return phase;
}

// G_0 far out: the real part of e^iθ Σ (1 + iη)_k (iη)_k / (k! (2iρ)^k).
Slope asymptotic_G0(double eta, double rho) {
  const Complex i{0, 1}, a(1, eta), b(0, eta);
  Complex term = 1, sum = 0, slope = 0;
  for (int k = 0; k < 60 && std::abs(term) > 1e-17; ++k) {
    sum += term, slope -= double(k) / rho * term;
    term *= (a + double(k)) * (b + double(k)) / (double(k + 1) * 2.0 * i * rho);
  }
  const Complex wave = std::polar(1.0, rho - eta * std::log(2 * rho) + coulomb_phase(eta));
  return {(wave * sum).real(), (wave * (i * (1 - eta / rho) * sum + slope)).real()};
}

// One step of the Taylor series of w'' = (2η/ρ − 1) w.
Slope taylor_step(Slope w, double eta, double rho, double h) {
  double c[3] = {w.value, w.derivative, 0};  // coefficients n, n + 1 and the one before n
  double before = 0, power = 1;
  Slope out{0, 0};
  for (int n = 0; n < 40; ++n) {
    out.value += c[0] * power, out.derivative += (n + 1) * c[1] * power;
    power *= h;
    // (ρ + h) w'' = (2η − ρ − h) w, order by order.
    const double next =
        ((2 * eta - rho) * c[0] - before - double((n + 1) * n) * c[1]) / (rho * double((n + 2) * (n + 1)));
    before = c[0], c[0] = c[1], c[1] = next;
  }
  return out;
}

Slope G0(double eta, double rho) {
  if (eta == 0) return {std::cos(rho), -std::sin(rho)};
  const double far = std::max(rho, 25 + eta * eta);
  Slope w = asymptotic_G0(eta, far);
  for (double at = far; at > rho;) {  // inwards, where G grows
    const double next = std::max(rho, at - std::min(1.0, at / 4));
    w = taylor_step(w, eta, at, next - at);
    at = next;
  }
  return w;
}

// F_L'/F_L by its continued fraction (Lentz' method).
double logarithmic_slope(int L, double eta, double rho) {
  const auto S = [&](int l) { return l / rho + eta / l; };
  const auto R2 = [&](int l) { return 1 + eta * eta / (double(l) * l); };
  const double tiny = 1e-30;
  double f = S(L + 1), C = f, D = 0;
  if (f == 0) f = C = tiny;
  for (int l = L + 1; l < 100000; ++l) {
    const double b = S(l) + S(l + 1), a = -R2(l);
    D = b + a * D, C = b + a / C;
    if (D == 0) D = tiny;
    if (C == 0) C = tiny;
    D = 1 / D;
    f *= C * D;
    if (std::abs(C * D - 1) < 1e-15) return f;
  }
  throw NumericalError(
      fmt::format("Coulomb function of L = {} at rho = {:g}, eta = {:g} does not converge", L, rho, eta));
}

}  // namespace

FreeWaves free_waves(int L, double eta, double rho) {
  Slope g = G0(eta, rho);
  for (int l = 1; l <= L; ++l) {
    const double S = l / rho + eta / l, R = std::sqrt(1 + eta * eta / (double(l) * l));
    const double up = (S * g.value - g.derivative) / R;
    g = {up, R * g.value - S * up};
  }
  const double slope = logarithmic_slope(L, eta, rho);
  const double F = 1 / (slope * g.value - g.derivative);  // F'G − FG' = 1
  if (!std::isfinite(F) || !std::isfinite(g.value))
    throw NumericalError(fmt::format(
        "Coulomb functions of L = {} at rho = {:g}, eta = {:g} leave the range of numbers; use a higher energy", L, rho,
        eta));
  return {{F, g.value}, slope * F, g.derivative};
}

}  // namespace orogen::nuclear
