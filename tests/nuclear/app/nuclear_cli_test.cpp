// The verbs of two nucleons as a user meets them: numbers, files, messages, exit codes. Phases and deuterons are those
// of an independent implementation.
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "nuclear/app/nuclear_command.hpp"
#include "orogen/nuclear/observables/data/csv.hpp"
#include "orogen/nuclear/observables/data/phase_file.hpp"

using namespace orogen;
using namespace orogen::nuclear;

TEST_F(TwoNucleons, have_verbs_of_two_words_with_a_list_and_the_nearest_name) {
  EXPECT_TRUE(contains(nuclear("--help").out, "nuclear phases"));
  EXPECT_TRUE(contains(nuclear("phases --help").out, "most_J"));
  EXPECT_TRUE(contains(refused("", 2), "needs a second word"));
  EXPECT_TRUE(contains(refused("fases", 2), "unknown verb \"nuclear fases\"; did you mean \"nuclear phases\"?"));
  EXPECT_TRUE(contains(run_orogen(folder, "--help").out, "nuclear deuteron"));
}

TEST_F(TwoNucleons, have_the_phases_of_v18_and_of_a_chiral_force_at_50_MeV) {
  const Json v18 = answer("phases force=av18 energies=[1,50] out=a");
  EXPECT_NEAR(v18["1S0_deg"][1], 39.98590, 1e-4);
  EXPECT_NEAR(v18["3S1_deg"][0], 147.83795, 1e-4);
  EXPECT_NEAR(v18["E1_deg"][1], 2.08492, 1e-4);
  const Json chiral = answer("phases force=emn-n2lo cutoff=500 energies=50 out=b");
  EXPECT_NEAR(chiral["3P0_deg"][0], 11.72218, 2e-4);
  EXPECT_NEAR(chiral["E2_deg"][0], -1.64233, 2e-4);
}

/// Scattering length and effective range of 1S0 that phases of a force tell.
struct Singlet : TwoNucleons {
  void expect(const std::string& words, double a, double r, double tolerance) {
    const Json json = answer("phases energies=50 most_J=0 out=p force=" + words);
    EXPECT_NEAR(json["scattering_length_fm"], a, tolerance) << words;
    EXPECT_NEAR(json["effective_range_fm"], r, tolerance) << words;
  }
};

TEST_F(Singlet, ranges_are_the_published_ones) {
  // Wiringa et al. 1995; of pp there with polarised vacuum and two photons, which are not here.
  expect("av18em pair=np", -23.732, 2.697, 6e-4);
  expect("av18em pair=nn", -18.487, 2.840, 6e-4);
  expect("av18em pair=pp", -7.8064, 2.788, 0.02);
  expect("av18 pair=nn", -18.818, 2.834, 1e-3);
  // Entem, Machleidt and Nosyk 2017.
  expect("emn-n2lo pair=np", -23.738, 2.687, 3e-3);
  expect("emn-n2lo pair=nn", -18.950, 2.800, 3e-3);
  expect("emn-n2lo pair=pp", -7.8149, 2.758, 3e-3);
}

TEST_F(Singlet, ranges_are_told_with_the_pair) {
  const std::string np = nuclear("phases force=av18em energies=50 most_J=0").out;
  EXPECT_TRUE(contains(np, "1S0 of np: scattering length -23.7319 fm, effective range 2.697")) << np;
  EXPECT_TRUE(contains(nuclear("phases force=av18em pair=pp energies=50 most_J=0").out,
                       "1S0 of pp beside the Coulomb force: scattering length -7.8"));
}

TEST_F(TwoNucleons, have_phases_at_energies_on_a_given_mesh) {
  const Json fine = answer("phases force=emn-n2lo mesh=400 energies=[140,141,142] most_J=0 out=a"),
             usual = answer("phases force=emn-n2lo energies=[140,141,142] most_J=0 out=b");
  for (int e = 0; e < 3; ++e) EXPECT_NEAR(fine["1S0_deg"][e], usual["1S0_deg"][e], 1e-4);
}

TEST_F(TwoNucleons, write_phases_that_read_back_and_take_input_from_a_file) {
  write("in.toml", "force = 'av8p'\nenergies = [10, 100]\nmost_J = 2\nout = 'p'\n");
  const CommandResult result = nuclear("phases in.toml most_J=1");
  ASSERT_EQ(result.code, 0) << result.err;
  const PhaseFile file = read_phases(folder / "p/phases.csv");
  EXPECT_EQ(file.phases.T_lab, (std::vector<double>{10, 100}));
  EXPECT_EQ(file.phases.blocks.size(), 5u);  // 1S0 3P0 1P1 3P1 3S1-3D1
  EXPECT_TRUE(contains(read_file(folder / "p/report.html"), "<svg"));
  EXPECT_EQ(nuclear("phases p/input.toml out=q").code, 0);
  EXPECT_EQ(read_file(folder / "q/phases.csv"), read_file(folder / "p/phases.csv"));
}

TEST_F(TwoNucleons, compare_phases_with_a_reference_and_its_spread) {
  write("ref.csv", "T_lab_MeV,1S0_deg,E1_deg\n50,40,2\n100,25.9417,\n");
  write("spread.csv", "pair,T_lab_MeV,wave,phase_deg,spread_deg\nnp,40,1S0,40,0.5\nnp,100,1S0,26,0.5\n");
  const Json json = answer("phases force=av18 energies=[50] reference=ref.csv spread=spread.csv out=r");
  EXPECT_NEAR(json["deviations"]["1S0"]["largest_deg"], -0.0141, 2e-4);
  EXPECT_EQ(json["deviations"]["1S0"]["energies"], 2);
  EXPECT_EQ(json["deviations"]["E1"]["energies"], 1);
  EXPECT_EQ(json["T_lab_MeV"].size(), 1u);
  const std::string page = read_file(folder / "r/report.html");
  EXPECT_TRUE(contains(page, "Deviations from ref"));
  EXPECT_FALSE(contains(page, "http://")) << "the page must need no network";
}

TEST_F(TwoNucleons, plot_tables_beside_a_reference) {
  write("a.csv", "T_lab_MeV,1S0_deg\n50,40\n100,26\n");
  write("b.csv", "T_lab_MeV,1S0_deg,1P1_deg\n50,41,-9\n100,26.5,-14\n");
  const Json json = answer("plot a.csv b.csv reference=a.csv out=r");
  EXPECT_NEAR(json["deviations"]["b.csv"]["1S0"]["rms_deg"], std::sqrt((1 + 0.25) / 2), 1e-9);
  EXPECT_EQ(json["deviations"]["a.csv"]["1S0"]["largest_deg"], 0.0);
  EXPECT_TRUE(contains(read_file(folder / "r/report.html"), "b.csv"));
  EXPECT_TRUE(contains(refused("plot gone.csv", 2), "gone.csv"));
}

TEST_F(TwoNucleons, bind_the_deuteron_of_both_forms) {
  const Json v18 = answer("deuteron force=av18em out=a");
  EXPECT_NEAR(v18["energy"], -2.2245744, 1e-6);
  EXPECT_NEAR(v18["quadrupole"], 0.26967, 1e-5);
  EXPECT_NEAR(v18["scattering_length_1S0"], -23.7319, 1e-3);
  const Json chiral = answer("deuteron force=emn-nlo cutoff=450 out=b");
  EXPECT_NEAR(chiral["d_state"], 3.21876, 1e-4);
  EXPECT_NEAR(chiral["eta"], 0.02647, 1e-5);
  const CsvTable wave = read_csv(folder / "a/wave.csv");
  EXPECT_EQ(wave.header, (std::vector<std::string>{"r_fm", "u_fm^-1/2", "w_fm^-1/2"}));
  EXPECT_GT(wave.rows.size(), 100u);
  const std::string page = read_file(folder / "a/report.html");
  EXPECT_TRUE(contains(page, "u (S wave)") && contains(page, "Q") && contains(page, "<svg"));
}

TEST_F(TwoNucleons, end_with_1_where_nothing_is_bound) {
  EXPECT_TRUE(contains(refused("deuteron force=emn-lo lecs=[1,1,1,1]", 1), "no bound state"));
}

TEST_F(TwoNucleons, have_observables_with_units_in_the_names) {
  const Json json = answer("observables force=av18 energy=50 angles=[0,90] observables=[sgt,dsg,ayy] out=o");
  const double sgt = json["total"]["sgt_mb"][0];
  EXPECT_NEAR(sgt, 167.8, 1.0);
  EXPECT_GT(json["angular"]["dsg_mb_per_sr"][0], json["angular"]["dsg_mb_per_sr"][1]);
  EXPECT_EQ(read_csv(folder / "o/angular.csv").header,
            (std::vector<std::string>{"T_lab_MeV", "theta_cm_deg", "dsg_mb_per_sr", "ayy"}));
  const std::string page = read_file(folder / "o/report.html");
  EXPECT_TRUE(contains(page, "50 MeV") && contains(page, "θ (centre of mass)"));
  EXPECT_FALSE(contains(page, "http://")) << "the page must need no network";
}

TEST_F(TwoNucleons, of_their_own_data_have_no_chi_squared) {
  const double sgt = answer("observables force=av18 energy=50 observables=sgt")["total"]["sgt_mb"][0];
  std::ostringstream rows;
  rows.precision(10);
  rows << "exp_id,pair,observable,year,reference,sys_err_rel,rejected,T_lab_MeV,theta_cm_deg,value,stat_err\n"
       << "1,np,sgt,2000,one,0,0,50,0," << sgt << ",0.1\n2,np,sgt,2000,two,0,0,50,0," << sgt + 0.3 << ",0.1\n"
       << "2,np,sgt,2000,two,0,1,60,0,1,0.1\n";
  write("data.csv", rows.str());
  const Json json = answer("observables force=av18 data=data.csv out=d");
  EXPECT_EQ(json["data"], 2);
  EXPECT_NEAR(json["chi2"], 9, 0.05);
  EXPECT_EQ(json["by_observable"]["sgt"]["data"], 2);
  EXPECT_EQ(read_csv(folder / "d/residuals.csv").rows.size(), 2u);
  EXPECT_TRUE(contains(read_file(folder / "d/report.html"), "Residuals"));
}

TEST_F(TwoNucleons, judge_data_of_both_pairs_together_and_never_protons_without_charge) {
  write(
      "both.csv",
      "exp_id,pair,observable,year,reference,sys_err_rel,rejected,T_lab_MeV,theta_cm_deg,value,stat_err\n"
      "1,np,sgt,2000,one,0,0,50,0,167.4,1\n2,pp,dsg,2000,two,0,0,50,90,8.5,0.1\n2,pp,dsg,2000,two,0,0,50,60,8.5,0.1\n");
  const Json json = answer("observables force=av18em pair=np+pp data=both.csv out=d");
  EXPECT_EQ(json["data"], 3);
  EXPECT_EQ(json["pp"]["by_observable"]["dsg"]["data"], 2);
  EXPECT_NEAR(json["chi2"], double(json["np"]["chi2"]) + double(json["pp"]["chi2"]), 1e-9);
  EXPECT_EQ(read_csv(folder / "d/pp/residuals.csv").rows.size(), 2u);
  const Json one = answer("observables force=av18em pair=pp data=both.csv energy=50 angles=[10,90] out=e");
  EXPECT_EQ(one["data"], 2);
  EXPECT_GT(one["angular"]["dsg_mb_per_sr"][0], one["angular"]["dsg_mb_per_sr"][1]);
  const CommandResult chiral = nuclear("observables force=emn-n2lo pair=pp data=both.csv");
  EXPECT_EQ(chiral.code, 0);
  EXPECT_TRUE(contains(chiral.err, "polarised vacuum is missing in 1S0"));
  EXPECT_TRUE(contains(refused("observables pair=pp energy=50 observables=sgt", 2), "infinite"));
  EXPECT_TRUE(contains(refused("observables pair=np+pp energy=50", 2), "one pair"));
}

TEST_F(TwoNucleons, refuse_bad_input_with_what_was_expected) {
  EXPECT_TRUE(contains(refused("phases force=av81", 2), "did you mean \"av18\"?"));
  EXPECT_TRUE(contains(refused("phases energies=[-1,5]", 2), "expected energies above 0"));
  EXPECT_TRUE(contains(refused("phases energies=[50,10]", 2), "ascending"));
  EXPECT_TRUE(contains(refused("phases force=emn-lo cutoff=600", 2), "450, 500 and 550"));
  EXPECT_TRUE(contains(refused("phases force=gone.safetensors", 2), "gone.safetensors"));
  EXPECT_TRUE(contains(refused("phases spread=s.csv", 2), "reference"));
  EXPECT_TRUE(contains(refused("observables", 2), "nothing to compute"));
  EXPECT_TRUE(contains(refused("observables energy=50 observables=dsgg", 2), "did you mean \"dsg\"?"));
  EXPECT_TRUE(contains(refused("observables energy=50 angles=200", 2), "expected 0 to 180"));
}

TEST_F(TwoNucleons, refuse_options_that_would_do_nothing) {
  for (const char* idle : {"cutoff=450", "mesh=40", "lecs=[1]"}) {
    const std::string said = refused(std::string("phases force=av18 ") + idle, 2);
    EXPECT_TRUE(contains(said, "does nothing with force = av18") && contains(said, "emn-nlo")) << said;
    EXPECT_TRUE(contains(refused(std::string("deuteron force=av8p ") + idle, 2), "does nothing with force = av8p"));
    EXPECT_TRUE(contains(refused(std::string("observables energy=50 phases=t.csv ") + idle, 2), "instead of a force"));
  }
  EXPECT_TRUE(
      contains(refused("observables energy=50 phases=t.csv force=av8p most_J=4", 2), "most_J = 4 does nothing"));
  EXPECT_TRUE(contains(refused("observables energy=50 edges=[1,2]", 2), "does nothing without data"));
  EXPECT_TRUE(contains(refused("observables data=d.csv angles=[1,2]", 2), "does nothing without energy"));
  EXPECT_TRUE(contains(refused("observables energy=50 observables=sgt angles=[1,2]", 2), "observables that have none"));
  EXPECT_TRUE(contains(refused("observables force=minnesota energy=50 high_J=9", 2), "which has no pion"));
  EXPECT_TRUE(contains(refused("fit data=d.csv phases=p.csv strict=true", 2), "does nothing without spread"));
  for (const char* idle : {"range=1", "prior=2"})
    EXPECT_TRUE(contains(refused(std::string("fit form=momentum data=d.csv phases=p.csv ") + idle, 2),
                         "does nothing with form=momentum"));
  for (const char* idle : {"members=2", "bootstrap=true", "phase_steps=9", "neutron_moment=true"})
    EXPECT_TRUE(contains(refused(std::string("fit form=momentum phases=p.csv ") + idle, 2),
                         "does nothing with form=momentum and without data"));
  EXPECT_TRUE(
      contains(refused("fit form=momentum data=d.csv phases=p.csv strict=true", 2), "does nothing without spread"));
  write("pp.csv",
        "exp_id,pair,observable,year,reference,sys_err_rel,rejected,T_lab_MeV,theta_cm_deg,value,stat_err\n"
        "1,np,dsg,2000,none,0,0,50,90,10,1\n2,pp,dsg,2000,none,0,0,50,90,10,1\n");
  write("p.csv", phases_with_errors);
  EXPECT_TRUE(contains(refused("fit form=momentum data=pp.csv phases=p.csv waves=1S0 kept_apart=0", 2),
                       "form=momentum learns from np alone"));
  EXPECT_EQ(nuclear("phases force=av18 energies=50 cutoff=500 mesh=0 out=defaults").code, 0)
      << "as a saved input has it";
}

TEST_F(TwoNucleons, name_the_constants_that_are_expected) {
  const std::string said = refused("phases force=emn-lo lecs=[1,2]", 2);
  EXPECT_TRUE(
      contains(said, "2 constants given; expected the 4 of emn-lo in this order: Ct_1S0np, Ct_1S0pp, Ct_1S0nn, Ct_3S1"))
      << said;
  EXPECT_TRUE(contains(refused("deuteron force=emn-n2lo lecs=1", 2), "the 11 of emn-n2lo"));
}

TEST_F(TwoNucleons, take_the_mesh_for_the_deuteron_too) {
  const double fine = answer("deuteron force=emn-n2lo out=f")["energy"];
  const double coarse = answer("deuteron force=emn-n2lo mesh=24 out=c")["energy"];
  EXPECT_NEAR(fine, -2.224575, 2e-6);
  EXPECT_NEAR(coarse, fine, 0.05);
  EXPECT_NE(coarse, fine);
}

TEST_F(TwoNucleons, take_a_saved_input_of_a_table_again) {
  ASSERT_EQ(nuclear("phases force=av18 energies=[0.5,1,2,5,10,20,35,50,75,100] most_J=4 out=p").code, 0);
  ASSERT_EQ(nuclear("observables phases=p/phases.csv energy=50 observables=sgt high_J=0 out=o").code, 0);
  EXPECT_EQ(nuclear("observables o/input.toml out=again").code, 0);
}

TEST_F(TwoNucleons, refuse_tables_with_other_units_or_unknown_waves) {
  write("rad.csv", "T_lab_MeV,1S0_rad\n50,0.7\n");
  EXPECT_TRUE(contains(refused("phases reference=rad.csv", 2), "1S0_deg"));
  write("wave.csv", "T_lab_MeV,4S0_deg\n50,0.7\n");
  EXPECT_TRUE(contains(refused("phases reference=wave.csv", 2), "4S0_deg"));
  write("kev.csv",
        "exp_id,pair,observable,year,reference,sys_err_rel,rejected,T_lab_keV,theta_cm_deg,value,stat_err\n");
  EXPECT_TRUE(contains(refused("observables data=kev.csv", 2), "T_lab_MeV"));
}

TEST_F(TwoNucleons, sample_the_constants_of_1S0_and_go_on_after_the_end) {
  write("p.csv", phases_with_errors);
  const std::string words = "sample data=p.csv order=nlo waves=1S0 kept_apart=0 c_bar=1 samples=400 warm_up=200 out=s";
  const Json json = answer(words);
  const Json& constant = json["constants"]["C_1S0"];
  EXPECT_EQ(json["constants"].size(), 2u);
  EXPECT_NEAR(constant["natural_sd"], 0.079, 0.02);
  EXPECT_NEAR(constant["natural_mean"], 3.47, 0.05);
  EXPECT_LT(constant["r_hat"], 1.05);
  EXPECT_EQ(read_csv(folder / "s/samples.csv").rows.size(), 1600u);
  EXPECT_TRUE(contains(read_file(folder / "s/report.html"), "Joint distribution"));
  const CommandResult again = nuclear(words);
  EXPECT_TRUE(contains(again.err, "going on with 600 transitions")) << again.err;
  EXPECT_EQ(answer(words)["constants"], json["constants"]);
  const std::string other = refused(words + " seed=2", 2);
  EXPECT_TRUE(contains(other, "seed was 1, is 2 now") && contains(other, "restart=true")) << other;
  EXPECT_NE(answer(words + " seed=2 restart=true")["constants"]["C_1S0"]["mean"], constant["mean"]);
}

TEST_F(TwoNucleons, refuse_to_sample_without_errors_or_waves) {
  write("p.csv", "T_lab_MeV,1S0_deg\n5,63\n50,40\n");
  EXPECT_TRUE(contains(refused("sample data=p.csv waves=1S0", 2), "has no error"));
  EXPECT_TRUE(contains(refused("sample data=p.csv waves=3P0", 2), "no phase of \"3P0\""));
  EXPECT_TRUE(contains(refused("sample data=p.csv waves=1D2", 2), "none that this order"));
}

TEST_F(TwoNucleons, keep_their_branches_whatever_energies_are_asked_for) {
  const Json far = answer("phases force=av18 energies=[1,100] most_J=1 out=far");
  EXPECT_NEAR(far["3S1_deg"][1], 43.5540, 1e-3);
  EXPECT_NEAR(far["E1_deg"][1], 2.4881, 1e-3);
  EXPECT_LT(answer("phases force=av18 energies=[600] most_J=1 out=high")["3S1_deg"][0].get<double>(), 0);
  EXPECT_LT(answer("phases force=emn-n2lo energies=[1000] most_J=1 out=higher")["3S1_deg"][0].get<double>(), 0);
  EXPECT_TRUE(contains(refused("phases force=av18 energies=[1e9]", 2), "expected energies up to 1000 MeV"));
}

TEST_F(TwoNucleons, refuse_phases_without_errors_double_columns_and_coarse_meshes) {
  write("gap.csv", "T_lab_MeV,1S0_deg,1S0_err_deg\n1,62.0766,0.0183\n5,63.6604,\n10,60.0201,0.0626\n");
  EXPECT_TRUE(contains(refused("sample data=gap.csv waves=[1S0] order=nlo", 2), "1S0 at 5 MeV has no error"));
  write("negative.csv", "T_lab_MeV,1S0_deg,1S0_err_deg\n1,62.0766,-0.5\n");
  EXPECT_TRUE(
      contains(refused("sample data=negative.csv waves=[1S0] order=nlo", 2), "negative.csv:2: 1S0_err_deg '-0.5'"));
  write("twice.csv", "T_lab_MeV,1S0_deg,1S0_deg\n1,62.0,61.0\n");
  EXPECT_TRUE(contains(refused("phases reference=twice.csv", 2), "column '1S0_deg' is there twice"));
  write("good.csv", phases_with_errors);
  EXPECT_TRUE(contains(refused("sample data=good.csv waves=[1S0,1S0] order=nlo", 2), "1S0 is given twice"));
  EXPECT_TRUE(contains(refused("phases force=emn-n2lo mesh=4", 2), "at least 24 momenta"));
}

TEST_F(TwoNucleons, say_where_pion_exchange_would_stand_in) {
  EXPECT_TRUE(contains(refused("observables force=av18 most_J=1 energy=50", 2), "or high_J=0"));
  EXPECT_EQ(nuclear("observables force=av18 most_J=1 energy=50 high_J=0").code, 0);
  const CommandResult pp = nuclear("phases force=emn-n2lo pair=pp energies=50");
  EXPECT_TRUE(contains(pp.err, "polarised vacuum is missing in 1S0"));
  EXPECT_TRUE(contains(nuclear("phases force=av8p pair=pp energies=50").err, "does not depend on charge"));
  EXPECT_FALSE(contains(nuclear("phases force=av18 pair=pp energies=50").err, "does not depend on charge"));
}

TEST_F(TwoNucleons, refuse_options_that_do_nothing_and_warn_above_the_energies_of_all_fits) {
  EXPECT_TRUE(contains(refused("observables energy=50 pair=pp neutron_moment=true observables=dsg", 2),
                       "neutron_moment = true does nothing with pair = pp"));
  EXPECT_TRUE(contains(refused("observables energy=50 observables=[]", 2), "expected at least one code"));
  EXPECT_TRUE(contains(refused("observables energy=50 observables=[dsg,dsg]", 2), "\"dsg\" is there twice"));
  EXPECT_TRUE(contains(refused("observables data=d.csv least_energy=100 most_energy=50", 2), "lies above most_energy"));
  EXPECT_TRUE(contains(refused("sample data=p.csv least_energy=100 most_energy=50", 2), "lies above most_energy"));
  const CommandResult high = nuclear("phases force=minnesota energies=[300,400] most_J=0 out=high");
  EXPECT_EQ(high.code, 0);
  EXPECT_TRUE(contains(high.err, "pions are produced")) << high.err;
}
