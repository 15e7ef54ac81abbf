// Real harmonics and their coupling tables against quadrature on the sphere; the table is written by another program.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "orogen/kernel/layer/gaunt.hpp"
#include "orogen/kernel/layer/radial.hpp"

namespace {

namespace kernel = orogen::kernel;
constexpr int count = 25;

/// Y_0 … Y_24 of a unit vector.
std::vector<double> harmonics_at(double x, double y, double z) {
  std::vector<double> Y(32);
  kernel::harmonics(x, y, z, Y.data(), 1);
  kernel::harmonics_4(x, y, z, Y.data(), 1);
  return Y;
}

/// Gauss–Legendre nodes and weights on [−1, 1] (weights sum to 2), by Newton's method on P_n.
void gauss_legendre(int n, std::vector<double>& x, std::vector<double>& w) {
  for (int i = 0; i < n; ++i) {
    double t = std::cos(M_PI * (i + 0.75) / (n + 0.5)), slope = 1;
    for (int step = 0; step < 50; ++step) {
      double p = 1, before = 0;
      for (int k = 1; k <= n; ++k) {
        const double next = ((2 * k - 1) * t * p - (k - 1) * before) / k;
        before = p, p = next;
      }
      slope = n * (t * p - before) / (t * t - 1);
      t -= p / slope;
    }
    x.push_back(t), w.push_back(2 / ((1 - t * t) * slope * slope));
  }
}

/// (1/4π) ∫ f(Y) dΩ, exact for products of three harmonics.
template <class F> double mean_on_sphere(F&& f) {
  std::vector<double> z, w;
  gauss_legendre(8, z, w);
  constexpr int turns = 16;
  double sum = 0;
  for (std::size_t i = 0; i < z.size(); ++i)
    for (int k = 0; k < turns; ++k) {
      const double s = std::sqrt(1 - z[i] * z[i]), phi = 2 * M_PI * (k + 0.3) / turns;
      sum += w[i] / 2 / turns * f(harmonics_at(s * std::cos(phi), s * std::sin(phi), z[i]));
    }
  return sum;
}

TEST(Harmonics, are_orthogonal_with_square_mean_one) {
  for (int a = 0; a < count; ++a)
    for (int b = 0; b <= a; ++b)
      EXPECT_NEAR(mean_on_sphere([&](const auto& Y) { return Y[a] * Y[b]; }), a == b, 1e-14) << a << " " << b;
}

template <std::size_t P, std::size_t E>
void expect_exact(const kernel::gaunt::Path (&paths)[P], const kernel::gaunt::Entry (&entries)[E], bool symmetric) {
  for (const auto& path : paths) {
    double squares = 0, listed = 0;
    for (int c = path.l3 * path.l3; c < (path.l3 + 1) * (path.l3 + 1); ++c)
      for (int a = path.l1 * path.l1; a < (path.l1 + 1) * (path.l1 + 1); ++a)
        for (int b = path.l2 * path.l2; b < (path.l2 + 1) * (path.l2 + 1); ++b)
          squares += std::pow(mean_on_sphere([&](const auto& Y) { return Y[a] * Y[b] * Y[c]; }), 2);
    for (int e = path.begin; e < path.end; ++e) {
      const auto& entry = entries[e];
      const bool doubled = symmetric && path.l1 == path.l2 && entry.a != entry.b;
      const double g =
          mean_on_sphere([&](const auto& Y) { return Y[entry.a] * Y[entry.b] * Y[entry.c]; }) * (doubled ? 2 : 1);
      EXPECT_NEAR(entry.g, g, 1e-14) << entry.a << " " << entry.b << " " << entry.c;
      listed += doubled ? entry.g * entry.g / 2 : entry.g * entry.g;
    }
    EXPECT_NEAR(listed, squares, 1e-12) << "an entry is missing";
  }
}
TEST(Harmonics, coupling_of_the_density_with_itself_is_exact) {
  expect_exact(kernel::gaunt::product, kernel::gaunt::product_entries, true);
}
TEST(Harmonics, coupling_of_the_density_with_messages_is_exact) {
  expect_exact(kernel::gaunt::message, kernel::gaunt::message_entries, false);
}

TEST(Harmonics, adjoint_is_the_derivative_along_the_sphere) {
  const double r[3] = {0.48, -0.6, 0.64};
  for (int a = 0; a < count; ++a) {
    double g[32]{}, d[3];
    g[a] = 1;
    kernel::harmonics_adjoint(r[0], r[1], r[2], g, d[0], d[1], d[2]);
    kernel::harmonics_4_adjoint(r[0], r[1], r[2], g, d[0], d[1], d[2]);
    for (int axis = 0; axis < 3; ++axis) {
      // A step across r, along the projection of the axis.
      double t[3];
      for (int c = 0; c < 3; ++c) t[c] = (c == axis) - r[axis] * r[c];
      const auto value = [&](double h) {
        double x[3], norm = 0;
        for (int c = 0; c < 3; ++c) x[c] = r[c] + h * t[c], norm += x[c] * x[c];
        norm = std::sqrt(norm);
        return harmonics_at(x[0] / norm, x[1] / norm, x[2] / norm)[a];
      };
      const double h = 1e-3, numeric = (8 * (value(h) - value(-h)) - (value(2 * h) - value(-2 * h))) / (12 * h);
      EXPECT_NEAR(d[0] * t[0] + d[1] * t[1] + d[2] * t[2], numeric, 1e-9) << a;
    }
  }
}

}  // namespace
