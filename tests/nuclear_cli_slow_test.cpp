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
