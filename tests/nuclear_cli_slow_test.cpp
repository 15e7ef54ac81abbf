// Learning a force on the command line: files, going on, use of what was learned.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "command.hpp"

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

TEST(NuclearFitVerb, learns_a_force_goes_on_and_the_force_has_phases) {
  const ScratchFolder folder;
  write_atomically(folder / "data.csv", cross_sections(folder));
  ASSERT_EQ(run_orogen(folder, "nuclear phases force=av18 out=p").code, 0);
  const std::string words =
      "nuclear fit data=data.csv phases=p/phases.csv kept_apart=0 width=6 phase_steps=12 out=f --json steps=";
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
  EXPECT_TRUE(contains(other.out, "choose another out")) << other.out;
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
