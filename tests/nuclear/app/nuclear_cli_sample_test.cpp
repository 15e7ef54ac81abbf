// Posteriors on the command line: numbers, chains that go on after the end or a kill, inputs that differ.
#include <gtest/gtest.h>

#include "nuclear/app/nuclear_command.hpp"
#include "orogen/nuclear/observables/data/csv.hpp"

using namespace orogen;
using namespace orogen::nuclear;

TEST_F(TwoNucleons, sample_the_size_of_the_omitted_orders_with_the_constants) {
  write("p.csv", phases_with_errors);
  const std::string words = "sample data=p.csv order=nlo waves=1S0 kept_apart=0.3 samples=1500 ";
  const Json json = answer(words + "marginalise=true out=m");
  const Json& size = json["c_bar"];
  EXPECT_GT(size["q16"], 0);
  EXPECT_LT(size["q16"], size["median"]);
  EXPECT_LT(size["r_hat"], 1.05);
  EXPECT_EQ(json["coverage"]["data"], 2);
  EXPECT_EQ(read_csv(folder / "m/samples.csv").header.back(), "c_bar");
  EXPECT_TRUE(contains(read_file(folder / "m/constants.csv"), "c_bar,"));
  EXPECT_EQ(answer(words + "c_bar=2 out=f")["c_bar"], 2.0);
  EXPECT_TRUE(contains(refused(words + "marginalise=true c_bar=2", 2), "does nothing with marginalise = true"));
  EXPECT_TRUE(contains(refused(words + "tau0=2", 2), "does nothing without marginalise = true"));
  const Json both = answer(words + "marginalise=true breakdown_spread=0.2 out=b");
  EXPECT_LT(both["breakdown_MeV"]["q16"], both["breakdown_MeV"]["q84"]);
  EXPECT_NEAR(both["breakdown_MeV"]["median"], 600, 200);
  EXPECT_EQ(read_csv(folder / "b/samples.csv").header.back(), "breakdown_MeV");
  EXPECT_TRUE(contains(refused(words + "breakdown_spread=0.2", 2), "does nothing without marginalise = true"));
  // a prior that is sure of 0.5 is believed
  const Json sure = answer(words + "marginalise=true nu0=1000 tau0=0.5 out=s");
  EXPECT_NEAR(sure["c_bar"]["mean"], 0.5, 0.02);
  EXPECT_NEAR(sure["constants"]["C_1S0"]["natural_sd"],
              answer(words + "c_bar=0.5 out=h")["constants"]["C_1S0"]["natural_sd"], 0.01);
}

TEST_F(TwoNucleons, say_when_chains_have_not_mixed) {
  write("p.csv", phases_with_errors);
  const CommandResult few =
      nuclear("sample data=p.csv order=nlo waves=1S0 kept_apart=0 warm_up=50 samples=10 effective=0 out=few");
  EXPECT_EQ(few.code, 0);
  EXPECT_TRUE(contains(few.err, "have not mixed")) << few.err;
}

TEST_F(TwoNucleons, sample_on_until_the_draws_suffice_or_say_that_they_do_not) {
  write("p.csv", phases_with_errors);
  const std::string words =
      "sample data=p.csv order=nlo waves=1S0 kept_apart=0 c_bar=1 warm_up=200 chains=2 samples=20 ";
  const CommandResult enough = nuclear(words + "effective=150 out=a --json");
  EXPECT_FALSE(contains(enough.out, "have not mixed")) << enough.out;
  const Json json = answer(words + "effective=150 out=a");  // nothing is drawn again
  const CsvTable draws = read_csv(folder / "a/samples.csv");
  for (const auto& [name, c] : json["constants"].items()) {
    EXPECT_GE(c["effective_size"], 150) << name;
    EXPECT_LE(c["r_hat"], 1.01) << name;
  }
  EXPECT_GT(draws.rows.size(), 150u);
  EXPECT_LE(draws.rows.size(), 2u * 20 * 64);
  EXPECT_EQ((draws.rows.size() / 40) & (draws.rows.size() / 40 - 1), 0u) << "doubled";
  const CommandResult few = nuclear(words + "effective=1e6 out=b");
  EXPECT_TRUE(contains(few.err, "have not mixed")) << few.err;
  EXPECT_EQ(read_csv(folder / "b/samples.csv").rows.size(), 2u * 20 * 64);
}

TEST_F(TwoNucleons, sample_more_after_the_end_as_if_asked_at_once_and_never_use_damaged_chains) {
  write("p.csv", phases_with_errors);
  const std::string words =
      "sample data=p.csv order=nlo waves=1S0 kept_apart=0 c_bar=1 warm_up=100 chains=2 effective=0 ";
  ASSERT_EQ(nuclear(words + "samples=30 out=a").code, 0);
  ASSERT_EQ(nuclear(words + "samples=80 out=a").code, 0);
  ASSERT_EQ(nuclear(words + "samples=80 out=b").code, 0);
  EXPECT_EQ(read_file(folder / "a/chains.safetensors"), read_file(folder / "b/chains.safetensors"));
  EXPECT_EQ(read_file(folder / "a/samples.csv"), read_file(folder / "b/samples.csv"));
  EXPECT_TRUE(contains(refused(words + "samples=30 out=a", 2), "80 draws per chain are there already"));
  write("p.csv", phases_with_errors + "150,17,0.3\n");
  EXPECT_TRUE(contains(refused(words + "samples=80 out=a most_energy=200", 2), "data has other contents, most_energy"));
  write("p.csv", phases_with_errors);
  std::string bytes = read_file(folder / "a/chains.safetensors");
  bytes[bytes.size() - 20] = char(bytes[bytes.size() - 20] ^ 4);
  write("a/chains.safetensors", bytes);
  const std::string damaged = refused(words + "samples=80 out=a", 2);
  EXPECT_TRUE(contains(damaged, "damaged") && contains(damaged, "restart=true")) << damaged;
  ASSERT_EQ(nuclear(words + "samples=80 out=a restart=true").code, 0);
  EXPECT_EQ(read_file(folder / "a/samples.csv"), read_file(folder / "b/samples.csv"));
}

TEST_F(TwoNucleons, sample_the_same_numbers_after_a_kill_at_any_moment) {
  write("p.csv", phases_with_errors);
  const std::string words =
      "nuclear sample data=p.csv order=nlo waves=1S0 kept_apart=0 c_bar=1 warm_up=200 samples=16000 --threads 1 out=";
  ASSERT_EQ(run_orogen(folder, words + "whole").code, 0);
  // the shell waits for the first chains, then kills at once
  const std::string kill = std::string(OROGEN_BINARY) + " " + words +
                           "killed & p=$!; while [ ! -e killed/chains.safetensors ]; do sleep 0.01; done; kill -9 $p; "
                           "wait $p; [ $? = 137 ]";
  ASSERT_EQ(run_shell(folder, kill).code, 0) << "the run was over before it was killed";
  EXPECT_FALSE(std::filesystem::exists(folder / "killed/samples.csv"));
  const CommandResult rest = run_orogen(folder, words + "killed");
  ASSERT_EQ(rest.code, 0) << rest.err;
  EXPECT_TRUE(contains(rest.err, "going on with"));
  EXPECT_EQ(read_file(folder / "killed/chains.safetensors"), read_file(folder / "whole/chains.safetensors"));
  EXPECT_EQ(read_file(folder / "killed/samples.csv"), read_file(folder / "whole/samples.csv"));
}
