// TOML input files and the saved input.
#include "orogen/app/options/input_file.hpp"

#include <gtest/gtest.h>

#include "common/scratch_folder.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"

using namespace orogen;

namespace {

struct InputFile : testing::Test {
  ScratchFolder scratch;
  double cutoff = 5, friction = 0.01;
  long steps = 10;
  bool verbose = false;
  std::string model = "balanced";
  std::vector<double> weights{1};
  std::vector<std::string> data;
  OptionTable table;
  std::vector<std::string> problems;
  InputFile() {
    table.add("cutoff", cutoff, "Å", "radius").range(1, 12);
    table.add("steps", steps, "", "steps").range(0, 1e9);
    table.add("verbose", verbose, "", "tell more");
    table.add("model", model, "", "size").one_of({"fast", "balanced"});
    table.add("weights", weights, "", "weights");
    table.add("data", data, "", "files");
    table.add("thermostat.friction", friction, "1/fs", "friction").range(0, 1);
  }
  void read(const std::string& text) {
    write_atomically(scratch / "in.toml", text);
    read_input_file(scratch / "in.toml", table, problems);
    const std::string prefix = (scratch / "in.toml").string();
    for (auto& p : problems) p = p.substr(0, prefix.size()) == prefix ? "in.toml" + p.substr(prefix.size()) : p;
  }
};

}  // namespace

TEST_F(InputFile, sets_every_kind_of_value) {
  read(
      "cutoff = 6\nsteps = 1e3  # comment\nverbose = true\nmodel = 'fast'\nweights = [1, 2.5]\ndata = [\"a\", "
      "\"b\"]\n[thermostat]\nfriction = 0.5\n");
  EXPECT_TRUE(problems.empty()) << problems[0];
  EXPECT_EQ(cutoff, 6);
  EXPECT_EQ(steps, 1000);
  EXPECT_TRUE(verbose);
  EXPECT_EQ(model, "fast");
  EXPECT_EQ(weights, (std::vector<double>{1, 2.5}));
  EXPECT_EQ(data, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(friction, 0.5);
}

TEST_F(InputFile, takes_dotted_and_inline_tables_and_a_single_text_for_a_list) {
  read("thermostat = {friction = 0.25}\ndata = \"a\"\n");
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(friction, 0.25);
  EXPECT_EQ(data, (std::vector<std::string>{"a"}));
}

TEST_F(InputFile, collects_all_problems_with_their_lines) {
  read(
      "cutof = 6\ncutoff = 100\n\nsteps = 2.5\nweights = [1, \"a\"]\nmodel = 2024-01-01\n[thermostat]\nfrictoin = 1\n");
  ASSERT_EQ(problems.size(), 6u);
  EXPECT_EQ(problems[0], "in.toml:1: unknown key \"cutof\"; did you mean \"cutoff\"?");
  EXPECT_EQ(problems[1], "in.toml:2: cutoff = 100: expected a number in the range 1 … 12 Å");
  EXPECT_EQ(problems[2], "in.toml:4: steps = 2.5: expected a whole number in the range 0 … 1000000000");
  EXPECT_EQ(problems[3], "in.toml:5: weights: expected a number, a text, true, false, or a list of numbers or texts");
  EXPECT_EQ(problems[4], "in.toml:6: model: expected a number, a text, true, false, or a list of numbers or texts");
  EXPECT_EQ(problems[5], "in.toml:8: unknown key \"thermostat.frictoin\"; did you mean \"thermostat.friction\"?");
}

TEST_F(InputFile, names_line_and_column_of_what_is_not_toml) {
  try {
    read("cutoff = 6\nmodel = fast\n");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("in.toml:2:"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("not TOML"), std::string::npos) << error.what();
  }
}

TEST_F(InputFile, refuses_a_key_given_twice) { EXPECT_THROW(read("cutoff = 6\ncutoff = 7\n"), InputError); }

TEST_F(InputFile, names_a_missing_file) {
  EXPECT_THROW(read_input_file(scratch / "absent.toml", table, problems), InputError);
}

TEST_F(InputFile, reads_the_saved_input_back_to_the_same_values) {
  read(
      "cutoff = 6.1\nmodel = 'fast'\nweights = [0.1, 1e-300]\ndata = ['quo\"te\\.xyz']\n[thermostat]\nfriction = "
      "0.125\n");
  ASSERT_TRUE(problems.empty());
  const std::string saved = table.toml();
  cutoff = 1, model = "balanced", weights = {}, data = {}, friction = 0;
  read(saved);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(table.toml(), saved);
  EXPECT_EQ(cutoff, 6.1);
  EXPECT_EQ(weights, (std::vector<double>{0.1, 1e-300}));
  EXPECT_EQ(data, (std::vector<std::string>{"quo\"te\\.xyz"}));
}
