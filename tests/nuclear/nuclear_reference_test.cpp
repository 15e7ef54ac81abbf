// Absolute numbers on any machine: rows of every kind of checkpoint, computed by this program and kept in
// tests/common/reference/nuclear-checkpoints.csv. They were written by this test, on a machine where the tests against
// tables of an independent implementation (../shared, where it is there) passed:
//   OROGEN_WRITE_CHECKPOINTS=tests/common/reference/nuclear-checkpoints.csv build/tests/nuclear_reference_test
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>

#include "common/nuclear/toy_eft.hpp"
#include "common/nuclear/yamaguchi.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/nuclear/forces/force_choice.hpp"
#include "orogen/nuclear/inference/contacts/contact_phases.hpp"
#include "orogen/nuclear/inference/truncation.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/local/forces/argonne.hpp"
#include "orogen/nuclear/local/scattering.hpp"
#include "orogen/nuclear/momentum/solvers/scattering.hpp"
#include "orogen/nuclear/observables/data/csv.hpp"
#include "orogen/nuclear/observables/observable.hpp"

namespace orogen::nuclear {
namespace {

// One instruction set, compiler or library of elementary functions differs from another by rounding errors, which the
// solvers magnify to 1e-10 at the most; a change of method shows at 1e-6 and above.
constexpr double tolerance = 1e-8;  // of 1 + the size of the number

using Numbers = std::vector<std::pair<std::string, double>>;  // what, and its value

const std::vector<double> energies{1, 5, 10, 25, 50, 100, 150, 200, 250, 300};

void add_phases(Numbers& all, const std::string& force, const PhaseTable& t) {
  for (std::size_t e = 0; e < t.T_lab.size(); ++e)
    for (std::size_t b = 0; b < t.blocks.size(); ++b) {
      const auto names = phase_names(t.blocks[b]);
      for (std::size_t c = 0; c < names.size(); ++c) {
        const BlockPhases& p = t.at(e, b);
        all.emplace_back(fmt::format("{} {:g} MeV {} deg", force, t.T_lab[e], names[c]),
                         (c == 1 ? p.epsilon : p.delta[c / 2]) / degree);
      }
    }
}

std::unique_ptr<TwoNucleonForce> force(const std::string& name, double cutoff = 500) {
  ForceChoice choice;
  choice.force = name, choice.cutoff = cutoff;
  return make_force(choice);
}

std::string golden(const std::string& name) { return std::string(OROGEN_TEST_DIR) + "/common/reference/" + name; }

Numbers phases_of_local_forces() {
  Numbers all;
  for (const char* name : {"av18", "av18em", "minnesota"})
    add_phases(all, name, force(name)->phases(Pair::np, 2, energies));
  add_phases(all, "av18em pp", force("av18em")->phases(Pair::pp, 2, energies));
  return all;
}

Numbers phases_of_learned_forces() {
  Numbers all;
  const auto np = force(golden("nuclear-neural-np-v1.safetensors"));
  const auto both = force(golden("nuclear-neural-np-pp-v1.safetensors"));
  add_phases(all, "np-v1", np->phases(Pair::np, 2, energies));
  add_phases(all, "np-pp-v1 pp", both->phases(Pair::pp, 2, energies));
  return all;
}

Numbers potential_of_argonne() {
  Numbers all;
  const LocalInteraction v18 = argonne_v18(true);
  for (const double r : {0.1, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0})
    for (const char* name : {"1S0", "3P0", "1P1", "3P1", "3S1", "3P2"}) {
      double v[3] = {0, 0, 0};
      v18.add(block_of(wave(name)), Pair::np, std::span(&r, 1), std::span(v));
      for (int k = 0; k < (block_of(wave(name)).coupled() ? 3 : 1); ++k)
        all.emplace_back(fmt::format("av18em potential {} element {} at {:g} fm MeV", name, k, r), v[k]);
    }
  return all;
}

Numbers phases_of_chiral_forces() {
  Numbers all;
  const std::vector<double> some{1, 10, 50, 100, 200};
  add_phases(all, "emn-lo 500", force("emn-lo")->phases(Pair::np, 2, some));
  add_phases(all, "emn-nlo 450", force("emn-nlo", 450)->phases(Pair::np, 2, some));
  add_phases(all, "emn-n2lo 550", force("emn-n2lo", 550)->phases(Pair::np, 2, some));
  return all;
}

Numbers elements_of_chiral_forces() {
  Numbers all;
  const double momenta[][2] = {{10, 10},   {100, 100}, {100, 300}, {300, 100}, {50, 400},
                               {200, 200}, {350, 20},  {400, 400}, {500, 250}, {150, 600}};
  for (const int order : {0, 3}) {
    const MomentumInteraction v = chiral_emn(order, 500);
    for (const auto& [out, in] : momenta)
      for (const Block& b : blocks(Pair::np, 2)) {
        Eigen::MatrixXd V = Eigen::MatrixXd::Zero(b.waves, b.waves);
        v.add_between(b, Pair::np, std::span(&out, 1), std::span(&in, 1), V);
        for (long i = 0; i < V.rows(); ++i)
          for (long j = 0; j < V.cols(); ++j)  // in 10⁻⁶ MeV⁻²
            all.emplace_back(fmt::format("order {} <{:g}|V|{:g}> {} element {}{}", order, out, in, name(b), i, j),
                             1e6 * V(i, j));
      }
  }
  return all;
}

Numbers phases_of_yamaguchi() {
  Numbers all;
  const double M = mass(Pair::np, chiral_constants), range = 1.4488 * chiral_constants.hbarc;
  MomentumInteraction v("Yamaguchi", chiral_constants);
  v += std::make_unique<Yamaguchi>(Yamaguchi::binding_strength(-measured_deuteron_energy, range, M), range);
  const PhaseTable t = MomentumSolver(v, Pair::np, 1, {60, 700}).phases(energies);
  const auto b = std::size_t(t.find(block_of(wave("3S1"))));
  for (std::size_t e = 0; e < energies.size(); ++e)
    all.emplace_back(fmt::format("Yamaguchi {:g} MeV 3S1 deg", energies[e]), t.at(e, b).delta[0] / degree);
  return all;
}

Numbers deuterons() {
  Numbers all;
  for (const std::string& name :
       {std::string("av18"), std::string("av18em"), std::string("minnesota"), std::string("emn-lo"),
        std::string("emn-nlo"), std::string("emn-n2lo"), golden("nuclear-neural-np-v1.safetensors")}) {
    const Deuteron d = force(name)->deuteron().value();
    const std::string of = "deuteron of " + name.substr(name.rfind('/') + 1) + " ";
    const std::pair<const char*, double> numbers[] = {
        {"energy MeV", d.energy}, {"P_D", d.d_state}, {"r_d fm", d.radius}, {"Q fm2", d.quadrupole},
        {"A_S", d.asymptotic_s},  {"eta", d.eta},     {"moment", d.moment}};
    for (const auto& [what, value] : numbers) all.emplace_back(of + what, value);
  }
  return all;
}

Numbers effective_ranges() {
  Numbers all;
  for (const char* name : {"av18", "av18em", "emn-lo", "emn-nlo", "emn-n2lo"}) {
    const auto of = force(name);
    for (const char* w : {"1S0", "3S1"}) {
      const LowEnergy low = of->low_energy(block_of(wave(w)), Pair::np);
      all.emplace_back(fmt::format("{} a {} fm", name, w), low.a);
      all.emplace_back(fmt::format("{} r {} fm", name, w), low.r);
    }
  }
  const LowEnergy pp = force("av18em")->low_energy(block_of(wave("1S0")), Pair::pp);
  all.emplace_back("av18em pp a 1S0 fm", pp.a), all.emplace_back("av18em pp r 1S0 fm", pp.r);
  return all;
}

Numbers observables_of_argonne() {
  Numbers all;
  const auto add = [&](const PhaseTable& t, std::size_t e, Observable o, double angle) {
    const std::size_t n = t.blocks.size();
    const SElements s = s_elements(t.blocks, std::span(t.value).subspan(e * n, n));
    const double value = ObservableAt(o, t.T_lab[e], angle * degree, t.blocks, t.pair, argonne_constants).value(s);
    all.emplace_back(fmt::format("{} {} {:g} MeV {:g} deg", name(t.pair), name(o), t.T_lab[e], angle), value);
  };
  const PhaseTable np = force("av18em")->phases(Pair::np, 4, energies),
                   pp = force("av18em")->phases(Pair::pp, 4, energies);
  for (std::size_t e = 0; e < energies.size(); ++e) add(np, e, Observable::sgt, 0);
  for (const double angle : {10., 30., 50., 70., 90., 110., 130., 150., 165., 175.}) {
    for (const Observable o :
         {Observable::dsg, Observable::p, Observable::d, Observable::ayy, Observable::axx, Observable::azz})
      add(np, 4, o, angle);
    if (angle <= 90) add(pp, 4, Observable::dsg, angle), add(pp, 4, Observable::p, angle);
  }
  return all;
}

/// Values of (1/2 + tan(πx/2))² with deviations that repeat every seven points.
Numbers toy_theory() {
  ToyData data;
  for (int k = 1; k <= 10; ++k) {
    const double x = k / 31.4, g = std::pow(0.5 + std::tan(std::numbers::pi * x / 2), 2), sigma = 0.05 * g;
    data.x.push_back(x), data.sigma.push_back(sigma), data.value.push_back(g + sigma * (k * 3 % 7 - 3) / 2.0);
  }
  Numbers all;
  for (const double natural : {0., 5.})
    for (const int degree_of : {0, 1, 2, 3, 4}) {
      const ToyFit fit = fit_toy(data, degree_of, natural);
      const std::string of = fmt::format("toy degree {} natural {:g} ", degree_of, natural);
      all.emplace_back(of + "chi2", fit.chi2_per_degree);
      all.emplace_back(of + "evidence", fit.posterior.log_evidence);
      for (int k = 0; k <= std::min(2, degree_of); ++k) {
        all.emplace_back(fmt::format("{}a{}", of, k), fit.posterior.mean[std::size_t(k)]);
        all.emplace_back(fmt::format("{}sd{}", of, k), fit.posterior.sd(k));
      }
    }
  return all;
}

Numbers truncation_errors() {
  Numbers all;
  const std::vector<double> known[] = {{1, 1, 1}, {1, 0.5, 0.1}, {1, 0.1, 0.1}, {0.3, -0.8, 0.2}, {2, 0.1, -1.5}};
  for (const auto& c : known)
    for (const double p : {0.68, 0.95}) {
      const std::string of = fmt::format("c {:g} {:g} {:g} p {:g} ", c[0], c[1], c[2], p);
      all.emplace_back(of + "set A", set_a_half_width(c, 1, 0.33, 2, p));
      all.emplace_back(of + "set C", set_c_half_width(c, 0.25, 10, 1, 0.33, 2, p));
      all.emplace_back(of + "conjugate", conjugate_half_width(learn({}, c), 1, 0.33, 2, p));
    }
  std::vector<OrderByOrder> points;  // total cross sections that alternate about 150 mb
  for (const double T : {50., 96., 143., 200., 250., 300.}) {
    OrderByOrder y{{0, 2, 3, 4, 5}, {}, 150, hard_scale(relative_momentum(T, Pair::np, chiral_constants))};
    double sum = 150;
    for (const int n : y.order) y.value.push_back(sum += n == 0 ? 0 : (n % 2 ? -90 : 120) * std::pow(y.scale / 600, n));
    points.push_back(std::move(y));
  }
  std::vector<double> grid;
  for (double scale = 320; scale <= 1500; scale += 10) grid.push_back(scale);
  const GridPosterior b = breakdown_scale(points, {}, grid);
  all.emplace_back("breakdown mean MeV", b.mean()), all.emplace_back("breakdown sd MeV", b.sd());
  return all;
}

/// np 1S0 of Navarro Perez et al., PRC 88, 064002 (2013): T_lab [MeV], phase, error [deg].
Numbers posterior_of_constants() {
  const double table[][3] = {{1, 62.0766, 0.0183},  {5, 63.6604, 0.0440},  {10, 60.0201, 0.0626},
                             {25, 51.0708, 0.0987}, {50, 40.8849, 0.1473}, {100, 27.2101, 0.2305}};
  const std::vector<std::string> two{"Ct_1S0np", "C_1S0"};
  std::vector<PhaseDatum> data;
  std::vector<PhasePoint> at;
  for (const auto& [T, phase, error] : table) {
    data.push_back({0, T, relative_momentum(T, Pair::np, chiral_constants), phase * degree, error * degree});
    at.push_back(phase_point("1S0", T));
  }
  const ContactPhases model(emn_form(2, 500), Pair::np, at, emn_constants(2, 500), two);
  PhaseResidual likelihood(model, data, phase_covariance(data, {.order = 2}), natural_units(two, 600));
  GaussianPrior prior = power_counting(std::vector<int>{0, 0}, 1.0, 5.0);
  const Laplace l = lec_posterior(likelihood, prior, {-1.0, 3.0}, {.draws = 0}).laplace;
  return {{"Ct_1S0np natural", l.mean[0]}, {"C_1S0 natural", l.mean[1]},         {"Ct_1S0np sd", l.sd(0)},
          {"C_1S0 sd", l.sd(1)},           {"correlation", l.correlation(0, 1)}, {"ln Z", l.log_evidence}};
}

struct Kind {
  const char* name;
  Numbers (*numbers)();
};
const Kind kinds[] = {{"phases_of_local_forces", phases_of_local_forces},
                      {"phases_of_learned_forces", phases_of_learned_forces},
                      {"potential_of_argonne", potential_of_argonne},
                      {"phases_of_chiral_forces", phases_of_chiral_forces},
                      {"elements_of_chiral_forces", elements_of_chiral_forces},
                      {"phases_of_yamaguchi", phases_of_yamaguchi},
                      {"deuterons", deuterons},
                      {"effective_ranges", effective_ranges},
                      {"observables_of_argonne", observables_of_argonne},
                      {"toy_theory", toy_theory},
                      {"truncation_errors", truncation_errors},
                      {"posterior_of_constants", posterior_of_constants}};

/// Number by "kind,what".
const std::map<std::string, double>& kept() {
  static const std::map<std::string, double> all = [] {
    std::map<std::string, double> rows;
    const CsvTable table = read_csv(golden("nuclear-checkpoints.csv"));
    for (const auto& row : table.rows) rows[row.cells[0] + "," + row.cells[1]] = csv_number(table, row, 2);
    return rows;
  }();
  return all;
}

class Checkpoints : public testing::TestWithParam<Kind> {};

TEST_P(Checkpoints, are_those_that_were_computed_before) {
  const auto& [kind, numbers] = GetParam();
  if (std::getenv("OROGEN_WRITE_CHECKPOINTS")) return;
  std::size_t found = 0;
  for (const auto& [what, value] : numbers()) {
    const auto there = kept().find(fmt::format("{},{}", kind, what));
    ASSERT_NE(there, kept().end()) << kind << ": " << what;
    EXPECT_NEAR(value, there->second, tolerance * (1 + std::abs(there->second))) << kind << ": " << what;
    ++found;
  }
  EXPECT_GE(found, kind == std::string("posterior_of_constants") ? 6U : 10U);
}

INSTANTIATE_TEST_SUITE_P(Nuclear, Checkpoints, testing::ValuesIn(kinds),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(NuclearCheckpoints, hold_no_number_that_nobody_computes) {
  const char* file = std::getenv("OROGEN_WRITE_CHECKPOINTS");
  std::string text =
      "# Numbers of two nucleons, computed by orogen (tests/nuclear/nuclear_reference_test.cpp)\nkind,what,value\n";
  std::size_t count = 0;
  for (const auto& [kind, numbers] : kinds)
    for (const auto& [what, value] : numbers()) text += fmt::format("{},{},{:.12g}\n", kind, what, value), ++count;
  if (file)
    write_atomically(file, text);
  else
    EXPECT_EQ(count, kept().size());
}

}  // namespace
}  // namespace orogen::nuclear
