// Learning a force on the command line: files, going on, use of what was learned.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/command.hpp"
#include "orogen/nuclear/observables/data/csv.hpp"

using namespace orogen;
using Json = nlohmann::json;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Json last_line(const CommandResult& result) {
  std::istringstream lines(result.out);
  std::string line, last = "{}";
  while (std::getline(lines, line)) last = line;
  return Json::parse(last);
}

/// Cross sections of Argonne v18 at two energies, each its own experiment.
std::string cross_sections(const ScratchFolder& folder) {
  const Json json = last_line(run_orogen(
      folder, "nuclear observables force=av18 energy=[50,150] angles=[30,60,90,120,150] observables=dsg out=o --json"));
  std::ostringstream rows;
  rows.precision(10);
  rows << "exp_id,pair,observable,year,reference,sys_err_rel,rejected,T_lab_MeV,theta_cm_deg,value,stat_err\n";
  const Json& table = json["angular"];
  for (std::size_t k = 0; k < table["T_lab_MeV"].size(); ++k)
    rows << (table["T_lab_MeV"][k] == 50.0 ? 1 : 2) << ",np,dsg,2000,none,0,0," << table["T_lab_MeV"][k] << ","
         << table["theta_cm_deg"][k] << "," << table["dsg_mb_per_sr"][k] << ","
         << 0.01 * double(table["dsg_mb_per_sr"][k]) << "\n";
  return rows.str();
}

}  // namespace

const std::string small = "nuclear fit data=data.csv phases=p/phases.csv kept_apart=0 width=4 phase_steps=6 ";

struct Learning : testing::Test {
  ScratchFolder folder;
  Learning() {
    write_atomically(folder / "data.csv", cross_sections(folder));
    EXPECT_EQ(run_orogen(folder, "nuclear phases force=av18 out=p").code, 0);
  }
  Json answer(const std::string& words) {
    const CommandResult result = run_orogen(folder, words + " --json");
    EXPECT_EQ(result.code, 0) << words << "\n" << result.out << result.err;
    return last_line(result);
  }
};

TEST_F(Learning, of_a_committee_gives_means_and_spreads_to_all_verbs) {
  const Json fit = answer(small + "steps=4 members=3 out=f");
  EXPECT_EQ(fit["force"], "f/committee.json");
  EXPECT_EQ(fit["objectives"].size(), 3u);
  EXPECT_GT(fit["deuteron_energy_spread_MeV"], 0);
  const std::string page = read_file(folder / "f/report.html");
  EXPECT_TRUE(contains(page, "Potentials of partial waves") && contains(page, "3S1–3D1") && contains(page, "ls11"));

  const Json all = answer("nuclear phases force=f/committee.json energies=[10,50] most_J=1 out=all");
  double mean = 0, squares = 0;
  for (const char* file : {"force", "force-2", "force-3"}) {
    const Json one =
        answer(std::string("nuclear phases energies=[10,50] most_J=1 out=one force=f/") + file + ".safetensors");
    const double x = one["3S1_deg"][1];
    mean += x / 3, squares += x * x / 3;
  }
  EXPECT_NEAR(all["3S1_deg"][1], mean, 1e-9);
  EXPECT_NEAR(all["3S1_spread_deg"][1], std::sqrt(1.5 * (squares - mean * mean)), 1e-6);
  EXPECT_TRUE(contains(read_file(folder / "all/phases.csv"), "3S1_deg,3S1_err_deg"));
  EXPECT_EQ(run_orogen(folder, "nuclear plot all/phases.csv reference=p/phases.csv").code, 0);

  const Json bound = answer("nuclear deuteron force=f/committee.json out=d");
  EXPECT_NEAR(bound["energy"], fit["deuteron_energy_MeV"], 1e-9);
  EXPECT_NEAR(bound["energy_spread"], fit["deuteron_energy_spread_MeV"], 1e-9);
  EXPECT_TRUE(contains(read_file(folder / "d/wave.csv"), "u_spread_fm^-1/2"));

  const Json curves = answer(
      "nuclear observables force=f/committee.json energy=50 angles=[30,90] observables=[sgt,dsg] data=data.csv out=c");
  EXPECT_GT(curves["total"]["sgt_spread_mb"][0], 0);
  EXPECT_EQ(curves["angular"]["dsg_spread_mb_per_sr"].size(), 2u);
  EXPECT_EQ(curves["members_chi2_per_datum"].size(), 3u);
}

TEST_F(Learning, with_a_bootstrap_draws_experiments) {
  const Json plain = answer(small + "steps=2 seed=2 out=a"),
             drawn = answer(small + "steps=2 seed=2 bootstrap=true out=b");
  EXPECT_NE(plain["objectives"][0], drawn["objectives"][0]);
}

TEST_F(Learning, of_more_members_leaves_the_others_as_they_are) {
  answer(small + "steps=2 out=f");
  const std::string first = read_file(folder / "f/force.safetensors");
  answer(small + "steps=2 members=2 out=f");
  EXPECT_EQ(read_file(folder / "f/force.safetensors"), first);
  EXPECT_TRUE(std::filesystem::exists(folder / "f/force-2.safetensors"));
  answer(small + "steps=2 restart=true seed=5 out=f");
  EXPECT_FALSE(std::filesystem::exists(folder / "f/force-2.safetensors"));
  EXPECT_FALSE(std::filesystem::exists(folder / "f/committee.json"));
}

TEST_F(Learning, goes_on_with_the_same_numbers_after_a_kill) {
  const std::string words = small + "steps=20 members=2 out=";
  ASSERT_EQ(run_orogen(folder, words + "whole").code, 0);
  const auto kill_at = [&](const std::string& file) {
    return run_shell(folder, std::string(OROGEN_BINARY) + " " + words + "killed & p=$!; while [ ! -e killed/" + file +
                                 " ]; do sleep 0.005; done; sleep 0.05; kill -9 $p; wait $p; [ $? = 137 ]")
        .code;
  };
  EXPECT_EQ(kill_at("force.safetensors"), 0) << "the run was over before it was killed";
  EXPECT_EQ(kill_at("force-2.safetensors"), 0) << "the run was over before it was killed";
  EXPECT_FALSE(std::filesystem::exists(folder / "killed/committee.json"));
  ASSERT_EQ(run_orogen(folder, words + "killed").code, 0);
  for (const char* file : {"force.safetensors", "force-2.safetensors", "committee.json", "residuals.csv"})
    EXPECT_EQ(read_file(folder / "killed" / file), read_file(folder / "whole" / file)) << file;
}

/// A small fit of a short range to phases and then to the data.
struct LearningShortRange : Learning {
  LearningShortRange() {
    write_atomically(folder / "phases.csv",
                     "T_lab_MeV,1S0_deg,1S0_err_deg,3S1_deg,3S1_err_deg\n"
                     "1,62.08,0.05,147.65,0.05\n10,60.0,0.1,102.6,0.1\n50,40.6,0.3,62.7,0.3\n");
    write_atomically(folder / "spread.csv", "pair,T_lab_MeV,wave,phase_deg,spread_deg\nnp,5,1S0,63.6,0.3\n");
  }
  const std::string words =
      "nuclear fit form=momentum data=data.csv phases=phases.csv waves=[1S0,3S1] order=lo width=2 kept_apart=0 "
      "most_energy=60 phase_steps=3 deuteron_error=0.01 ";
};

TEST_F(LearningShortRange, goes_on_with_the_same_bytes) {
  const Json whole = answer(words + "spread=spread.csv steps=17 out=whole");
  EXPECT_EQ(whole["steps"], 17);
  EXPECT_EQ(whole["fitted"]["learned force"]["data"], 5);  // those up to 60 MeV
  EXPECT_LT(whole["fitted"]["learned force"]["chi2_per_datum"], whole["fitted"]["contacts"]["chi2_per_datum"]);
  answer(words + "spread=spread.csv steps=15 out=part");  // what a run that is killed has saved
  const CommandResult on = run_orogen(folder, words + "spread=spread.csv steps=17 out=part");
  ASSERT_EQ(on.code, 0) << on.out << on.err;
  EXPECT_TRUE(contains(on.out + on.err, "going on after 15 steps"));
  for (const char* file : {"force.safetensors", "residuals.csv"})
    EXPECT_EQ(read_file(folder / "part" / file), read_file(folder / "whole" / file)) << file;
  const CommandResult other = run_orogen(folder, words + "steps=17 out=whole");
  EXPECT_EQ(other.code, 2);
  EXPECT_TRUE(contains(other.out + other.err, "spread has other contents")) << other.out + other.err;
}

TEST_F(LearningShortRange, makes_committees_of_drawn_experiments) {
  const Json fit = answer(words + "bootstrap=true steps=2 members=2 out=f");
  EXPECT_EQ(fit["force"], "f/committee.json");
  EXPECT_NE(fit["objectives"][0], fit["objectives"][1]);
  EXPECT_GT(fit["deuteron_energy_spread_MeV"], 0);
  const Json low = answer("nuclear phases force=f/committee.json energies=10 most_J=0 out=p");
  const Json bound = answer("nuclear deuteron force=f/committee.json out=d");
  EXPECT_NEAR(bound["energy"], fit["deuteron_energy_MeV"], 1e-9);
  EXPECT_NEAR(low["scattering_length_fm"], bound["scattering_length_1S0"], 1e-9);
  EXPECT_NEAR(low["scattering_length_spread_fm"], bound["scattering_length_1S0_spread"], 1e-9);
  EXPECT_GT(low["effective_range_spread_fm"], 0);
}

TEST_F(LearningShortRange, makes_committees_with_forces_of_the_other_form) {
  answer(words + "steps=1 out=f");
  const std::string local = std::string(OROGEN_TEST_DIR) + "/common/reference/nuclear-neural-np-v1.safetensors";
  std::filesystem::copy_file(local, folder / "f/local.safetensors");
  write_atomically(folder / "f/both.json",
                   R"({"orogen_committee": 1, "members": ["local.safetensors", "force.safetensors"]})");
  const Json both = answer("nuclear deuteron force=f/both.json out=both"),
             here = answer("nuclear deuteron force=f/local.safetensors out=local"),
             there = answer("nuclear deuteron force=f/force.safetensors out=momentum");
  EXPECT_NEAR(both["radius"], (double(here["radius"]) + double(there["radius"])) / 2, 1e-9);
  // On the radii of the one, 0 … 40 fm, what is left of the mean is the wave of the other: norm and radius of Simpson's
  // rule.
  const nuclear::CsvTable mean = nuclear::read_csv(folder / "both/wave.csv"),
                          one = nuclear::read_csv(folder / "momentum/wave.csv");
  ASSERT_EQ(mean.rows.size(), one.rows.size());
  double norm = 0, radius = 0;
  for (std::size_t k = 0; k < one.rows.size(); ++k) {
    const auto number = [&](const nuclear::CsvTable& t, int c) { return csv_number(t, t.rows[k], c); };
    const double r = number(one, 0), h = 0.05 / 3 * (k == 0 || k + 1 == one.rows.size() ? 1 : k % 2 ? 4 : 2);
    EXPECT_EQ(number(mean, 0), r);
    const double u = 2 * number(mean, 1) - number(one, 1), w = 2 * number(mean, 2) - number(one, 2);
    norm += h * (u * u + w * w), radius += h * r * r * (u * u + w * w) / 4;
  }
  EXPECT_NEAR(norm, 1, 1e-6);
  EXPECT_NEAR(std::sqrt(radius), here["radius"], 1e-5);
}

TEST_F(LearningShortRange, from_phases_alone_is_another_run) {
  answer(words + "steps=1 out=f");
  const CommandResult alone = run_orogen(
      folder,
      "nuclear fit form=momentum phases=phases.csv waves=[1S0,3S1] order=lo width=2 kept_apart=0 most_energy=60 out=f");
  EXPECT_EQ(alone.code, 2);
  EXPECT_TRUE(contains(alone.out + alone.err, "restart=true begins anew")) << alone.out + alone.err;
}

TEST(Committees, of_other_files_are_refused) {
  const ScratchFolder folder;
  const auto refusal = [&](const std::string& text) {
    write_atomically(folder / "c.json", text);
    const CommandResult result = run_orogen(folder, "nuclear phases force=c.json");
    EXPECT_EQ(result.code, 2);
    return result.err;
  };
  EXPECT_TRUE(contains(refusal("{}"), "not a list of forces"));
  EXPECT_TRUE(contains(refusal("nonsense"), "not a list of forces"));
  EXPECT_TRUE(contains(refusal("{\"orogen_committee\": 9}"), "version 9"));
  EXPECT_TRUE(contains(refusal("{\"orogen_committee\": 1, \"members\": []}"), "lists no members"));
  EXPECT_TRUE(contains(refusal("{\"orogen_committee\": 1, \"members\": [\"gone.safetensors\"]}"), "gone.safetensors"));
}

TEST(NuclearFitVerb, learns_a_force_goes_on_and_the_force_has_phases) {
  const ScratchFolder folder;
  write_atomically(folder / "data.csv", cross_sections(folder));
  ASSERT_EQ(run_orogen(folder, "nuclear phases force=av18 out=p").code, 0);
  const std::string words =
      "nuclear fit data=data.csv phases=p/phases.csv kept_apart=0 width=6 out=f --json phase_steps=12 steps=";
  const CommandResult first = run_orogen(folder, words + "1");
  ASSERT_EQ(first.code, 0) << first.out << first.err;
  const Json json = last_line(first);
  EXPECT_EQ(json["steps"], 1);
  EXPECT_EQ(json["fitted"]["learned force"]["data"], 10);
  const CommandResult second = run_orogen(folder, words + "3");
  ASSERT_EQ(second.code, 0) << second.out;
  EXPECT_TRUE(contains(second.out, "going on after 1 steps"));
  EXPECT_LE(last_line(second)["fitted"]["learned force"]["chi2_per_datum"],
            json["fitted"]["learned force"]["chi2_per_datum"]);
  const Json phases =
      last_line(run_orogen(folder, "nuclear phases force=f/force.safetensors energies=50 out=q --json"));
  EXPECT_NEAR(phases["3S1_deg"][0], 62.95, 3);
  const CommandResult other = run_orogen(folder, words + "3 seed=7");
  EXPECT_EQ(other.code, 2);
  EXPECT_TRUE(contains(other.out, "seed was 1, is 7 now")) << other.out;
  const CommandResult steps = run_orogen(
      folder, "nuclear fit data=data.csv phases=p/phases.csv kept_apart=0 width=6 out=f --json phase_steps=13 steps=3");
  EXPECT_EQ(steps.code, 2);
  EXPECT_TRUE(contains(steps.out, "phase_steps was 12, is 13 now") && contains(steps.out, "restart=true"));
}

/// Every datum as an experiment of its own.
std::string as_experiments(const std::string& csv) {
  std::istringstream lines(csv);
  std::string line, out;
  std::getline(lines, out);
  out += "\n";
  for (int id = 1; std::getline(lines, line); ++id) out += std::to_string(id) + line.substr(line.find(',')) + "\n";
  return out;
}

TEST(NuclearFitVerb, judges_every_experiment_by_the_fold_that_has_not_seen_it_and_goes_on) {
  const ScratchFolder folder;
  write_atomically(folder / "data.csv", as_experiments(cross_sections(folder)));
  ASSERT_EQ(run_orogen(folder, "nuclear phases force=av18 out=p").code, 0);
  const std::string words =
      "nuclear fit data=data.csv phases=p/phases.csv folds=2 width=4 phase_steps=10 out=f --json steps=";
  const CommandResult first = run_orogen(folder, words + "1");
  ASSERT_EQ(first.code, 0) << first.out << first.err;
  const Json json = last_line(first);
  ASSERT_EQ(json["folds"].size(), 2U);
  long data = 0;
  double chi2 = 0;
  for (const Json& one : json["folds"]) {
    const Json& learned = one["np"]["learned force"];
    data += learned["data"].get<long>();
    chi2 += learned["data"].get<double>() * learned["chi2_per_datum"].get<double>();
  }
  EXPECT_EQ(data, 10);
  EXPECT_EQ(json["unseen"]["np"]["Argonne v18"]["data"], 10);
  EXPECT_NEAR(json["unseen"]["np"]["learned force"]["chi2_per_datum"], chi2 / 10, 1e-9 * chi2);
  EXPECT_TRUE(std::filesystem::exists(folder / "f/fold-2.safetensors"));
  EXPECT_TRUE(contains(read_file(folder / "f/folds.csv"), "fold,pair,data,learned force,Argonne v18"));
  const CommandResult second = run_orogen(folder, words + "2");
  ASSERT_EQ(second.code, 0) << second.out;
  EXPECT_TRUE(contains(second.out, "fold 2, going on after 1 steps"));
  const CommandResult idle = run_orogen(folder, words + "2 members=2");
  EXPECT_EQ(idle.code, 2);
  EXPECT_TRUE(contains(idle.out, "with folds")) << idle.out;
}

TEST(NuclearFitVerb, takes_protons_beside_neutrons_and_the_force_depends_on_charge) {
  const ScratchFolder folder;
  const std::string np = cross_sections(folder);
  write_atomically(folder / "np.csv", np);
  const Json curve = last_line(run_orogen(
      folder, "nuclear observables force=av18em pair=pp energy=25 angles=[40,90] observables=dsg out=o --json"));
  std::ostringstream rows;
  rows << np.substr(0, np.find('\n') + 1);
  for (std::size_t k = 0; k < 2; ++k)
    rows << "7,pp,dsg,2000,none,0.01,0,25," << curve["angular"]["theta_cm_deg"][k] << ","
         << curve["angular"]["dsg_mb_per_sr"][k] << ",0.1\n";
  write_atomically(folder / "pp.csv", rows.str());
  ASSERT_EQ(run_orogen(folder, "nuclear phases force=av18 out=p").code, 0);
  const CommandResult fit = run_orogen(
      folder,
      "nuclear fit data=[np.csv,pp.csv] phases=p/phases.csv kept_apart=0 width=6 phase_steps=25 out=f --json steps=2");
  ASSERT_EQ(fit.code, 0) << fit.out << fit.err;
  const Json json = last_line(fit)["fitted"]["learned force"];
  EXPECT_EQ(json["data"], 10);
  EXPECT_EQ(json["pp"]["data"], 2);
  EXPECT_EQ(json["np+pp"]["data"], 12);
  const CommandResult phases =
      run_orogen(folder, "nuclear phases force=f/force.safetensors pair=pp energies=[10,50] out=q --json");
  EXPECT_EQ(phases.err.find("does not depend on charge"), std::string::npos);
  EXPECT_NEAR(last_line(phases)["1S0_deg"][0], 55.1, 3.5);  // with Coulomb's force; np: 60
}

TEST(NuclearFitVerb, learns_the_short_range_of_a_chiral_force_and_other_verbs_take_it) {
  const ScratchFolder folder;
  write_atomically(folder / "phases.csv",
                   "T_lab_MeV,1S0_deg,1S0_err_deg,3S1_deg,3S1_err_deg\n"
                   "1,62.08,0.05,147.65,0.05\n10,60.0,0.1,102.6,0.1\n50,40.6,0.3,62.7,0.3\n");
  const std::string words =
      "nuclear fit form=momentum phases=phases.csv waves=[1S0,3S1] order=lo width=3 kept_apart=0 "
      "c_bar=0 steps=15 out=f --json";
  const CommandResult fit = run_orogen(folder, words);
  ASSERT_EQ(fit.code, 0) << fit.out << fit.err;
  const Json json = last_line(fit);
  EXPECT_EQ(json["fitted"]["network"]["data"], 6);
  EXPECT_LT(json["fitted"]["network"]["rms_deg"], 0.5 * double(json["fitted"]["contacts"]["rms_deg"]));
  EXPECT_NEAR(json["deuteron_energy_MeV"], -2.224575, 0.01);
  EXPECT_TRUE(contains(fit.out, "\"stage\":\"phases\"") && contains(fit.out, "\"stage\":\"deuteron\"")) << fit.out;
  EXPECT_FALSE(contains(fit.out, "\"stage\":\"fit\"") || contains(fit.out, "\"total\":20"))
      << "steps bounds both stages";
  const CommandResult again = run_orogen(folder, words);
  EXPECT_TRUE(contains(again.out + again.err, "going on with the force of an earlier run")) << again.out;
  EXPECT_LE(last_line(again)["objective"], json["objective"]);
  const std::string force = "force=f/force.safetensors ";
  const Json phases = last_line(run_orogen(folder, "nuclear phases " + force + "energies=10 out=p --json"));
  EXPECT_NEAR(phases["3S1_deg"][0], 102.6, 1);
  const Json pp = last_line(run_orogen(folder, "nuclear phases " + force + "pair=pp energies=10 out=p --json"));
  EXPECT_LT(double(pp["1S0_deg"][0]), double(phases["1S0_deg"][0]) - 3);  // the Coulomb force is there
  const Json deuteron = last_line(run_orogen(folder, "nuclear deuteron " + force + "out=d --json"));
  EXPECT_NEAR(deuteron["energy"], last_line(again)["deuteron_energy_MeV"], 1e-9);
  EXPECT_EQ(run_orogen(folder, "nuclear observables " + force + "energy=50 out=o").code, 0);
  EXPECT_EQ(run_orogen(folder, words + " seed=7").code, 2);
  EXPECT_EQ(run_orogen(folder, "nuclear fit form=momentum data=x.csv phases=phases.csv out=g").code, 2);
  const CommandResult idle = run_orogen(folder, "nuclear fit data=x.csv phases=phases.csv cutoff=450 out=g");
  EXPECT_EQ(idle.code, 2);
  EXPECT_TRUE(contains(idle.out + idle.err, "cutoff")) << idle.out;
  const CommandResult no_data = run_orogen(folder, "nuclear fit phases=phases.csv out=g");
  EXPECT_TRUE(contains(no_data.out + no_data.err, "data: missing")) << no_data.out;
}
