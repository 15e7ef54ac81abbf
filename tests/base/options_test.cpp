// Options: conversion, ranges, choices, messages, and their text forms.
#include "orogen/base/options/options.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "orogen/base/errors.hpp"
#include "orogen/base/options/nearest_name.hpp"

using namespace orogen;

namespace {

struct Settings {
  bool verbose = false;
  int epochs = 100;
  long steps = 1000;
  std::uint64_t seed = 1;
  double cutoff = 5, limit = std::numeric_limits<double>::infinity();
  std::string model = "balanced", out = "run";
  std::vector<double> weights{1, 0.5};
  std::vector<std::string> data;
  double friction = 0.01;
};

void describe(OptionTable& table, Settings& s) {
  table.add("data", s.data, "", "extended XYZ files to learn from").must();
  table.add("model", s.model, "", "size of the model").one_of({"fast", "balanced", "accurate"});
  table.add("out", s.out, "", "folder of the run").must();
  table.add("verbose", s.verbose, "", "tell more");
  table.add("epochs", s.epochs, "", "passes over the data").range(1, 1e6);
  table.add("thermostat.friction", s.friction, "1/fs", "friction of the thermostat").range(0, 10);
  table.add("steps", s.steps, "", "time steps").range(0, 1e15);
  table.add("seed", s.seed, "", "seed of the random numbers");
  table.add("cutoff", s.cutoff, "Å", "radius of an atom's neighbourhood").range(1, 12);
  table.add("limit", s.limit, "eV/Å", "largest force").range(0, std::numeric_limits<double>::infinity());
  table.add("weights", s.weights, "", "weights of energy and forces").range(0, 1000);
}

struct Options : testing::Test {
  Settings settings;
  OptionTable table;
  Options() { describe(table, settings); }

  void expect_error(const std::string& key, const OptionValue& value, const std::string& text) {
    try {
      table.set(key, value, "in.toml:3");
      ADD_FAILURE() << "no error; expected: " << text;
    } catch (const InputError& error) {
      EXPECT_EQ(error.what(), text);
    }
  }
  void expect_text_error(const std::string& assignment, const std::string& text) {
    try {
      table.set_text(assignment, "command line");
      ADD_FAILURE() << "no error; expected: " << text;
    } catch (const InputError& error) {
      EXPECT_EQ(error.what(), text);
    }
  }
};

}  // namespace

TEST_F(Options, set_the_bound_field_and_remember_where_it_was_given) {
  table.set("cutoff", 6.5, "in.toml:3");
  EXPECT_EQ(settings.cutoff, 6.5);
  EXPECT_TRUE(table.find("cutoff")->given);
  EXPECT_EQ(table.find("cutoff")->where, "in.toml:3");
  EXPECT_FALSE(table.find("epochs")->given);
}

TEST_F(Options, convert_numbers_where_nothing_is_lost) {
  table.set("cutoff", std::int64_t(6), "");
  table.set("steps", 1e6, "");
  table.set("weights", std::int64_t(3), "");
  table.set("data", std::string("a.xyz"), "");
  EXPECT_EQ(settings.cutoff, 6.0);
  EXPECT_EQ(settings.steps, 1000000);
  EXPECT_EQ(settings.weights, (std::vector<double>{3}));
  EXPECT_EQ(settings.data, (std::vector<std::string>{"a.xyz"}));
}

TEST_F(Options, name_the_type_that_was_expected) {
  expect_error("cutoff", std::string("far"), "in.toml:3: cutoff = \"far\": expected a number in the range 1 … 12 Å");
  expect_error("epochs", 2.5, "in.toml:3: epochs = 2.5: expected a whole number in the range 1 … 1000000");
  expect_error("verbose", std::int64_t(1), "in.toml:3: verbose = 1: expected true or false");
  expect_error("out", std::int64_t(5), "in.toml:3: out = 5: expected a text");
  expect_error("seed", std::int64_t(-1), "in.toml:3: seed = -1: expected a whole number from 0");
  expect_error("weights", std::vector<std::string>{"a"},
               "in.toml:3: weights = [\"a\"]: expected a list of numbers in the range 0 … 1000");
  expect_error("data", std::vector<double>{1}, "in.toml:3: data = [1.0]: expected a list of texts");
  expect_error("cutoff", true, "in.toml:3: cutoff = true: expected a number in the range 1 … 12 Å");
}

TEST_F(Options, refuse_values_out_of_range_and_keep_the_old_one) {
  expect_error("cutoff", 0.5, "in.toml:3: cutoff = 0.5: expected a number in the range 1 … 12 Å");
  expect_error("weights", std::vector<double>{1, -1},
               "in.toml:3: weights = [1.0, -1.0]: expected a list of numbers in the range 0 … 1000");
  expect_error("epochs", std::int64_t(5'000'000'000),
               "in.toml:3: epochs = 5000000000: expected a whole number in the range 1 … 1000000");
  EXPECT_EQ(settings.cutoff, 5);
  EXPECT_EQ(settings.weights, (std::vector<double>{1, 0.5}));
  EXPECT_FALSE(table.find("cutoff")->given);
}

TEST_F(Options, refuse_nan_and_allow_infinity_only_where_it_is_the_default) {
  const double infinity = std::numeric_limits<double>::infinity();
  expect_error("limit", std::numeric_limits<double>::quiet_NaN(),
               "in.toml:3: limit = nan: expected a number in the range ≥ 0 eV/Å");
  expect_error("weights", std::vector<double>{infinity},
               "in.toml:3: weights = [inf]: expected a list of numbers in the range 0 … 1000");
  EXPECT_NO_THROW(table.set("limit", infinity, ""));
}

TEST_F(Options, always_allow_the_default_so_that_a_saved_input_reads_back) {
  std::string how;
  table.add("how", how, "", "empty = chosen from the data").one_of({"a", "b"});
  EXPECT_NO_THROW(table.set("how", std::string(), ""));
  EXPECT_THROW(table.set("how", std::string("c"), ""), InputError);
}

TEST_F(Options, name_the_choices_and_the_nearest_one) {
  expect_error("model", std::string("balancde"),
               "in.toml:3: model = \"balancde\": expected one of fast, balanced, accurate; did you mean \"balanced\"?");
  expect_error("model", std::string("zzz"), "in.toml:3: model = \"zzz\": expected one of fast, balanced, accurate");
}

TEST_F(Options, suggest_the_nearest_name_for_an_unknown_key) {
  expect_error("cutof", 5.0, "in.toml:3: unknown key \"cutof\"; did you mean \"cutoff\"?");
  expect_error("setps", 5.0, "in.toml:3: unknown key \"setps\"; did you mean \"steps\"?");
  expect_error("friction", 5.0, "in.toml:3: unknown key \"friction\"; did you mean \"thermostat.friction\"?");
  expect_error("xyzzy", 5.0,
               "in.toml:3: unknown key \"xyzzy\"; expected one of: data, model, out, verbose, epochs, "
               "thermostat.friction, steps, seed, "
               "cutoff, limit, weights");
}

TEST_F(Options, read_command_line_texts_by_the_type_of_the_field) {
  for (const char* text : {"verbose=true", "epochs=20", "steps=1e6", "seed=7", "cutoff=+4.5", "model=fast", "out=2024",
                           "weights=1,2,3", "data=[a.xyz, \"b c.xyz\"]", "thermostat.friction = 0.5"})
    table.set_text(text, "command line");
  EXPECT_TRUE(settings.verbose);
  EXPECT_EQ(settings.epochs, 20);
  EXPECT_EQ(settings.steps, 1000000);
  EXPECT_EQ(settings.cutoff, 4.5);
  EXPECT_EQ(settings.out, "2024");
  EXPECT_EQ(settings.weights, (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(settings.data, (std::vector<std::string>{"a.xyz", "b c.xyz"}));
  EXPECT_EQ(settings.friction, 0.5);
  table.set_text("out=a=b", "command line");
  EXPECT_EQ(settings.out, "a=b");
  table.set_text("data=", "command line");
  EXPECT_TRUE(settings.data.empty());
}

TEST_F(Options, name_the_command_line_in_messages) {
  expect_text_error("epochs=ten", "command line: epochs = \"ten\": expected a whole number in the range 1 … 1000000");
  expect_text_error("cutoff=", "command line: cutoff = \"\": expected a number in the range 1 … 12 Å");
  expect_text_error("cutoff=5Å", "command line: cutoff = \"5Å\": expected a number in the range 1 … 12 Å");
  expect_text_error("weights=1,b", "command line: weights = \"1,b\": expected a list of numbers in the range 0 … 1000");
  expect_text_error("cutoff", "command line: \"cutoff\": expected key=value");
  expect_text_error("=5", "command line: \"=5\": expected key=value");
}

TEST_F(Options, collect_all_required_keys_that_are_missing) {
  try {
    table.require_all();
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(std::string(error.what()),
              "data is missing: extended XYZ files to learn from; add data = … to the input\n"
              "out is missing: folder of the run; add out = … to the input");
  }
  table.set_text("data=a.xyz", "");
  table.set_text("out=run", "");
  EXPECT_NO_THROW(table.require_all());
}

TEST_F(Options, write_toml_with_plain_keys_before_tables) {
  table.set_text("data=a.xyz", "");
  const std::string toml = table.toml();
  EXPECT_NE(toml.find("data = [\"a.xyz\"]"), std::string::npos);
  EXPECT_NE(toml.find("cutoff = 5.0                      # 1 … 12 Å: radius of an atom's neighbourhood\n"),
            std::string::npos)
      << toml;
  EXPECT_NE(toml.find("\n[thermostat]\nfriction = 0.01"), std::string::npos) << toml;
  EXPECT_GT(toml.find("[thermostat]"), toml.find("weights ="));
}

TEST_F(Options, write_every_value_as_toml_text) {
  EXPECT_EQ(OptionTable::text(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(OptionTable::text(5.0), "5.0");
  EXPECT_EQ(OptionTable::text(1e-20), "1e-20");
  EXPECT_EQ(OptionTable::text(std::int64_t(5)), "5");
  EXPECT_EQ(OptionTable::text(true), "true");
  EXPECT_EQ(OptionTable::text(std::string("a\"b\\c\n")), "\"a\\\"b\\\\c\\n\"");
  EXPECT_EQ(OptionTable::text(std::vector<double>{1, -std::numeric_limits<double>::infinity()}), "[1.0, -inf]");
}

TEST_F(Options, show_the_default_in_help_and_docs_also_after_a_change) {
  table.set_text("cutoff=7", "");
  EXPECT_NE(table.help().find("cutoff               5.0"), std::string::npos) << table.help();
  EXPECT_NE(table.markdown().find("| `cutoff` | `5.0` | Å | 1 … 12 | radius of an atom's neighbourhood |"),
            std::string::npos)
      << table.markdown();
  EXPECT_NE(table.markdown().find("| `data` | (required) |"), std::string::npos);
  EXPECT_NE(table.markdown().find("`fast` `balanced` `accurate`"), std::string::npos);
}

TEST_F(Options, refuse_a_key_described_twice) {
  EXPECT_THROW(table.add("cutoff", settings.cutoff, "", ""), std::logic_error);
}

TEST(NearestName, counts_insertions_deletions_replacements_and_swaps_as_one_edit) {
  EXPECT_EQ(edit_distance("", "abc"), 3);
  EXPECT_EQ(edit_distance("train", "train"), 0);
  EXPECT_EQ(edit_distance("trian", "train"), 1);
  EXPECT_EQ(edit_distance("tran", "train"), 1);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3);
}

TEST(NearestName, stays_silent_when_nothing_is_close) {
  EXPECT_EQ(nearest_name("trian", {"train", "eval"}), "train");
  EXPECT_EQ(nearest_name("MD", {"md", "relax"}), "md");
  EXPECT_FALSE(nearest_name("quit", {"train", "eval"}));
}
