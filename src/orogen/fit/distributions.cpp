#include "orogen/fit/distributions.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"

namespace orogen {
namespace {

void check_probability(double p) {
  if (!(p > 0 && p < 1)) throw InputError(fmt::format("quantile: probability {}; expected 0 < p < 1", p));
}

/// x with f(x) = target for a rising f, by bisection of an interval that holds it, until neighbours of the same double.
template <class F> double bisect(F f, double target, double low, double high) {
  for (int k = 0; k < 200; ++k) {
    const double middle = 0.5 * (low + high);
    if (middle == low || middle == high) break;
    (f(middle) < target ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

/// The continued fraction of I_x(a, b), which converges fast for x < (a + 1)/(a + b + 2).
double beta_fraction(double a, double b, double x) {
  constexpr double tiny = 1e-300;
  const auto away = [](double v) { return std::abs(v) < tiny ? tiny : v; };
  double c = 1, d = 1 / away(1 - (a + b) * x / (a + 1)), value = d;
  for (int m = 1; m < 10000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    double change = 1;
    for (double term : {even, odd}) {
      d = 1 / away(1 + term * d);
      c = away(1 + term / c);
      change = c * d;
      value *= change;
    }
    if (std::abs(change - 1) < 1e-15) return value;
  }
  throw NumericalError(fmt::format("incomplete beta function: no convergence at a = {}, b = {}, x = {}", a, b, x));
}

}  // namespace

double normal_quantile(double p) {
  check_probability(p);
  if (p > 0.5) return -normal_quantile(1 - p);
  // Bisection in the logarithm of the tail keeps the relative error there; the tail beyond 38 is below 1e−315.
  const auto log_tail = [](double x) { return std::log(0.5 * std::erfc(-x / std::numbers::sqrt2)); };
  return bisect(log_tail, std::log(p), -38, 0);
}

double incomplete_beta(double a, double b, double x) {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1))
    throw InputError(
        fmt::format("incomplete beta function at a = {}, b = {}, x = {}; expected a, b > 0, 0 ≤ x ≤ 1", a, b, x));
  if (x == 0 || x == 1) return x;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double student_cdf(double x, double nu) {
  if (!(nu > 0)) throw InputError(fmt::format("Student's t: {} degrees of freedom; expected > 0", nu));
  const double tail = 0.5 * incomplete_beta(nu / 2, 0.5, nu / (nu + x * x));
  return x > 0 ? 1 - tail : tail;
}

double student_quantile(double p, double nu) {
  check_probability(p);
  if (p > 0.5) return -student_quantile(1 - p, nu);
  double low = -1;
  while (student_cdf(low, nu) > p) low *= 2;
  return bisect([nu](double x) { return student_cdf(x, nu); }, p, low, 0);
}

}  // namespace orogen
