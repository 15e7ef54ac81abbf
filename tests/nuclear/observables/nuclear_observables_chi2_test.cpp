// χ² of phases on scattering data: normalisations, derivatives, sums.
#include "orogen/nuclear/observables/data/chi_squared.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <numeric>

#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/nuclear/observables/data/phase_file.hpp"

namespace orogen::nuclear {
namespace {

const std::vector<double> nodes = {10, 30, 60, 100, 140, 180, 220, 260};
constexpr int most_J = 2;

PhaseTable smooth_phases() {
  PhaseTable t{Pair::np, nodes, blocks(Pair::np, most_J), {}};
  for (double T : nodes)
    for (const Block& b : t.blocks) {
      const double x = T / (T + 80), s = b.S ? -1 : 1;
      t.value.push_back({{0.5 * s * x / (1 + b.L[0]), 0.1 * x * x}, 0.07 * x});
    }
  return t;
}

/// Data of several observables around what the phases give, with every kind of normalisation.
ScatteringData pseudo_data(const PhaseTable& phases, double noise) {
  ScatteringData d;
  const PhaseInterpolation between(nodes, Pair::np, chiral_constants);
  Random random(4);
  const auto add = [&](Observable o, double normalisation_error, double scale, std::initializer_list<double> T) {
    Experiment e{int(d.experiments.size()) + 1, 2000, "", o, normalisation_error, {}};
    for (double energy : T)
      for (double theta : {0.4, 1.3, 2.7}) {
        const std::vector<double> one = {energy};
        const PhaseTable p = between(phases, one);
        const ObservableAt at(o, energy, theta, p.blocks, Pair::np, chiral_constants);
        const double t = at.value(s_elements(p.blocks, p.value)), error = 0.02 * std::abs(t) + 0.01;
        e.data.push_back({energy, has_angle(o) ? theta : 0, (t + noise * error * random.normal()) / scale, error});
      }
    d.experiments.push_back(e);
  };
  add(Observable::dsg, 0, 1, {50});
  add(Observable::dsg, 0.05, 1.03, {75, 110});
  add(Observable::d, 0.02, 1.5, {110});  // too far off: floats
  add(Observable::ayy, 0.5, 1.4, {110, 200});
  add(Observable::sgt, 0.01, 1, {25, 200});
  add(Observable::rt, 0.03, 1, {200});
  add(Observable::sgtl, 0, 1, {25});
  return d;
}

std::vector<double> residuals(const ScatteringLikelihood& l, const PhaseTable& p) {
  std::vector<double> r(static_cast<std::size_t>(l.residuals()));
  l.evaluate(p, r);
  return r;
}

double chi2(const std::vector<double>& r) { return std::inner_product(r.begin(), r.end(), r.begin(), 0.0); }

TEST(NuclearChi2, of_data_made_from_the_phases_is_zero) {
  const PhaseTable p = smooth_phases();
  ScatteringData d = pseudo_data(p, 0);
  for (auto& e : d.experiments) e.normalisation_error = e.normalisation_error > 0.25 ? 0.5 : 0;
  d.experiments[1].data.clear(), d.experiments[2].data.clear();  // these are scaled
  std::erase_if(d.experiments, [](const Experiment& e) { return e.data.empty(); });
  const ScatteringLikelihood l(d, nodes, most_J);
  EXPECT_LT(chi2(residuals(l, p)), 1e-20);
  EXPECT_NEAR(l.summary(p, {}).experiments[1].normalisation, 1 / 1.4, 1e-12);
}

TEST(NuclearChi2, is_the_least_over_every_normalisation) {
  const PhaseTable p = smooth_phases();
  const ScatteringData d = pseudo_data(p, 1.5);
  const ScatteringLikelihood l(d, nodes, most_J);
  const std::vector<double> t = l.predictions(p);
  const std::vector<double> edges = {0, 100, 300};
  const Chi2Summary s = l.summary(p, edges);
  std::size_t at = 0;
  for (std::size_t k = 0; k < d.experiments.size(); ++k) {
    const Experiment& e = d.experiments[k];
    const bool own = e.normalisation_error > 0 && e.normalisation_error < 0.25 && !s.experiments[k].floated;
    const auto of = [&](double z) {
      double sum = own ? std::pow((z - 1) / e.normalisation_error, 2) : 0;
      for (std::size_t i = 0; i < e.data.size(); ++i)
        sum += std::pow((e.data[i].value - z * t[at + i]) / e.data[i].error, 2);
      return sum;
    };
    const double z = s.experiments[k].normalisation;
    EXPECT_NEAR(s.experiments[k].chi2, of(z), 1e-10 * of(z));
    if (e.normalisation_error > 0) {
      EXPECT_GT(of(z * 1.001), of(z));
      EXPECT_GT(of(z * 0.999), of(z));
    } else {
      EXPECT_EQ(z, 1);
    }
    at += e.data.size();
  }
  EXPECT_TRUE(s.experiments[2].floated);  // 50 % off with an error of 2 %
  EXPECT_TRUE(s.experiments[3].floated);
  EXPECT_FALSE(s.experiments[1].floated);
  EXPECT_NEAR(s.chi2, chi2(residuals(l, p)), 1e-10 * s.chi2);
  for (const auto& lines : {s.by_observable, s.by_energy}) {
    double sum = 0;
    long n = 0;
    for (const auto& line : lines) sum += line.chi2, n += line.data;
    EXPECT_NEAR(sum, s.chi2, 1e-10 * s.chi2);
    EXPECT_EQ(n, l.data());
  }
  EXPECT_EQ(l.residuals(), l.data() + 4);  // four relative errors below the bound
  LikelihoodOptions never;
  never.float_beyond = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(ScatteringLikelihood(d, nodes, most_J, never).summary(p, edges).experiments[2].floated);
}

TEST(NuclearChi2, jacobian_is_that_of_central_differences) {
  PhaseTable p = smooth_phases();
  const ScatteringLikelihood l(pseudo_data(p, 1), nodes, most_J);
  for (auto& x : p.value) x.delta[0] += 0.01;
  std::vector<double> r(static_cast<std::size_t>(l.residuals()));
  Eigen::MatrixXd jacobian;
  l.evaluate(p, r, &jacobian);
  ASSERT_EQ(jacobian.rows(), l.residuals());
  ASSERT_EQ(jacobian.cols(), l.parameters());
  const double h = 2e-4;
  double worst = 0, largest = 0;
  for (std::size_t e = 0; e < nodes.size(); ++e)
    for (std::size_t b = 0; b < p.blocks.size(); ++b)
      for (int c = 0; c < 3; ++c) {
        BlockPhases& x = p.at(e, b);
        double& phase = c == 1 ? x.epsilon : x.delta[c / 2];
        const double old = phase;
        std::vector<double> f[4];
        for (int j = 0; j < 4; ++j) phase = old + h * (j < 2 ? j - 2 : j - 1), f[j] = residuals(l, p);
        phase = old;
        for (std::size_t k = 0; k < r.size(); ++k) {
          const double difference = (f[0][k] - 8 * f[1][k] + 8 * f[2][k] - f[3][k]) / (12 * h);
          const double got = jacobian(Eigen::Index(k), Eigen::Index(l.column(e, b, c)));
          worst = std::max(worst, std::abs(got - difference)), largest = std::max(largest, std::abs(got));
        }
      }
  EXPECT_GT(largest, 1);
  EXPECT_LT(worst, 1e-8 * largest);
}

TEST(NuclearChi2, gradient_is_twice_the_transposed_jacobian_times_the_residuals) {
  const PhaseTable p = smooth_phases();
  const ScatteringLikelihood l(pseudo_data(p, 2), nodes, most_J);
  std::vector<double> r(static_cast<std::size_t>(l.residuals())), g(static_cast<std::size_t>(l.parameters()));
  Eigen::MatrixXd jacobian;
  l.evaluate(p, r, &jacobian);
  const double sum = l.gradient(p, g);
  EXPECT_NEAR(sum, chi2(r), 1e-10 * sum);
  const Eigen::VectorXd expected =
      2 * jacobian.transpose() * Eigen::Map<const Eigen::VectorXd>(r.data(), l.residuals());
  const Eigen::VectorXd got = Eigen::Map<const Eigen::VectorXd>(g.data(), l.parameters());
  EXPECT_GT(expected.norm(), 1);
  EXPECT_LT((got - expected).norm(), 1e-10 * expected.norm());
  Random random(9);  // and of any other weights, which do not profit from the least z
  Eigen::VectorXd w(l.residuals()), more = Eigen::VectorXd::Ones(l.parameters());
  for (double& x : w) x = random.normal();
  l.pull(p, {w.data(), std::size_t(w.size())}, {more.data(), std::size_t(more.size())});
  const Eigen::VectorXd sum_of = Eigen::VectorXd::Ones(l.parameters()) + jacobian.transpose() * w;
  EXPECT_LT((more - sum_of).norm(), 1e-10 * sum_of.norm());
}

TEST(NuclearChi2, data_outside_the_phases_are_left_out_and_strange_tables_refused) {
  PhaseTable p = smooth_phases();
  ScatteringData d = pseudo_data(p, 1);
  d.experiments[0].data[0].T_lab = 5;
  const ScatteringLikelihood l(d, nodes, most_J);
  EXPECT_EQ(l.left_out(), 1);
  EXPECT_EQ(l.data(), d.size() - 1);
  std::vector<double> r(static_cast<std::size_t>(l.residuals()));
  PhaseTable other = p;
  other.T_lab[3] = 101;
  EXPECT_THROW(l.evaluate(other, r), InputError);
  p.value[0].delta[0] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(l.evaluate(p, r), NumericalError);
  EXPECT_THROW(ScatteringLikelihood({}, nodes, most_J), InputError);
}

std::filesystem::path shared_data() {
  const char* folder = std::getenv("OROGEN_SHARED");
  return std::filesystem::path(folder ? folder : "../shared") / "data" / "nuclear";
}

TEST(NuclearChi2, total_cross_sections_of_pwa93_are_those_of_an_independent_sum) {
  const auto path = shared_data() / "pwa93_np_phases.csv";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "needs data/nuclear/pwa93_np_phases.csv in OROGEN_SHARED";
  const PhaseFile file = read_phases(path);
  const double expected[][2] = {{0.1, 12779.4205}, {1, 4263.2831}, {10, 945.2913},
                                {50, 167.8166},    {150, 51.7226}, {300, 35.0332}};  // MeV, mb
  for (const auto& [T, sigma] : expected) {
    const std::vector<double> one = {T};
    const PhaseTable p = at_energies(file, one).phases;  // waves that lack are zero
    const ObservableAt total(Observable::sgt, T, 0, p.blocks, Pair::np, chiral_constants, {0, {}});
    EXPECT_NEAR(total.value(s_elements(p.blocks, p.value)), sigma, 1e-6 * sigma + 5e-5) << T;
  }
}

TEST(NuclearChi2, of_pwa93_on_the_granada_data_is_close_to_one_per_datum) {
  const auto data = shared_data();
  if (!std::filesystem::exists(data / "granada_scattering_np.csv"))
    GTEST_SKIP() << "needs data/nuclear/granada_scattering_np.csv in OROGEN_SHARED";
  // NN-OnLine interpolates waves above S linearly between these energies.
  const std::vector<double> knots = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1,   2,   3,   4,   5,
                                     6,   7,   8,   9,   10,  12,  14,  16,  18,  20,  22,  24,  25,  26,
                                     28,  30,  35,  40,  45,  50,  55,  60,  65,  70,  75,  80,  85,  90,
                                     95,  100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200, 210, 220,
                                     230, 240, 250, 260, 270, 280, 290, 300, 310, 320, 330, 340, 350};
  const PhaseTable known = complete(at_energies(read_phases(data / "pwa93_np_phases.csv"), knots), chiral_constants);
  const PhaseTable table = PhaseInterpolation(knots, Pair::np, chiral_constants)(known, recommended_energies());
  const std::vector<Observable> wanted = {Observable::sgt, Observable::dsg, Observable::p,
                                          Observable::ayy, Observable::azz, Observable::d};
  const ScatteringData np = select(read_scattering(data / "granada_scattering_np.csv"), 0.1, 350, wanted);
  const ScatteringLikelihood l(np, table.T_lab, 8);
  const Chi2Summary s = l.summary(table, {});
  EXPECT_EQ(s.data, 2632);
  EXPECT_NEAR(s.chi2 / double(s.data), 1.144, 0.005);  // the full data base: 1.156 by an independent calculation
  LikelihoodOptions moment;
  moment.photons.neutron_moment = NeutronMoment::in_all_waves;  // as in that analysis
  EXPECT_NEAR(ScatteringLikelihood(np, table.T_lab, 8, moment).summary(table, {}).chi2 / double(s.data), 1.125, 0.003);
}

}  // namespace
}  // namespace orogen::nuclear
