// Tables of phases, their interpolation, and measured scattering, from text.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <set>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/observables/data/phase_file.hpp"
#include "orogen/nuclear/observables/data/phase_interpolation.hpp"
#include "orogen/nuclear/observables/data/scattering_data.hpp"
#include "orogen/nuclear/observables/one_pion_born.hpp"

namespace orogen::nuclear {
namespace {

template <class Function> std::string problem(Function&& f) {
  try {
    f();
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

/// np phases with the measured scattering lengths and effective ranges in S waves, one-pion exchange elsewhere.
PhaseTable model(std::vector<double> T, int most_J) {
  PhaseTable t{Pair::np, std::move(T), blocks(Pair::np, most_J), {}};
  for (double energy : t.T_lab)
    for (const Block& b : t.blocks) {
      const double q = relative_momentum(energy, Pair::np, chiral_constants), k = q / chiral_constants.hbarc;
      BlockPhases p = stapp(b, one_pion_born(b, Pair::np, q, chiral_constants));
      if (b.L[0] == 0) {
        const double a = b.S == 0 ? -23.74 : 5.42, r = b.S == 0 ? 2.77 : 1.75;
        p.delta[0] = std::atan2(k, -1 / a + r * k * k / 2);
      }
      t.value.push_back(p);
    }
  make_continuous(t);
  return t;
}

TEST(NuclearPhaseInterpolation, between_forty_energies_is_better_than_a_thousandth_of_a_degree) {
  const auto nodes = recommended_energies();
  EXPECT_EQ(nodes.size(), 40u);
  const PhaseInterpolation between(nodes, Pair::np, chiral_constants);
  std::vector<double> T;
  for (double x = 0.1; x < 350; x *= 1.013) T.push_back(x);
  const PhaseTable exact = model(T, 8), got = between(model(nodes, 8), T);
  double worst = 0;
  for (std::size_t k = 0; k < got.value.size(); ++k) {
    worst = std::max(worst, std::abs(got.value[k].epsilon - exact.value[k].epsilon));
    for (int c : {0, 1}) worst = std::max(worst, std::abs(got.value[k].delta[c] - exact.value[k].delta[c]));
  }
  EXPECT_LT(worst / degree, 1e-3);
}

TEST(NuclearPhaseInterpolation, is_exact_at_nodes_and_its_weights_are_those_it_uses) {
  const std::vector<double> nodes = {1, 5, 20, 50, 100, 150, 250};
  const PhaseInterpolation between(nodes, Pair::np, chiral_constants);
  const PhaseTable at_nodes = model(nodes, 2), again = between(at_nodes, nodes);
  for (std::size_t k = 0; k < again.value.size(); ++k)
    EXPECT_NEAR(again.value[k].delta[0], at_nodes.value[k].delta[0], 1e-14);
  const auto s = between.stencil(77, 0);
  double sum = 0;
  for (int j = 0; j < s.count; ++j) sum += s.weight[j];
  EXPECT_NEAR(sum, 1, 1e-13);  // of a constant
  const std::vector<double> T = {77};
  const PhaseTable one = between(at_nodes, T);
  const int b = one.find(block_of(wave("3P2")));
  ASSERT_GE(b, 0);
  const auto w = between.stencil(77, 3);
  double delta = 0;
  for (int j = 0; j < w.count; ++j)
    delta += w.weight[j] * at_nodes.at(w.first + std::size_t(j), std::size_t(b)).delta[1];
  EXPECT_DOUBLE_EQ(one.at(0, std::size_t(b)).delta[1], delta);
  EXPECT_THROW(between.stencil(0.9, 0), InputError);
  EXPECT_THROW(between.stencil(251, 0), InputError);
  EXPECT_THROW(PhaseInterpolation({2, 1}, Pair::np, chiral_constants), InputError);
}

TEST(NuclearPhaseFile, is_read_with_blank_cells_errors_and_waves_that_lack) {
  const PhaseFile f = parse_phases(
      "# a comment\nT_lab_MeV,1S0_deg,1S0_err_deg,3S1_deg,E1_deg\n1,62.07,0.02,147.6,\n 10 ,60.0,,102.3,1.1\n",
      "t.csv");
  ASSERT_EQ(f.phases.T_lab, (std::vector<double>{1, 10}));
  EXPECT_EQ(f.phases.blocks, blocks(Pair::np, 1));
  const auto s = std::size_t(f.phases.find(block_of(wave("3S1"))));
  EXPECT_DOUBLE_EQ(f.phases.at(1, s).delta[0], 102.3 * degree);
  EXPECT_DOUBLE_EQ(f.phases.at(1, s).epsilon, 1.1 * degree);
  EXPECT_FALSE(f.present[f.index(0, s, 1)]);
  EXPECT_TRUE(f.present[f.index(1, s, 1)]);
  EXPECT_FALSE(f.present[f.index(1, s, 2)]);
  EXPECT_DOUBLE_EQ(f.error[f.index(0, 0, 0)], 0.02 * degree);
  EXPECT_NE(problem([&] { complete(f, chiral_constants); }).find("'3P0'"), std::string::npos);
}

TEST(NuclearPhaseFile, errors_name_the_file_the_line_and_what_was_meant) {
  const auto of = [](const std::string& text) { return problem([&] { parse_phases(text, "t.csv"); }); };
  EXPECT_NE(of("T_lab_keV,1S0_deg\n1,2\n").find("'T_lab_keV'; the unit of this column must be that of 'T_lab_MeV'"),
            std::string::npos);
  EXPECT_NE(of("T_lab_MeV,1S0_rad\n1,2\n").find("must be that of '1S0_deg'"), std::string::npos);
  EXPECT_NE(of("T_lab_MeV,3X1_deg\n1,2\n").find("did you mean"), std::string::npos);
  EXPECT_NE(of("T_lab_MeV,1S0_deg\n1,2\n5,x\n").find("t.csv:3: 1S0_deg 'x'"), std::string::npos);
  EXPECT_NE(of("T_lab_MeV,1S0_deg\n1,nan\n").find("t.csv:2"), std::string::npos);
  EXPECT_NE(of("T_lab_MeV,1S0_deg\n5,2\n1,2\n").find("t.csv:3: T_lab_MeV 1"), std::string::npos);
  EXPECT_NE(of("T_lab_MeV,1S0_deg\n1,2,3\n").find("t.csv:2: 3 cells; the header has 2"), std::string::npos);
  EXPECT_NE(of("1S0_deg\n1\n").find("no column 'T_lab_MeV'"), std::string::npos);
  EXPECT_NE(of("# nothing\n").find("no header row"), std::string::npos);
  EXPECT_NE(of("T_lab_MeV,1S0_deg,3S1_deg\n1,62,-32.3\n10,60,-77.7\n25,51,80.1\n50,40,62\n")
                .find("t.csv:4: 3S1 80.1° after -77.7°; expected one branch"),
            std::string::npos);
  EXPECT_NE(of("# pp phases of x\nT_lab_MeV,1S0_deg\n1,33\n").find("t.csv: phases of pp"), std::string::npos);
  EXPECT_NE(problem([] { parse_phases("T_lab_MeV,3S1_deg\n1,147\n", "t.csv", Pair::pp); }).find("no wave of pp"),
            std::string::npos);
}

TEST(NuclearPhaseFile, falls_from_180_degrees_and_may_begin_with_the_mark_of_utf_8) {
  const PhaseFile f = parse_phases("\xEF\xBB\xBFT_lab_MeV,3S1_deg\r\n0.01,178\r\n100,43.2\r\n350,-5\r\n", "t.csv");
  const auto s = std::size_t(f.phases.find(block_of(wave("3S1"))));
  EXPECT_DOUBLE_EQ(f.phases.at(2, s).delta[0], -5 * degree);
}

TEST(NuclearPhaseFile, that_was_written_reads_back_and_gaps_are_closed) {
  const PhaseTable table = model(recommended_energies(), 6);
  const std::string text = phases_text(table, 9);
  PhaseFile f = parse_phases(text, "t.csv");
  ASSERT_EQ(f.phases.blocks, table.blocks);
  for (std::size_t k = 0; k < table.value.size(); ++k)
    EXPECT_NEAR(f.phases.value[k].delta[0], table.value[k].delta[0], 1e-10);
  const auto d = std::size_t(table.find(block_of(wave("3D2")))), high = std::size_t(table.find(block_of(wave("3H6"))));
  const double was = table.at(23, d).delta[0];  // 60 MeV
  f.phases.at(23, d).delta[0] = 0, f.present[f.index(23, d, 0)] = 0;
  for (std::size_t e = 0; e < table.T_lab.size(); ++e)
    f.phases.at(e, high).epsilon = 0, f.present[f.index(e, high, 1)] = 0;
  const PhaseTable filled = complete(f, chiral_constants);
  EXPECT_NEAR(filled.at(23, d).delta[0], was, 1e-3 * degree);
  EXPECT_NEAR(filled.at(23, high).epsilon, table.at(23, high).epsilon, 1e-10);
  EXPECT_NE(filled.at(23, high).epsilon, 0);
  const std::vector<double> some = {1, 50};
  EXPECT_EQ(at_energies(f, some).phases.T_lab, some);
  EXPECT_THROW(at_energies(f, std::vector<double>{1.7}), InputError);
  const auto path = std::filesystem::temp_directory_path() / "orogen_phases_test.csv";
  write_phases(path, table);
  EXPECT_NEAR(read_phases(path).phases.at(3, 0).delta[0], table.at(3, 0).delta[0], 1e-5 * degree);
  std::filesystem::remove(path);
}

const std::string header =
    "exp_id,pair,observable,year,reference,sys_err_rel,rejected,T_lab_MeV,theta_cm_deg,value,stat_err\n";

TEST(NuclearScatteringData, are_grouped_by_experiment_and_rejected_rows_counted) {
  const ScatteringData d = parse_scattering("# comment\n" + header +
                                                "7,np,dsg,1980,\"Smith, PRC 1\",0.05,0,50,90,11.7,0.2\n"
                                                "9,np,sgt,1974,Jones,0,0,10,0,945,3\n"
                                                "7,np,dsg,1980,\"Smith, PRC 1\",0.05,0,50,120,13.1,0.2\n"
                                                "7,np,dsg,1980,\"Smith, PRC 1\",0.05,1,50,130,99,0.2\n"
                                                "3,np,dbe,1982,L,0,0,0,0,2.22458,9e-06\n"
                                                "4,np,rpt,1982,L,0,0,220,161,-0.07,0.08\n",
                                            "d.csv");
  ASSERT_EQ(d.experiments.size(), 2u);
  EXPECT_EQ(d.experiments[0].reference, "Smith, PRC 1");
  EXPECT_EQ(d.experiments[0].normalisation_error, 0.05);
  ASSERT_EQ(d.experiments[0].data.size(), 2u);
  EXPECT_DOUBLE_EQ(d.experiments[0].data[1].theta, 120 * degree);
  EXPECT_EQ(d.size(), 3);
  EXPECT_EQ(d.rejected, 1);
  EXPECT_EQ(d.not_fitted.at("rpt"), 1);
  ASSERT_EQ(d.scalars.size(), 1u);
  EXPECT_EQ(d.scalars[0].value, 2.22458);
  const std::vector<Observable> wanted = {Observable::dsg};
  EXPECT_EQ(select(d, 0, 350, wanted).size(), 2);
  EXPECT_EQ(select(d, 5, 20).experiments.at(0).id, 9);
}

TEST(NuclearScatteringData, every_wrong_row_is_named_with_file_and_line) {
  const auto of = [](const std::string& row) { return problem([&] { parse_scattering(header + row, "d.csv"); }); };
  const auto expect = [&](const std::string& row, const std::string& text) {
    EXPECT_NE(of(row).find(text), std::string::npos) << of(row);
  };
  expect("7,np,dsg,1980,r,0.05,0,-50,90,11.7,0.2\n", "d.csv:2: T_lab_MeV -50; expected an energy > 0");
  expect("7,np,dsq,1980,r,0.05,0,50,90,11.7,0.2\n", "d.csv:2: observable 'dsq'; did you mean \"dsg\"?");
  expect("7,np,dsg,1980,r,0.05,0,50,190,11.7,0.2\n", "d.csv:2: theta_cm_deg 190; expected 0 to 180 degrees");
  expect("7,np,dsg,1980,r,-0.05,0,50,90,11.7,0.2\n", "sys_err_rel -0.05; expected a number ≥ 0");
  expect("7,np,dsg,1980,r,0.05,0,50,90,nan,0.2\n", "d.csv:2: value 'nan'; expected a finite number");
  expect("7,np,dsg,1980,r,0.05,0,50,90,11.7,0\n", "stat_err 0; expected a number > 0");
  expect("7,pp,dsg,1980,r,0.05,0,50,90,11.7,0.2\n", "pair 'pp'; expected np");
  expect("7,np,dsg,1980,r,0.05,2,50,90,11.7,0.2\n", "rejected '2'; expected 0 or 1");
  expect("7.5,np,dsg,1980,r,0.05,0,50,90,11.7,0.2\n", "exp_id 7.5; expected a whole number");
  expect("7,np,dsg,1980,r,0.05,0,50,90,11.7,0.2\n7,np,dsg,1980,r,0.06,0,50,95,11.7,0.2\n",
         "d.csv:3: experiment 7 changes");
  const std::string two = of("7,np,dsg,1980,r,0.05,0,-50,90,11.7,0.2\n7,np,dsg,1980,r,0.05,0,50,190,1,0.2\n");
  EXPECT_NE(two.find("d.csv:2"), std::string::npos);
  EXPECT_NE(two.find("d.csv:3"), std::string::npos);
  const auto head = [&](const std::string& text) { return problem([&] { parse_scattering(text, "d.csv"); }); };
  EXPECT_NE(head("exp_id,pair,observable,sys_err_rel,rejected,T_lab_keV,theta_cm_deg,value,stat_err\n")
                .find("'T_lab_keV'; the unit of this column must be that of 'T_lab_MeV'"),
            std::string::npos);
  EXPECT_NE(
      head("exp_id,pair,observable,rejected,T_lab_MeV,theta_cm_deg,value,stat_err\n").find("no column 'sys_err_rel'"),
      std::string::npos);
}

TEST(NuclearScatteringData, of_one_pair_come_from_files_of_several) {
  const auto write = [](const char* name, const std::string& rows) {
    const auto path = std::filesystem::temp_directory_path() / name;
    write_atomically(path, header + rows);
    return path.string();
  };
  const std::string both =
      write("orogen_both.csv", "1,np,dsg,1980,r,0,0,50,90,11.7,0.2\n2,pp,p,1980,r,0,0,50,40,0.1,0.02\n");
  const std::string more =
      write("orogen_more.csv", "5,pp,dsg,1980,r,0,0,50,90,8,0.2\n6,pp,ckp,1980,r,0,0,50,90,0.3,0.2\n");
  const ScatteringData pp = read_scattering(std::vector{both, more}, Pair::pp);
  EXPECT_EQ(pp.size(), 2);
  EXPECT_EQ(pp.pair, Pair::pp);
  EXPECT_EQ(pp.of_other_pairs, 1);
  EXPECT_EQ(pp.not_fitted.at("ckp"), 1);
  EXPECT_EQ(read_scattering(std::vector{both, more}, Pair::np).of_other_pairs, 3);
  EXPECT_NE(problem([&] { read_scattering(std::vector{more}, Pair::np); }).find("no data of np"), std::string::npos);
  write("orogen_more.csv", "5,xp,dsg,1980,r,0,0,50,90,8,0.2\n");
  EXPECT_NE(problem([&] { read_scattering(std::vector{more}, Pair::pp); }).find("pair 'xp'"), std::string::npos);
  EXPECT_NE(problem([&] {
              read_scattering(std::vector{both, both}, Pair::np);
            }).find("experiment 1 of np is in"),
            std::string::npos);
  std::filesystem::remove(both), std::filesystem::remove(more);
}

TEST(NuclearScatteringData, are_split_by_whole_experiments_the_same_way_for_the_same_seed) {
  std::string text = header, reversed = header;
  for (int k = 0; k < 50; ++k) {
    const auto row = [](int id) { return std::to_string(id) + ",np,dsg,1980,r,0,0,50,90,1,1\n"; };
    text += row(k) + row(k), reversed += row(49 - k) + row(49 - k);
  }
  const ScatteringData d = parse_scattering(text, "d.csv");
  const auto ids = [](const ScatteringData& part) {
    std::set<int> all;
    for (const auto& e : part.experiments) all.insert(e.id);
    return all;
  };
  const auto [rest, apart] = split_by_experiment(d, 0.2, 1);
  EXPECT_EQ(apart.experiments.size(), 10u);
  EXPECT_EQ(rest.size() + apart.size(), d.size());
  EXPECT_EQ(ids(apart), ids(split_by_experiment(parse_scattering(reversed, "d.csv"), 0.2, 1).second));
  EXPECT_NE(ids(apart), ids(split_by_experiment(d, 0.2, 2).second));
  EXPECT_THROW(split_by_experiment(d, 1.2, 1), InputError);
  const ScatteringData drawn = resampled_by_experiment(d, 1);
  const std::set<int> different = ids(drawn);
  EXPECT_EQ(drawn.experiments.size(), d.experiments.size());
  EXPECT_GT(different.size(), 20u);  // of 50, 1 − 1/e of them are expected
  EXPECT_LT(different.size(), 42u);
  EXPECT_EQ(ids(drawn), ids(resampled_by_experiment(d, 1)));
  EXPECT_NE(ids(drawn), ids(resampled_by_experiment(d, 2)));
}

}  // namespace
}  // namespace orogen::nuclear
