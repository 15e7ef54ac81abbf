// The polynomial toy theory: exact posteriors of Wesolowski et al., J. Phys. G 43, 074001 (2016), data set D1 (5 %
// errors; Schindler and Phillips, Ann. Phys. 324, 682 (2009)); numbers with more digits than the paper's are those of
// an independent implementation.
#include <gtest/gtest.h>

#include <cmath>

#include "common/nuclear/toy_eft.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/fit/sampling/convergence.hpp"

using namespace orogen;
using namespace orogen::nuclear;

namespace {

const ToyData D1{{0.03183, 0.06366, 0.09549, 0.12732, 0.15915, 0.19099, 0.22282, 0.25465, 0.28648, 0.31831},
                 {0.31694, 0.33844, 0.42142, 0.57709, 0.56218, 0.68851, 0.73625, 0.87270, 1.0015, 1.0684},
                 {0.01585, 0.01692, 0.02107, 0.02885, 0.02811, 0.03443, 0.03681, 0.04364, 0.050075, 0.05342}};

struct Expected {
  int degree;
  double natural, chi2, log_evidence;
  std::vector<double> mean, sd;
};

const Expected table[] = {
    {0, 0, 66.5565, 0, {0.47538}, {0.00815}},
    {1, 0, 2.2342, 0, {0.20321, 2.55419}, {0.01393, 0.10595}},
    {2, 0, 1.6403, 0, {0.25029, 1.57276, 3.32893}, {0.02325, 0.40240, 1.31676}},
    {3, 0, 1.8523, 0, {0.26920, 0.95519, 8.14624, -10.12814}, {0.03888, 1.09442, 8.04741, 16.69121}},
    {4, 0, 1.9559, 0, {0.33267, -1.88466, 44.68299, -182.10024}, {0.06730, 2.69071, 32.63285, 149.78634}},
    {5, 0, 1.3920, 0, {0.56559, -14.81302, 275.69027, -1924.86589}, {0.13196, 6.85054, 117.20453, 862.35873}},
    {6, 0, 1.8531, 0, {0.58983, -16.37915, 311.02636, -2293.90453}, {0.29063, 18.08283, 395.35926, 4036.58724}},
    {0, 5, 66.5565, -280.1898, {0.47538}, {0.00815}},
    {1, 5, 2.2342, 6.3966, {0.20333, 2.55305}, {0.01392, 0.10593}},
    {2, 5, 1.6431, 8.0912, {0.24775, 1.62659, 3.14390}, {0.02271, 0.38888, 1.26977}},
    {3, 5, 1.9212, 7.9621, {0.24722, 1.64588, 2.97788, 0.37407}, {0.02354, 0.44968, 2.32130, 4.37861}},
    {4, 5, 2.3053, 7.9365, {0.24723, 1.64542, 2.98052, 0.37649}, {0.02376, 0.46028, 2.38637, 4.40804}},
    {5, 5, 2.8816, 7.9323, {0.24724, 1.64518, 2.98159, 0.37772}, {0.02379, 0.46163, 2.39196, 4.41202}},
    {6, 5, 3.8421, 7.9317, {0.24724, 1.64515, 2.98175, 0.37794}, {0.02380, 0.46178, 2.39245, 4.41251}}};

}  // namespace

TEST(NuclearToyTheory, has_the_published_means_errors_and_evidences) {
  for (const auto& e : table) {
    const auto fit = fit_toy(D1, e.degree, e.natural);
    EXPECT_NEAR(fit.chi2_per_degree, e.chi2, 6e-5) << e.degree;
    EXPECT_NEAR(fit.posterior.log_evidence, e.log_evidence, 6e-5) << e.degree;
    for (std::size_t k = 0; k < e.mean.size(); ++k) {
      EXPECT_NEAR(fit.posterior.mean[k], e.mean[k], 6e-6 + 1e-8 * std::abs(e.mean[k])) << e.degree << " " << k;
      EXPECT_NEAR(fit.posterior.sd(long(k)), e.sd[k], 6e-6 + 1e-8 * e.sd[k]) << e.degree << " " << k;
    }
  }
}

TEST(NuclearToyTheory, sampled_has_the_exact_posterior) {
  const auto fit = fit_toy(D1, 3, 5);
  ToySeries series(D1, 3);
  const std::vector<int> order(4, 0);
  GaussianPrior prior = power_counting(order, 1.0, 5.0);
  const ResidualDensity density({&series, &prior}, 4);
  const SamplerOptions options{.warm_up = 200, .draws = 3000, .adapt_mass = false};
  auto chains = start_chains(density, fit.posterior.mean, mass_factor(fit.posterior.precision), options);
  sample(density, options, chains);
  const auto s = summarise(chains);
  for (int k = 0; k < 4; ++k) {
    EXPECT_NEAR(s[k].mean, fit.posterior.mean[k], 4 * s[k].sd / std::sqrt(s[k].effective_bulk));
    EXPECT_NEAR(s[k].sd / fit.posterior.sd(k), 1, 0.04);
    EXPECT_LT(s[k].r_hat, 1.01);
  }
}

TEST(NuclearToyTheory, refuses_data_without_errors) {
  EXPECT_THROW(ToySeries({{0.1}, {1}, {0}}, 1), InputError);
  EXPECT_THROW(ToySeries({{0.1, 0.2}, {1}, {1}}, 1), InputError);
}
