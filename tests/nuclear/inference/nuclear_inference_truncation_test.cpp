// Truncation errors and breakdown scales. Numbers without a closed form come from an independent implementation
// (numpy); cross sections are those of Epelbaum, Krebs, Meißner, EPJA 51, 53 (2015), R = 0.9 fm, and their Q that of
// Melendez, Wesolowski, Furnstahl, PRC 96, 024003 (2017).
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/nuclear/inference/truncation.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"

using namespace orogen;
using namespace orogen::nuclear;
using Eigen::MatrixXd;

namespace {

/// T_lab [MeV], cross sections [mb] at LO, NLO, N2LO, N3LO, N4LO, Q for Λb = 600 MeV.
struct Row {
  double T, sigma[5], Q;
};
const Row rows[] = {{50, {183.780628, 166.640480, 167.097198, 166.935495, 167.596131}, 0.24704252},
                    {96, {84.846597, 75.131311, 78.327253, 77.544230, 78.038980}, 0.34790216},
                    {143, {52.485747, 49.089909, 54.259511, 53.755216, 53.905983}, 0.42925559},
                    {200, {34.953045, 35.931691, 42.577776, 43.210140, 42.678173}, 0.50946757},
                    {300, {21.436839, 25.225222, 32.280598, 35.939853, 34.120035}, 0.62489729}};
const std::vector<int> orders{0, 2, 3, 4, 5};

OrderByOrder series(const Row& row, int count) {
  return {{orders.begin(), orders.begin() + count}, {row.sigma, row.sigma + count}, row.sigma[0], row.Q * 600};
}

std::vector<double> grid() {
  std::vector<double> g;
  for (int x = 200; x <= 1500; ++x) g.push_back(x);
  return g;
}

void expect_posterior(std::span<const OrderByOrder> points, std::array<double, 5> expected) {
  const auto p = breakdown_scale(points, {}, grid());
  // the reference sums the grid without halving its ends, where the widest of these posteriors still is 1.5e-4 per MeV
  EXPECT_NEAR(p.mean(), expected[0], 0.12);
  EXPECT_NEAR(p.sd(), expected[1], 0.12);
  EXPECT_NEAR(p.quantile(0.16), expected[2], 1);
  EXPECT_NEAR(p.quantile(0.5), expected[3], 1);
  EXPECT_NEAR(p.quantile(0.84), expected[4], 1);
}

std::map<int, Row> whole_table() {
  const char* set = std::getenv("OROGEN_SHARED");
  const std::filesystem::path folder = set ? set : OROGEN_TEST_DIR "/../../shared";
  std::ifstream file(folder / "data/nuclear/ekm_R0p9fm_np_sigma_tot_by_order.csv");
  std::map<int, Row> table;
  std::string line;
  while (std::getline(file, line)) {
    for (char& c : line) c = c == ',' ? ' ' : c;
    std::istringstream text(line);
    Row row;
    if (text >> row.T >> row.sigma[0] >> row.sigma[1] >> row.sigma[2] >> row.sigma[3] >> row.sigma[4] >> row.Q)
      table[int(row.T)] = row;
  }
  return table;
}

}  // namespace

TEST(NuclearTruncation, intervals_after_three_known_coefficients_have_the_published_models_widths) {
  struct Case {
    std::vector<double> c;
    double a68, wide68, conjugate68, c68, a95, wide95, conjugate95, c95;
  };
  const Case cases[] = {
      {{1, 1, 1}, 0.032583, 0.045262, 0.045262, 0.045169, 0.061451, 0.121155, 0.121155, 0.120131},
      {{1, 0.5, 0.1}, 0.032583, 0.029333, 0.029333, 0.029320, 0.061451, 0.078517, 0.078517, 0.078324},
      {{1, 0.1, 0.1}, 0.032583, 0.026392, 0.026392, 0.026401, 0.061451, 0.070645, 0.070645, 0.070540}};
  const double Q = 0.33;
  for (const auto& k : cases) {
    const auto natural = learn({}, k.c);
    EXPECT_NEAR(set_a_half_width(k.c, 1, Q, 2, 0.68), k.a68, 5.1e-7);
    EXPECT_NEAR(set_a_half_width(k.c, 1, Q, 2, 0.95), k.a95, 5.1e-7);
    EXPECT_NEAR(conjugate_half_width(natural, 1, Q, 2, 0.68), k.conjugate68, 5.1e-7);
    EXPECT_NEAR(conjugate_half_width(natural, 1, Q, 2, 0.95), k.conjugate95, 5.1e-7);
    EXPECT_NEAR(set_c_half_width(k.c, 0.25, 10, 1, Q, 2, 0.68), k.c68, 5.1e-7);
    EXPECT_NEAR(set_c_half_width(k.c, 0.25, 10, 1, Q, 2, 0.95), k.c95, 5.1e-7);
    EXPECT_NEAR(set_c_half_width(k.c, 1e-3, 1e3, 1, Q, 2, 0.68), k.wide68, 5.1e-7);
    EXPECT_NEAR(set_c_half_width(k.c, 1e-3, 1e3, 1, Q, 2, 0.95), k.wide95, 5.1e-7);
  }
}

TEST(NuclearTruncation, of_the_total_cross_section_at_96_and_300_MeV_order_by_order) {
  // c_n, conjugate (ν = 0) 68 and 95 %, set C [0.25, 10] 68 and 95 %, in mb
  const double expected[2][4][5] = {{{-0.94603, 6.55780, 45.80818, 5.54827, 21.66934},
                                     {0.89453, 1.60089, 5.25175, 1.57832, 4.92073},
                                     {-0.62996, 0.45794, 1.22579, 0.45738, 1.21948},
                                     {1.14410, 0.16785, 0.41082, 0.16782, 0.41050}},
                                    {{0.45256, 5.51576, 38.52923, 5.49732, 25.49442},
                                     {1.34876, 5.52442, 18.12295, 5.43250, 16.80637},
                                     {1.11943, 3.25128, 8.70282, 3.24367, 8.61997},
                                     {-0.89089, 1.87110, 4.57954, 1.87055, 4.57445}}};
  const Row cases[] = {rows[1], rows[4]};
  for (int t = 0; t < 2; ++t)
    for (int n = 1; n < 5; ++n) {
      const Row& row = cases[t];
      const auto c = coefficients(series(row, n + 1), 600);
      const double* e = expected[t][n - 1];
      const int k = orders[n];
      ASSERT_EQ(int(c.size()), n);
      EXPECT_NEAR(c.back(), e[0], 1e-5);
      EXPECT_NEAR(conjugate_half_width(learn({}, c), row.sigma[0], row.Q, k, 0.68), e[1], 2e-6 * e[1] + 5e-6);
      EXPECT_NEAR(conjugate_half_width(learn({}, c), row.sigma[0], row.Q, k, 0.95), e[2], 2e-6 * e[2] + 5e-6);
      EXPECT_NEAR(set_c_half_width(c, 0.25, 10, row.sigma[0], row.Q, k, 0.68), e[3], 2e-6 * e[3] + 5e-6);
      EXPECT_NEAR(set_c_half_width(c, 0.25, 10, row.sigma[0], row.Q, k, 0.95), e[4], 2e-6 * e[4] + 5e-6);
    }
}

TEST(NuclearTruncation, smooth_scale_is_that_of_the_published_table) {
  for (const Row& row : rows)
    EXPECT_NEAR(smooth_scale(relative_momentum(row.T, Pair::np, chiral_constants)) / 600, row.Q, 2e-5);
  EXPECT_EQ(hard_scale(100), 138);
  EXPECT_EQ(hard_scale(200), 200);
  EXPECT_NEAR(smooth_scale(1e-3), 138, 1e-9);
  EXPECT_NEAR(smooth_scale(138), 138, 1e-12);
  EXPECT_NEAR(smooth_scale(5000), 5000, 1e-6);
}

TEST(NuclearTruncation, breakdown_scale_of_four_cross_sections) {
  std::vector<OrderByOrder> n3lo, n4lo;
  for (int k = 1; k < 5; ++k) {
    n3lo.push_back(series(rows[k], 4));
    n4lo.push_back(series(rows[k], 5));
  }
  expect_posterior(n3lo, {609.0, 239.3, 379, 568, 841});
  expect_posterior(n4lo, {670.2, 146.5, 529, 656, 811});
}

TEST(NuclearTruncation, breakdown_scale_of_the_whole_table) {
  const auto table = whole_table();
  if (table.empty()) GTEST_SKIP() << "ekm_R0p9fm_np_sigma_tot_by_order.csv not found; OROGEN_SHARED names its folder";
  const auto points = [&](int first, int last, int step, int count) {
    std::vector<OrderByOrder> p;
    for (int T = first; T <= last; T += step) p.push_back(series(table.at(T), count));
    return p;
  };
  expect_posterior(points(20, 340, 20, 4), {662.4, 121.8, 543, 653, 781});
  expect_posterior(points(20, 340, 20, 5), {546.1, 55.6, 491, 543, 601});
  expect_posterior(points(40, 320, 40, 4), {733.4, 209.1, 529, 709, 939});
  expect_posterior(points(40, 320, 40, 5), {566.8, 84.8, 484, 560, 649});
}

TEST(NuclearTruncation, intervals_hold_as_often_as_they_say) {
  // c_n drawn from the model itself with c̄ from its prior; Δ_2 of the next twenty orders
  Random random(5);
  const double Q = 0.4, nu0 = 4, tau2 = 1;
  int inside68 = 0, inside95 = 0;
  const int worlds = 4000;
  for (int w = 0; w < worlds; ++w) {
    double chi2 = 0;
    for (int k = 0; k < int(nu0); ++k) chi2 += std::pow(random.normal(), 2);
    const double c_bar = std::sqrt(nu0 * tau2 / chi2);
    std::vector<double> c;
    for (int k = 0; k < 3; ++k) c.push_back(c_bar * random.normal());
    double delta = 0;
    for (int n = 3; n < 23; ++n) delta += c_bar * random.normal() * std::pow(Q, n);
    const auto natural = learn({nu0, tau2}, c);
    inside68 += std::abs(delta) <= conjugate_half_width(natural, 1, Q, 2, 0.68);
    inside95 += std::abs(delta) <= conjugate_half_width(natural, 1, Q, 2, 0.95);
  }
  EXPECT_NEAR(double(inside68) / worlds, 0.68, 4 * std::sqrt(0.68 * 0.32 / worlds));
  EXPECT_NEAR(double(inside95) / worlds, 0.95, 4 * std::sqrt(0.95 * 0.05 / worlds));
}

TEST(NuclearTruncation, covariance_is_the_sum_over_the_omitted_orders) {
  const std::vector<double> reference{2, -3, 1}, Q{0.3, 0.4, 0.5}, x{10, 30, 80};
  const MatrixXd R = squared_exponential(x, 40);
  const MatrixXd covariance = truncation_covariance(reference, Q, 2, 1.5, R);
  for (int i = 0; i < 3; ++i) {
    EXPECT_NEAR(std::sqrt(covariance(i, i)), std::abs(reference[i]) * 1.5 * omitted_orders(Q[i], 2), 1e-14);
    for (int j = 0; j < 3; ++j) {
      double sum = 0;
      for (int n = 3; n < 80; ++n) sum += std::pow(Q[i] * Q[j], n);
      const double r = std::exp(-std::pow(x[i] - x[j], 2) / 3200);
      EXPECT_NEAR(covariance(i, j), reference[i] * reference[j] * 2.25 * sum * r, 1e-14);
    }
  }
}

TEST(NuclearTruncation, of_a_curve_that_is_uncorrelated_is_that_of_independent_coefficients) {
  const std::vector<double> c{0.5, -1, 2, 0.1, 0.7, -0.3};
  const MatrixXd curves = Eigen::Map<const MatrixXd>(c.data(), 3, 2), one = MatrixXd::Identity(3, 3);
  const auto a = learn({2, 0.5}, c), b = learn({2, 0.5}, curves, Cholesky(one));
  EXPECT_DOUBLE_EQ(a.nu, b.nu);
  EXPECT_NEAR(a.tau2, b.tau2, 1e-15);
  // log pr of one number is the log density of Student's t
  const MatrixXd single = MatrixXd::Constant(1, 1, 0.8), unit = MatrixXd::Identity(1, 1);
  const double nu = 3, tau2 = 1.7, t2 = 0.64 / tau2;
  const double student = std::lgamma((nu + 1) / 2) - std::lgamma(nu / 2) - 0.5 * std::log(nu * M_PI * tau2) -
                         (nu + 1) / 2 * std::log1p(t2 / nu);
  EXPECT_NEAR(log_likelihood({nu, tau2}, single, Cholesky(unit)), student, 1e-13);
}

TEST(NuclearTruncation, likelihood_finds_the_correlation_length_of_a_curve) {
  std::vector<double> x;
  for (int k = 0; k < 30; ++k) x.push_back(10 * k);
  const Cholesky truth(squared_exponential(x, 50, 1e-8));
  Random random(9);
  MatrixXd z(30, 4);
  for (double& v : z.reshaped()) v = random.normal();
  const MatrixXd curves = truth.lower() * z;
  double best = 0, top = -INFINITY;
  for (double length = 20; length <= 100; length += 2) {
    const double log_p = log_likelihood({}, curves, Cholesky(squared_exponential(x, length, 1e-8)));
    if (log_p > top) top = log_p, best = length;
  }
  EXPECT_NEAR(best, 50, 6);
  EXPECT_NEAR(std::sqrt(learn({}, curves, truth).tau2), 1, 0.2);
}

TEST(NuclearTruncation, breakdown_scale_of_uncorrelated_points_of_one_curve_pools_their_naturalness) {
  // two points with the same coefficients: pooling them is exact arithmetic
  const OrderByOrder point = series(rows[2], 5);
  const std::vector<OrderByOrder> points{point, point};
  const auto pooled = breakdown_scale(points, {}, MatrixXd::Identity(2, 2), grid());
  const auto independent = breakdown_scale(points, {}, grid());
  for (std::size_t k = 0; k < pooled.value.size(); ++k)
    EXPECT_NEAR(pooled.probability[k], independent.probability[k], 1e-14);
}

TEST(NuclearTruncation, refuses_what_has_no_meaning) {
  EXPECT_THROW(learn({}, std::vector<double>{}), InputError);
  EXPECT_THROW(omitted_orders(1, 2), InputError);
  EXPECT_THROW(coefficients({{0, 2}, {1, 2}, 0, 138}, 600), InputError);
  EXPECT_THROW(coefficients({{2, 0}, {1, 2}, 1, 138}, 600), InputError);
  EXPECT_THROW(set_c_half_width(std::vector<double>{1}, 1, 1, 1, 0.3, 2, 0.68), InputError);
  EXPECT_THROW(conjugate_half_width({1, 1}, 1, 0.3, 2, 1), InputError);
}
