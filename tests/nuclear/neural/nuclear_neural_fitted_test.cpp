// A force that was fitted to all np data (orogen nuclear fit kept_apart=0): what it says of the deuteron, of phases and
// of the data.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "orogen/nuclear/local/deuteron.hpp"
#include "orogen/nuclear/neural/fits/force_fit.hpp"
#include "orogen/nuclear/neural/forces/force_file.hpp"

namespace orogen::nuclear {
namespace {

NeuralForce fitted() {
  return load_neural_force(std::string(OROGEN_TEST_DIR) + "/common/reference/nuclear-neural-np-v1.safetensors");
}

TEST(NuclearNeuralFitted, deuteron_is_bound_as_measured) {
  const Deuteron d = deuteron(interaction(fitted())).value();
  EXPECT_NEAR(d.energy, -2.224575, 1e-4);  // measured
  EXPECT_NEAR(d.asymptotic_s, 0.885, 0.002);
  EXPECT_NEAR(d.eta, 0.0253, 0.0005);
  EXPECT_NEAR(d.radius, 1.97, 0.005);
}

TEST(NuclearNeuralFitted, phases_lie_within_the_spread_of_seven_analyses) {
  // Mean and spread in degrees at 50 and 300 MeV (Navarro Perez, Amaro, Ruiz Arriola, PLB 724, 138 (2013)).
  struct {
    const char* wave;
    int part;
    double mean[2], spread[2];
  } const all[] = {{"1S0", 0, {40.296350, -4.820966}, {0.226357, 0.579170}},
                   {"3P0", 0, {10.835494, -11.140679}, {0.191610, 0.409917}},
                   {"1P1", 0, {-9.882275, -26.996139}, {0.188369, 0.624453}},
                   {"3P1", 0, {-8.172511, -28.439981}, {0.129048, 0.629466}},
                   {"3S1", 0, {62.689730, 6.896994}, {0.120135, 0.777915}},
                   {"3S1", 1, {2.076238, 4.363785}, {0.045463, 0.393530}},
                   {"3S1", 2, {-6.419370, -24.426909}, {0.090244, 0.674247}},
                   {"1D2", 0, {1.702824, 9.528215}, {0.032324, 0.391120}},
                   {"3D2", 0, {9.014278, 25.121207}, {0.110048, 0.337233}},
                   {"3P2", 0, {5.915074, 16.797912}, {0.061397, 0.774617}}};
  const LocalInteraction force = interaction(fitted());
  const PhaseTable table = LocalSolver(force, Pair::np, 2).phases(std::vector<double>{5, 20, 50, 100, 150, 200, 300});
  for (const auto& x : all)
    for (std::size_t e : {0, 1}) {
      const BlockPhases& p = table.at(e == 0 ? 2 : 6, std::size_t(table.find(block_of(wave(x.wave)))));
      const double value = (x.part == 1 ? p.epsilon : p.delta[x.part / 2]) / degree;
      EXPECT_NEAR(value, x.mean[e], 1.5 * x.spread[e]) << x.wave << " " << x.part;
    }
}

TEST(NuclearNeuralFitted, data_are_described_better_than_by_the_analysis_of_nijmegen) {
  const char* given = std::getenv("OROGEN_SHARED");
  const auto shared = given ? std::filesystem::path(given) : std::filesystem::path(OROGEN_TEST_DIR) / "../../shared";
  const auto file = shared / "data/nuclear/granada_scattering_np.csv";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there; OROGEN_SHARED may name its folder";
  const NeuralForce force = fitted();
  LikelihoodOptions options;
  options.constants = force.constants;
  const ScatteringLikelihood data(select(read_scattering(file), 0.1, 350), fit_energies(), 6, options);
  const LocalInteraction sum = interaction(force);
  const PhaseTable phases = LocalSolver(sum, Pair::np, 6).phases(fit_energies());
  std::vector<double> r(std::size_t(data.residuals()));
  data.evaluate(phases, r);
  double chi2 = 0;
  for (double x : r) chi2 += x * x;
  EXPECT_LT(chi2 / double(data.data()), 1.142);  // Nijmegen 1993: 1.147, Argonne v18: 1.203 by the same code
}

/// The force fitted with pp=yes moment=yes apart=0 to np and pp together.
NeuralForce fitted_to_both() {
  return load_neural_force(std::string(OROGEN_TEST_DIR) + "/common/reference/nuclear-neural-np-pp-v1.safetensors");
}

TEST(NuclearNeuralFitted, force_of_both_pairs_binds_the_deuteron_and_has_the_1S0_of_pp_at_the_interference_minimum) {
  const LocalInteraction force = interaction(fitted_to_both());
  EXPECT_NEAR(deuteron(force)->energy, -2.224575, 1e-4);
  // 1S0 of pp at 0.38254 MeV with respect to electromagnetic waves; Argonne v18 with its electromagnetic part has
  // 14.615°.
  const PhaseTable pp = LocalSolver(force, Pair::pp, 0).phases(std::vector<double>{0.38254});
  EXPECT_NEAR(pp.at(0, 0).delta[0] / degree, 14.615, 0.03);
}

TEST(NuclearNeuralFitted, data_of_both_pairs_are_described_by_one_force) {
  const char* given = std::getenv("OROGEN_SHARED");
  const auto shared = given ? std::filesystem::path(given) : std::filesystem::path(OROGEN_TEST_DIR) / "../../shared";
  const auto folder = shared / "data/nuclear";
  const std::vector<std::string> files{(folder / "granada_scattering_np.csv").string(),
                                       (folder / "granada_scattering_pp.csv").string()};
  for (const auto& file : files)
    if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there; OROGEN_SHARED may name its folder";
  const NeuralForce force = fitted_to_both();
  const LocalInteraction sum = interaction(force);
  LikelihoodOptions options;
  options.constants = force.constants;
  options.photons = photons(true);
  double chi2 = 0;
  long n = 0;
  for (Pair pair : {Pair::np, Pair::pp}) {
    const ScatteringLikelihood data(select(read_scattering(files, pair), 0.1, 350), fit_energies(), 6, options);
    const Chi2Summary s = data.summary(LocalSolver(sum, pair, 6).phases(fit_energies()), {});
    EXPECT_LT(s.chi2 / double(s.data), pair == Pair::np ? 1.12 : 1.03);
    chi2 += s.chi2, n += s.data;
  }
  EXPECT_EQ(n, 5179);
  EXPECT_LT(chi2 / double(n), 1.08);  // Argonne v18: 1.26
}

}  // namespace
}  // namespace orogen::nuclear
