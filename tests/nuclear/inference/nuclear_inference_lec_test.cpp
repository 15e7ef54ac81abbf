// Posteriors of low-energy constants: a linear model in closed form, and the two constants of 1S0 in the chiral force
// of Entem, Machleidt, Nosyk, PRC 96, 024004 (2017), at NLO, 500 MeV.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <array>
#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/nuclear/inference/contacts/lec_posterior.hpp"
#include "orogen/nuclear/inference/contacts/prediction.hpp"
#include "orogen/nuclear/inference/truncation.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/phases/phases.hpp"

using namespace orogen;
using namespace orogen::nuclear;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using std::numbers::pi;

namespace {

/// phase = A c + b.
class LinearModel : public PhaseModel {
 public:
  LinearModel(MatrixXd A, VectorXd b) : A_(std::move(A)), b_(std::move(b)) {}
  long constants() const override { return A_.cols(); }
  long size() const override { return A_.rows(); }
  void phases(std::span<const double> c, std::span<double> phase, Eigen::Ref<MatrixXd> J) const override {
    Eigen::Map<VectorXd>(phase.data(), size()) = A_ * Eigen::Map<const VectorXd>(c.data(), constants()) + b_;
    J = A_;
  }

 private:
  MatrixXd A_;
  VectorXd b_;
};

/// np 1S0: pion exchange at NLO solved once, the separable contacts exactly for all constants:
/// K = K0 + x (1 − C H)⁻¹ C xᵀ, C = [[C̃, C], [C, 0]] on f(p) {1, p²} [T15.14]. Units of C̃: MeV⁻², of C: MeV⁻⁴.
class SingletS : public PhaseModel {
 public:
  explicit SingletS(std::span<const double> T_lab, int points = 64) {
    for (double T : T_lab) energies_.push_back(solve(relative_momentum(T, Pair::np, chiral_constants), points));
  }
  long constants() const override { return 2; }
  long size() const override { return long(energies_.size()); }
  void phases(std::span<const double> c, std::span<double> phase, Eigen::Ref<MatrixXd> J) const override {
    for (long i = 0; i < size(); ++i) {
      const Energy& e = energies_[i];
      Eigen::Matrix2d C;
      C << c[0], c[1], c[1], 0;
      const Eigen::Matrix2d A = (Eigen::Matrix2d::Identity() - C * e.H).inverse();
      const Eigen::RowVector2d w = e.x * A;  // dK = w dC wᵀ
      const double factor = -pi / 2 * mass_ * e.q, R = factor * (e.K0 + w * C * e.x.transpose());
      phase[i] = std::atan(R);
      J(i, 0) = factor * w[0] * w[0] / (1 + R * R);
      J(i, 1) = factor * 2 * w[0] * w[1] / (1 + R * R);
    }
  }

 private:
  struct Energy {
    double q, K0;
    Eigen::RowVector2d x;
    Eigen::Matrix2d H;
  };

  static std::vector<std::array<double, 2>> gauss_legendre(int n) {
    std::vector<std::array<double, 2>> nodes;
    for (int i = 0; i < n; ++i) {
      double x = std::cos(pi * (i + 0.75) / (n + 0.5)), slope = 0;
      for (int k = 0; k < 100; ++k) {
        double p0 = 1, p1 = x;
        for (int l = 2; l <= n; ++l) p0 = std::exchange(p1, ((2 * l - 1) * x * p1 - (l - 1) * p0) / l);
        slope = n * (x * p1 - p0) / (x * x - 1);
        const double step = p1 / slope;
        x -= step;
        if (std::abs(step) < 1e-15) break;
      }
      nodes.push_back({x, 2 / ((1 - x * x) * slope * slope)});
    }
    return nodes;
  }

  /// The pions' part for a singlet with J = 0: U_0 of V_C − 3 V_S − q² V_q.
  static double pions(double q2) {
    const Constants& k = chiral_constants;
    const double g = 1.29, f = 92.4, m = 138.0390, cut = 650, f4 = std::pow(f, 4), g2 = g * g, g4 = g2 * g2;
    const auto v = [&](double mass) { return -g2 / (4 * f * f) / (q2 + mass * mass); };
    const double one_pion = -q2 * (2 * v(k.charged_pion) - v(k.neutral_pion));
    const double q = std::sqrt(q2), m2 = m * m, w = std::sqrt(4 * m2 + q2);
    const double L = w / (2 * q) *
                     std::log((cut * cut * (2 * m2 + q2) - 2 * m2 * q2 + cut * std::sqrt(cut * cut - 4 * m2) * q * w) /
                              (2 * m2 * (cut * cut + q2)));
    const double central =
        -L / (384 * pi * pi * f4) *
        (4 * m2 * (5 * g4 - 4 * g2 - 1) + q2 * (23 * g4 - 10 * g2 - 1) + 48 * g4 * m2 * m2 / (w * w));
    const double tensor = -3 * g4 * L / (64 * pi * pi * f4);
    return one_pion + central + 2 * q2 * tensor;
  }

  /// (2π)⁻³, minimal relativity and the regulator, of one momentum.
  double dress(double p) const {
    return std::pow(2 * pi, -1.5) * std::pow(1 + p * p / (mass_ * mass_), -0.25) * std::exp(-std::pow(p / 500, 4));
  }

  Energy solve(double q, int points) const {
    static const auto angles = gauss_legendre(32);
    std::vector<double> p, weight;
    double hole = 0;
    for (const auto& [x, w] : gauss_legendre(points)) {
      const double t = std::tan(pi / 4 * (1 + x)), c = std::cos(pi / 4 * (1 + x));
      p.push_back(700 * t);
      weight.push_back(700 * pi / 4 * w / (c * c));
      hole += weight.back() / (q * q - p.back() * p.back());
    }
    const long n = points + 1;
    p.push_back(q);
    VectorXd D(n);
    for (long i = 0; i < points; ++i) D[i] = mass_ * weight[i] * p[i] * p[i] / (q * q - p[i] * p[i]);
    D[points] = -mass_ * q * q * hole;
    MatrixXd V(n, n), G(n, 2);
    for (long i = 0; i < n; ++i) {
      G.row(i) << dress(p[i]), dress(p[i]) * p[i] * p[i];
      for (long j = 0; j < n; ++j) {
        double sum = 0;
        for (const auto& [z, w] : angles)
          sum += w * pions(std::max(p[i] * p[i] + p[j] * p[j] - 2 * p[i] * p[j] * z, 1e-6));
        V(i, j) = 2 * pi * sum * dress(p[i]) * dress(p[j]);
      }
    }
    const MatrixXd A = MatrixXd::Identity(n, n) - V * D.asDiagonal();
    const MatrixXd X = A.partialPivLu().solve(G);
    const VectorXd K0 = A.partialPivLu().solve(V.col(points));
    return {q, K0[points], X.row(points), G.transpose() * D.asDiagonal() * X};
  }

  double mass_ = mass(Pair::np, chiral_constants);
  std::vector<Energy> energies_;
};

/// np 1S0 of Navarro Perez, Amaro, Ruiz Arriola, PRC 88, 064002 (2013): T_lab [MeV], phase, error [deg].
struct Granada {
  double T, phase, error;
};
const Granada granada[] = {{1, 62.0766, 0.0183},  {5, 63.6604, 0.0440},   {10, 60.0201, 0.0626}, {25, 51.0708, 0.0987},
                           {50, 40.8849, 0.1473}, {100, 27.2101, 0.2305}, {150, 17.1001, 0.2658}};

std::vector<PhaseDatum> granada_data(int first, int last) {
  std::vector<PhaseDatum> data;
  for (int k = first; k < last; ++k)
    data.push_back({0, granada[k].T, relative_momentum(granada[k].T, Pair::np, chiral_constants),
                    granada[k].phase * degree, granada[k].error * degree});
  return data;
}

std::vector<double> energies(std::span<const PhaseDatum> data) {
  std::vector<double> T;
  for (const auto& d : data) T.push_back(d.T_lab);
  return T;
}

const std::vector<double> singlet_units{natural_unit(0, 600), natural_unit(2, 600)};
const std::vector<int> singlet_orders{0, 2};

LinearModel some_linear_model(long rows, std::uint64_t seed) {
  Random random(seed);
  MatrixXd A(rows, 3);
  for (double& x : A.reshaped()) x = 0.05 * random.normal();
  return {A, VectorXd::Constant(rows, 0.1)};
}

}  // namespace

TEST(NuclearConstants, natural_units_are_the_published_ones) {
  EXPECT_NEAR(natural_unit(0, 600) * 1e2, 0.147186, 1e-6);  // 10⁴ GeV⁻² = 10⁻² MeV⁻²
  EXPECT_NEAR(natural_unit(2, 600) * 1e8, 0.408849, 1e-6);
}

TEST(NuclearConstants, of_a_linear_model_have_the_posterior_and_evidence_in_closed_form) {
  Random random(3);
  MatrixXd A(8, 3);
  VectorXd b(8);
  for (double& x : A.reshaped()) x = 0.1 * random.normal();
  for (double& x : b) x = 0.1 * random.normal();
  const LinearModel model(A, VectorXd::Zero(8));
  std::vector<PhaseDatum> data;
  for (int i = 0; i < 8; ++i) data.push_back({i / 4, 20.0 * (i % 4), 60 + 30.0 * (i % 4), b[i], 0.02});
  const MatrixXd covariance = phase_covariance(data, {.c_bar = 1.3, .length = 30});
  EXPECT_NE(covariance(0, 1), 0);
  EXPECT_EQ(covariance(0, 5), 0);
  const std::vector<double> unit{2, 0.5, 1};
  const std::vector<int> orders{0, 2, 2};
  GaussianPrior prior = power_counting(orders, 1.0, 5.0);
  PhaseResidual likelihood(model, data, covariance, unit);
  const auto posterior = lec_posterior(likelihood, prior, {0, 0, 0}, {.warm_up = 200, .draws = 2000});
  const MatrixXd B = A * Eigen::Vector3d(2, 0.5, 1).asDiagonal();
  const MatrixXd precision = B.transpose() * covariance.llt().solve(B) + MatrixXd::Identity(3, 3) / 25;
  const VectorXd mean = precision.llt().solve(B.transpose() * covariance.llt().solve(b));
  const MatrixXd marginal = covariance + 25 * B * B.transpose();
  const double evidence = log_normalisation(Cholesky(marginal)) - 0.5 * b.dot(marginal.llt().solve(b));
  EXPECT_LT((posterior.laplace.precision - precision).norm() / precision.norm(), 1e-12);
  EXPECT_NEAR(posterior.laplace.log_evidence, evidence, 1e-9);
  for (int k = 0; k < 3; ++k) {
    EXPECT_NEAR(posterior.laplace.mean[k], mean[k], 1e-6);
    const auto& s = posterior.summary[k];
    EXPECT_NEAR(s.mean, mean[k], 4 * s.sd / std::sqrt(s.effective_bulk));
    EXPECT_NEAR(s.sd / posterior.laplace.sd(k), 1, 0.05);
  }
}

TEST(NuclearConstants, density_has_the_gradient_of_its_value) {
  const auto data = granada_data(0, 6);
  const SingletS model(energies(data), 32);
  const PhaseResidual likelihood(model, data, phase_covariance(data, {}), singlet_units);
  const GaussianPrior prior = power_counting(singlet_orders, 1.0, 5.0);
  const LecDensity density(likelihood, prior);
  std::vector<double> a{-1.0, 3.3}, gradient(2), unused(2);
  density.value(a, gradient);
  for (int k = 0; k < 2; ++k) {
    const double h = 1e-5;
    auto up = a, down = a;
    up[k] += h, down[k] -= h;
    const double slope = (density.value(up, unused) - density.value(down, unused)) / (2 * h);
    EXPECT_NEAR(gradient[k] / slope, 1, 1e-6);
  }
}

TEST(NuclearConstants, phases_that_differ_by_a_half_turn_are_the_same) {
  const MatrixXd A = MatrixXd::Identity(2, 2);
  const LinearModel model(A, Eigen::Vector2d(0, pi));
  const std::vector<PhaseDatum> data{{0, 10, 100, 1.5, 0.1}, {0, 20, 150, -1.5, 0.1}};
  PhaseResidual likelihood(model, data, 0.01 * A, {1, 1});
  std::vector<double> r(2);
  likelihood.value(std::vector<double>{-1.6, -1.5}, r);
  EXPECT_NEAR(r[0], (pi - 3.1) / 0.1, 1e-12);
  EXPECT_NEAR(r[1], 0, 1e-12);
}

TEST(NuclearConstants, of_the_published_force_lead_to_its_1S0_phases) {
  const std::vector<double> T{1, 5, 10, 50, 150, 300};
  const double expected[] = {62.20695, 63.90897, 60.24054, 38.77024, 4.96658, -32.70753};
  const SingletS model(T);
  std::vector<double> phase(6);
  MatrixXd J(6, 2);
  model.phases(std::vector<double>{-0.15110342e-2, 1.600626575e-8}, phase, J);
  for (int i = 0; i < 6; ++i) EXPECT_NEAR(phase[i] / degree, expected[i], 2e-4) << T[i];
}

TEST(NuclearConstants, of_the_1S0_wave_at_NLO_have_the_posterior_of_a_grid) {
  const auto data = granada_data(0, 6);
  const SingletS model(energies(data), 48);
  PhaseResidual likelihood(model, data, phase_covariance(data, {.order = 2}), singlet_units);
  GaussianPrior prior = power_counting(singlet_orders, 1.0, 5.0);
  const auto posterior = lec_posterior(likelihood, prior, {-1.0, 3.0}, {.warm_up = 300, .draws = 4000, .seed = 8});
  EXPECT_NEAR(posterior.laplace.mean[0], -1.00892, 1e-4);
  EXPECT_NEAR(posterior.laplace.mean[1], 3.46123, 1e-3);
  const double mean[] = {-1.00914, 3.47068}, sd[] = {0.00612, 0.07939};
  for (int k = 0; k < 2; ++k) {
    const auto& s = posterior.summary[k];
    EXPECT_NEAR(s.mean, mean[k], 4 * s.sd / std::sqrt(s.effective_bulk));
    EXPECT_NEAR(s.sd / sd[k], 1, 4 / std::sqrt(s.effective_bulk));
    EXPECT_LT(s.r_hat, 1.01);
    EXPECT_GT(s.effective_bulk, 3000);
  }
  const MatrixXd draws = pooled(posterior.chains);
  const VectorXd x = draws.col(0).array() - mean[0], y = draws.col(1).array() - mean[1];
  EXPECT_NEAR(x.dot(y) / (x.norm() * y.norm()), -0.9504, 0.006);
}

TEST(NuclearConstants, of_the_1S0_wave_foretell_the_phase_at_25_MeV_from_the_others) {
  auto data = granada_data(0, 6);
  const std::vector<PhaseDatum> apart{data[3]};
  data.erase(data.begin() + 3);
  const SingletS model(energies(data), 32), elsewhere(energies(apart), 32);
  PhaseResidual likelihood(model, data, phase_covariance(data, {}), singlet_units);
  GaussianPrior prior = power_counting(singlet_orders, 1.0, 5.0);
  const auto posterior = lec_posterior(likelihood, prior, {-1.0, 3.0}, {.warm_up = 200, .draws = 500});
  const MatrixXd variance = phase_covariance(apart, {});
  const auto bands = predict(elsewhere, singlet_units, pooled(posterior.chains), variance.diagonal());
  EXPECT_EQ(coverage(bands, apart).within95, 1);
  EXPECT_LT(bands.low95[0], bands.low68[0]);
  EXPECT_LT(bands.high68[0], bands.high95[0]);
  EXPECT_NEAR((bands.high68[0] - bands.low68[0]) / (2 * bands.sd[0]), 1, 0.05);
  EXPECT_GT(bands.sd[0], std::sqrt(variance(0, 0)));
  EXPECT_LT(bands.sd[0], 1.5 * std::sqrt(variance(0, 0)));
}

TEST(NuclearConstants, error_of_a_phase_near_its_zero_is_that_of_the_least_reference) {
  const std::vector<PhaseDatum> data{{0, 250, 343, 2 * degree, 0}};
  const double whole = omitted_orders(343.0 / 600, 2);
  EXPECT_NEAR(std::sqrt(phase_covariance(data, {})(0, 0)), 2 * degree * whole, 1e-14);
  EXPECT_NEAR(std::sqrt(phase_covariance(data, {.least_reference = 0.5})(0, 0)), 0.5 * whole, 1e-14);
  const std::vector<PhaseDatum> sized{{0, 250, 343, 2 * degree, 0, 0.7}};
  EXPECT_NEAR(std::sqrt(phase_covariance(sized, {.least_reference = 0.5})(0, 0)), 0.7 * whole, 1e-14);
}

TEST(NuclearConstants, bands_hold_as_often_as_they_say) {
  // worlds in which the model is true: constants from the prior, data with their errors
  Random random(21);
  const std::vector<double> unit(3, 1.0);
  const std::vector<int> orders(3, 0);
  GaussianPrior prior = power_counting(orders, 1.0, 1.0);
  double within68 = 0, within95 = 0;
  long seen = 0;
  for (int world = 0; world < 60; ++world) {
    const auto model = some_linear_model(6, 2 * world), elsewhere = some_linear_model(20, 2 * world + 1);
    const std::vector<double> truth{random.normal(), random.normal(), random.normal()};
    const auto measure = [&](const PhaseModel& m) {
      std::vector<double> phase(m.size());
      MatrixXd J(m.size(), 3);
      m.phases(truth, phase, J);
      std::vector<PhaseDatum> data;
      for (double p : phase) data.push_back({0, 10, 100, p + 0.03 * random.normal(), 0.03});
      return data;
    };
    const auto data = measure(model), apart = measure(elsewhere);
    PhaseResidual likelihood(model, data, 9e-4 * MatrixXd::Identity(6, 6), unit);
    const auto posterior = lec_posterior(likelihood, prior, {0, 0, 0}, {.chains = 2, .warm_up = 100, .draws = 500});
    const auto bands = predict(elsewhere, unit, pooled(posterior.chains), VectorXd::Constant(20, 9e-4), world);
    const auto c = coverage(bands, apart);
    within68 += c.within68 * double(c.data), within95 += c.within95 * double(c.data), seen += c.data;
  }
  // data of one world share its constants: allow for 300 independent ones of 1200
  EXPECT_NEAR(within68 / double(seen), 0.68, 3 * std::sqrt(0.68 * 0.32 / 300));
  EXPECT_NEAR(within95 / double(seen), 0.95, 3 * std::sqrt(0.95 * 0.05 / 300));
}

TEST(NuclearConstants, refuse_sizes_that_do_not_fit_and_data_without_errors) {
  const auto model = some_linear_model(2, 1);
  const std::vector<PhaseDatum> data{{0, 10, 100, 0.2, 0.1}, {0, 20, 150, 0.3, 0.1}};
  const MatrixXd one = MatrixXd::Identity(2, 2);
  EXPECT_THROW(PhaseResidual(model, data, one, {1, 1}), InputError);
  EXPECT_THROW(PhaseResidual(model, {data.data(), 1}, one, {1, 1, 1}), InputError);
  EXPECT_THROW(PhaseResidual(model, data, 0 * one, {1, 1, 1}), InputError);
  EXPECT_THROW(coverage({}, {}), InputError);
}
