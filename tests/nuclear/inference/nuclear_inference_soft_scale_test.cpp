// Breakdown and soft scale together: exact limits, worlds that obey the assumptions, and the published posterior of the
// same cross sections.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>

#include "common/nuclear/soft_scale.hpp"
#include "nuclear/nuclear_checkpoints.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/observables/data/csv.hpp"

using namespace orogen;
using namespace orogen::nuclear;
using Eigen::MatrixXd;

namespace {

constexpr Naturalness natural{0.6, 0.64};
const std::vector<double> momenta{100, 150, 200, 250, 300, 350};

std::vector<double> steps(double first, double last, double step) {
  std::vector<double> x;
  for (double v = first; v <= last + 1e-9; v += step) x.push_back(v);
  return x;
}

/// A curve whose coefficients are drawn from the model itself.
std::vector<OrderByOrder> world(Expansion kind, double m, double breakdown, double length, Random& random) {
  const MatrixXd L = squared_exponential(momenta, length, 1e-6).llt().matrixL();
  std::vector<OrderByOrder> points(momenta.size(), {{0, 2, 3, 4, 5}, {1}, 1, 1});
  for (int n : {2, 3, 4, 5}) {
    Eigen::VectorXd z(long(momenta.size()));
    for (double& x : z) x = random.normal();
    const Eigen::VectorXd c = L * z;
    for (std::size_t i = 0; i < points.size(); ++i)
      points[i].value.push_back(points[i].value.back() +
                                c[long(i)] * std::pow(expansion_parameter(kind, momenta[i], m, breakdown), n));
  }
  return points;
}

}  // namespace

TEST(NuclearSoftScale, alone_on_its_grid_leaves_the_posterior_of_the_breakdown_scale) {
  Random random(3);
  auto points = world(Expansion::smooth, 138, 600, 80, random);
  for (std::size_t i = 0; i < points.size(); ++i) points[i].scale = smooth_scale(momenta[i]);
  const auto grid = steps(400, 1500, 10);
  const auto joint = joint_scales(points, momenta, Expansion::smooth, natural, {grid, {138}, {80}});
  const auto alone = breakdown_scale(points, natural, squared_exponential(momenta, 80, 1e-6), grid);
  const std::size_t at = 20;  // 600 MeV; of the other, an integral, the ends count half
  for (std::size_t k = 1; k + 1 < grid.size(); ++k)
    EXPECT_NEAR(joint.breakdown.probability[k] / joint.breakdown.probability[at],
                alone.probability[k] / alone.probability[at], 1e-10);
}

/// Where a value lies in its posterior, 0 … 1, uniform if that is right; inside a grid value at random.
double place(const GridPosterior& p, double value, Random& random) {
  double below = 0;
  for (std::size_t k = 0; k < p.value.size(); ++k) {
    if (p.value[k] >= value) return below + random.uniform() * p.probability[k];
    below += p.probability[k];
  }
  return 1;
}

TEST(NuclearSoftScale, and_the_breakdown_scale_lie_in_their_intervals_as_often_as_these_say) {
  Random random(4);
  std::vector<double> breakdown;
  for (double b = 450; b < 1000; b *= 1.03) breakdown.push_back(b);
  const ScaleGrids grids{breakdown, steps(60, 300, 20), {40, 60, 90, 135}};
  double sum = 0;
  for (double b : breakdown) sum += 1 / b;
  const auto any = [&](const std::vector<double>& x) { return x[std::size_t(random.uniform() * double(x.size()))]; };
  const auto drawn = [&] {  // with weight 1/Λb, as the prior says
    double u = random.uniform() * sum;
    for (double b : breakdown)
      if ((u -= 1 / b) <= 0) return b;
    return breakdown.back();
  };
  const int worlds = 600;
  int breakdown_in = 0, soft_in = 0;
  for (int w = 0; w < worlds; ++w) {
    const double b = drawn(), m = any(grids.soft);
    const auto points = world(Expansion::sum, m, b, any(grids.length), random);
    const JointScales found = joint_scales(points, momenta, Expansion::sum, natural, grids);
    const double at = place(found.breakdown, b, random), soft_at = place(found.soft, m, random);
    breakdown_in += at > 0.16 && at < 0.84;
    soft_in += soft_at > 0.16 && soft_at < 0.84;
  }
  EXPECT_NEAR(breakdown_in / double(worlds), 0.68, 0.06);
  EXPECT_NEAR(soft_in / double(worlds), 0.68, 0.06);
}

TEST(NuclearSoftScale, expansion_that_made_the_curves_has_the_larger_evidence) {
  Random random(6);
  const ScaleGrids grids{steps(450, 1200, 25), steps(40, 300, 20), {40, 60, 90, 135}};
  double gain = 0;
  for (int w = 0; w < 10; ++w)
    for (const Expansion truth : {Expansion::smooth, Expansion::sum}) {
      const auto points = world(truth, 150, 600, 90, random);
      const double difference = joint_scales(points, momenta, Expansion::sum, natural, grids).log_evidence -
                                joint_scales(points, momenta, Expansion::smooth, natural, grids).log_evidence;
      gain += truth == Expansion::sum ? difference : -difference;
    }
  EXPECT_GT(gain, 20);
}

TEST(NuclearSoftScale, of_published_cross_sections_is_as_published) {
  // Millican et al.: Λb 900 ± 100, m 300 ± 60 MeV (N4LO), 900 ± 200, 350 ± 90 (N3LO) for R = 0.9 fm; points and grids
  // are our own
  const auto file = shared_folder() / "data/nuclear/ekm_R0p9fm_np_sigma_tot_by_order.csv";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " not found; OROGEN_SHARED names its folder";
  const CsvTable t = read_csv(file);
  std::vector<OrderByOrder> points;
  std::vector<double> p;
  for (const auto& row : t.rows) {
    const double T = csv_number(t, row, t.column("T_lab_MeV"));
    if (std::fmod(T, 40) != 0 || T > 320) continue;
    OrderByOrder& point = points.emplace_back(OrderByOrder{{0, 2, 3, 4, 5}, {}, 1, 1});
    for (const char* order : {"LO_mb", "NLO_mb", "N2LO_mb", "N3LO_mb", "N4LO_mb"})
      point.value.push_back(csv_number(t, row, t.column(order)));
    point.reference = point.value.back();
    p.push_back(relative_momentum(T, Pair::np, chiral_constants));
  }
  ASSERT_EQ(points.size(), 8u);
  std::vector<double> length;
  for (double l = 10; l < 330; l *= std::pow(2, 0.25)) length.push_back(l);
  const auto found =
      joint_scales(points, p, Expansion::sum, natural, {steps(200, 2000, 20), steps(20, 600, 20), length});
  EXPECT_NEAR(found.breakdown.mean(), 900, 100);
  EXPECT_NEAR(found.soft.mean(), 300, 60);
}

TEST(NuclearSoftScale, refuses_what_has_no_meaning) {
  Random random(3);
  const auto points = world(Expansion::sum, 138, 600, 80, random);
  const ScaleGrids grids{{600}, {138}, {80}};
  EXPECT_THROW(joint_scales(points, std::vector<double>{100}, Expansion::sum, natural, grids), InputError);
  EXPECT_THROW(joint_scales(points, momenta, Expansion::sum, {}, grids), InputError);
  EXPECT_THROW(joint_scales(points, momenta, Expansion::sum, natural, {{600}, {}, {80}}), InputError);
  EXPECT_THROW(joint_scales(points, momenta, Expansion::sum, natural, {{300}, {138}, {80}}), NumericalError);
}
